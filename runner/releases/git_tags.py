"""Releases kept as tags: `<agent>/vX.Y.Z`, whose commit has the agent's directory in it."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from runner.domain.errors import IntegrityError, UsageError
from runner.domain.quantities import VERSION, check_agent_name
from runner.domain.release import Version
from runner.domain.snapshot import Snapshot
from runner.domain.tag_format import TAG_FORMAT, agent_in, tag_name, tag_pattern, version_in
from runner.releases.collecting import Collected, left_out
from runner.releases.git_objects import (
    Object,
    Ref,
    kind_of,
    promised_digests,
    signature_kind,
    tag_of,
)
from runner.releases.git_repository import GitRepository, is_readable
from runner.releases.ordering import precedence

TAGS = "refs/tags/"
TREE = "40000"


class NotInTagError(UsageError):
    """There is no such tag, or its commit has nothing of the agent."""


class Tagged(NamedTuple):
    """What a tag holds: the files, and what its object says of them."""

    name: str
    snapshot: Snapshot
    version: Version
    digests: tuple[str, ...]
    """What the trailers of the tag's message promise."""


def tag_store(root: Path, agents: str, tag_format: str) -> "GitTagStore | None":
    """Return the tags of a project, None where there is no repository that is read."""
    if not is_readable(root):
        return None
    return GitTagStore(root, agents, tag_format)


class GitTagStore:
    """Tags of agents. Each call opens the repository for itself, so threads may share a store."""

    def __init__(self, root: Path, agents: str, tag_format: str = TAG_FORMAT) -> None:
        """`root` is the project's directory, `agents` the directory of agents within it."""
        self._root = root
        self._agents = agents
        self._format = tag_format

    def agents(self) -> list[str]:
        """Return the agents that have tags, sorted; raises as `versions`."""
        with self.opened() as reading:
            return reading.agents()

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown.

        Each has its commit, its tag object, who made it when, and the digest it promises.

        Raises:
            UsageError: no git, no repository, or one that git refuses.
        """
        with self.opened() as reading:
            return reading.versions(agent)

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version as they lie in git, without any conversion.

        Raises:
            NotInTagError: no such tag, or its commit has nothing of the agent.
            UsageError: git cannot read it, or it is no tag of a commit.
            ConfigError: an entry is a link or submodule, too large, or badly named.
            IntegrityError: the tag object is another tag's, or an object is damaged.
        """
        return self.tagged(agent, version).snapshot

    def tagged(self, agent: str, version: str) -> Tagged:
        """Return the files of a version and what its tag says of it; raises as `load`."""
        with self.opened() as reading:
            return reading.tagged(agent, version)

    def locate(self, agent: str, version: str) -> str:
        """Return the tag and the directory in it, as `git show` takes them."""
        return f"{tag_name(self._format, agent, version)}:./{self._agents}/{agent}"

    def opened(self) -> "TagReading":
        """Return the tags with their repository open, for one thread; close it."""
        return self.reading(GitRepository(self._root))

    def reading(self, repository: GitRepository) -> "TagReading":
        """Return the tags of a repository that is open already."""
        return TagReading(repository, self._agents, self._format, self)


