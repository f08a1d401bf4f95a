"""`agentctl validate --staged`: what the next commit would hold, not what lies on disk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from runner.app.checking import Report, reported
from runner.app.pointer_checks import Around, Findings, judged
from runner.app.project import AGENTS, SETTINGS_FILE, Project, open_project
from runner.app.released.integrity import known_digests
from runner.app.released.versions import releases_of
from runner.boundary.clock import SystemClock
from runner.boundary.surroundings import environment
from runner.config.load import check_snapshot
from runner.config.project import read_project
from runner.domain.agent import AgentSpec, Price
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import ProjectSettings
from runner.domain.errors import UsageError
from runner.domain.ports import Clock
from runner.domain.quantities import AGENT_NAME, VERSION
from runner.domain.release import WORKTREE
from runner.domain.snapshot import Snapshot
from runner.releases.git_listings import files_of, in_commit, in_index, staged_paths
from runner.releases.git_repository import GitRepository
from runner.releases.known import KnownDigest, check_known
from runner.releases.original import OriginalStore

INDEX, GIT_DIR = "GIT_INDEX_FILE", "GIT_DIR"
ENVIRONMENTS = "environments"


@dataclass(frozen=True)
class Subject:
    """Something that is staged: a directory of an agent, below the agents' directory."""

    directory: str
    agent: str
    version: str


@dataclass
class Staged:
    """What was staged, by kind."""

    settings: bool = False
    subjects: dict[str, Subject] = field(default_factory=dict)
    pointers: set[str] = field(default_factory=set)
    """`<environment>/<agent>`."""


def check_staged(root: Path | None, state: Path | None, clock: Clock | None = None) -> Report:
    """Check each agent, version directory and pointer of which something is staged.

    Inside a hook it is the index that the hook is about.

    Raises:
        UsageError: no project, no repository, or a merge that is not finished.
        IntegrityError: a version directory that is known has other files now.
    """
    project = open_project(root, state)
    said = environment()  # before the repository is opened, which forgets what leads elsewhere
    with GitRepository(project.root) as repository:
        index = Index(project, repository, _index_of(repository, said))
        findings = list(index.findings())
    return reported(findings, (clock or SystemClock()).now().date())


