"""What a fleet stands on: its agents, its environments, which pointers there are, what is missing.

Whatever cannot be read is left out and said in a note.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.app.fleet.seen_runs import SeenRuns
from runner.app.moves.ground import settings_of
from runner.app.project import AGENTS, SETTINGS_FILE, Project
from runner.app.released.versions import agent_names
from runner.app.repository import unread_note
from runner.domain.environment import ProjectSettings
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.pointing import places_in
from runner.releases.everywhere import Releases
from runner.releases.git_pointers import GitPointers
from runner.releases.git_repository import is_readable
from runner.releases.layouts import VersionStore


@dataclass(frozen=True)
class Stage:
    """One environment."""

    name: str
    protected: bool = False


@dataclass(frozen=True)
class Ground:
    """The agents and environments of a project, as far as they can be read."""

    agents: tuple[str, ...]
    """All that have a directory, a tag (in a bare repository) or a pointer; sorted."""
    stages: tuple[Stage, ...]
    """As agentctl.yaml declares them; undeclared, those with pointers by name."""
    pointers: frozenset[tuple[str, str]]
    """Environment and agent of each pointer."""
    wrong: AgentctlError | None = None
    """Why agentctl.yaml could not be read."""

    def chosen(self, wanted: str | None) -> str | None:
        """Return the environment to look at; None where there is none.

        Raises:
            UsageError: the wanted one is not there.
        """
        names = [stage.name for stage in self.stages]
        if wanted is None:
            guarded = [stage.name for stage in self.stages if stage.protected]
            return next(iter(guarded[-1:] or names[-1:]), None)
        if wanted not in names:
            known = ", ".join(names) or "none"
            raise UsageError(f"there is no environment {wanted!r}", help=f"environments: {known}")
        return wanted

    def pointed(self, agent: str, besides: str | None = None) -> tuple[str, ...]:
        """Return the environments where an agent has a pointer, in their order."""
        names = (stage.name for stage in self.stages)
        return tuple(n for n in names if n != besides and (n, agent) in self.pointers)


def ground_of(project: Project, book: GitPointers | None) -> Ground:
    """Return what there is; `book` is None without git, or where git does not answer."""
    settings, wrong = _settings(project, book)
    pointers = frozenset([*_in_files(project), *(book.places() if book else ())])
    found = sorted({environment for environment, _agent in pointers})
    declared = settings.environments
    stages = [Stage(name, rules.protected) for name, rules in declared.items()]
    return Ground(
        agents=tuple(sorted({*_names(project), *(agent for _environment, agent in pointers)})),
        stages=tuple(stages or [Stage(name) for name in found]),
        pointers=pointers,
        wrong=wrong,
    )


def _settings(
    project: Project, book: GitPointers | None
) -> tuple[ProjectSettings, AgentctlError | None]:
    try:
        return (settings_of(project, book) if book else project.settings), None
    except AgentctlError as error:
        return ProjectSettings(), error


def _names(project: Project) -> list[str]:
    try:
        return agent_names(project)
    except AgentctlError:
        return []


def _in_files(project: Project) -> list[tuple[str, str]]:
    above = project.agents / "environments"
    return places_in(path.relative_to(above).as_posix() for path in above.glob("*/*.yaml"))


def notes_of(
    project: Project,
    ground: Ground,
    releases: Releases | None,
    runs: SeenRuns,
    blind: AgentctlError | None,
) -> Iterator[str]:
    """Yield what is missing, each with what gets it."""
    yield from _about_git(project, blind)
    if ground.wrong and not (blind and _told(ground.wrong) == _told(blind)):
        yield _told(ground.wrong)
    if not ground.agents:
        yield f"no agent in {AGENTS}/: agentctl new AGENT makes one"
    elif releases and not _any_release(project, ground, releases):
        yield "no release yet: agentctl release AGENT makes the first"
    yield from _about_environments(ground)
    if not runs.told:
        yield f"no run is known here: there is no ledger in {project.state.name}/"


def _about_git(project: Project, blind: AgentctlError | None) -> Iterator[str]:
    if blind:
        yield _told(blind)
    elif unread := unread_note(project):
        yield unread.removeprefix("note: ")
    elif not is_readable(project.root):
        yield "no git repository here: pointers and version directories count as they are on disk"


def _about_environments(ground: Ground) -> Iterator[str]:
    if not ground.stages and not ground.wrong:
        yield f"no environment is declared: write `environments:` into {SETTINGS_FILE}"
    elif ground.agents and not ground.pointers:
        yield "no agent has a pointer: agentctl promote AGENT REF --to ENV sets one"


def _told(error: AgentctlError) -> str:
    first = error.message.partition("\n")[0]
    return f"{first}: {error.help.partition(chr(10))[0]}" if error.help else first


def _any_release(project: Project, ground: Ground, releases: Releases) -> bool:
    try:
        if releases.tagged_agents():
            return True
        directories = VersionStore(project.agents, AGENTS)
        return any(directories.versions(agent) for agent in ground.agents)
    except AgentctlError:
        return True  # that git does not answer is said already
