"""What an agent needs on this machine: variables, secrets, files and programs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.app.doctor.need import Need
from runner.app.doctor.programs import program_needs
from runner.app.executing.secrecy import check_value
from runner.app.pointers import pointer_path
from runner.app.project import Project
from runner.boundary.secrets import resolve
from runner.boundary.surroundings import environment
from runner.config.values import value_problem
from runner.domain.agent import AgentFile, Variable
from runner.domain.errors import UsageError
from runner.domain.references import FileRef, SecretRef
from runner.domain.release import Release
from runner.domain.tool import CommandCall, HttpCall, PythonCall, ToolSpec, UnboundCall

OTHERS_MAY_READ = 0o004
MAIN_FILES = ("agent.yaml", "config.json")
"""The second one in the original layout."""


def local_needs(project: Project, release: Release, given: Mapping[str, Any]) -> Iterator[Need]:
    """Yield what can be looked for without a connection.

    `release.values` has the defaults in it, `given` only what the pointer says.
    """
    yield from _variables(project, release, given)
    yield from _secrets(project, release)
    yield from _files(release)
    for tool in release.spec.tools:
        if isinstance(tool.call, CommandCall):
            yield from program_needs(tool.call, release)
        elif isinstance(tool.call, UnboundCall):
            yield _unbound(tool)


def used_secrets(release: Release) -> dict[SecretRef, list[str]]:
    """Return each secret, without its prefix, with the parts of the agent that need it."""
    found: dict[SecretRef, list[str]] = {}
    for ref, user in _secret_uses(release):
        users = found.setdefault(bare(ref), [])
        if user not in users:
            users.append(user)
    return found


def bare(ref: SecretRef) -> SecretRef:
    """Return a reference without its prefix: it is the same secret."""
    return ref.model_copy(update={"prefix": ""})


def _variables(project: Project, release: Release, given: Mapping[str, Any]) -> Iterator[Need]:
    pointer = ""
    if release.environment:
        pointer = project.shown(pointer_path(project, release.environment, release.agent))
    declared = release.spec.agent.variables
    for name, variable in declared.items():
        yield _variable(name, variable, release, given, pointer)
    for name in given:
        if name not in declared:
            advice = "the agent declares no such variable: remove it, or declare it in agent.yaml"
            yield Need("variable", name, "wrong", pointer, advice)


def _variable(
    name: str, variable: Variable, release: Release, given: Mapping[str, Any], pointer: str
) -> Need:
    if name not in release.values:
        advice = f"say `--set {name}=VALUE` with `agentctl run`"
        if pointer:
            advice = f"add `values: {{{name}: ...}}` to {pointer}"
        if variable.description:
            advice += f" ({variable.description.rstrip('.')})"
        return Need("variable", name, "missing", help=advice)
    where = pointer if name in given else f"the default in {release.origin}/agent.yaml"
    if value_problem(variable, release.values[name]):
        wanted = variable.type + (f" with the format {variable.format}" if variable.format else "")
        return Need("variable", name, "wrong", where, f"its value must be of type {wanted}")
    return Need("variable", name, "ok", where)


def _secrets(project: Project, release: Release) -> Iterator[Need]:
    for ref, users in used_secrets(release).items():
        yield _secret(ref, f"needed by {', '.join(users)}", project.root)


def _secret(ref: SecretRef, needed_by: str, root: Path) -> Need:
    file = root / ref.file if ref.file else None
    where = ref.file if ref.file else "the environment"
    there = file.exists() if file else bool(environment().get(ref.label))
    try:
        check_value(ref.label, resolve(ref, environment(), root))
    except UsageError as error:
        advice = "; ".join(part for part in (error.message, error.help, needed_by) if part)
        if there:
            return Need("secret", ref.label, "wrong", str(where), advice)
        return Need("secret", ref.label, "missing", help=advice)
    if file and file.stat().st_mode & OTHERS_MAY_READ:
        advice = f"every user of this machine may read it: chmod 600 {ref.file}"
        return Need("secret", ref.label, "warning", str(where), advice)
    return Need("secret", ref.label, "ok", str(where))


def _secret_uses(release: Release) -> Iterator[tuple[SecretRef, str]]:
    if release.spec.agent.model.api_key:
        yield release.spec.agent.model.api_key, "model.api_key"
    for tool in release.spec.tools:
        held: Mapping[str, Any] = {}
        if isinstance(tool.call, HttpCall):
            held = tool.call.headers
        elif isinstance(tool.call, CommandCall | PythonCall):
            held = tool.call.env
        for value in held.values():
            if isinstance(value, SecretRef):
                yield value, f"the tool {tool.name}"


def _files(release: Release) -> Iterator[Need]:
    for path in dict.fromkeys(_named_files(release)):
        if path in release.snapshot.files:
            yield Need("file", path, "ok", release.origin)
        else:
            yield Need("file", path, "missing", help=f"write it in {release.origin}")


def _named_files(release: Release) -> Iterator[str]:
    agent: AgentFile = release.spec.agent
    yield from [path for path in MAIN_FILES if path in release.snapshot.files][:1]
    for text in (agent.instructions, agent.task):
        if text.file:
            yield text.file
    for part in (
        agent.input_schema,
        agent.output_schema,
        agent.tools,
        agent.examples,
        agent.schedules,
    ):
        if isinstance(part, FileRef):
            yield part.file
    for tool in release.spec.tools:
        if isinstance(tool.call, PythonCall):
            yield tool.call.file


def _unbound(tool: ToolSpec) -> Need:
    advice = "nothing is behind it: give it a `call`; until then only dry runs work"
    return Need("tool", tool.name, "missing", help=advice)
