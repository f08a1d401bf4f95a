"""`agentctl rollback`."""

from datetime import timedelta
from typing import Any

import click

from runner.app.moves.moving import Wish
from runner.cli.main import Shell
from runner.cli.moving import move, move_options, said_of
from runner.domain.durations import parse_duration
from runner.domain.errors import UsageError

TTL = "2h"


@click.command("rollback")
@click.argument("agent", required=False)
@click.option("--to", "ref", metavar="VERSION", help="Another than the last good release there.")
@click.option("--env", "environment", metavar="ENV", help="The environment whose pointer moves.")
@click.option("--break-glass", is_flag=True, help="On this host alone, without git, for a while.")
@click.option("--ttl", metavar="DURATION", help=f"How long that holds (default {TTL}).")
@move_options
@click.pass_obj
def command(shell: Shell, /, **said: Any) -> int:
    """Point an environment back at a good release, and hold what was live.

    Good is what was live there and is in none of its holds: git says that alone, runs that the
    ledger here tells of refine it. What was live is held by its digest: nothing starts it there,
    and no promotion takes it, until one says --lift-hold. It is a new commit; nothing is reverted
    or tagged anew.

    \b
    agentctl rollback invoice-triage --env prod --reason "refund tone"
    agentctl rollback invoice-triage --to v1.0.0 --env prod --reason "refund tone" --push
    agentctl rollback invoice-triage --env prod --break-glass --ttl 2h --reason "git is down"
    """
    options = said_of(said)
    if options.apply_file is not None:
        _check_alone(said)
        return move(shell, None, options, "rollback")
    return move(shell, _wish(said), options, "rollback")


def _check_alone(said: dict[str, Any]) -> None:
    names = ("agent", "ref", "environment", "break_glass", "ttl", "reason", "values", "unset")
    if any(said[name] for name in names) or said["plan_file"]:
        raise UsageError("--apply says all of it already", help="agentctl rollback --apply FILE")


def _wish(said: dict[str, Any]) -> Wish:
    if not (said["agent"] and said["environment"]):
        raise UsageError(
            "rollback needs an agent and its environment",
            help='agentctl rollback AGENT --env ENV --reason "..."',
        )
    local = said["break_glass"]
    if said["ttl"] and not local:
        raise UsageError("--ttl is about --break-glass", help="say both, or neither")
    if local and (said["push"] or said["branch"]):
        raise UsageError(
            "--break-glass touches no branch", help="leave --push and --branch out; commit later"
        )
    return Wish(
        action="rollback",
        agent=said["agent"],
        environment=said["environment"],
        ref=said["ref"],
        reason=(said["reason"] or "").strip(),
        values=said["values"],
        unset=said["unset"],
        local_for=_duration(said["ttl"] or TTL) if local else None,
    )


def _duration(text: str) -> timedelta:
    try:
        return timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--ttl {text!r} is no duration", help="30m, 2h") from error
