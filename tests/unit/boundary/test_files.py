"""Files that survive a crash, locks that say who is there, and errors a person can act on."""

import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.boundary.files import (
    alive,
    append_line,
    lock_exclusive,
    make_private,
    open_append,
    reported,
    try_lock_exclusive,
    write_atomically,
    write_whole,
)
from runner.domain.errors import StateError, TransientError


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A file whose exclusive lock another process holds."""
    path = tmp_path / "held"
    path.touch()
    code = (
        "import fcntl,sys,time; f=open(sys.argv[1]); fcntl.flock(f,fcntl.LOCK_EX);"
        "print(1,flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    yield path
    holder.kill()
    holder.communicate()


def test_directories_are_private_with_their_parents(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b")
    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_line_is_appended_whole_after_what_was_there(tmp_path: Path) -> None:
    fd = open_append(tmp_path / "f", new=True)
    append_line(fd, b"one\n", tmp_path / "f")
    append_line(fd, b"two\n", tmp_path / "f")
    os.close(fd)
    assert (tmp_path / "f").read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


def test_short_writes_are_continued() -> None:
    readable, writable = os.pipe()
    os.set_blocking(writable, True)
    data = os.urandom(1 << 20)
    read = bytearray()

    def drain() -> None:
        while chunk := os.read(readable, 1 << 16):
            read.extend(chunk)

    thread = threading.Thread(target=drain)
    thread.start()
    write_whole(writable, data)
    os.close(writable)
    thread.join()
    os.close(readable)
    assert bytes(read) == data


def test_a_new_file_must_not_exist_and_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "link").symlink_to("there")
    with pytest.raises(StateError, match="there: cannot create the file: File exists"):
        open_append(tmp_path / "there", new=True)
    with pytest.raises(StateError, match="link: cannot open the file"):
        open_append(tmp_path / "link")


def test_a_full_disk_says_what_where_and_what_next() -> None:
    path = Path("/dev/full")
    if not path.exists():
        pytest.skip("this system has no /dev/full")
    with path.open("wb", buffering=0) as full, pytest.raises(StateError) as caught:
        append_line(full.fileno(), b"x", path)
    assert caught.value.message == "/dev/full: cannot append: No space left on device"
    assert "free some space" in caught.value.help
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("number", [13, 24, 30])
def test_other_errors_of_the_system_have_advice_too(tmp_path: Path, number: int) -> None:
    with pytest.raises(StateError) as caught, reported("write", tmp_path):
        raise OSError(number, os.strerror(number))
    assert os.strerror(number) in caught.value.message
    assert caught.value.help


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(StateError):
            write_atomically(path, b"new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new", 0o644)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o644)


def test_alive_is_whether_somebody_holds_the_lock(held: Path, tmp_path: Path) -> None:
    (tmp_path / "free").touch()
    assert alive(held)
    assert not alive(tmp_path / "free")
    assert not alive(tmp_path / "missing")


def test_a_lock_that_another_process_holds_is_not_taken(held: Path) -> None:
    fd = open_append(held)
    assert not try_lock_exclusive(fd, 0.01)
    with pytest.raises(TransientError, match="another process has held the lock"):
        lock_exclusive(fd, held, 0.01)
    os.close(fd)


def test_a_probe_of_a_reader_does_not_make_a_writer_give_up(tmp_path: Path) -> None:
    path = tmp_path / "f"
    fd = open_append(path, new=True)
    with path.open() as probe:
        fcntl.flock(probe, fcntl.LOCK_SH)
        threading.Timer(0.02, lambda: fcntl.flock(probe, fcntl.LOCK_UN)).start()
        assert try_lock_exclusive(fd)
    assert alive(path)
    os.close(fd)
    assert not alive(path)
