"""Reading journals: as events, as lines while they grow, and finding one by a part of its id."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner.boundary.files import alive, reported
from runner.domain.errors import UsageError
from runner.domain.events import EVENTS, Event, RunStarted
from runner.domain.ports import Clock
from runner.journal.chain import SealedLine
from runner.journal.lines import BrokenChainError, ChainFile, RawLine
from runner.journal.moments import read_moment
from runner.journal.payloads import inflate, payload_directory

SHOWN_MATCHES = 5
CHAIN_FIELDS = frozenset({"run", "seq", "ts"})


@dataclass(frozen=True)
class Header:
    """What the chain says of one event."""

    run: str
    seq: int
    ts: datetime
    hash: str


def read_events(path: Path) -> list[tuple[Header, Event]]:
    """Return the events of a journal in order; a torn last line is left out.

    Raises:
        IntegrityError: the first line that the chain does not hold, or a payload that is gone.
    """
    return list(typed_lines(ChainFile(path, "run", path.stem)))


def typed_lines(chain: ChainFile) -> Iterator[tuple[Header, Event]]:
    """Yield the events of a chained file.

    Raises:
        IntegrityError: as `read_events`.
    """
    directory = payload_directory(chain.path)
    for raw, sealed in chain:
        header, event = _typed(chain.path, raw, sealed, directory)
        if header.seq == 0 and not isinstance(event, RunStarted):
            reason = f"a journal begins with `run.started`, and this is `{event.type}`"
            raise BrokenChainError(chain.path, raw, reason)
        yield header, event


def _typed(path: Path, raw: RawLine, sealed: SealedLine, directory: Path) -> tuple[Header, Event]:
    fields = sealed.fields
    own: dict[str, Any] = {
        name: value for name, value in fields.items() if name not in CHAIN_FIELDS
    }
    try:
        event = EVENTS.validate_python(inflate(own, directory))
        moment = read_moment(fields.get("ts"))
    except (ValidationError, ValueError) as error:
        reason = f"not an event that this version of agentctl knows: {error}"
        raise BrokenChainError(path, raw, reason) from error
    return Header(fields["run"], fields["seq"], moment, sealed.hash), event


def follow(path: Path, clock: Clock, poll_s: float = 0.2) -> Iterator[bytes]:
    """Yield the raw lines of a journal, those to come as well, until no process holds it."""
    offset = 0
    while True:
        held = alive(path)
        data = _whole_lines(path, offset)
        offset += len(data)
        yield from data.splitlines(keepends=True)
        if not data and not held:
            return
        if not data:
            clock.sleep(poll_s)


def _whole_lines(path: Path, offset: int) -> bytes:
    with reported("read", path), path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    return data[: data.rfind(b"\n") + 1]


def find_run(state_root: Path, part: str) -> Path:
    """Return the journal of the one run whose id contains `part`, in any case.

    Raises:
        UsageError: no run, or more than one, has it.
    """
    wanted = part.strip().upper()
    found = [path for path in journals(state_root) if wanted in path.stem.upper()]
    exact = [path for path in found if path.stem.upper() == wanted]
    if wanted and (len(found) == 1 or exact):
        return (exact or found)[0]
    if not wanted or not found:
        raise UsageError(f"no run has {part!r} in its id", help="`agentctl runs` lists them")
    names = ", ".join(path.stem for path in sorted(found)[-SHOWN_MATCHES:])
    raise UsageError(
        f"{len(found)} runs have {part!r} in their id", help=f"give more of one of: {names}"
    )


def journals(state_root: Path, since: str = "") -> Iterator[Path]:
    """Yield the journals of the day `since` (yyyy-mm-dd) and later, in no particular order."""
    agents = state_root / "journal"
    if not agents.is_dir():
        return
    with reported("list", agents):
        for agent in _directories(agents):
            for date in _directories(agent):
                if Path(date).name < since:
                    continue
                with os.scandir(date) as entries:
                    yield from (Path(e.path) for e in entries if e.name.endswith(".jsonl"))


def _directories(directory: Path | str) -> list[str]:
    with os.scandir(directory) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
