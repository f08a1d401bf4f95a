"""`agentctl promote`."""

from typing import Any

import click

from runner.app.moves.moving import Wish
from runner.cli.main import Shell
from runner.cli.moving import move, move_options, said_of
from runner.domain.errors import UsageError


@click.command("promote")
@click.argument("agent", required=False)
@click.argument("ref", required=False)
@click.option("--to", "environment", metavar="ENV", help="The environment whose pointer moves.")
@click.option("--from", "source", metavar="ENV", help="Promote what is live there.")
@click.option("--lift-hold", is_flag=True, help="Allow a release again that is held there.")
@move_options
@click.pass_obj
def command(shell: Shell, /, **said: Any) -> int:
    """Point an environment at a release: one commit that touches only its pointer.

    The target keeps its values, schedules and holds. Refused, with exit code 5: a release that is
    held there, under whatever number; a worktree where `protected` is set; what `requires`,
    `min_runs` and `signed` of agentctl.yaml ask for and is not met. Values that are missing or
    that the version does not declare: exit code 2. A plan whose pointer has moved: 7.

    \b
    agentctl promote invoice-triage v1.2.0 --to staging
    agentctl promote invoice-triage --from staging --to prod --push
    agentctl promote invoice-triage v1.2.0 --to prod --plan p.json
    agentctl promote --apply p.json --yes
    """
    options = said_of(said)
    if options.apply_file is not None:
        _check_alone(said)
        return move(shell, None, options, "promote")
    return move(shell, _wish(said), options, "promote")


def _check_alone(said: dict[str, Any]) -> None:
    names = ("agent", "ref", "environment", "source", "lift_hold", "reason", "values", "unset")
    if any(said[name] for name in names) or said["plan_file"]:
        raise UsageError("--apply says all of it already", help="agentctl promote --apply FILE")


def _wish(said: dict[str, Any]) -> Wish:
    agent, ref, source = said["agent"], said["ref"], said["source"]
    if agent and "@" in agent and ref is None:
        agent, _, ref = agent.partition("@")
    if not (agent and said["environment"]) or (ref is None) == (source is None):
        raise UsageError(
            "promote needs an agent, one release, and where it goes",
            help="agentctl promote AGENT v1.2.0 --to ENV, or AGENT --from ENV --to ENV",
        )
    return Wish(
        action="promote",
        agent=agent,
        environment=said["environment"],
        ref=ref or source,
        reason=(said["reason"] or "").strip(),
        lift_hold=said["lift_hold"],
        values=said["values"],
        unset=said["unset"],
    )
