"""The command kind beyond its contract: which program, which surroundings, which end."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.domain.failure import Failure, FailureError
from runner.domain.ports import Prepared
from runner.tools.context import ToolContext

Ready = Callable[..., Prepared]


@pytest.fixture
def program(release_dir: Path) -> Callable[..., str]:
    def written(text: str, path: str = "tools/program", mode: int = 0o555) -> str:
        file = release_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return path

    return written


def call(*argv: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "command", "argv": list(argv), **more}


def failure(act: Callable[[], object]) -> Failure:
    with pytest.raises(FailureError) as caught:
        act()
    return caught.value.failure


def test_a_program_of_the_release_comes_before_one_on_path(
    ready: Ready, program: Callable[..., str]
) -> None:
    program("#!/bin/sh\necho ours\n", "ls")
    assert ready(call("ls")).run(5).data == "ours\n"


def test_a_program_on_path_is_found(ready: Ready) -> None:
    assert ready(call("printf", "%s", "hello")).run(5).data == "hello"


def test_an_absolute_path_is_taken_as_it_is(ready: Ready) -> None:
    assert ready(call("/bin/sh", "-c", "echo hello")).run(5).data == "hello\n"


@pytest.mark.parametrize(
    ("argv0", "words"),
    [
        ("no-such-program", "no program no-such-program"),
        ("tools/none", "no program tools/none"),
        ("../outside", "leads out of the release"),
        ("tools/../../outside", "leads out of the release"),
        ("/no/such/program", "no program /no/such/program"),
        ("link", "leads out of the release"),
    ],
)
def test_a_program_that_is_not_there_fails_before_anything_starts(
    ready: Ready, release_dir: Path, tmp_path: Path, argv0: str, words: str
) -> None:
    (tmp_path / "outside").write_text("#!/bin/sh\n")
    (tmp_path / "outside").chmod(0o755)
    (release_dir / "link").symlink_to(tmp_path / "outside")
    failed = failure(lambda: ready(call(argv0)))
    assert failed.kind == "tool_failed"
    assert words in failed.message


def test_a_file_that_is_no_program_is_named(ready: Ready, program: Callable[..., str]) -> None:
    path = program("echo hello\n", mode=0o444)
    assert "must start with #!" in failure(lambda: ready(call(path))).message


def test_variables_fill_argv_and_environment(ready: Ready) -> None:
    script = 'printf "%s %s" "$1" "$NUMBER"'
    argv = ["sh", "-c", script, "sh", {"var": "place", "suffix": "/x"}]
    prepared = ready(call(*argv, env={"NUMBER": {"var": "number"}}))
    assert prepared.run(5).data == "there/x 7"


def test_the_environment_is_declared_and_says_where_it_is(
    ready: Ready, context: ToolContext
) -> None:
    secret = {"env": "TOKEN", "prefix": "Bearer "}
    prepared = ready(call("env", env={"A": "b", "TOKEN": secret}))
    lines = dict(line.split("=", 1) for line in prepared.run(5).data.splitlines())
    lines.pop("_", None)
    scratch = str(context.scratch)
    assert lines == {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": scratch,
        "TMPDIR": scratch,
        "PYTHONDONTWRITEBYTECODE": "1",
        "A": "b",
        "TOKEN": "Bearer s3cret-token-value",
        "AGENTCTL_RELEASE_DIR": str(context.release_dir),
        "AGENTCTL_MODE": "live",
        "AGENTCTL_IDEMPOTENCY_KEY": "job:key:0",
        "AGENTCTL_RUN": "01RUN",
    }


def test_the_working_directory_is_the_runs_own_and_private(
    ready: Ready, context: ToolContext
) -> None:
    assert not context.scratch.exists()
    assert ready(call("pwd")).run(5).data == f"{context.scratch}\n"
    assert stat.S_IMODE(context.scratch.stat().st_mode) == 0o700


def test_arguments_come_as_json_on_stdin(ready: Ready) -> None:
    arguments = {"text": "line\nline", "list": [1, None, {"a": "☃"}]}
    assert ready(call("cat"), arguments).run(5).data == arguments


@pytest.mark.parametrize("read_only", [True, False, None])
def test_an_exit_status_is_an_answer_with_the_end_of_stderr(
    ready: Ready, read_only: bool | None
) -> None:
    script = "head -c 3000 /dev/zero | tr '\\0' x >&2; echo >&2; echo 'no such day' >&2; exit 3"
    failed = failure(lambda: ready(call("sh", "-c", script), read_only=read_only).run(5))
    assert failed.kind == "tool_failed"
    assert failed.message.startswith("tool failed with exit status 3: … xxx")
    assert failed.message.endswith("no such day")
    assert len(failed.message) < 800


def test_a_program_that_complains_on_stdout_is_heard(ready: Ready) -> None:
    failed = failure(lambda: ready(call("sh", "-c", "echo sorry; exit 1")).run(5))
    assert failed.message == "tool failed with exit status 1: sorry"


def test_a_program_without_a_word_is_said_to_have_none(ready: Ready) -> None:
    failed = failure(lambda: ready(call("false")).run(5))
    assert failed.message == "tool failed with exit status 1: no message"


@pytest.mark.parametrize(("read_only", "kind"), [(True, "tool_failed"), (False, "in_doubt")])
def test_a_program_that_a_signal_ended_has_no_known_end(
    ready: Ready, read_only: bool, kind: str
) -> None:
    prepared = ready(call("sh", "-c", "kill -9 $$"), read_only=read_only)
    failed = failure(lambda: prepared.run(5))
    assert failed.kind == kind
    assert "signal 9" in failed.message


def test_a_nul_character_in_a_value_is_a_failure(ready: Ready) -> None:
    assert "NUL" in failure(lambda: ready(call("echo", "a\0b"))).message


def test_python_programs_leave_no_byte_code_in_the_release(
    ready: Ready, program: Callable[..., str], release_dir: Path
) -> None:
    program("value = 7\n", "tools/sibling.py", 0o444)
    path = program("#!/usr/bin/env python3\nimport sibling\nprint(sibling.value)\n")
    assert ready(call(path)).run(10).data == 7
    assert list(release_dir.rglob("__pycache__")) == []
