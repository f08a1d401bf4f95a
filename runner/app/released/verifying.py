"""`releases verify`: what is known of released versions, held against each other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from runner.app.project import Project, open_project
from runner.app.released.integrity import pointers_of, ran_with, told_by
from runner.app.released.versions import agent_names, choose, reading_releases
from runner.app.repository import Held, committed_settings, opened
from runner.domain.environment import Pointer
from runner.domain.errors import IntegrityError, UsageError
from runner.domain.release import WORKTREE, Version
from runner.domain.snapshot import Snapshot
from runner.releases.everywhere import Place, Releases
from runner.releases.git_blobs import blob_at
from runner.releases.git_repository import GitRepository
from runner.releases.known import LINE_ENDS, KnownDigest, is_but_for_line_ends
from runner.releases.ordering import precedence
from runner.releases.reading import check_agent_known
from runner.releases.signatures import Signature, check_signers, signature_of

Kind = Literal["digest", "commit", "tag", "signature", "unreadable"]
NOT_A_TAG = Signature("plain", "a version directory without a tag")
UNREAD = Signature("unchecked", "the tag itself cannot be read")
PUT_BACK = (
    "a released version never changes: find out who changed which of the two, put it back, and "
    "release changes under a new version"
)


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was promised, and what to do."""

    kind: Kind
    message: str
    help: str


