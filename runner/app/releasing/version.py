"""Which version a release becomes: what was said, or the step that the changes ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.app.comparing.diffing import Difference, difference
from runner.app.project import AGENTS, Project
from runner.app.released.integrity import known_digests
from runner.app.released.versions import load_version, releases_of
from runner.app.releasing.source import Source
from runner.domain.change import Bump
from runner.domain.errors import GateError, UsageError
from runner.domain.ports import Clock
from runner.domain.release import Release, Version
from runner.releases.ordering import precedence
from runner.rollout.bumping import (
    baseline,
    demanded,
    is_enough,
    newest,
    next_version,
    read_version,
    step_between,
)

NEW = "this release"


@dataclass(frozen=True)
class Wish:
    """What a person asked for."""

    agent: str
    version: str | None = None
    step: Bump | None = None
    accepted: str | None = None
    """Why a step may be smaller than what changed asks for; None when it may not."""
    message: str | None = None
    sign: bool = False
    vendor: bool = False
    push: bool = False


@dataclass(frozen=True)
class Chosen:
    """A version that is above all others, and what led to it."""

    version: str
    difference: Difference | None = None
    """Against the newest release before it; None where there is none that can be read."""
    notes: tuple[str, ...] = ()

    @property
    def step(self) -> Bump:
        """The step from the release before."""
        return step_between(self._before, self.version) if self._before else "none"

    @property
    def asked(self) -> Bump:
        """The smallest step that the changes ask for."""
        if self.difference is None or self._before is None:
            return "none"
        return demanded(self._before, self.difference.comparison.bump)

    @property
    def _before(self) -> str | None:
        return self.difference.comparison.before.version if self.difference else None


def choose_version(project: Project, wish: Wish, source: Source, clock: Clock) -> Chosen:
    """Return the version, how it differs from the one before, and what a person should know.

    Raises:
        GateError: it is not above all others, the step is too small, or nothing changed.
        UsageError: what was said is no version, or nothing suggests one.
    """
    versions = versions_of(project, wish.agent)
    known = [each.version for each in versions]
    before = baseline(known)
    if before is None:
        version = _said(wish) or next_version(known, wish.step or "patch")
        _check_unknown(project, wish.agent, version, source)
        return Chosen(version, notes=("this is the first release",))
    found, notes = _difference(project, wish, source, before, clock)
    suggested = found.comparison.bump if found else None
    version = _said(wish) or _stepped(wish, known, suggested, before)
    check_above(versions, version, wish.agent)
    if suggested == "none":
        notes.append(f"the files are those of {before}, to the byte")
    if suggested is not None:
        notes += _accepted(wish, before, version, suggested)
    _check_unknown(project, wish.agent, version, source)
    return Chosen(version, _named(found, version) if found else None, tuple(notes))


def versions_of(project: Project, agent: str) -> list[Version]:
    """Return every version of an agent, from tags and version directories."""
    return releases_of(project).versions(agent)


def check_above(known: Sequence[Version], version: str, agent: str) -> None:
    """Raise GateError when a version is not above all others of an agent."""
    last = newest([each.version for each in known])
    if last is None or precedence(version) > precedence(last):
        return
    there = next((each for each in known if each.version == version), None)
    if there is not None:
        made = f": made by {there.by}" if there.by else ""
        when = f", {there.created:%Y-%m-%d %H:%M}Z" if there.created else ""
        raise GateError(
            f"{agent} {version} exists already{made}{when}",
            help=f"a version never changes; the newest is {last}",
        )
    raise GateError(
        f"{version} is not above {last}, the newest version of {agent}",
        help="a version is above all others; leave it out, and the next one is taken",
    )


def _said(wish: Wish) -> str | None:
    if wish.version is None:
        return None
    if wish.step is not None:
        raise UsageError(f"{wish.version} and --{wish.step} both name the version", help="say one")
    try:
        return read_version(wish.version)
    except ValueError as error:
        raise UsageError(str(error), help="SemVer: v1.2.0, or v1.2.0-rc.1") from error


def _stepped(wish: Wish, known: Sequence[str], suggested: Bump | None, before: str) -> str:
    last = newest(known)
    if suggested is None and wish.step is None:
        raise UsageError(
            f"{before} cannot be compared with, so nothing suggests the next version",
            help="name it, or say --major, --minor or --patch",
        )
    if suggested == "none" and last == before:
        raise GateError(
            f"{wish.agent} has not changed since {before}: there is nothing to release",
            help="name a version to release the same files again",
        )
    return next_version(known, wish.step or demanded(before, suggested or "patch"))


def _check_unknown(project: Project, agent: str, version: str, source: Source) -> None:
    """A version whose tag was removed may have run, or be pointed at: it keeps its digest."""
    digest = source.snapshot.digest
    other = next((k for k in known_digests(project, agent, version) if k.digest != digest), None)
    if other is not None:
        raise GateError(
            f"{agent} {version} is known with other files: {other.source}, {other.digest}",
            help="a version never changes, not even one whose tag was removed: name a higher one",
        )


def _difference(
    project: Project, wish: Wish, source: Source, before: str, clock: Clock
) -> tuple[Difference | None, list[str]]:
    new = Release(
        agent=wish.agent,
        version=NEW,
        snapshot=source.snapshot,
        spec=source.spec,
        origin=f"{AGENTS}/{wish.agent}",
        commit=source.commit,
    )
    try:
        old = load_version(project, f"{wish.agent}@{before}")
    except UsageError as error:
        return None, [f"{before} cannot be compared with: {error.message}"]
    return difference(project, old, new, clock.now()), []


def _named(found: Difference, version: str) -> Difference:
    """Call the new side by the version that it became."""
    after = found.comparison.after.model_copy(update={"version": version})
    return replace(found, comparison=found.comparison.model_copy(update={"after": after}))


def _accepted(wish: Wish, before: str, version: str, suggested: Bump) -> list[str]:
    asked = demanded(before, suggested)
    lower = suggested != asked
    below = ["a breaking change asks for a minor step below v1.0.0"] if lower else []
    if is_enough(before, version, suggested):
        return below
    said = f"the changes since {before} ask for a {asked} step, and {version} is a "
    said += f"{step_between(before, version)} one"
    if wish.accepted is not None:
        return [*below, f"{said}: accepted, because {wish.accepted}"]
    raise GateError(
        said,
        help=f"`agentctl diff {wish.agent} {before}` shows why; take --{asked}, or say "
        '--accept-breaking --reason "..." (kept in the tag)',
    )