def _index_of(repository: GitRepository, said: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that names the hook's index, when that is one of this repository."""
    if not said.get(INDEX):
        return {}
    index = Path.cwd() / said[INDEX]
    own = index.resolve().is_relative_to(repository.git_dir.resolve())
    same = bool(said.get(GIT_DIR)) and (Path.cwd() / said[GIT_DIR]).resolve() == (
        repository.git_dir.resolve()
    )
    return {INDEX: str(index)} if own or same else {}


class Index:
    """The index of one open repository, and what is checked in it."""

    def __init__(self, project: Project, repository: GitRepository, env: Mapping[str, str]) -> None:
        self._project = project
        self._repository = repository
        self._env = env
        self._specs: dict[str, AgentSpec | None] = {}

    def findings(self) -> Iterator[Findings]:
        """Yield what is found in everything that is staged."""
        staged = self._staged()
        if staged.settings:
            yield self._of_settings()
        for subject in staged.subjects.values():
            if found := self._of_agent(subject):
                yield found
        names = {subject.agent for subject in staged.subjects.values()}
        for pointer in self._pointers():
            if pointer in staged.pointers or pointer.partition("/")[2] in names:
                yield self._of_pointer(*pointer.split("/"))

    def _staged(self) -> Staged:
        found = Staged()
        prefix = self._repository.prefix
        wanted = (f"{prefix}{AGENTS}", f"{prefix}{SETTINGS_FILE}")
        for path in staged_paths(self._repository, wanted, self._env):
            self._sort(path.removeprefix(prefix), found)
        return found

    def _sort(self, path: str, into: Staged) -> None:
        first, *rest = path.removeprefix(f"{AGENTS}/").split("/")
        if path == SETTINGS_FILE:
            into.settings = True
        elif first == ENVIRONMENTS:
            if len(rest) == 2 and rest[1].endswith(".yaml"):
                into.pointers.add(f"{rest[0]}/{rest[1].removesuffix('.yaml')}")
        elif VERSION.fullmatch(first) and rest:
            name = OriginalStore(self._project.agents).name() or "agent"
            into.subjects[first] = Subject(first, name, first)
        elif AGENT_NAME.fullmatch(first) and rest:
            version = rest[0] if VERSION.fullmatch(rest[0]) else WORKTREE
            directory = first if version == WORKTREE else f"{first}/{version}"
            into.subjects[directory] = Subject(directory, first, version)

    @cached_property
    def _settings(self) -> ProjectSettings:
        return read_project(self._file(SETTINGS_FILE), SETTINGS_FILE)

    def _of_settings(self) -> Findings:
        try:
            _ = self._settings
        except ConfigError as error:
            return Findings(SETTINGS_FILE, error.diagnostics)
        return Findings(SETTINGS_FILE)

    def _of_agent(self, subject: Subject) -> Findings | None:
        """Return what is found in an agent's directory; None where none is left of it."""
        name, origin = f"{subject.agent}@{subject.version}", f"{AGENTS}/{subject.directory}"
        try:
            snapshot = self._snapshot(subject.directory)
        except ConfigError as error:
            return Findings(name, error.diagnostics)
        if not snapshot.files:
            return None
        if subject.version != WORKTREE:
            self._check_unchanged(subject, snapshot)
        checked = check_snapshot(snapshot, subject.agent, origin, self._prices())
        self._specs[subject.directory] = checked.spec
        return Findings(name, checked.found, checked.waivers, origin=origin, spec=checked.spec)

    def _check_unchanged(self, subject: Subject, snapshot: Snapshot) -> None:
        """Raise IntegrityError when a version that is known already has other files now."""
        known = known_digests(self._project, subject.agent, subject.version)
        head = self._repository.find("HEAD")
        path = f"{self._repository.prefix}{AGENTS}/{subject.directory}"
        listed = in_commit(self._repository, head.oid, path) if head else []
        if listed:
            there = files_of(self._repository, listed, f"{AGENTS}/{subject.directory}")
            known.append(KnownDigest(there.digest, f"HEAD:{path}"))
        found = KnownDigest(snapshot.digest, f"staged in {AGENTS}/{subject.directory}")
        check_known(f"{subject.agent}@{subject.version}", found, known, snapshot)

    def _prices(self) -> Mapping[str, Price] | None:
        """Return the project's prices; settings that cannot be read are told by themselves."""
        try:
            return self._settings.prices
        except ConfigError:
            return None

    def _snapshot(self, directory: str) -> Snapshot:
        path = f"{self._repository.prefix}{AGENTS}/{directory}"
        listed = in_index(self._repository, path, self._env)
        return files_of(self._repository, listed, f"{AGENTS}/{directory}")

    def _pointers(self) -> list[str]:
        """Return every pointer that the index holds, as `<environment>/<agent>`."""
        path = f"{self._repository.prefix}{AGENTS}/{ENVIRONMENTS}"
        listed = [each.path for each in in_index(self._repository, path, self._env)]
        return [
            path.removesuffix(".yaml")
            for path in listed
            if path.count("/") == 1 and path.endswith(".yaml")
        ]

    def _of_pointer(self, environment_name: str, agent: str) -> Findings:
        shown = f"{AGENTS}/{ENVIRONMENTS}/{environment_name}/{agent}.yaml"
        data = self._file(shown) or b""
        around = Around(
            lambda: self._settings.environments,
            lambda version: self._version(agent, version),
            lambda version, snapshot: self._spec(agent, version, snapshot),
        )
        return judged(agent, environment_name, data, shown, around)

    def _version(self, agent: str, version: str) -> Snapshot:
        """Return a version as the index has it, else as a tag, or a directory, has it."""
        directory = agent if version == WORKTREE else f"{agent}/{version}"
        snapshot = self._snapshot(directory)
        if snapshot.files:
            return snapshot
        if version == WORKTREE:
            raise UsageError(f"there is no agent `{agent}` in {AGENTS}/")
        return releases_of(self._project).load(agent, version)

    def _spec(self, agent: str, version: str, snapshot: Snapshot) -> AgentSpec | None:
        directory = agent if version == WORKTREE else f"{agent}/{version}"
        if directory not in self._specs:
            checked = check_snapshot(snapshot, agent, f"{AGENTS}/{directory}", self._prices())
            self._specs[directory] = checked.spec
        return self._specs[directory]

    def _file(self, path: str) -> bytes | None:
        """Return one file of the index, by its path below the project; None where there is none."""
        full = f"{self._repository.prefix}{path}"
        listed = in_index(self._repository, full, self._env)
        found = self._repository.find(listed[0].oid) if listed else None
        return found.data if found else None
