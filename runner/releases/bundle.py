"""Bundles: one file with the pinned releases of one environment, for hosts without git.

`bundle.json` comes first, then each release's files as `<agent>/<version>/<path>`. The same pinned
releases give the same bytes. Reading trusts nothing: every digest is computed again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from runner.boundary.files import reported
from runner.domain.bundle import BUNDLE_FORMAT, Manifest
from runner.domain.errors import IntegrityError, UsageError
from runner.domain.release import Version
from runner.domain.snapshot import Snapshot, check_paths
from runner.notation.jsonish import strict_json
from runner.releases.archive import (
    LOCAL_MARK,
    MOST_BYTES,
    DamagedArchiveError,
    check_archive,
    read_archive,
    write_archive,
)
from runner.releases.collecting import LARGEST_FILE, MOST_FILES
from runner.releases.collecting import MOST_BYTES as LARGEST_RELEASE
from runner.releases.everywhere import Found
from runner.releases.known import KnownDigest, check_known
from runner.releases.reading import check_agent_known

MANIFEST = "bundle.json"
BUNDLED = "bundle:"
"""What the origin of a release from a bundle begins with."""
LARGEST_MANIFEST = 4 << 20
MAKE = "`agentctl releases bundle --env ENV -o FILE` makes one"
AGAIN = (
    "nothing was run; copy the bundle again, and compare its SHA-256 with what "
    "`agentctl releases bundle` printed"
)


@dataclass(frozen=True)
class Bundle:
    """A checked bundle."""

    manifest: Manifest
    snapshots: Mapping[str, Snapshot]
    """By agent; every digest is the pinned one."""
    shown: str
    """What people call the file."""


def pack(manifest: Manifest, snapshots: Mapping[str, Snapshot]) -> bytes:
    """Return the bundle of a manifest and the snapshot of each agent in it.

    Raises:
        UsageError: it would be larger than a bundle may be.
        IntegrityError: a snapshot is not the pinned one.
    """
    files = {MANIFEST: _written(manifest)}
    for agent, pinned in sorted(manifest.agents.items()):
        snapshot, version = snapshots[agent], pinned.pointer.version
        names = ("its pointer", "what was read for the bundle")
        _check_pinned(f"{agent}@{version}", pinned.digest, snapshot, *names)
        for path in sorted(snapshot.files, key=str.encode):
            files[f"{agent}/{version}/{path}"] = snapshot.files[path]
    try:
        return write_archive(files)
    except ValueError as error:
        raise UsageError(
            f"the bundle would be too large: {error}", help="name fewer agents"
        ) from error


def open_bundle(path: Path, shown: str | None = None) -> Bundle:
    """Return the bundle in a file; `shown` is what people call it, unsaid its path.

    Raises:
        UsageError: there is no such file, or it is no bundle that this agentctl reads.
        IntegrityError: it is damaged, or a file in it is not what its digest says.
    """
    shown = shown or str(path)
    if not path.is_file():
        raise UsageError(f"no bundle {shown}", help=MAKE)
    with reported("read", path), path.open("rb") as file:
        data = file.read(MOST_BYTES * 2 + 1)
    return unpack(data, shown)


def unpack(data: bytes, shown: str) -> Bundle:
    """Return the bundle that bytes are; raises as `open_bundle`."""
    if not data.startswith(LOCAL_MARK):
        raise UsageError(f"{shown} is no bundle", help=MAKE)
    try:
        files = read_archive(data)
        manifest = _manifest(files, shown)
        bundle = Bundle(manifest, _snapshots(manifest, files, shown), shown)
        check_archive(data, files)
    except (DamagedArchiveError, ValueError) as error:
        raise IntegrityError(f"{shown} is damaged: {error}", help=AGAIN) from error
    return bundle


class BundleStore:
    """The releases of a bundle, one for each agent."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def versions(self, agent: str) -> list[Version]:
        """Return the one version of an agent; empty when unknown."""
        pinned = self._bundle.manifest.agents.get(agent)
        if pinned is None:
            return []
        version = pinned.pointer.version
        return [Version(agent, version, pinned.digest, pinned.commit, tag=pinned.tag)]

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version.

        Raises:
            UsageError: the bundle holds no such agent or version.
        """
        known = sorted(self._bundle.manifest.agents)
        check_agent_known(known, agent, Path(self._bundle.shown))
        held = self._bundle.manifest.agents[agent].pointer.version
        if version != held:
            raise UsageError(
                f"{self._bundle.shown} holds no {agent}@{version}",
                help=f"it holds {agent}@{held}, for {self._bundle.manifest.environment}",
            )
        return self._bundle.snapshots[agent]

    def found(self, agent: str, version: str) -> Found:
        """Return a version with what the bundle says of it; raises as `load`."""
        snapshot = self.load(agent, version)
        [known] = self.versions(agent)
        return Found(snapshot, self.locate(agent, version), known)

    def locate(self, agent: str, version: str) -> str:
        """Return the bundle's file, for people."""
        return f"{BUNDLED}{self._bundle.shown}"


