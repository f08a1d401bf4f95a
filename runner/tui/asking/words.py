"""What is typed after `:`: the words of agentctl's commands, for those that have a screen."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from runner.app.inspecting import names_agent
from runner.app.moves.ground import check_agent
from runner.app.project import open_project
from runner.domain.errors import UsageError
from runner.tui.opening import Opening, found
from runner.tui.registry import SCREENS, Entry

Slot = Literal["agent", "ref", "run", "run_or_agent", "environment"]


@dataclass(frozen=True)
class Verb:
    """A command: how it is written, what its words are, and the options that it takes."""

    form: str
    slots: tuple[Slot, ...] = ()
    least: int = 0
    options: frozenset[str] = frozenset()
    """Those with a value; `--dry-run` is the one that has none."""


ENV = frozenset({"--env"})
KNOWN: dict[str, Verb] = {
    "fleet": Verb("fleet [AGENT] [--env ENV]", ("agent",), options=ENV),
    "status": Verb("status [AGENT] [--env ENV]", ("agent",), options=ENV),
    "runs": Verb(
        "runs [QUERY] [--agent A] [--status S] [--since 2d]",
        options=frozenset({"--query", "--agent", "--status", "--since", "--subject"}),
    ),
    "show": Verb("show RUN|AGENT[@REF]", ("run_or_agent",), 1),
    "logs": Verb("logs RUN", ("run",), 1),
    "compare": Verb("compare RUN RUN", ("run", "run"), 2),
    "versions": Verb("versions [AGENT]", ("agent",)),
    "releases": Verb("releases list [AGENT]", ("agent",)),
    "diff": Verb("diff AGENT A [B]", ("agent", "ref", "ref"), 2),
    "schedules": Verb("schedules [AGENT] [--env ENV]", ("agent",), options=ENV),
    "env": Verb("env ENV", ("environment",), 1),
    "promote": Verb(
        "promote AGENT REF [--to ENV]", ("agent", "ref"), 1, frozenset({"--to", "--from"})
    ),
    "rollback": Verb(
        "rollback AGENT [--to VERSION] [--env ENV]", ("agent", "ref"), 1, frozenset({"--to"}) | ENV
    ),
    "run": Verb("run AGENT[@REF] --dry-run", ("agent",), 1),
    "help": Verb("help"),
    "q": Verb("q"),
}


def verbs_with(screens: Sequence[Entry]) -> dict[str, Verb]:
    """Return the commands, and the names of screens that take no words."""
    others = {entry.name: Verb(entry.name) for entry in screens if entry.name not in KNOWN}
    return KNOWN | others


VERBS = verbs_with(SCREENS)
ALIASES = {"quit": "q", "exit": "q", "environment": "env", "dry-run": "run", "ls": "fleet"}
FLEET = frozenset({"fleet", "status"})
QUERY_OPTIONS = {"--agent": "agent:", "--status": "status:", "--subject": "subject:"}


@dataclass(frozen=True)
class Command:
    """What was asked for: a screen, another environment, help, or to leave."""

    opening: Opening | None = None
    environment: str | None = None
    row: str | None = None
    """The agent that the list shall stand on."""
    does: Literal["open", "help", "quit"] = "open"


def read_command(text: str) -> Command | None:
    """Return what was asked for; None for nothing.

    Raises:
        UsageError: there is no such command, or it takes other words.
    """
    name, _, rest = text.strip().removeprefix("agentctl ").strip().partition(" ")
    if not name:
        return None
    verb = verb_of(name)
    if verb == "runs":
        return Command(Opening("runs", (query_of(rest),)))
    words, options, dry = _split(verb, rest)
    if verb == "releases" and words[:1] == ["list"]:
        words = words[1:]
    spec = VERBS[verb]
    if not spec.least <= len(words) <= len(spec.slots):
        raise UsageError(f"`{verb}` takes other words", help=f"write `{spec.form}`")
    if verb == "run" and not (dry or name == "dry-run"):
        raise UsageError("only dry runs are started here", help=f"write `{spec.form}`")
    return _command(verb, words, options)


def verb_of(name: str) -> str:
    """Return the command that a word is the name of.

    Raises:
        UsageError: it is none.
    """
    verb = ALIASES.get(name, name)
    if verb in VERBS:
        return verb
    near = get_close_matches(name, [*VERBS, *ALIASES], n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"commands: {', '.join(VERBS)}"
    raise UsageError(f"no command `{name}` has a screen", help=hint)


def query_of(text: str) -> str:
    """Return the query of the words and options after `runs`; without options they are one.

    Raises:
        UsageError: an option that a list on a screen does not have, or a quote that is open.
    """
    if not any(word.startswith("--") for word in text.split()):
        return text.strip()
    words, options, _dry = _split("runs", text)
    terms: list[str] = []
    for name, values in _by_name(options).items():
        if name == "--query":
            terms += values
        elif name == "--since":
            terms += [f"age<{value}" for value in values]
        else:
            terms.append(QUERY_OPTIONS[name] + ",".join(map(_quoted, values)))
    return " ".join([*terms, *map(_term, words)])


def _by_name(options: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """An option that is said twice means either value, as on the command line."""
    made: dict[str, list[str]] = {}
    for name, value in options:
        made.setdefault(name, []).append(value)
    return made


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _term(word: str) -> str:
    """Return a term of the query with the quotes that splitting took away."""
    name, colon, value = word.partition(":")
    return f"{name}{colon}{_quoted(value)}" if colon else _quoted(word)


def resolved(command: Command, root: Path | None, state: Path | None) -> Command:
    """Return the same with whole ids of runs, after a look whether all of it is there.

    For worker threads: it reads the project.

    Raises:
        UsageError: no such run or agent, no project, or a query that cannot be read.
    """
    opening = command.opening
    if opening is None:
        return command
    if command.row is not None:
        check_agent(open_project(root, state), command.row)
    if opening.name == "show":
        opening = _shown(opening.words[0], root, state)
    if opening.words:
        opening = found(opening, root, state)
    return Command(opening, command.environment, command.row, command.does)


def _shown(target: str, root: Path | None, state: Path | None) -> Opening:
    if names_agent(root, state, target, None):
        return Opening("versions", (target.partition("@")[0],))
    return Opening("run", (target,))


def _split(verb: str, text: str) -> tuple[list[str], list[tuple[str, str]], bool]:
    """Return the words, the options with their values, and whether `--dry-run` was said."""
    try:
        given = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{error}".lower(), help="close the quote") from error
    words: list[str] = []
    options: list[tuple[str, str]] = []
    dry, known = False, VERBS[verb].options
    while given:
        word = given.pop(0)
        name, equals, value = word.partition("=")
        if verb == "run" and word == "--dry-run":
            dry = True
        elif not word.startswith("--"):
            words.append(word)
        elif name not in known:
            raise UsageError(f"`{verb}` has no {name} here", help=f"write `{VERBS[verb].form}`")
        elif not equals and not given:
            raise UsageError(f"{name} needs a value", help=f"write `{VERBS[verb].form}`")
        else:
            options.append((name, value if equals else given.pop(0)))
    return words, options, dry


def _command(verb: str, words: Sequence[str], options: Sequence[tuple[str, str]]) -> Command:
    said = dict(options)
    if verb == "q":
        return Command(does="quit")
    if verb == "help":
        return Command(does="help")
    if verb == "env":
        return Command(environment=words[0])
    if verb in FLEET or verb == "schedules":
        name = "fleet" if verb in FLEET else verb
        return Command(Opening(name), said.get("--env"), words[0] if words else None)
    if verb in {"promote", "rollback"}:
        return _move(verb, words, said)
    if verb == "run":
        agent, at, ref = words[0].partition("@")
        return Command(Opening("dry-run", (agent, ref) if at else (agent,)))
    name = {"releases": "versions", "logs": "run"}.get(verb, verb)
    return Command(Opening(name, tuple(words)))


def _move(verb: str, words: Sequence[str], said: dict[str, str]) -> Command:
    refs = [*words[1:]]
    source = said.get("--from" if verb == "promote" else "--to")
    if source:
        refs.append(source)
    if len(refs) > 1 or (verb == "promote" and not refs):
        raise UsageError(f"`{verb}` takes other words", help=f"write `{VERBS[verb].form}`")
    environment = said.get("--to" if verb == "promote" else "--env")
    return Command(Opening(verb, (words[0], *refs)), environment)