@dataclass(frozen=True)
class Verified:
    """What was found out about one version."""

    version: Version
    digest: str | None
    places: tuple[str, ...]
    signature: Signature
    agreeing: tuple[str, ...]
    """Every other source that knows the same digest."""
    problems: tuple[Problem, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether something contradicts what was promised."""
        return any(problem.kind != "unreadable" for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "agent": self.version.agent,
            "version": self.version.version,
            "result": self.result,
            "digest": self.digest,
            "commit": self.version.commit,
            "tag": self.version.tag,
            "places": list(self.places),
            "agreeing": list(self.agreeing),
            "signature": asdict(self.signature),
            "problems": [asdict(problem) for problem in self.problems],
        }

    @property
    def result(self) -> str:
        """`verified`, `tampered` or `unreadable`."""
        if self.broken:
            return "tampered"
        return "unreadable" if self.problems else "verified"


@dataclass(frozen=True)
class VerifyOptions:
    """What a person asked for; a `target` is `AGENT` or `AGENT@REF`."""

    target: str | None = None
    everything: bool = False
    signers: Path | None = None


def verify(root: Path | None, state: Path | None, options: VerifyOptions) -> list[Verified]:
    """Return what is found out about versions, newest first for each agent.

    Raises:
        UsageError: no such agent or version, a worktree, no file of signers, or git cannot read.
    """
    project = open_project(root, state)
    signers = signers_of(project, options.signers)
    with reading_releases(project) as (releases, repository):
        pointers = cache(lambda agent: pointers_of(project, agent))
        look = Look(project, releases, repository, signers, pointers)
        return list(_found(look, options))


@dataclass(frozen=True)
class Look:
    """What versions are held against."""

    project: Project
    releases: Releases
    repository: GitRepository | None
    signers: Path | None
    pointers: Callable[[str], list[tuple[Pointer, str]]]
    """An agent's pointers and where each stands; asked of git once for each agent."""


def signers_of(project: Project, said: Path | None = None) -> Path | None:
    """Return the file of signers that counts: the one that was said, else what the branch names.

    Raises:
        UsageError: it is not there, or it is not what the branch has under its name.
    """
    if said is not None:
        return check_signers(said)
    with opened(project) as held:
        settings = committed_settings(project, held.pointers) if held else project.settings
        if settings.signers is None:
            return None
        path = check_signers(project.root / settings.signers)
        if held and path.is_relative_to(project.root):
            _check_committed(held, path, path.relative_to(project.root).as_posix())
        return path


def _check_committed(held: Held, path: Path, named: str) -> None:
    """Raise UsageError where the branch has other signers: a key that nobody looked at is none."""
    repository, branch = held.repository, held.pointers.branch
    if branch.commit is None:
        return
    kept = blob_at(repository, branch.commit, repository.prefix + named)
    if kept and kept.data != path.read_bytes().replace(b"\r\n", b"\n"):
        raise UsageError(
            f"{named} is not what {branch.name or branch.commit[:12]} has",
            help="commit its changes there first, or say --signers FILE",
        )


def _found(look: Look, options: VerifyOptions) -> Iterator[Verified]:
    """Yield what is found out about everything that a person asked for."""
    if (options.target is None) != options.everything:
        raise UsageError("say AGENT, AGENT@REF, or --all")
    if options.target and "@" in options.target:
        choice = choose(look.project, options.target)
        if choice.version == WORKTREE:
            raise UsageError(
                f"{options.target} is a worktree, and nothing is promised of one",
                help=f"agentctl releases verify {choice.agent} verifies its versions",
            )
        places = look.releases.places(choice.agent, choice.version)
        yield _compared(look, choice.agent, choice.version, places)
        return
    names = [options.target] if options.target else _agents(look)
    for agent in names:
        yield from (_verified(look, agent, version) for version in _versions(look, agent))


def _agents(look: Look) -> list[str]:
    """Return every agent that has a directory or tags: one may have been removed."""
    return sorted({*agent_names(look.project), *look.releases.tagged_agents()})


def _versions(look: Look, agent: str) -> list[str]:
    """Return the versions that an agent has or a pointer names, newest first."""
    held = {version.version for version in look.releases.versions(agent)}
    named = {pointer.version for pointer, _source in look.pointers(agent)} - {WORKTREE}
    if not held | named:
        check_agent_known(agent_names(look.project), agent, look.project.agents)
    return sorted(held | named, key=precedence, reverse=True)


def _verified(look: Look, agent: str, version: str) -> Verified:
    try:
        return _compared(look, agent, version, look.releases.places(agent, version))
    except UsageError as error:
        nothing = Problem("unreadable", error.message, error.help)
        return Verified(Version(agent, version), None, (), UNREAD, (), (nothing,))


def _compared(look: Look, agent: str, version: str, places: Sequence[Place]) -> Verified:
    """Return what the places of a version, and everything else that knows it, say."""
    known = [
        *(KnownDigest(place.snapshot.digest, place.origin) for place in places if place.snapshot),
        *(promise for place in places for promise in place.promised),
        *told_by(look.pointers(agent), version),
        *ran_with(look.project, agent, version),
    ]
    here = next((place.snapshot for place in places if place.snapshot), None)
    named, signed = places[-1].version, _signature(places[-1], look.repository, look.signers)
    return Verified(
        version=named,
        digest=here.digest if here else None,
        places=tuple(place.origin for place in places),
        signature=signed,
        agreeing=tuple(other.source for other in known[1:] if here and other.digest == here.digest),
        problems=(
            *_unreadable(places),
            *_differing(f"{agent}@{version}", here, known),
            *_moved(look.pointers(agent), named),
            *_badly_signed(f"{agent}@{version}", signed),
        ),
    )


def _signature(place: Place, repository: GitRepository | None, signers: Path | None) -> Signature:
    if place.kind == "directory" or repository is None:
        return NOT_A_TAG
    if place.error is not None:
        return UNREAD
    return signature_of(repository, place.version.tag, place.version.signature, signers)


def _unreadable(places: Iterable[Place]) -> Iterator[Problem]:
    for place in places:
        if place.error is not None:
            kind: Kind = "tag" if isinstance(place.error, IntegrityError) else "unreadable"
            yield Problem(kind, place.error.message, place.error.help)


def _differing(name: str, here: Snapshot | None, known: Sequence[KnownDigest]) -> Iterator[Problem]:
    """Yield each source that knows another digest than the first place has."""
    for other in known[1:] if here else ():
        if here and other.digest != here.digest:
            yield Problem(
                "digest",
                f"{name} is not what it was\n  {known[0].source}: {known[0].digest}\n"
                f"  {other.source}: {other.digest}",
                LINE_ENDS if is_but_for_line_ends(here, other.digest) else PUT_BACK,
            )


def _moved(pointers: Iterable[tuple[Pointer, str]], version: Version) -> Iterator[Problem]:
    """Yield each pointer that names another commit of the version than its tag."""
    commit = version.commit
    for pointer, source in pointers:
        told = pointer.commit if pointer.version == version.version else None
        if commit and told and not commit.startswith(told):
            yield Problem(
                "commit",
                f"the tag of {version.agent}@{version.version} was moved\n"
                f"  the tag: commit {commit}\n  {source}: commit {told}",
                PUT_BACK,
            )


def _badly_signed(name: str, signature: Signature) -> Iterator[Problem]:
    if signature.state == "unknown":
        yield Problem(
            "signature",
            f"the tag of {name} is badly signed: {signature.said}",
            "find out who made the tag; if the key is right, add it to the file of signers",
        )
