"""One version, one digest: whatever is known of a version must agree."""

from collections.abc import Iterable
from dataclasses import dataclass

from runner.domain.errors import IntegrityError


@dataclass(frozen=True)
class KnownDigest:
    """A digest of a version, and where it was found: a path, a pointer, a ledger line."""

    digest: str
    source: str


def check_known(name: str, found: KnownDigest, known: Iterable[KnownDigest]) -> None:
    """Compare the digest of a version, called `name`, with every other one known for it.

    Raises:
        IntegrityError: two differ. Nothing accepts the new one: a version never changes.
    """
    for other in known:
        if other.digest != found.digest:
            raise IntegrityError(
                f"SECURITY ERROR: {name} is not what it was\n"
                f"  {found.source}: {found.digest}\n"
                f"  {other.source}: {other.digest}",
                help="nothing was run; a released version never changes: find out who changed "
                "which of the two, put it back, and release changes under a new version",
            )
