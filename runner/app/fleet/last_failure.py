"""Why a run did not succeed, in a sentence, from the end of its journal alone.

A journal can have 200 MB: only its last lines are read, and as for every list its chain is not
checked. `show` and `audit verify` do that.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from runner.domain.events import EVENTS, Event, RunFinished, ToolFinished, ToolRefused
from runner.domain.failure import Failure
from runner.journal.lines import lines_backwards
from runner.journal.reader import CHAIN_FIELDS

MOST_LINES = 400
MOST_BYTES = 1 << 20
CHAIN = CHAIN_FIELDS | {"prev", "hash"}
TOLD = (b'"type":"run.finished"', b'"type":"tool.finished"', b'"type":"tool.refused"')
OF_TOOLS = frozenset({"tool_failed", "tool_refused", "in_doubt"})


def last_failure(journal: Path) -> str:
    """Return what went wrong last in a run; empty where its journal does not tell."""
    finished: RunFinished | None = None
    for event in _backwards(journal):
        if isinstance(event, RunFinished):
            finished = finished or event
        elif said := _of_tool(event):
            return _joined(finished, said)
    return _of_run(finished) if finished else ""


def _backwards(journal: Path) -> Iterator[Event]:
    """Yield the events that may tell, newest first; a line that cannot be read is passed over."""
    try:
        with journal.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            for number, (offset, line) in enumerate(lines_backwards(file.fileno(), size)):
                if number >= MOST_LINES or size - offset > MOST_BYTES:
                    return
                if any(word in line for word in TOLD) and (event := _event(line)):
                    yield event
    except OSError:
        return


def _event(line: bytes) -> Event | None:
    try:
        fields = json.loads(line)
        return EVENTS.validate_python({k: v for k, v in fields.items() if k not in CHAIN})
    except (ValueError, TypeError, AttributeError, RecursionError, ValidationError):
        return None


def _of_tool(event: Event) -> str:
    """Return what a call that failed said; empty for one that did not."""
    if isinstance(event, ToolRefused):
        return f"tool {event.tool} refused: {event.text}"
    if isinstance(event, ToolFinished) and event.outcome != "done":
        said = _of_failure(event.failure) if event.failure else event.text
        return f"tool {event.tool} → {said.removeprefix(f'{event.tool}: ')}"
    return ""


def _joined(finished: RunFinished | None, said: str) -> str:
    """Return what a call said, after what ended its run where that was something else."""
    by_tool = finished and finished.failure and finished.failure.kind in OF_TOOLS
    if finished is None or by_tool or not (finished.failure or finished.stop):
        return said
    return f"{_of_run(finished)}; before that, {said}"


def _of_run(finished: RunFinished) -> str:
    if finished.failure:
        return _of_failure(finished.failure)
    return finished.stop.sentence if finished.stop else f"outcome {finished.outcome}"


def _of_failure(failure: Failure) -> str:
    status = str(failure.status or "")
    known = not status or status in failure.message
    return failure.message if known else f"{status} {failure.message}"
