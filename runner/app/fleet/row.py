"""One agent in one environment, as a fleet shows it."""

from dataclasses import dataclass

from runner.app.fleet.figures import Figures
from runner.app.fleet.status import Cell
from runner.domain.plan import NextFire
from runner.journal.entries import RunRecord
from runner.rollout.health import WELL, Health
from runner.rollout.sync import Sync

NO_POINTER = "no pointer"


@dataclass(frozen=True)
class Row:
    """One agent in one environment, or, with None, in no environment at all."""

    agent: str
    environment: str | None
    version: str | None
    """What is live; without a pointer `worktree` or what `current` names. None: nobody knows."""
    sync: Sync | None
    """None without a pointer."""
    health: Health
    figures: Figures
    runs: tuple[RunRecord, ...] = ()
    """The last twenty live runs there, newest first."""
    cell: Cell | None = None
    elsewhere: tuple[str, ...] = ()
    """Environments where it has a pointer."""

    @property
    def sync_word(self) -> str:
        """How it stands, in a word."""
        return self.sync.word if self.sync else NO_POINTER

    @property
    def troubled(self) -> bool:
        """Whether something asks for a person."""
        if self.sync is None:
            return False
        return self.sync.word != "synced" or self.health.word not in {*WELL, "unknown"}

    @property
    def digest(self) -> str | None:
        """The digest that the pointer promises."""
        standing = self.cell.standing if self.cell else None
        return standing.pointer.digest if standing else None

    @property
    def protected(self) -> bool:
        """Whether its environment's rules protect it."""
        standing = self.cell.standing if self.cell else None
        return bool(standing and standing.rules and standing.rules.protected)

    @property
    def held(self) -> tuple[str, ...]:
        """The versions that a hold blocks here."""
        standing = self.cell.standing if self.cell else None
        hold = standing.pointer.hold if standing else None
        return tuple(each.version for each in hold.blocked) if hold else ()

    @property
    def next_fire(self) -> NextFire | None:
        """When a live schedule fires next; None where none does."""
        return self.cell.next_fire if self.cell else None

    @property
    def last(self) -> RunRecord | None:
        """The newest live run there."""
        return self.runs[0] if self.runs else None
