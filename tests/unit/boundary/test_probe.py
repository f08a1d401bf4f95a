"""Looking without touching: real sockets, real directories, this machine's git."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.boundary.egress import Egress
from runner.boundary.exchange import HttpError
from runner.boundary.probe import (
    connect,
    free_bytes,
    git_version,
    nearest,
    side_by_side,
    writable,
)


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_server_that_listens_is_there(listening: int) -> None:
    assert connect(Egress(["127.0.0.1"]), "127.0.0.1", listening, 2.0) == "127.0.0.1"


def test_a_name_is_looked_up_and_every_address_tried(listening: int) -> None:
    egress = Egress(["here.example", "127.0.0.1", "::1"], resolve=lambda *_: ["::1", "127.0.0.1"])
    assert connect(egress, "here.example", listening, 2.0) == "127.0.0.1"


def test_a_closed_port_says_what_to_check(closed: int) -> None:
    with pytest.raises(HttpError, match="Connection refused") as caught:
        connect(Egress(["127.0.0.1"]), "127.0.0.1", closed, 2.0)
    assert not caught.value.sent
    assert "check that the service runs" in caught.value.help


def test_a_host_that_is_not_allowed_is_not_contacted(listening: int) -> None:
    with pytest.raises(HttpError, match=r"not in network\.allow"):
        connect(Egress([]), "127.0.0.1", listening, 2.0)


def test_tasks_run_side_by_side_and_answer_in_order() -> None:
    meeting = threading.Barrier(3, timeout=5)

    def task(number: int) -> int:
        meeting.wait()
        return number

    tasks = [lambda: task(1), lambda: task(2), lambda: task(3)]
    assert side_by_side(tasks, 5.0) == [1, 2, 3]


def test_there_may_be_more_tasks_than_threads() -> None:
    assert side_by_side([lambda n=n: n for n in range(100)], 5.0) == list(range(100))


def test_what_is_late_is_not_waited_for() -> None:
    forever = threading.Event()
    try:
        assert side_by_side([lambda: 1, forever.wait], 0.1) == [1, None]
    finally:
        forever.set()


def test_no_task_needs_no_thread() -> None:
    assert side_by_side([], 1.0) == []


def test_git_tells_its_version() -> None:
    found = git_version()
    assert found is not None
    assert Path(found[0]).is_absolute()
    assert found[1][0].isdigit()


@pytest.mark.parametrize("said", ["exit 3", None])
def test_a_git_that_does_not_answer_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    if said:
        (tmp_path / "git").write_text(f"#!/bin/sh\n{said}\n")
        (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_version() is None


def test_a_directory_that_is_missing_is_judged_by_the_one_above(tmp_path: Path) -> None:
    missing = tmp_path / "a" / "b"
    assert nearest(missing) == tmp_path
    assert writable(missing)
    assert free_bytes(missing) > 0
    assert not missing.exists()


def test_below_a_file_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not writable(tmp_path / "file" / "state")
