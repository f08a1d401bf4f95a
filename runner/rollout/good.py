"""Which release is good in an environment, which was the one before, and which was live when.

Everything here is told by the moves of one pointer, newest first, as a PointerBook gives them. A
release is good when it was this environment's pointer and no hold has named it since. One that was
held and then promoted on purpose is good again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, groupby

from runner.domain.environment import Pointer
from runner.domain.pointing import Move


@dataclass(frozen=True)
class Stretch:
    """The time that one release, or nothing, was live without another in between."""

    moves: tuple[Move, ...]
    """The moves within it, newest first: the last began it, others changed values or holds."""
    since: datetime
    until: datetime | None
    """None while it lasts."""
    blocked_by: Move | None = None
    """The first move, since it went live, whose hold names the release; None of a good one."""

    @property
    def began(self) -> Move:
        """The move that made it live."""
        return self.moves[-1]

    @property
    def pointer(self) -> Pointer | None:
        """The pointer as it stood last; None where it was deleted or cannot be read."""
        return self.moves[0].pointer

    @property
    def good(self) -> bool:
        """Whether it was a release, and one that no hold has named since."""
        return _digest(self.moves[0]) is not None and self.blocked_by is None


def stretches(moves: Sequence[Move]) -> tuple[Stretch, ...]:
    """Return the times that each release was live, newest first.

    Clocks of authors differ: a move that says it came before its predecessor came with it.
    """
    times = _times(moves)
    found: list[Stretch] = []
    start = 0
    for what, group in groupby(moves, key=_what):
        own = tuple(group)
        end = start + len(own)
        until = times[start - 1] if start else None
        found.append(Stretch(own, times[end - 1], until, _blocking(what, moves[:end])))
        start = end
    return tuple(found)


def good(moves: Sequence[Move], digest: str) -> bool:
    """Return whether a release was this pointer's, and no hold has named it since its last time."""
    latest = next((s for s in stretches(moves) if _digest(s.moves[0]) == digest), None)
    return latest is not None and latest.good


def was_live(moves: Sequence[Move], digest: str) -> bool:
    """Return whether a release was ever this pointer's."""
    return any(_digest(move) == digest for move in moves)


def previous(moves: Sequence[Move], current: str | None) -> Stretch | None:
    """Return the last time of a good release other than the one with the digest `current`.

    Its pointer is there and names a release: never the current one, never one that is blocked.
    """
    return next(earlier(moves, current), None)


def earlier(moves: Sequence[Move], current: str | None) -> Iterator[Stretch]:
    """Yield the last time of each good release other than the current one, newest first."""
    seen: set[str | None] = {current}
    for stretch in stretches(moves):
        digest = _digest(stretch.moves[0])
        if digest not in seen and stretch.good:
            yield stretch
        seen.add(digest)  # an older time of the same release says less than its last one


def blocked(pointer: Pointer | None, digest: str) -> bool:
    """Return whether a pointer's hold names a release."""
    hold = pointer.hold if pointer else None
    return hold is not None and any(each.digest == digest for each in hold.blocked)


def _times(moves: Sequence[Move]) -> list[datetime]:
    """Return when each move took effect, newest first; none before the one that it followed."""
    return list(accumulate((move.at for move in reversed(moves)), max))[::-1]


def _blocking(what: tuple[str, str], since: Sequence[Move]) -> Move | None:
    """Return the oldest of these moves, newest first, whose hold names the release."""
    holding = (move for move in reversed(since) if blocked(move.pointer, what[1]))
    return next(holding, None)


def _what(move: Move) -> tuple[str, str]:
    """Return what a move made live: a kind and a digest; two worktrees are the same."""
    if move.pointer is None:
        return "nothing", ""
    return ("release", move.pointer.digest) if move.pointer.digest else (move.pointer.version, "")


def _digest(move: Move) -> str | None:
    return move.pointer.digest if move.pointer else None
