"""How the live runs of one agent ended and what they cost, by version, digest and environment.

The ledger is read once from its start, and after that only what was added: a screen asks again and
again. A line that cannot be read is left out, as lists of runs do.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from runner.app.listing.ledger_lines import HEAD, RESUMABLE, TEXT, UNREADABLE, read_end
from runner.boundary.files import reported
from runner.journal.paths import ledger_path

GOING_ON = frozenset({"running", "parked"})
RAN = (
    rb',"version":' + TEXT + rb',"digest":' + TEXT + rb',"environment":(?:null|' + TEXT
    + rb'),"mode":"live",'
)  # fmt: skip
"""What follows the agent's name in the start of a live run."""
KEY = itemgetter("version", "digest", "environment")


class Key(NamedTuple):
    """What ran, and where."""

    version: str
    digest: str
    environment: str | None


class End(NamedTuple):
    """How a run ended; `usd` is None where no price is known."""

    status: str
    usd: float | None


@dataclass(frozen=True)
class RunSums:
    """What some runs come to."""

    runs: int = 0
    """All that began."""
    ended: int = 0
    succeeded: int = 0
    priced: int = 0
    """Those whose cost is known."""
    usd: float = 0.0

    @property
    def ok(self) -> float | None:
        """The share of ended runs that succeeded, 0 to 1; None when none ended."""
        return self.succeeded / self.ended if self.ended else None

    @property
    def usd_per_run(self) -> float | None:
        """The mean cost of the runs whose price is known; None when there are none."""
        return self.usd / self.priced if self.priced else None

    def __add__(self, other: "RunSums") -> "RunSums":
        return RunSums(
            self.runs + other.runs,
            self.ended + other.ended,
            self.succeeded + other.succeeded,
            self.priced + other.priced,
            self.usd + other.usd,
        )


NO_RUNS = RunSums()


def sums_of(ends: Sequence[End]) -> RunSums:
    """Return what the ends of runs come to."""
    priced = [end.usd for end in ends if end.usd is not None]
    succeeded = sum(end.status == "succeeded" for end in ends)
    return RunSums(0, len(ends), succeeded, len(priced), sum(priced))


@dataclass(frozen=True)
class RunTally:
    """The runs of one agent as far as the ledger was read."""

    agent: str
    sums: Mapping[Key, RunSums] = field(default_factory=dict)
    open: Mapping[str, tuple[Key, End | None]] = field(default_factory=dict)
    """Runs that may still end, or end again, with the end that they have so far."""
    inode: int = 0
    offset: int = 0
    """Bytes of the ledger that were read."""

    def goes_on(self, agent: str, inode: int, size: int) -> bool:
        """Return whether this is the beginning of what a file says of an agent."""
        return (self.agent, self.inode) == (agent, inode) and self.offset <= size

    def by_key(self) -> dict[Key, RunSums]:
        """Return the sums with those runs that a person has to decide on, which count as ended."""
        found = dict(self.sums)
        for key, end in self.open.values():
            if end is not None and end.status not in GOING_ON:
                found[key] = found[key] + sums_of([end])
        return found


def tally_runs(state: Path, agent: str, before: RunTally | None = None) -> RunTally:
    """Return the runs of an agent; `before` is an earlier answer, which is read on from.

    Raises:
        StateError: the ledger cannot be read.
    """
    path = ledger_path(state)
    if not path.is_file():
        return RunTally(agent)
    with reported("read", path), path.open("rb") as file:
        stat = os.fstat(file.fileno())
        if before is None or not before.goes_on(agent, stat.st_ino, stat.st_size):
            before = RunTally(agent, inode=stat.st_ino)
        file.seek(before.offset)
        counting = _Counting(agent, dict(before.sums), dict(before.open), before.offset)
        for line in file:
            if not line.endswith(b"\n"):
                break  # it is being written
            counting.read(line)
    return RunTally(agent, counting.added(), counting.open, stat.st_ino, counting.offset)


@dataclass
class _Counting:
    """Counts in place: a ledger has many lines."""

    agent: str
    sums: dict[Key, RunSums]
    open: dict[str, tuple[Key, End | None]]
    offset: int

    def __post_init__(self) -> None:
        name = json.dumps(self.agent)
        self.needle = f'"agent":{name}'.encode()
        self.ran = re.compile(f'"agent":{name}'.encode() + RAN)
        self.keys: dict[bytes, Key] = {}
        self.begun: dict[Key, int] = {}
        self.ends: dict[Key, list[End]] = {}

    def read(self, line: bytes) -> None:
        """Count one line of the ledger."""
        self.offset += len(line)
        head = HEAD.match(line)
        if head is None:
            return
        run = head[3].decode("utf-8", "replace")
        if head[2] == b"started":
            self._started(run, line)
        elif run in self.open:
            self._ended(run, line)

    def added(self) -> dict[Key, RunSums]:
        """Return the sums with everything that was read."""
        found = dict(self.sums)
        for key, count in self.begun.items():
            found[key] = found.get(key, NO_RUNS) + RunSums(runs=count)
        for key, ends in self.ends.items():
            found[key] = found.get(key, NO_RUNS) + sums_of(ends)
        return found

    def _started(self, run: str, line: bytes) -> None:
        if self.needle not in line or (key := self._key(line)) is None:
            return
        if run not in self.open:  # a crash may have had it told twice
            self.begun[key] = self.begun.get(key, 0) + 1
        self.open[run] = key, None

    def _key(self, line: bytes) -> Key | None:
        """Return what a run ran; most lines are as this version writes them, and need no JSON."""
        found = self.ran.search(line)
        if found is None:
            return _key(line, self.agent)
        if found[0] not in self.keys:
            texts = [None if text is None else text.decode() for text in found.groups()]
            self.keys[found[0]] = Key(str(texts[0]), str(texts[1]), texts[2])
        return self.keys[found[0]]

    def _ended(self, run: str, line: bytes) -> None:
        end, (key, _before) = _end(line), self.open[run]
        if end is None:
            return
        if end.status in RESUMABLE:
            self.open[run] = key, end
            return
        del self.open[run]
        self.ends.setdefault(key, []).append(end)


def _key(line: bytes, agent: str) -> Key | None:
    """Return what a live run of the agent ran; None for other lines."""
    try:
        fields = json.loads(line)
        if fields["agent"] != agent or fields["mode"] != "live":
            return None
        version, digest, environment = KEY(fields)
    except UNREADABLE:
        return None
    texts = isinstance(version, str) and isinstance(digest, str)
    whole = texts and isinstance(environment, str | None)
    return Key(version, digest, environment) if whole else None


def _end(line: bytes) -> End | None:
    """Return how a run ended; one that asked no model cost nothing, whatever the price."""
    told = read_end(line)
    if told is None:
        return None
    tokens, usd = told["tokens"], told["cost_usd"]
    free = usd is None and not tokens["input"] + tokens["output"]
    return End(told["status"], 0.0 if free else usd)


def of_version(sums: Mapping[Key, RunSums], version: str, digest: str | None) -> Iterator[Key]:
    """Yield what counts as a version: its digest, where one is known, whatever it was called."""
    return (key for key in sums if (key.digest == digest if digest else key.version == version))
