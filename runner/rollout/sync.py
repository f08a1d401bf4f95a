"""Whether an environment's pointer is what it should be, as far as releases and holds tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from runner.domain.environment import Pointer
from runner.domain.quantities import VERSION
from runner.domain.release import Version
from runner.releases.ordering import precedence

Word = Literal["synced", "behind", "held", "drifted", "tampered", "unknown"]


@dataclass(frozen=True)
class Sync:
    """One word, why where it is not `synced`, and the command that mends it."""

    word: Word
    why: str = ""
    mend: str = ""


SYNCED = Sync("synced")


def sync(
    agent: str,
    environment: str,
    pointer: Pointer,
    versions: Sequence[Version],
    digest_of: Callable[[Version], str | None] = lambda version: version.digest,
) -> Sync:
    """Return whether newer releases are there, and whether a hold keeps them from here.

    `versions` are in SemVer order. A pre-release counts where one is live. `digest_of` reads what
    a list does not say, such as the digest of a tag that somebody made by hand.
    """
    newer = _newer(pointer.version, versions)
    free = [each for each in newer if not _is_blocked(pointer, each, digest_of)]
    if free:
        many = f", the newest of {len(free)}" if len(free) > 1 else ""
        version = free[-1].version
        mend = f"agentctl promote {agent} {version} --to {environment}"
        return Sync("behind", f"{version} is released{many}", mend)
    if newer and pointer.hold:
        hold = pointer.hold
        why = f"{newer[-1].version} is held: {hold.reason} (by {hold.by}, {hold.at:%Y-%m-%d})"
        return Sync("held", why, f"agentctl release {agent}")
    return SYNCED


def _newer(version: str, versions: Sequence[Version]) -> list[Version]:
    if not VERSION.fullmatch(version):
        return []  # a worktree is ahead of every release
    here, early = precedence(version), "-" in version
    return [
        each
        for each in versions
        if precedence(each.version) > here and (early or "-" not in each.version)
    ]


def _is_blocked(
    pointer: Pointer, version: Version, digest_of: Callable[[Version], str | None]
) -> bool:
    blocked = pointer.hold.blocked if pointer.hold else ()
    if any(each.version == version.version for each in blocked):
        return True
    return bool(blocked) and digest_of(version) in {each.digest for each in blocked}
