"""The files of one agent at one version, and their digest."""

import base64
import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Snapshot:
    """Files by their path relative to the agent's directory, with `/`, in NFC."""

    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """`h1:` and the base64 SHA-256 over the sorted lines `<sha256>  <path>` (Go's dirhash).

        Source: golang.org/x/mod/sumdb/dirhash, Hash1.
        """
        return digest_of(self.files)


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the h1 digest of files.

    Raises:
        ValueError: a path has a newline, leaves the directory, or folds to the same as another.
    """
    check_paths(files)
    lines = [
        f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n".encode()
        for path in sorted(files, key=str.encode)
    ]
    total = hashlib.sha256(b"".join(lines)).digest()
    return "h1:" + base64.b64encode(total).decode()


def check_paths(paths: Mapping[str, bytes]) -> None:
    """Raise ValueError for a path that is not the same on every system."""
    folded: dict[str, str] = {}
    for path in paths:
        if "\n" in path or "\\" in path or unicodedata.normalize("NFC", path) != path:
            raise ValueError(f"{path!r} has a newline, a backslash, or is not in Unicode form NFC")
        if path.startswith("/") or {"", ".", ".."} & set(path.split("/")):
            raise ValueError(f"{path!r} leaves the agent's directory")
        if other := folded.get(path.casefold()):
            raise ValueError(f"{path!r} and {other!r} differ only in upper and lower case")
        folded[path.casefold()] = path
