"""Which digests the ledger knows of a version: one pass over its bytes, without parsing lines."""

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from runner.boundary.files import reported
from runner.journal.paths import ledger_path


def digests_in_ledger(state_root: Path, agent: str, version: str) -> set[str]:
    """Return every digest under which a version ever ran here.

    The pattern cannot come from a value: inside a JSON string its quotes would be escaped.
    """
    path = ledger_path(state_root)
    if not path.is_file() or path.stat().st_size == 0:
        return set()
    fields = f'"agent":{json.dumps(agent)},"version":{json.dumps(version)},"digest":"'
    pattern = re.compile(re.escape(fields.encode()) + rb'(h1:[^"]+)"')
    with reported("read", path), path.open("rb") as file:
        return set(_found(file.fileno(), pattern))


def _found(fd: int, pattern: re.Pattern[bytes]) -> Iterator[str]:
    with mmap.mmap(fd, 0, access=mmap.ACCESS_READ) as data:
        for match in pattern.finditer(data):
            yield match[1].decode()
