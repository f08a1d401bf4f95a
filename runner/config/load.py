"""An agent's files to an AgentSpec, or to every problem that they have."""

from collections.abc import Mapping
from itertools import islice

from runner.config.checks_agent import check_agent
from runner.config.checks_examples import check_examples
from runner.config.checks_schedules import check_schedules
from runner.config.checks_tools import check_tools
from runner.config.examples import conversation
from runner.config.files import Files
from runner.config.findings import MAX_SHOWN, in_order
from runner.config.parts import Parts, read_parts
from runner.domain.agent import AgentSpec, Price
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.snapshot import Snapshot

CHECKS = (check_agent, check_tools, check_schedules, check_examples)
MAX_FOUND = 10 * MAX_SHOWN


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
    parts, found = read_parts(Files(snapshot, origin.rstrip("/")), agent, prices or {})
    if parts is None:
        return None, in_order(found)
    for check in CHECKS:
        found += islice(check(parts), MAX_FOUND)
    if any(diagnostic.severity == "error" for diagnostic in found):
        return None, in_order(found)
    return _spec(parts), in_order(found)


def _spec(parts: Parts) -> AgentSpec | None:
    if parts.agent is None or parts.instructions is None or parts.task is None:
        return None
    return AgentSpec(
        agent=parts.agent,
        instructions=parts.instructions.value,
        task=parts.task.value,
        tools=tuple(part.value for part in parts.tools),
        examples=conversation(part.value for part in parts.examples),
        schedules=tuple(part.value for part in parts.schedules),
        input_schema=parts.input_schema.value if parts.input_schema else None,
        output_schema=parts.output_schema.value if parts.output_schema else None,
    )
