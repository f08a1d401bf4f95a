"""What a shell offers for a half-typed word: names read from directories and the ledger alone.

Nothing is loaded or checked, so that a TAB is answered at once and never fails over a config.
"""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from runner.app.listing.run_list import Wanted, matching, short_id
from runner.app.project import SETTINGS_FILE, Project, open_project
from runner.boundary.git_query import tag_names
from runner.domain.errors import AgentctlError

Offer = tuple[str, str]
"""A word and what it is."""
Source = Callable[[Project, str], Iterable[Offer]]
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_-]*")
"""What may stand in a command line unquoted: a shell runs what else a directory can be called."""
NEWEST = 50
NO_AGENTS = frozenset({"environments", "current"})


def offers(source: Source, root: Path | None, state: Path | None, begun: str) -> list[Offer]:
    """Return the words of a source that begin like `begun`, in any case.

    Raises:
        UsageError: there is no project here.
    """
    project = open_project(root.expanduser() if root else None, state)
    return [
        (word, says)
        for word, says in source(project, begun)
        if word.lower().startswith(begun.lower()) and WORD.fullmatch(word)
    ]


def agent_names(project: Project, _begun: str) -> Iterable[Offer]:
    """Yield the agents of the project."""
    for path in sorted(project.agents.glob("[a-z0-9]*/")):
        if path.name not in NO_AGENTS and not _is_version(path):
            yield path.name, "agent"
    for name in _original(project):
        yield name, "agent, in the original layout"


def agent_refs(project: Project, begun: str) -> Iterable[Offer]:
    """Yield the agents; after an `@`, what one agent's REF can be."""
    agent, at, _ref = begun.partition("@")
    if not at:
        yield from agent_names(project, begun)
        return
    for path in sorted(project.agents.glob("environments/*/*.yaml")):
        if path.stem == agent:
            yield f"{agent}@{path.parent.name}", "environment"
    directory = project.agents / agent
    if directory.is_dir():
        yield f"{agent}@worktree", "as it is on disk"
    elif agent in _original(project):
        directory = project.agents
    for version in _newest_first(project, agent, [path.name for path in _versions(directory)]):
        yield f"{agent}@{version}", "version"


def runs(project: Project, _begun: str) -> Iterable[Offer]:
    """Yield `last` and the newest runs, each with what it was."""
    yield "last", "the newest run"
    for row in islice(matching(project, Wanted()), NEWEST):
        yield short_id(row["run"]), f"{row['agent']}@{row['version']} {row['status']}"


def runs_and_agents(project: Project, begun: str) -> Iterable[Offer]:
    """Yield what `show` takes: runs and versions of agents."""
    yield from runs(project, begun)
    yield from agent_refs(project, begun)


def codes(_project: Project, _begun: str) -> Iterable[Offer]:
    """Yield every diagnostic code with its title."""
    from runner.config.catalogue import CATALOGUE  # noqa: PLC0415  only for `explain`

    return [(code, entry.title) for code, entry in sorted(CATALOGUE.items())]


def _newest_first(project: Project, agent: str, kept: Iterable[str]) -> list[str]:
    """Return the versions of an agent, those of tags as git lists names: no object is read."""
    from runner.domain.quantities import AGENT_NAME, VERSION  # noqa: PLC0415  only after an @
    from runner.domain.tag_format import tag_pattern, version_in  # noqa: PLC0415  same
    from runner.releases.ordering import precedence  # noqa: PLC0415  same

    known = set(filter(VERSION.fullmatch, kept))
    if AGENT_NAME.fullmatch(agent):
        spelling = _tag_format(project)
        names = tag_names(project.root, tag_pattern(spelling, agent))
        known |= {version for name in names if (version := version_in(spelling, agent, name))}
    return sorted(known, key=precedence, reverse=True)


def _tag_format(project: Project) -> str:
    """Return how tags are called; the settings are loaded only where they say it."""
    from runner.domain.tag_format import TAG_FORMAT  # noqa: PLC0415  only after an @

    try:
        said = "tag_format" in (project.root / SETTINGS_FILE).read_text("utf-8", "replace")
        return project.settings.tag_format if said else TAG_FORMAT
    except (OSError, AgentctlError):
        return TAG_FORMAT


def _original(project: Project) -> list[str]:
    """Return the agent of the original layout; nothing is imported where there is none."""
    if not _versions(project.agents):
        return []
    from runner.releases.original import OriginalStore  # noqa: PLC0415  heavy, and rare

    return OriginalStore(project.agents).agents()


def _versions(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.glob("v*/")) if _is_version(path)]


def _is_version(path: Path) -> bool:
    return path.name[:1] == "v" and path.name[1:2].isdigit()
