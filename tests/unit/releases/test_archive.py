"""An archive has one form, and nothing else is read."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.releases.archive import (
    LOCAL,
    LOCAL_MARK,
    MOST_ENTRIES,
    DamagedArchiveError,
    check_archive,
    read_archive,
    write_archive,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def checked(data: bytes) -> dict[str, bytes]:
    files = read_archive(data)
    check_archive(data, files)
    return files


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=5))
@settings(max_examples=50)
def test_what_was_written_is_read_again(files: dict[str, bytes]) -> None:
    assert checked(write_archive(files)) == files


@given(st.integers(min_value=0), st.integers(1, 255))
@settings(max_examples=150)
def test_a_flipped_byte_is_damage(at: int, by: int) -> None:
    data = bytearray(write_archive({"a/b": b"hello", "a/c": b"world"}))
    data[at % len(data)] ^= by
    with pytest.raises(DamagedArchiveError):
        checked(bytes(data))


@given(st.integers(min_value=0))
@settings(max_examples=50)
def test_a_cut_archive_is_damage(at: int) -> None:
    data = write_archive({"a/b": b"hello", "a/c": b"world"})
    with pytest.raises(DamagedArchiveError):
        checked(data[: at % len(data)])


def test_other_programs_can_read_it() -> None:
    data = write_archive({"bundle.json": b"{}\n", "a/v1.0.0/häs.md": b"x" * 3000})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["bundle.json", "a/v1.0.0/häs.md"]
        assert archive.read("a/v1.0.0/häs.md") == b"x" * 3000


@pytest.mark.parametrize(
    ("kind", "told"),
    [(zipfile.ZIP_DEFLATED, "compressed"), (zipfile.ZIP_STORED, "not as it was written")],
)
def test_another_programs_archive_is_refused(kind: int, told: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", kind) as archive:
        archive.writestr("a", b"x" * 1000)
    with pytest.raises(DamagedArchiveError, match=told):
        checked(written.getvalue())


def test_a_link_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("a")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DamagedArchiveError):
        checked(written.getvalue())


def test_bytes_before_between_and_after_are_refused() -> None:
    data = write_archive({"a": b"x"})
    for other in (b"#!/bin/sh\n" + data, data + b"\n", data[:32] + b"!!" + data[32:]):
        with pytest.raises(DamagedArchiveError):
            checked(other)


def test_a_name_that_stands_there_twice_is_refused() -> None:
    entry = write_archive({"a": b"x"})
    entry = entry[: LOCAL.size + 2]
    with pytest.raises(DamagedArchiveError, match="twice"):
        read_archive(entry + entry)


def test_a_size_that_is_a_lie_reserves_nothing() -> None:
    lie = LOCAL.pack(LOCAL_MARK, 20, 2048, 0, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0)
    with pytest.raises(DamagedArchiveError, match="middle of a file"):
        read_archive(lie + b"a")


def test_too_many_files_are_refused_on_both_sides() -> None:
    with pytest.raises(ValueError, match="at most"):
        write_archive({str(number): b"" for number in range(MOST_ENTRIES + 1)})
    entries = b"".join(
        LOCAL.pack(LOCAL_MARK, 20, 2048, 0, 0, 33, 0, 0, 0, 5, 0) + b"%05d" % number
        for number in range(MOST_ENTRIES + 1)
    )
    with pytest.raises(DamagedArchiveError, match="more than"):
        read_archive(entries)
