"""What the run's screen lets workers read: each function touches no widget."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from runner.app.plain_text import plain
from runner.app.story.comparing import previous_run
from runner.app.story.config import Config, config_of
from runner.app.story.journal_index import JournalIndex
from runner.app.story.payloads import Section, sections_of, step_data, whole_payload
from runner.app.story.proof import Proof, proofs_of, verify_proofs
from runner.app.story.reading import AT_ONCE, JournalReader, open_journal
from runner.app.story.steps import RunSteps, Step
from runner.app.story.talk import calls_of, messages_of
from runner.domain.errors import AgentctlError
from runner.tui.world import World

MORE = 32 << 20
"""Bytes of a big journal that are read at once, after its beginning is shown."""


@dataclass(frozen=True)
class Seen:
    """A run as far as it is read, and what reads it."""

    reader: JournalReader
    run: RunSteps


@dataclass(frozen=True)
class Payload:
    """What a step holds."""

    key: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Tab:
    """What a tab shows, as it was read."""

    name: str
    lines: int
    """Lines of the journal that there were."""
    content: Any


def see(world: World, part: str, reader: JournalReader | None) -> Seen:
    """Read on."""
    world.hide("")  # the project's patterns are looked up here, and not while painting
    at_most = AT_ONCE if reader is None else MORE
    reader = reader or open_journal(world.root, world.state, part)
    run = reader.update(at_most)
    run.places  # noqa: B018  made here, and not when it is painted
    return Seen(reader, run)


def payload_of(world: World, seen: Seen, step: Step) -> Payload:
    """Read what a step holds."""
    return Payload(step.key, sections_of(seen.reader, seen.run, step, world.hide))


def whole_of(world: World, seen: Seen, step: Step) -> str:
    """Read all of what a step holds, made plain for a pager."""
    return plain(world.hide(whole_payload(seen.reader, seen.run, step)))


def tab_of(world: World, seen: Seen, name: str, index: JournalIndex | None) -> Tab:
    """Read what a tab shows."""
    content: Any = None
    if name == "messages":
        content = messages_of(seen.reader, seen.run, world.hide)
    elif name == "tools":
        content = calls_of(seen.reader, seen.run, world.hide)
    elif name == "config":
        content = _config(world, seen.run)
    elif name == "evidence":
        content = proofs_of(world.root, world.state, seen.reader, seen.run)
    elif name == "jsonl":
        content = _index(seen, index)
    return Tab(name, seen.run.lines, content)


def verified(world: World, seen: Seen) -> tuple[Proof, ...]:
    """Verify everything that can be."""
    return verify_proofs(world.root, world.state, seen.reader, seen.run)


def before(world: World, seen: Seen) -> str | None:
    """Return the run before this one."""
    return previous_run(world.root, world.state, seen.run)


def texts_of(
    seen: Seen, step: Step, payload: Payload | None, hide: Callable[[Any], Any]
) -> Iterator[tuple[str, str]]:
    """Yield what can be copied of a step: its lines, and what it holds as it is shown."""
    try:
        data = hide(step_data(seen.reader, step))
    except (AgentctlError, RecursionError):
        return
    yield "step as JSON", json.dumps(data, ensure_ascii=False, indent=2)
    if payload is not None and payload.key == step.key:
        texts = (f"{each.title}\n{each.text}" for each in payload.sections)
        yield "payload", hide("\n\n".join(texts))


def _config(world: World, run: RunSteps) -> Config:
    if run.start is None:
        return Config((), missing="the journal's first line cannot be read")
    return config_of(world.root, world.state, run.start)


def _index(seen: Seen, index: JournalIndex | None) -> JournalIndex:
    """A journal that is gone is not looked at again: what is known of it is kept."""
    index = index or JournalIndex(seen.run.path)
    if not any(notice.kind in {"deleted", "replaced"} for notice in seen.run.notices):
        index.update()
    return index
