"""The launcher: nothing before the gate, nothing left after the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.boundary.process import GatedChild, end_process_group, launch
from runner.domain.errors import InterruptedRunError

Start = Callable[..., GatedChild]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def started(
        script: str, stdin: bytes = b"", max_bytes: int = 1 << 20, **env: str
    ) -> GatedChild:
        argv = ["/bin/sh", "-c", script]
        return launch(argv, cwd=tmp_path, env=env, stdin=stdin, max_bytes=max_bytes)

    return started


def lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_bytes().rpartition(b")")[2].split()[0] != b"Z"


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_nothing_happens_before_run(start: Start, tmp_path: Path) -> None:
    child = start("touch effect")
    time.sleep(0.1)
    assert not (tmp_path / "effect").exists()
    assert child.run(5).returncode == 0
    assert (tmp_path / "effect").exists()


def test_nothing_happens_after_abandon(start: Start, tmp_path: Path) -> None:
    child = start("touch effect")
    child.abandon()
    assert not (tmp_path / "effect").exists()
    assert not lives(child.process_group)


def test_a_child_whose_starter_dies_exits_without_any_effect(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from runner.boundary.process import launch\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "argv = ['/bin/sh', '-c', 'touch effect']\n"
        "child = launch(argv, cwd=here, env={}, stdin=b'', max_bytes=9)\n"
        "print(child.process_group, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[3]
    starter = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, check=False
    )
    group = int(starter.stdout)
    wait_for(lambda: not lives(group))
    assert not (tmp_path / "effect").exists()


def test_the_process_group_is_the_childs_own(start: Start) -> None:
    child = start("true")
    assert os.getpgid(child.process_group) == child.process_group
    assert os.getsid(child.process_group) == child.process_group != os.getsid(0)
    child.abandon()


def test_stdin_stdout_and_stderr_arrive_whole(start: Start) -> None:
    data = bytes(range(256)) * 4096
    finished = start("tee /dev/stderr", stdin=data).run(10)
    assert finished.stdout == data
    assert finished.stderr_tail == data.decode("utf-8", "replace")[-len(finished.stderr_tail) :]
    assert not finished.truncated


def test_a_flood_on_stderr_neither_blocks_nor_grows(start: Start) -> None:
    finished = start("head -c 5000000 /dev/zero >&2; echo last words >&2; echo done").run(10)
    assert finished.stdout == b"done\n"
    assert finished.stderr_tail.endswith("last words\n")
    assert len(finished.stderr_tail) < 10_000


def test_a_child_that_reads_no_stdin_is_no_error(start: Start) -> None:
    finished = start("exit 3", stdin=b"x" * (1 << 20)).run(5)
    assert finished.returncode == 3


def test_arguments_and_values_are_never_read_by_the_shell(tmp_path: Path) -> None:
    evil = "$(touch effect); `touch effect` && * \n 'x' \"y\""
    argv = ["/bin/sh", "-c", 'printf "%s|%s" "$1" "$EVIL"', "sh", evil]
    child = launch(argv, cwd=tmp_path, env={"EVIL": evil}, stdin=b"", max_bytes=1000)
    assert child.run(5).stdout.decode() == f"{evil}|{evil}"
    assert not (tmp_path / "effect").exists()


def test_the_environment_is_what_was_passed_and_four_more(tmp_path: Path) -> None:
    env = {"GIVEN": "yes", "PATH": "/usr/bin:/bin"}
    child = launch(["/usr/bin/env"], cwd=tmp_path, env=env, stdin=b"", max_bytes=1000)
    lines = set(child.run(5).stdout.decode().splitlines()) - {"_=/usr/bin/env"}
    here = str(tmp_path)
    assert lines == {
        "GIVEN=yes",
        "PATH=/usr/bin:/bin",
        "LANG=C.UTF-8",
        f"HOME={here}",
        f"TMPDIR={here}",
    }


def test_a_timeout_ends_grandchildren_too(start: Start, tmp_path: Path) -> None:
    finished = start("sleep 60 & echo $! > pid; wait").run(0.2)
    assert finished.returncode is None
    assert not finished.truncated
    assert not lives(int((tmp_path / "pid").read_text()))


def test_a_grandchild_that_holds_stdout_is_waited_for_and_ended(
    start: Start, tmp_path: Path
) -> None:
    finished = start("sleep 60 & echo $! > pid; echo gone").run(0.2)
    assert finished.returncode is None
    assert finished.stdout == b"gone\n"
    assert not lives(int((tmp_path / "pid").read_text()))


def test_what_a_child_leaves_behind_does_not_outlive_it(start: Start, tmp_path: Path) -> None:
    finished = start("sleep 60 >&- 2>&- & echo $! > pid").run(5)
    assert finished.returncode == 0
    assert not lives(int((tmp_path / "pid").read_text()))


def test_a_child_that_ignores_sigterm_is_killed(start: Start) -> None:
    child = start("trap '' TERM; echo ready; while :; do sleep 0.05; done")
    assert child.run(0.2).returncode is None
    assert not lives(child.process_group)


def test_too_much_output_ends_the_group(start: Start) -> None:
    child = start("yes", max_bytes=10)
    before = time.monotonic()
    finished = child.run(30)
    assert time.monotonic() - before < 5
    assert finished.truncated
    assert finished.returncode is None
    assert finished.stdout == b"y\ny\ny\ny\ny\n"


def test_a_child_that_is_done_anyway_may_exit_after_too_much_output(start: Start) -> None:
    finished = start("head -c 300000 /dev/zero; exit 4", max_bytes=10).run(5)
    assert finished.truncated
    assert finished.returncode == 4


def test_a_signal_that_ends_a_child_is_its_negative_status(start: Start) -> None:
    assert start("kill -KILL $$").run(5).returncode == -signal.SIGKILL


def test_an_exception_in_run_ends_the_group(start: Start) -> None:
    def interrupt(number: int, _frame: object) -> None:
        raise InterruptedRunError("stop", signal_number=number)

    child = start("kill -USR1 $PARENT; sleep 60", PARENT=str(os.getpid()))
    former = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(InterruptedRunError):
            child.run(30)
    finally:
        signal.signal(signal.SIGUSR1, former)
    assert not lives(child.process_group)
    with pytest.raises(ChildProcessError):
        os.waitpid(child.process_group, 0)


def test_abandon_after_run_is_harmless(start: Start) -> None:
    child = start("true")
    child.run(5)
    child.abandon()
    child.abandon()


def test_a_missing_directory_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        launch(["true"], cwd=tmp_path / "missing", env={}, stdin=b"", max_bytes=1)


@pytest.fixture
def stranger(tmp_path: Path) -> "Callable[[str], subprocess.Popen[bytes]]":
    def started(run: str) -> "subprocess.Popen[bytes]":
        env = {"AGENTCTL_RUN": run, "PATH": os.defpath}
        argv = ["/bin/sh", "-c", "echo ready; sleep 60; :"]
        process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, start_new_session=True)
        assert process.stdout
        assert process.stdout.read(6) == b"ready\n"
        process.stdout.close()
        return process

    return started


def test_a_group_of_the_run_is_ended(stranger: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    process = stranger("01RUN")
    end_process_group(process.pid, "01RUN")
    assert process.wait(5) == -signal.SIGTERM


def test_a_group_of_another_run_is_left_alone(
    stranger: Callable[[str], "subprocess.Popen[bytes]"],
) -> None:
    process = stranger("01OTHER")
    end_process_group(process.pid, "01RUN")
    assert process.poll() is None
    end_process_group(process.pid, "01OTHER")
    process.wait(5)


def test_a_group_whose_leader_is_gone_is_still_recognised(start: Start, tmp_path: Path) -> None:
    env = {"AGENTCTL_RUN": "01RUN", "PATH": os.defpath}
    script = "sleep 60 >&- 2>&- & echo $! > pid"
    argv = ["/bin/sh", "-c", script]
    leader = subprocess.Popen(argv, cwd=tmp_path, env=env, start_new_session=True)
    leader.wait(5)
    left_alive = int((tmp_path / "pid").read_text())
    end_process_group(leader.pid, "01RUN")
    assert not lives(left_alive)


def test_a_group_that_is_gone_is_no_error(start: Start) -> None:
    child = start("true", AGENTCTL_RUN="01RUN")
    child.run(5)
    end_process_group(child.process_group, "01RUN")