def _written(manifest: Manifest) -> bytes:
    document = manifest.model_dump(mode="json", exclude_defaults=True)
    document = {"format": manifest.format, **document}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _manifest(files: Mapping[str, bytes], shown: str) -> Manifest:
    first = next(iter(files), None)
    if first != MANIFEST:
        raise UsageError(f"{shown} is no bundle: it has no {MANIFEST}", help=MAKE)
    if len(files[MANIFEST]) > LARGEST_MANIFEST:
        raise ValueError(f"{MANIFEST} is larger than {LARGEST_MANIFEST:,} bytes")
    document = strict_json(files[MANIFEST].decode())
    kind = document.get("format") if isinstance(document, dict) else None
    if kind != BUNDLE_FORMAT:
        raise UsageError(
            f"{shown} is a bundle of another format: {str(kind)[:80]!r}",
            help=f"this agentctl reads {BUNDLE_FORMAT!r}; make the bundle with the same agentctl",
        )
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ValueError(f"{MANIFEST}: {where}: {problem['msg']}") from error


def _snapshots(manifest: Manifest, files: Mapping[str, bytes], shown: str) -> dict[str, Snapshot]:
    by_release: dict[str, dict[str, bytes]] = {agent: {} for agent in manifest.agents}
    for name, data in list(files.items())[1:]:
        agent, path = _placed(manifest, name)
        _check_sizes(name, data, by_release[agent])
        by_release[agent][path] = data
    snapshots = {agent: Snapshot(held) for agent, held in by_release.items()}
    for agent, snapshot in snapshots.items():
        pinned = manifest.agents[agent]
        name = f"{agent}@{pinned.pointer.version}"
        check_paths(snapshot.files)
        names = (f"{MANIFEST} in {shown}", f"files in {shown}")
        _check_pinned(name, pinned.digest, snapshot, *names)
    return snapshots


def _placed(manifest: Manifest, name: str) -> tuple[str, str]:
    """Return the agent and the path within its release of an entry `<agent>/<version>/<path>`."""
    agent, _, rest = name.partition("/")
    version, _, path = rest.partition("/")
    pinned = manifest.agents.get(agent)
    if pinned is None or pinned.pointer.version != version or not path:
        raise ValueError(f"{name!r} belongs to none of its releases")
    return agent, path


def _check_sizes(name: str, data: bytes, before: Mapping[str, bytes]) -> None:
    if len(data) > LARGEST_FILE:
        raise ValueError(f"{name!r} has {len(data):,} bytes; at most {LARGEST_FILE:,}")
    if len(before) >= MOST_FILES:
        raise ValueError(f"{name!r}: the release has more than {MOST_FILES:,} files")
    if len(data) + sum(map(len, before.values())) > LARGEST_RELEASE:
        raise ValueError(f"{name!r}: the release has more than {LARGEST_RELEASE:,} bytes")


def _check_pinned(name: str, digest: str, snapshot: Snapshot, source: str, origin: str) -> None:
    check_known(name, KnownDigest(snapshot.digest, origin), [KnownDigest(digest, source)], snapshot)
