"""What a move of a pointer is decided on: the pointer, its rules, its history, the runs here."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches

from runner.app.fleet.seen_runs import Successes
from runner.app.pointers import committed
from runner.app.project import SETTINGS_FILE, Project
from runner.app.released.verifying import signers_of
from runner.app.released.versions import agent_names, reading_releases, releases_of
from runner.boundary.who import who
from runner.config.project import read_pointer, read_project
from runner.domain.environment import Environment, ProjectSettings
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.pointing import Move, Placed
from runner.domain.ports import Clock
from runner.domain.quantities import AGENT_NAME, RESERVED_AGENTS, check_environment_name
from runner.domain.release import Release
from runner.releases.file_pointers import FilePointers
from runner.releases.git_pointers import GitPointers
from runner.releases.git_tagging import check_identity
from runner.releases.git_writing import GitWriting
from runner.releases.reading import check_agent_known
from runner.releases.signatures import signature_of
from runner.rollout.planning import Ground

Book = GitPointers | FilePointers


@contextmanager
def pointer_book(project: Project, clock: Clock, *, git_may_fail: bool = False) -> Iterator[Book]:
    """Yield where the project's pointers are kept: in commits, else in files.

    With `git_may_fail` a repository that git cannot read is a project of files.

    Raises:
        UsageError: git cannot read the repository.
    """
    with ExitStack() as stack:
        book = None
        try:
            book = stack.enter_context(committed(project))
            if book is not None:
                book.branch  # noqa: B018  whether git answers shows at the first question
        except AgentctlError:
            if not git_may_fail:
                raise
            book = None
        yield book or FilePointers(project.root, read_pointer, clock, who)


def check_agent(project: Project, agent: str) -> None:
    """Raise UsageError for an agent that nobody knows; its directory may be gone, not its tags."""
    names = agent_names(project)
    can_be = AGENT_NAME.fullmatch(agent) and agent not in RESERVED_AGENTS
    if agent in names or not (can_be and releases_of(project).versions(agent)):
        check_agent_known(names, agent, project.agents)


def rules_of(project: Project, book: Book, environment: str) -> Environment:
    """Return an environment's rules, as agentctl.yaml has them where the pointers are read.

    Raises:
        UsageError: there is no such environment.
        ConfigError: agentctl.yaml has problems.
    """
    settings = settings_of(project, book)
    declared = settings.environments
    try:
        check_environment_name(environment)
    except ValueError as error:
        raise UsageError(
            str(error), help=f"environments: {', '.join(declared) or 'none declared'}"
        ) from error
    if declared and environment not in declared:
        close = get_close_matches(environment, declared, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"environments: {', '.join(declared)}"
        where = f" of {book.branch.name}" if isinstance(book, GitPointers) else ""
        raise UsageError(
            f"the {SETTINGS_FILE}{where} declares no environment {environment!r}", help=hint
        )
    return declared.get(environment, Environment())


def settings_of(project: Project, book: Book) -> ProjectSettings:
    """Return agentctl.yaml as it is where the pointers are read; uncommitted, as it is on disk.

    Raises:
        ConfigError: it has problems.
    """
    data = book.settings()
    return project.settings if data is None else read_project(data, SETTINGS_FILE)


def ground_of(
    project: Project, book: Book, agent: str, environment: str
) -> tuple[Ground, Placed | None]:
    """Return what an environment is now, and its pointer as it is kept.

    Raises:
        UsageError, ConfigError: as `rules_of`; or the pointer cannot be read.
    """
    rules = rules_of(project, book, environment)
    placed = book.read(environment, agent)
    required: list[Move] = []
    successes = Successes(project, agent, rules.requires or environment, rules.min_runs)
    if rules.requires:
        required = book.moves(rules.requires, agent)
    ground = Ground(
        pointer=placed.pointer if placed else None,
        moves=book.moves(environment, agent),
        rules=rules,
        required=required,
        successes=successes,
        whole=book.whole if isinstance(book, GitPointers) else True,
    )
    return ground, placed


def wrong_signature(project: Project, release: Release) -> str | None:
    """Return what is wrong with the signature of a release's tag; None for a good one.

    Raises:
        UsageError: the file of signers is not there, or is not the committed one.
    """
    signers = signers_of(project)
    with reading_releases(project) as (releases, repository):
        place = releases.places(release.agent, release.version)[-1]
        if repository is None or place.kind == "directory":
            return "a version directory without a tag"
        version = place.version
        if version.tag != release.tag:
            return "its tag was moved while it was read"
        found = signature_of(repository, version.tag, version.signature, signers)
    return None if found.state == "good" else found.said


def acting(project: Project, book: Book, clock: Clock) -> str:
    """Return who moves: as git commits here, else `login@host`."""
    if isinstance(book, GitPointers):
        try:
            with GitWriting(project.root, clock) as git:
                return check_identity(git)
        except AgentctlError:
            pass  # a commit says it in its own words; a plan alone needs nobody
    return who()