class TagReading:
    """The tags of one open repository."""

    def __init__(
        self, repository: GitRepository, agents: str, tag_format: str, store: GitTagStore
    ) -> None:
        self.repository = repository
        self._agents = agents
        self._format = tag_format
        self._store = store

    def __enter__(self) -> "TagReading":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.repository.close()

    def agents(self) -> list[str]:
        """Return the agents that have tags, sorted."""
        listed = self.repository.ask("for_each_ref", "--format=%(refname:lstrip=2)", TAGS)
        told = {agent_in(self._format, name) for name in listed.split("\n")}
        return sorted(agent for agent in told if agent and _is_name(agent))

    def refs(self, agent: str) -> dict[str, Ref]:
        """Return the tags of an agent by version, in SemVer order; empty when unknown."""
        if not _is_name(agent):
            return {}
        found = {
            version: ref
            for ref in self.repository.refs(TAGS + tag_pattern(self._format, agent))
            if (version := version_in(self._format, agent, ref.name.removeprefix(TAGS)))
        }
        return {version: found[version] for version in sorted(found, key=precedence)}

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent, as `GitTagStore.versions`."""
        return [
            _version(agent, version, ref, self._commit(ref))
            for version, ref in self.refs(agent).items()
        ]

    def tagged(self, agent: str, version: str) -> Tagged:
        """Return a version's files and what is known of it; errors as `GitTagStore.load`."""
        name = self._name(agent, version)
        tag = self._tag(agent, version, name)
        message = ""
        if tag.kind == "tag":
            said = tag_of(tag.data)
            message = said.message
            if said.name != name:
                raise replayed(name, said.name)
        commit = self.repository.peeled(tag)
        if commit.kind != "commit":
            raise UsageError(
                f"the tag {name} leads to a {commit.kind}, not to a commit",
                help=f"`git show {name}` shows it; a release is a tag of a commit",
            )
        known = Version(
            agent,
            version,
            digest=next(iter(promised_digests(message)), None),
            commit=commit.oid,
            tag=tag.oid if tag.kind == "tag" else None,
            signature=signature_kind(message),
        )
        snapshot = self._snapshot(agent, version, commit.oid)
        return Tagged(name, snapshot, known, promised_digests(message))

    def _commit(self, ref: Ref) -> str | None:
        """Return the commit of a tag; git tells it, but for a tag of a tag."""
        if ref.target_kind == "tag":
            found = self.repository.find(ref.oid)
            behind = self.repository.peeled(found) if found else None
            return behind.oid if behind and behind.kind == "commit" else None
        return ref.target if ref.target_kind == "commit" else None

    def locate(self, agent: str, version: str) -> str:
        """Return where a version lies, as `GitTagStore.locate`."""
        return self._store.locate(agent, version)

    def _name(self, agent: str, version: str) -> str:
        if not _is_name(agent):
            raise UsageError(f"no agent {agent!r} has tags", help="agents are called a-z, 0-9, -")
        if not VERSION.fullmatch(version):
            raise UsageError(f"{version!r} is not a version such as v1.2.0")
        return tag_name(self._format, agent, version)

    def _tag(self, agent: str, version: str, name: str) -> Object:
        found = self.repository.find(TAGS + name)
        # A branch can be called refs/tags/...; a tag object says itself what it is.
        if found is None or (found.kind != "tag" and not self._is_tag(name)):
            raise self._no_tag(agent, version, name)
        return found

    def _is_tag(self, name: str) -> bool:
        return any(ref.name == TAGS + name for ref in self.repository.refs(TAGS + name))

    def _no_tag(self, agent: str, version: str, name: str) -> NotInTagError:
        known = ", ".join(reversed(self.refs(agent)))
        help_text = f"tags of {agent}: {known}" if known else f"{agent} has no tag of a version"
        if not known and self.repository.shallow:
            help_text = "this clone is shallow, so it may lack tags: git fetch --unshallow --tags"
        return NotInTagError(f"{agent} has no version {version}: no tag {name}", help=help_text)

    def _snapshot(self, agent: str, version: str, commit: str) -> Snapshot:
        path = f"{self.repository.prefix}{self._agents}/{agent}"
        tree = self.repository.find(f"{commit}:{path}")
        if tree is None or tree.kind != "tree":
            raise _nothing_of(agent, version, commit, path)
        into = Collected(self._store.locate(agent, version))
        for name, oid in _files(self.repository, tree, "", into):
            blob = self.repository.find(oid)
            if blob is None:
                raise self.repository.lost(oid, f"{into.shown}/{name}")
            if into.fits(name, len(blob.data)):
                into.keep(name, blob.data)
        if not into.files and not into.problems:
            raise _nothing_of(agent, version, commit, path)
        return into.snapshot()


def _nothing_of(agent: str, version: str, commit: str, path: str) -> NotInTagError:
    return NotInTagError(
        f"{agent}@{version}: commit {commit[:12]} of its tag has no directory {path} with files",
        help=f"was it called or kept otherwise then? `git show --stat {commit[:12]}` tells",
    )


def replayed(name: str, said: str) -> IntegrityError:
    """Return the error of a tag whose object was made for another name."""
    return IntegrityError(
        f"SECURITY ERROR: the tag {name} is not what it was\n"
        f"  the reference: {name}\n"
        f"  the tag object in it: {said or 'no name'}",
        help="somebody let this name lead to another release; the server's own tag: "
        f"git fetch --force origin refs/tags/{name}:refs/tags/{name}",
    )


def _files(
    repository: GitRepository, tree: Object, within: str, into: Collected
) -> Iterator[tuple[str, str]]:
    """Yield path and object of each regular file below a tree, while there is room."""
    for entry in repository.entries(tree):
        if left_out(entry.name, top=not within):
            continue
        path = within + unicodedata.normalize("NFC", entry.name)
        if into.full(within):
            return
        if entry.mode == TREE:
            below = repository.find(entry.oid)
            if below is None:
                raise repository.lost(entry.oid, f"{into.shown}/{path}")
            yield from _files(repository, below, path + "/", into)
        elif kind := kind_of(entry.mode):
            into.refuse_kind(path, kind)
        else:
            yield path, entry.oid


def _version(agent: str, version: str, ref: Ref, commit: str | None) -> Version:
    return Version(
        agent,
        version,
        digest=next(iter(promised_digests(ref.message)), None) if ref.annotated else None,
        commit=commit,
        tag=ref.oid if ref.annotated else None,
        created=ref.at,
        by=ref.by,
        signature=signature_kind(ref.message) if ref.annotated else None,
    )


def _is_name(agent: str) -> bool:
    try:
        check_agent_name(agent)
    except ValueError:
        return False
    return True
