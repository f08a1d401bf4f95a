"""What must hold before anything runs: the known digest, no hold, the environment's rules."""

from collections.abc import Iterable, Mapping

from runner.app.bundled_project import BundledProject
from runner.app.pointers import Standing, committed
from runner.app.project import Project
from runner.config.project import read_pointer
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import Pointer
from runner.domain.errors import RefusedError
from runner.domain.pointing import Placed
from runner.domain.release import WORKTREE, Release
from runner.journal.digests import digests_in_ledger
from runner.releases.everywhere import Found
from runner.releases.git_pointers import GitPointers
from runner.releases.known import KnownDigest, check_known


def check_digest(project: Project, found: Found, standing: Standing | None) -> None:
    """Compare a released version with every digest that is known of it.

    `standing` is the pointer that names it, where one does.

    Raises:
        IntegrityError: two differ; both are told, with where each came from.
    """
    version = found.version
    if version.version == WORKTREE:
        return
    known = [*found.known, *_pointed(standing)]
    if isinstance(project, BundledProject):
        known += ran_with(project, version.agent, version.version)
    else:
        known += known_digests(project, version.agent, version.version)
    here = KnownDigest(found.snapshot.digest, found.origin)
    check_known(f"{version.agent}@{version.version}", here, known, found.snapshot)


def known_digests(project: Project, agent: str, version: str) -> list[KnownDigest]:
    """Return every digest that is known of a version.

    By pointers and their holds, committed or not, and by the ledger.
    """
    told = told_by(pointers_of(project, agent), version)
    return told + ran_with(project, agent, version)


def told_by(pointers: Iterable[tuple[Pointer, str]], version: str) -> list[KnownDigest]:
    """Return the digests of a version that pointers and their holds tell."""
    known = []
    for pointer, source in pointers:
        if pointer.version == version and pointer.digest:
            known.append(KnownDigest(pointer.digest, source))
        blocked = pointer.hold.blocked if pointer.hold else ()
        held = [each.digest for each in blocked if each.version == version]
        known += [KnownDigest(digest, f"the hold in {source}") for digest in held]
    return known


def pointers_of(project: Project, agent: str) -> list[tuple[Pointer, str]]:
    """Return an agent's pointers, committed and in files, and where each stands."""
    return [*_committed(project, agent), *_in_files(project, agent)]


def check_rules(agent: str, environment: str, standing: Standing, given: Mapping[str, str]) -> None:
    """Raise RefusedError when the environment's rules forbid a worktree, or values of one's own."""
    if standing.rules is None or not standing.rules.protected:
        return
    if standing.pointer.version == WORKTREE:
        raise RefusedError(
            f"{environment} is protected and its pointer says `worktree`",
            help="point it at a released version, or run in an environment for development",
        )
    if given:
        raise RefusedError(
            f"{environment} is protected: its values come from the pointer alone",
            help=f"change the pointer of {agent} in {environment}",
        )


def check_hold(release: Release, pointer: Pointer) -> None:
    """Raise RefusedError when a release is held where the pointer counts."""
    if pointer.hold is None:
        return
    if any(blocked.digest == release.digest for blocked in pointer.hold.blocked):
        raise RefusedError(
            f"{release.agent}@{release.version} is held in {release.environment}: "
            f"{pointer.hold.reason} (by {pointer.hold.by}, {pointer.hold.at:%Y-%m-%d})",
            help="promote it on purpose, or run another version",
        )


def _pointed(standing: Standing | None) -> list[KnownDigest]:
    if standing is None or standing.pointer.digest is None:
        return []
    return [KnownDigest(standing.pointer.digest, standing.source)]


def _committed(project: Project, agent: str) -> list[tuple[Pointer, str]]:
    """Return the committed pointers of an agent in every environment, and where each stands."""
    names = {path.name for path in (project.agents / "environments").glob("*")}
    with committed(project) as book:
        if book is None:
            return []
        found = [_placed(book, name, agent) for name in sorted({*names, *_declared(project)})]
        return [(placed.pointer, placed.source) for placed in found if placed]


def _placed(book: GitPointers, environment: str, agent: str) -> Placed | None:
    try:
        return book.read(environment, agent)
    except (ConfigError, ValueError):
        return None  # another environment's mistake, or no environment at all


def _declared(project: Project) -> Iterable[str]:
    try:
        return project.settings.environments
    except ConfigError:
        return ()


def _in_files(project: Project, agent: str) -> list[tuple[Pointer, str]]:
    found = []
    for path in sorted((project.agents / "environments").glob(f"*/{agent}.yaml")):
        shown = project.shown(path)
        try:
            found.append((read_pointer(path.read_bytes(), shown), shown))
        except ConfigError:
            continue  # another environment's mistake; `validate` tells it
    return found


def ran_with(project: Project, agent: str, version: str) -> list[KnownDigest]:
    """Return every digest under which a version ever ran here."""
    ran = digests_in_ledger(project.state, agent, version)
    return [KnownDigest(digest, "the ledger: it ran here with") for digest in sorted(ran)]
