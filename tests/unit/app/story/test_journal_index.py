import os
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.app.listing.watched_file import Change
from runner.app.story.journal_index import JournalIndex
from runner.domain.errors import StateError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def lines(index: JournalIndex) -> list[bytes]:
    return [index.line(number) for number in range(len(index))]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_lines_are_read_by_their_number(path: Path) -> None:
    path.write_bytes(b"one\n\nthree\xff\r\x1b[2J\n")
    index = JournalIndex(path)
    assert index.update() == Change("grown", 3)
    assert lines(index) == [b"one\n", b"\n", b"three\xff\r\x1b[2J\n"]
    assert [index.size(number) for number in range(3)] == [4, 1, 12]
    assert (index.torn, index.missing) == (False, False)
    assert not index.update()


def test_what_is_appended_is_added(path: Path) -> None:
    path.write_bytes(b"one\n")
    index = JournalIndex(path)
    index.update()
    append(path, b"two\nthree\n")
    assert index.update() == Change("grown", 2)
    assert lines(index) == [b"one\n", b"two\n", b"three\n"]


def test_a_torn_last_line_is_shown_as_one_and_grows(path: Path) -> None:
    path.write_bytes(b"one\ntw")
    index = JournalIndex(path)
    index.update()
    assert (lines(index), index.torn, index.size(1)) == ([b"one\n", b"tw"], True, 2)
    append(path, b"o")
    assert index.update() == Change("grown", 0)
    assert (lines(index), index.torn) == ([b"one\n", b"two"], True)
    append(path, b"\nthree\n")
    assert index.update() == Change("grown", 1)
    assert (lines(index), index.torn) == ([b"one\n", b"two\n", b"three\n"], False)


def test_a_last_line_of_nul_bytes_is_torn(path: Path) -> None:
    path.write_bytes(b"one\n\0\0\0\n")
    index = JournalIndex(path)
    index.update()
    assert (len(index), index.torn) == (2, True)
    append(path, b"two\n")
    index.update()
    assert (len(index), index.torn, index.line(2)) == (3, False, b"two\n")


def test_a_torn_line_that_was_cut_off_is_read_anew(path: Path) -> None:
    path.write_bytes(b"one\ntwo, and mor")
    index = JournalIndex(path)
    index.update()
    os.truncate(path, 4)
    append(path, b"2\n3\n4\n5\n6\n7\n")
    assert index.update().what == "rebuilt"
    assert lines(index) == [b"one\n", *(b"%d\n" % number for number in range(2, 8))]


def test_a_missing_file_is_told_until_it_is_there(path: Path) -> None:
    index = JournalIndex(path)
    assert not index.update()
    assert (index.missing, len(index)) == (True, 0)
    with pytest.raises(IndexError):
        index.line(0)
    path.write_bytes(b"one\n")
    index.update()
    assert (index.missing, lines(index)) == (False, [b"one\n"])


def test_a_deleted_file_is_told(path: Path) -> None:
    path.write_bytes(b"one\n")
    index = JournalIndex(path)
    index.update()
    path.unlink()
    assert index.update() == Change("gone")
    assert (index.missing, len(index)) == (True, 0)


@pytest.mark.parametrize("rotated", [True, False])
def test_another_file_is_read_anew(path: Path, *, rotated: bool) -> None:
    path.write_bytes(b"one\ntwo\n")
    index = JournalIndex(path)
    index.update()
    if rotated:
        path.rename(path.with_suffix(".1"))
    path.write_bytes(b"1\n2\n3\n4\n5\n6\n")
    assert index.update() == Change("rebuilt", 6)
    assert lines(index)[-1] == b"6\n"


def test_a_line_is_read_no_further_than_asked(path: Path) -> None:
    path.write_bytes(b"x" * 3_000_000 + b"\nend\n")
    index = JournalIndex(path)
    index.update()
    assert (len(index), index.size(0)) == (2, 3_000_001)
    assert len(index.line(0)) == 1 << 20
    assert len(index.line(0, 100)) == 100
    assert len(index.line(0, 1 << 22)) == 3_000_001
    assert index.line(1) == b"end\n"


def test_a_line_of_a_file_cut_meanwhile_is_empty(path: Path) -> None:
    path.write_bytes(b"one\ntwo\n")
    index = JournalIndex(path)
    index.update()
    os.truncate(path, 0)
    assert lines(index) == [b"", b""]


def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.write_bytes(b"one\n")
    index = JournalIndex(path)
    index.update()
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(StateError):
        index.update()
    assert lines(index) == [b"one\n"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"a", b"\n")), max_size=6))
def test_an_index_kept_up_has_the_lines_of_the_file(pieces: list[bytes]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "run.jsonl"
        path.touch()
        index = JournalIndex(path)
        for piece in pieces:
            append(path, piece)
            index.update()
            assert lines(index) == BytesIO(path.read_bytes()).readlines()
