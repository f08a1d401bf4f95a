"""Functions of python tools, looked for without running anything."""

from typing import Any

import pytest

from runner.config.functions import top_level_names
from runner.notation.problems import Problem

CODE = """
import json, os.path as path
from math import sqrt as root
LIMIT: int = 3
first, *rest = 1, 2
if LIMIT:
    def chosen(): inner = 1
try:
    import fast as engine
except ImportError:
    engine = None
class Box:
    def method(self): ...
async def later(): ...
with open("x") as file: pass
raise SystemExit("never run")
"""
CALL = "command, argv: [tools/read.sh]"
PYTHON = "python, file: tools/count.py, function: count_words"


def test_names_are_those_that_stand_outside_functions_and_classes() -> None:
    assert top_level_names(CODE.encode()) == {
        *("json", "path", "root", "LIMIT", "first", "rest", "chosen", "engine", "Box", "later"),
        "file",
    }


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"def f(:\n", 1),
        (b"x = 1\ndef f():\nreturn 1\n", 3),
        (b"a\x00b", 1),
        (b"x = '\xff'\n", 1),
        (b"(" * 5000, 1),
        (b"x = " + b"-" * 100_000 + b"1", 1),
    ],
)
def test_what_is_no_python_has_a_place(data: bytes, line: int) -> None:
    found = top_level_names(data)
    assert isinstance(found, Problem)
    assert (found.code, found.line) == ("AC314", line)


@pytest.mark.parametrize(
    "code",
    [
        "def count_words(text): ...",
        "count_words = len",
        "from lib import count_words",
        "from lib import *",
        "globals()['count_words'] = len",
        "def count_words(text): return '\\d'",
        "\ufeffdef count_words(text): ...\r\n",
    ],
)
def test_a_function_that_is_there_is_found(
    check: Any, good_files: dict[str, str], code: str
) -> None:
    text = good_files["tools.yaml"].replace(CALL, PYTHON)
    assert check({"tools.yaml": text, "tools/count.py": code})[1] == ()


def test_a_misspelt_function_gets_the_name_that_was_meant(
    check: Any, good_files: dict[str, str]
) -> None:
    text = good_files["tools.yaml"].replace(CALL, PYTHON.replace("words", "wordz"))
    _, (problem,) = check({"tools.yaml": text, "tools/count.py": "def count_words(t): ...\n"})
    assert problem.code == "AC313"
    assert (problem.place.line, problem.place.column) == (20, 56)
    assert problem.help == "did you mean `count_words`?"


def test_a_syntax_error_is_placed_in_the_python_file(
    check: Any, good_files: dict[str, str]
) -> None:
    text = good_files["tools.yaml"].replace(CALL, PYTHON)
    _, (problem,) = check({"tools.yaml": text, "tools/count.py": "x = 1\ndef f(:\n"})
    assert problem.code == "AC314"
    assert problem.place.file == "agent-configs/triage/tools/count.py"
    assert (problem.place.line, problem.place.column) == (2, 7)
    assert problem.place.source == "def f(:"
