"""Looking an agent over: everything that it needs, where it was found, what to do where not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from runner.app.doctor.machine import machine_needs, project_needs, settings_need
from runner.app.doctor.need import Need, redacted
from runner.app.doctor.needs import bare, local_needs, used_secrets
from runner.app.doctor.reaching import Probe, probes, reached
from runner.app.project import Project, open_project
from runner.app.released.versions import agent_names, load_version
from runner.boundary.secrets import SecretBook, resolve
from runner.boundary.surroundings import environment
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.errors import AgentctlError, UsageError
from runner.domain.references import SecretRef
from runner.domain.release import Release

MACHINE = "this machine"


@dataclass(frozen=True)
class Examined:
    """One subject: an agent's version, or this machine. `diagnostics` are told by `needs`, too."""

    subject: str
    needs: tuple[Need, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def bad(self) -> int:
        """How many of its needs are not met."""
        return sum(need.bad for need in self.needs)


@dataclass(frozen=True)
class _Patient:
    """A subject whose connections were not tried yet."""

    subject: str
    needs: tuple[Need | Probe, ...]
    book: SecretBook
    diagnostics: tuple[Diagnostic, ...] = ()


def examine(
    root: Path | None, state: Path | None, name: str | None, *, offline: bool
) -> tuple[Examined, ...]:
    """Examine `AGENT[@REF]`, or this machine and every agent of the project.

    Raises:
        UsageError: no such agent, version or environment.
        IntegrityError: the named version's files are not those that its digest promises.
    """
    if name is not None:
        patients = [_named(open_project(root, state), name)]
    else:
        patients = list(_everything(root, state))
    wanted = [n for patient in patients for n in patient.needs if not isinstance(n, Need)]
    found = reached(wanted, offline=offline)
    return tuple(_examined(patient, found) for patient in patients)


def _everything(root: Path | None, state: Path | None) -> Iterator[_Patient]:
    nothing = SecretBook({})
    try:
        project = open_project(root, state)
    except UsageError as error:
        lack = Need("project", "project", "missing", help=f"{error.message}; {error.help}")
        yield _Patient(MACHINE, (*machine_needs(), lack), nothing)
        return
    needs = (*machine_needs(), *project_needs(project))
    try:
        yield _Patient(MACHINE, (*needs, settings_need(project)), nothing)
    except ConfigError as error:
        yield _Patient(MACHINE, (*needs, *_findings(error)), nothing, error.diagnostics)
        return
    for agent in agent_names(project):
        yield _any(project, agent)


def _any(project: Project, agent: str) -> _Patient:
    """One agent that cannot be loaded does not hide the others."""
    try:
        return _named(project, agent)
    except AgentctlError as error:
        need = Need("version", agent, "wrong", help=f"{error.message}; {error.help}")
        return _Patient(agent, (need,), SecretBook({}))


def _named(project: Project, name: str) -> _Patient:
    try:
        release = load_version(project, name)
    except ConfigError as error:
        return _Patient(name, tuple(_findings(error)), SecretBook({}), error.diagnostics)
    given = release.values
    defaults = {
        n: v.default for n, v in release.spec.agent.variables.items() if v.default is not None
    }
    release = replace(release, values={**defaults, **given})
    known = dict(_known(project, release))
    key = release.spec.agent.model.api_key
    needs = (
        *dict.fromkeys(local_needs(project, release, given)),
        *probes(release, known.get(bare(key)) if key else None),
    )
    book = SecretBook([(ref.label, value) for ref, value in known.items()])
    where = f" in {release.environment}" if release.environment else ""
    return _Patient(f"{release.agent}@{release.version}{where}", needs, book)


def _findings(error: ConfigError) -> Iterator[Need]:
    for found in error.diagnostics:
        place = f"{found.place.file}:{found.place.line}:{found.place.column}"
        advice = f"{found.message}; {found.help}" if found.help else found.message
        yield Need("config", found.code, "wrong", place, advice)


def _known(project: Project, release: Release) -> Iterator[tuple[SecretRef, str]]:
    """Yield the secrets that are there, so that nothing that a server says shows one."""
    for ref in used_secrets(release):
        try:
            yield ref, resolve(ref, environment(), project.root)
        except UsageError:
            continue  # told as a need


def _examined(patient: _Patient, found: dict[Probe, tuple[Need, ...]]) -> Examined:
    needs = [
        need
        for wanted in patient.needs
        for need in ([wanted] if isinstance(wanted, Need) else found[wanted])
    ]
    hidden = tuple(redacted(need, patient.book) for need in needs)
    return Examined(patient.subject, hidden, patient.diagnostics)
