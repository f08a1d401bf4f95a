"""A file of files, in the one form that we write: a ZIP without compression, dates or links.

The same files give the same bytes on every machine. A reader takes nothing else: what was read is
written again, and has to come out byte for byte, so that nothing can hide between the entries,
stand there twice, be a link, or unpack to more than it is. `unzip` can read it as well.
Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

MOST_ENTRIES = 20_000
MOST_BYTES = 64 << 20
LONGEST_NAME = 1_000
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
VERSION_NEEDED = 20
MADE_BY_UNIX = 3 << 8 | VERSION_NEEDED
UTF_8 = 1 << 11
STORED = 0
NEW_YEAR_1980 = 1 << 5 | 1
REGULAR_FILE_0644 = 0o100644 << 16


class DamagedArchiveError(Exception):
    """The bytes are not those of an archive that was written here; the text says where."""


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of files by their names, in this order.

    Raises:
        ValueError: there is more than an archive holds.
    """
    total = sum(len(name.encode()) + len(data) for name, data in files.items())
    if len(files) > MOST_ENTRIES or total > MOST_BYTES:
        raise ValueError(
            f"{len(files):,} files with {total:,} bytes; at most {MOST_ENTRIES:,} files with "
            f"{MOST_BYTES:,} bytes fit in"
        )
    written, listed = bytearray(), bytearray()
    for name, data in files.items():
        path, offset = name.encode(), len(written)
        facts = (UTF_8, STORED, 0, NEW_YEAR_1980, zlib.crc32(data), len(data), len(data), len(path))
        written += LOCAL.pack(LOCAL_MARK, VERSION_NEEDED, *facts, 0) + path + data
        outside = (0, 0, 0, 0, REGULAR_FILE_0644, offset)
        listed += CENTRAL.pack(CENTRAL_MARK, MADE_BY_UNIX, VERSION_NEEDED, *facts, *outside) + path
    end = END.pack(END_MARK, 0, 0, len(files), len(files), len(listed), len(written), 0)
    return bytes(written + listed + end)


def read_archive(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by their names, in its order; `check_archive` comes after.

    Raises:
        DamagedArchiveError: there is something else than files that lie one after the other.
    """
    files: dict[str, bytes] = {}
    for name, content in _entries(data):
        if name in files:
            raise DamagedArchiveError(f"{name!r} stands in it twice")
        if len(files) >= MOST_ENTRIES:
            raise DamagedArchiveError(f"it has more than {MOST_ENTRIES:,} files")
        files[name] = content
    return files


def check_archive(data: bytes, files: Mapping[str, bytes]) -> None:
    """Raise DamagedArchiveError when these bytes are not the one archive of these files."""
    expected = write_archive(files)
    if data != expected:
        at = next(
            (
                index
                for index, pair in enumerate(zip(data, expected, strict=False))
                if pair[0] != pair[1]
            ),
            min(len(data), len(expected)),
        )
        raise DamagedArchiveError(f"byte {at:,} is not as it was written")


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while data[at : at + 4] == LOCAL_MARK:
        if at + LOCAL.size > len(data):
            raise DamagedArchiveError("it ends in the middle of a file")
        fields = LOCAL.unpack_from(data, at)
        method, packed, size, name_length, extra = fields[3], *fields[7:]
        if method != STORED or packed != size or extra:
            raise DamagedArchiveError(f"the file at byte {at:,} is compressed, or has extra fields")
        start = at + LOCAL.size + name_length
        at = start + size
        if name_length > LONGEST_NAME or at > len(data):
            raise DamagedArchiveError("it ends in the middle of a file")
        yield _name(data[start - name_length : start]), data[start:at]
    if data[at : at + 4] not in {CENTRAL_MARK, END_MARK}:
        raise DamagedArchiveError(f"no file begins at byte {at:,}")


def _name(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise DamagedArchiveError("a file's name is not UTF-8") from error
