"""An agent's files to an AgentSpec, or to every problem that they have."""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from runner.config.checks_agent import check_agent
from runner.config.checks_examples import check_examples
from runner.config.checks_inputs import check_inputs, check_usage
from runner.config.checks_model import check_model
from runner.config.checks_permissions import check_permissions
from runner.config.checks_prompt import check_prompt
from runner.config.checks_schedules import check_schedules
from runner.config.checks_steps import check_steps
from runner.config.checks_strictness import check_strictness
from runner.config.checks_tools import check_tools
from runner.config.checks_unbound import check_unbound
from runner.config.checks_waivers import check_waivers, located_waivers
from runner.config.examples import conversation
from runner.config.files import PRESENT, Files
from runner.config.findings import MAX_SHOWN, in_order
from runner.config.parts import Part, Parts, read_parts
from runner.config.tokens import leaked, not_told
from runner.domain.agent import AgentFile, AgentSpec, Price, Waiver
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.snapshot import Snapshot

CHECKS = (
    check_agent,
    check_model,
    check_inputs,
    check_permissions,
    check_prompt,
    check_tools,
    check_steps,
    check_unbound,
    check_strictness,
    check_schedules,
    check_examples,
    check_waivers,
)
MAX_FOUND = 10 * MAX_SHOWN


class Checked(NamedTuple):
    """What a snapshot's files make (None when they have an error), and all that was found."""

    spec: AgentSpec | None
    found: tuple[Diagnostic, ...]
    waivers: tuple[Part[Waiver], ...] = ()
    """As written: whether each still holds depends on the day."""


def load_spec(
    snapshot: Snapshot, agent: str, origin: str, prices: Mapping[str, Price] | None = None
) -> AgentSpec:
    """Return the spec that a snapshot's files make; nothing is read from the disk.

    `agent` is the name that the agent must have, `origin` what is put before shown paths, `prices`
    what the project says about models that state no price.

    Raises:
        ConfigError: with every problem of all files, by file, line and column.
    """
    spec, found = check_spec(snapshot, agent, origin, prices)
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "error"]
    if spec is None or errors:
        raise ConfigError(errors)
    return spec


def check_spec(
    snapshot: Snapshot, agent: str, origin: str, prices: Mapping[str, Price] | None = None
) -> tuple[AgentSpec | None, tuple[Diagnostic, ...]]:
    """Return the spec, None when it has an error, and every problem by file, line and column."""
    checked = check_snapshot(snapshot, agent, origin, prices)
    return checked.spec, checked.found


def check_snapshot(
    snapshot: Snapshot, agent: str, origin: str, prices: Mapping[str, Price] | None = None
) -> Checked:
    """Return what `check_spec` returns, with the waivers of agent.yaml."""
    files, foreign = _files(snapshot, origin, agent)
    parts, found = read_parts(files, agent, prices or {})
    found += foreign
    found += not_told(leaked(snapshot.files, files.origin), found)
    if parts is None:
        return Checked(None, in_order(found))
    for check in CHECKS:
        found += islice(check(parts), MAX_FOUND)
    wrong = any(diagnostic.severity == "error" for diagnostic in found)
    found += () if wrong else check_usage(parts)
    return Checked(None if wrong else _spec(parts), in_order(found), located_waivers(parts))


def _files(snapshot: Snapshot, origin: str, agent: str) -> tuple[Files, list[Diagnostic]]:
    if PRESENT in snapshot.files:
        return Files(snapshot, origin.rstrip("/")), []
    from runner.config.original import present_form  # noqa: PLC0415  only for that layout

    return present_form(snapshot, origin, agent)


def _spec(parts: Parts) -> AgentSpec | None:
    if parts.agent is None or parts.instructions is None or parts.task is None:
        return None
    # Every part was validated as it was read; doing it again costs a tenth of `validate`.
    return AgentSpec.model_construct(
        agent=_priced(parts.agent, parts),
        instructions=parts.instructions.value,
        task=parts.task.value,
        tools=tuple(part.value for part in parts.tools),
        examples=conversation(part.value for part in parts.examples),
        schedules=tuple(part.value for part in parts.schedules),
        input_schema=parts.input_schema.value if parts.input_schema else None,
        output_schema=parts.output_schema.value if parts.output_schema else None,
    )


def _priced(agent: AgentFile, parts: Parts) -> AgentFile:
    """Return the agent with what the project says its model costs, where it says nothing itself."""
    price = parts.prices.get(agent.model.id)
    if agent.model.price is not None or price is None:
        return agent
    return agent.model_copy(update={"model": agent.model.model_copy(update={"price": price})})
