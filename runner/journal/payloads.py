"""Long texts lie beside the journal, named by their digest.

A text over 64 KiB becomes `{"$payload": "sha256:<hex>", "bytes": n}`. An object of the event that
has such a name of its own gets one more `$`, so that no model can forge a payload.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from runner.boundary.files import fsync_dir, make_private, reported, write_atomically
from runner.domain.errors import IntegrityError
from runner.journal.chain import without_surrogates

LONGEST_BYTES = 64 * 1024
MARK = "$payload"
OWN_MARK = re.compile(r"\$+payload")
CHANGED = "the files were changed after they were written; `agentctl audit verify` shows all"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def payload_directory(journal: Path) -> Path:
    """Return where the payloads of a journal lie: `<run id>.payloads` beside it."""
    return journal.with_suffix(".payloads")


def deflate(value: Any, directory: Path) -> Any:
    """Return the value with every long text stored in the directory and replaced by its name.

    Raises:
        StateError: a payload could not be written.
    """
    if isinstance(value, str):
        data = without_surrogates(value).encode()
        return value if len(data) <= LONGEST_BYTES else _stored(data, directory)
    if isinstance(value, dict):
        return {_marked(name): deflate(item, directory) for name, item in value.items()}
    return [deflate(item, directory) for item in value] if isinstance(value, list) else value


def inflate(value: Any, directory: Path) -> Any:
    """Return the value with every payload put back in its place.

    Raises:
        IntegrityError: a payload is missing, or is not what its name says.
    """
    return _mapped(value, lambda named: read_payload(named, directory))


def named_payloads(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every `{"$payload": ..., "bytes": ...}` of a line."""
    found: list[dict[str, Any]] = []
    _mapped(value, found.append)
    yield from found


def read_payload(named: dict[str, Any], directory: Path) -> str:
    """Return one payload.

    Raises:
        IntegrityError: it is missing, or is not what its name says.
    """
    name = str(named[MARK])
    if not DIGEST.fullmatch(name):
        raise IntegrityError(f"{directory}: {name!r} is no payload's name", help=CHANGED)
    path = directory / name.removeprefix("sha256:")
    if not path.is_file():
        raise IntegrityError(
            f"{path}: the payload is missing; expected {named.get('bytes')} bytes", help=CHANGED
        )
    with reported("read", path):
        data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if f"sha256:{found}" != name or len(data) != named.get("bytes"):
        raise IntegrityError(
            f"{path}: the payload was changed: {len(data)} bytes hashing to {found}, "
            f"expected {named.get('bytes')} bytes hashing to {path.name}",
            help=CHANGED,
        )
    return data.decode()


def _stored(data: bytes, directory: Path) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    make_private(directory)
    path = directory / digest
    if path.is_file():
        fsync_dir(directory)  # an earlier process may have died between the rename and its flush
    else:
        write_atomically(path, data)
    return {MARK: f"sha256:{digest}", "bytes": len(data)}


def _mapped(value: Any, replaced: Callable[[dict[str, Any]], Any]) -> Any:
    if isinstance(value, dict):
        if MARK in value:
            return replaced(value)
        return {_unmarked(name): _mapped(item, replaced) for name, item in value.items()}
    return [_mapped(item, replaced) for item in value] if isinstance(value, list) else value


def _marked(name: str) -> str:
    return f"${name}" if OWN_MARK.fullmatch(name) else name


def _unmarked(name: str) -> str:
    return name[1:] if OWN_MARK.fullmatch(name) else name
