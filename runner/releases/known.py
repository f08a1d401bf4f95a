"""One version, one digest: whatever is known of a version must agree."""

from collections.abc import Iterable
from typing import NamedTuple

from runner.domain.errors import IntegrityError
from runner.domain.snapshot import Snapshot

LINE_ENDS = (
    "the files differ in their line ends alone (CRLF), which a checkout with core.autocrlf "
    "writes: put `agent-configs/** text eol=lf` into .gitattributes, remove the directory, "
    "and check it out again"
)


class KnownDigest(NamedTuple):
    """A digest of a version, and where it was found: a path, a pointer, a ledger line."""

    digest: str
    source: str


def check_known(
    name: str,
    found: KnownDigest,
    known: Iterable[KnownDigest],
    snapshot: Snapshot | None = None,
) -> None:
    """Compare the digest of a version, called `name`, with every other one known for it.

    `snapshot` is what was found: with it the message can say that only line ends differ.

    Raises:
        IntegrityError: two differ. Nothing accepts the new one: a version never changes.
    """
    for other in known:
        if other.digest != found.digest:
            crlf = snapshot is not None and is_but_for_line_ends(snapshot, other.digest)
            raise IntegrityError(
                f"SECURITY ERROR: {name} is not what it was\n"
                f"  {found.source}: {found.digest}\n"
                f"  {other.source}: {other.digest}",
                help=f"nothing was run; {LINE_ENDS}"
                if crlf
                else "nothing was run; a released version never changes: find out who changed "
                "which of the two, put it back, and release changes under a new version",
            )


def is_but_for_line_ends(snapshot: Snapshot, digest: str) -> bool:
    """Return whether a snapshot would have a digest if its lines ended with LF alone."""
    files = {path: data.replace(b"\r\n", b"\n") for path, data in snapshot.files.items()}
    return files != snapshot.files and Snapshot(files).digest == digest
