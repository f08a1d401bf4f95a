"""The python kind beyond its contract: loading, results, errors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared

Ready = Callable[..., Prepared]
Act = Callable[[str, dict[str, Any] | None], Any]


@pytest.fixture
def act(ready: Ready, release_dir: Path) -> Act:
    """Run `tool` of a file with this text."""

    def ran(text: str, arguments: dict[str, Any] | None = None) -> Any:
        (release_dir / "tool.py").write_text(text)
        call = {"kind": "python", "file": "tool.py", "function": "tool"}
        return ready(call, arguments).run(10).data

    return ran


def failure(act: Callable[[], object]) -> Failure:
    with pytest.raises(FailureError) as caught:
        act()
    assert caught.value.failure.kind == "tool_failed"
    return caught.value.failure


def test_arguments_come_by_name_and_the_result_goes_back(act: Act) -> None:
    text = "def tool(a, b=2, *, c): return {'sum': a + b + c, 'text': '☃'}"
    assert act(text, {"a": 1, "c": 3}) == {"sum": 6, "text": "☃"}


@pytest.mark.parametrize("value", ["None", "'text'", "[1, 2.5, True]", "'12'"])
def test_a_result_keeps_its_type(act: Act, value: str) -> None:
    assert act(f"def tool(): return {value}", None) == eval(value)


def test_prints_do_not_mix_with_the_result(act: Act) -> None:
    text = (
        "import os, subprocess\n"
        "print('while loading')\n"
        "def tool():\n"
        '    print(\'{"not": "the result"}\')\n'
        "    os.write(1, b'raw')\n"
        "    subprocess.run(['echo', 'of a child'])\n"
        "    return 'the result'\n"
    )
    assert act(text, None) == "the result"


def test_a_file_can_import_its_neighbours_and_leaves_no_byte_code(
    act: Act, release_dir: Path
) -> None:
    (release_dir / "neighbour.py").write_text("value = 7\n")
    assert act("import neighbour\ndef tool(): return neighbour.value", None) == 7
    assert list(release_dir.rglob("__pycache__")) == []


def test_dataclasses_of_the_file_work(act: Act) -> None:
    text = (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass, asdict\n"
        "@dataclass\nclass P:\n    x: int\n"
        "def tool(x): return asdict(P(x))\n"
    )
    assert act(text, {"x": 1}) == {"x": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def tool(): raise ValueError('use a date')", "ValueError: use a date"),
        ("def tool(): raise KeyError", "KeyError"),
        ("def tool(): raise SystemExit('no such day')", "SystemExit: no such day"),
        ("def tool(day): pass", "TypeError: tool() missing 1 required"),
        ("def other(): pass", "has no attribute 'tool'"),
        ("def tool(): return object()", "The call was made: do not repeat it."),
        ("def tool(): return float('nan')", "ValueError"),
        ("def tool(:", "SyntaxError"),
        ("import no_such_module", "ModuleNotFoundError: No module named"),
    ],
)
def test_an_error_is_type_and_message_without_a_traceback(act: Act, text: str, words: str) -> None:
    message = failure(lambda: act(text, None)).message
    assert words in message
    assert "Traceback" not in message


def test_a_function_that_ends_the_process_without_a_result_is_an_empty_answer(act: Act) -> None:
    assert act("import os\ndef tool(): os._exit(0)", None) == ""


def test_the_interpreter_is_isolated_from_the_environment(act: Act) -> None:
    text = "import sys\ndef tool(): return [sys.flags.isolated, sys.flags.dont_write_bytecode]"
    assert act(text, None) == [1, 1]


@pytest.mark.parametrize("file", ["none.py", "../outside.py", "."])
def test_a_file_that_is_not_in_the_release_fails_before_anything_starts(
    ready: Ready, file: str
) -> None:
    failure(lambda: ready({"kind": "python", "file": file, "function": "tool"}))
