"""Every version of a project, from version directories and tags: where both hold one, it agrees."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from runner.domain.errors import AgentctlError, IntegrityError, UsageError
from runner.domain.release import Version
from runner.domain.snapshot import Snapshot
from runner.releases.git_tags import NotInTagError, Tagged
from runner.releases.known import KnownDigest, check_known
from runner.releases.layouts import VersionStore
from runner.releases.ordering import precedence


class Tags(Protocol):
    """Tags of releases: a GitTagStore, or one that is held open for many questions."""

    def agents(self) -> list[str]:
        """Return the agents that have tags, sorted."""
        ...

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order."""
        ...

    def tagged(self, agent: str, version: str) -> Tagged:
        """Return the files of a version and what its tag says."""
        ...

    def locate(self, agent: str, version: str) -> str:
        """Return where a version lies, for people."""
        ...


class Found(NamedTuple):
    """A version that was found and agrees with itself wherever it is kept."""

    snapshot: Snapshot
    origin: str
    version: Version
    known: tuple[KnownDigest, ...] = ()
    """What else is promised of it: by the message of its tag."""


class Place(NamedTuple):
    """One place that holds a version, or ought to: the files, or why they cannot be had."""

    kind: Literal["directory", "tag"]
    origin: str
    version: Version
    snapshot: Snapshot | None = None
    promised: tuple[KnownDigest, ...] = ()
    error: AgentctlError | None = None


class Releases:
    """Version directories and tags of one project as one store."""

    def __init__(self, directories: VersionStore, tags: Tags | None) -> None:
        """`tags` is None where there is no git, or no repository."""
        self._directories = directories
        self._tags = tags

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown."""
        known = {version.version: version for version in self._directories.versions(agent)}
        if self._tags is not None:
            known |= {version.version: version for version in self._tags.versions(agent)}
        return [known[version] for version in sorted(known, key=precedence)]

    def tagged_agents(self) -> list[str]:
        """Return the agents that have tags, whether or not they have a directory; sorted."""
        return self._tags.agents() if self._tags else []

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version; raises as `found`."""
        return self.found(agent, version).snapshot

    def locate(self, agent: str, version: str) -> str:
        """Return its directory where it has one, else its tag with the directory in it."""
        if self._tags is None or self._in_directory(agent, version):
            return self._directories.locate(agent, version)
        return self._tags.locate(agent, version)

    def found(self, agent: str, version: str) -> Found:
        """Return a version with all that its stores say of it.

        Raises:
            UsageError: no store has it, or git cannot read it.
            ConfigError: a file is a link, too large, or has a name that is not portable.
            IntegrityError: directory and tag differ, or the tag is another tag's.
        """
        return self.agreed(agent, version, self.places(agent, version))

    def agreed(self, agent: str, version: str, places: Sequence[Place]) -> Found:
        """Return the version that all its places hold; raises as `found`."""
        for place in places:
            if place.error is not None:
                raise place.error
        best, first = places[-1], places[0]
        assert first.snapshot is not None
        here = KnownDigest(first.snapshot.digest, first.origin)
        others = [KnownDigest(p.snapshot.digest, p.origin) for p in places[1:] if p.snapshot]
        check_known(f"{agent}@{version}", here, others, first.snapshot)
        return Found(first.snapshot, first.origin, best.version, best.promised)

    def places(self, agent: str, version: str) -> list[Place]:
        """Return where a version is kept, a directory before a tag.

        Raises:
            UsageError: nowhere.
        """
        places = [self._directory(agent, version)] if self._in_directory(agent, version) else []
        if self._tags is None:
            if not places:
                raise self._nowhere(agent, version)
            return places
        try:
            return [*places, _tagged(self._tags, agent, version)]
        except NotInTagError as error:
            if places:
                return places
            if known := self._listed(agent):
                error.help = f"{error.help}; version directories: {known}"
            raise

    def _in_directory(self, agent: str, version: str) -> bool:
        return any(known.version == version for known in self._directories.versions(agent))

    def _directory(self, agent: str, version: str) -> Place:
        origin, named = self._directories.locate(agent, version), Version(agent, version)
        try:
            snapshot = self._directories.load(agent, version)
        except UsageError as error:
            return Place("directory", origin, named, error=error)
        return Place("directory", origin, named, snapshot)

    def _nowhere(self, agent: str, version: str) -> UsageError:
        return UsageError(
            f"{agent} has no version {version}",
            help=f"version directories: {self._listed(agent) or 'none'}; there is no git here, or "
            "no repository that is read, to look for tags in",
        )

    def _listed(self, agent: str) -> str:
        return ", ".join(known.version for known in self._directories.versions(agent))


def _tagged(tags: Tags, agent: str, version: str) -> Place:
    """Return what a tag holds.

    Raises:
        NotInTagError: there is no such tag, or nothing of the agent in it.
    """
    origin = tags.locate(agent, version)
    try:
        tagged = tags.tagged(agent, version)
    except NotInTagError:
        raise
    except (UsageError, IntegrityError) as error:
        return Place("tag", origin, Version(agent, version), error=error)
    source = f"the message of tag {tagged.name}"
    promised = tuple(KnownDigest(digest, source) for digest in tagged.digests)
    return Place("tag", origin, tagged.version, tagged.snapshot, promised)
