"""What the command line offers for a half-typed word: commands, agents, REFs, runs, fields."""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Sequence

from textual.suggester import Suggester

from runner.app.completing import Source, agent_names, agent_refs, offers, runs, runs_and_agents
from runner.app.listing.query_fields import FIELDS
from runner.domain.errors import AgentctlError
from runner.tui.asking.words import ALIASES, VERBS, Slot
from runner.tui.world import World

PREFIX = "agentctl "
SOURCES: dict[str, Source] = {
    "agent": agent_names,
    "ref": agent_refs,
    "run": runs,
    "run_or_agent": runs_and_agents,
}
ENVIRONMENTS = frozenset({"--env", "--from"})


class WordSuggester(Suggester):
    """Completes the last word of a command; a project that cannot be read offers nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(case_sensitive=True)
        self._world = world

    async def get_suggestion(self, value: str) -> str | None:
        """Return the line with its last word completed, or None."""
        try:
            return await to_thread(completed, value, self._world)
        except (AgentctlError, OSError):
            return None


def completed(line: str, world: World) -> str | None:
    """Return a line with its last word completed as far as there is something to offer.

    Raises:
        UsageError: there is no project here.
    """
    known = line.removeprefix(PREFIX)
    name, space, rest = known.partition(" ")
    if not space:
        return _with(line, name, VERBS) if name else None
    verb = ALIASES.get(name, name)
    if verb not in VERBS:
        return None
    *before, begun = rest.split(" ")
    if verb == "runs" and not begun.startswith("--"):
        return _of_query(line, begun, world)
    if begun.startswith("-"):
        return _with(line, begun, sorted(VERBS[verb].options))
    return _with(line, begun, _words(verb, [word for word in before if word], begun, world))


def _words(verb: str, before: Sequence[str], begun: str, world: World) -> Iterable[str]:
    """Yield what can stand at this place of a command."""
    last = before[-1] if before else ""
    if last in ENVIRONMENTS or (verb == "promote" and last == "--to"):
        return world.environments
    slots = VERBS[verb].slots
    place = len(before)
    slot: Slot | None = slots[place] if place < len(slots) else None
    if last.startswith("--"):
        slot = "ref" if verb == "rollback" and last == "--to" else None
    if slot == "environment":
        return world.environments
    if slot is None:
        return ()
    if slot == "ref":
        head = f"{before[0]}@"
        return [word.removeprefix(head) for word in _offered("ref", world, head + begun)]
    return _offered(slot, world, begun)


def _of_query(line: str, begun: str, world: World) -> str | None:
    """Complete the name of a field, or its value where the values are known."""
    name, colon, value = begun.removeprefix("-").partition(":")
    if not colon:
        return _with(line, name, [f"{field}:" for field in FIELDS]) if name else None
    value = value.rpartition(",")[2]
    field = FIELDS.get(name)
    if not value or field is None:
        return None
    known: Callable[[], Iterable[str]] = lambda: field.words  # noqa: E731  one of two
    if name == "agent":
        known = lambda: _offered("agent", world, value)  # noqa: E731
    return _with(line, value, known())


def _offered(slot: str, world: World, begun: str) -> list[str]:
    return [word for word, _says in offers(SOURCES[slot], world.root, world.state, begun)]


def _with(line: str, begun: str, words: Iterable[str]) -> str | None:
    """Return a line whose last, begun word is the first of these that begins so."""
    for word in words:
        if word.startswith(begun) and word != begun:
            return line[: len(line) - len(begun)] + word
    return None
