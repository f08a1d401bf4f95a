"""`agentctl status`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.fleet.status import Cell, read_status, troubles
from runner.app.plain_text import plain
from runner.app.screening import screen_of
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, narrate, output_option
from runner.cli.terminal import HEALTH_COLOURS, SYNC_COLOURS
from runner.domain.durations import show_age


def _last(cell: Mapping[str, Any]) -> str:
    last = cell["last_run"]
    return f"{last['status']} {show_age(last['age_s'])} ago" if last else "none"


def _next(cell: Mapping[str, Any]) -> str:
    fire = cell["next_fire"]
    return f"{fire['utc'][:16].replace('T', ' ')}Z {fire['schedule']}" if fire else "none"


COLUMNS = (
    Column("AGENT", lambda cell: cell["agent"]),
    Column("ENV", lambda cell: cell["environment"]),
    Column("VERSION", lambda cell: cell["version"] or "?"),
    Column(
        "SYNC",
        lambda cell: cell["sync"]["word"],
        colour=lambda cell: SYNC_COLOURS.get(cell["sync"]["word"]),
    ),
    Column(
        "HEALTH",
        lambda cell: cell["health"]["word"],
        colour=lambda cell: HEALTH_COLOURS.get(cell["health"]["word"]),
    ),
    Column("LAST RUN", _last),
    Column("NEXT FIRE", _next, may_shrink=True),
)


@click.command("status")
@click.argument("agent", required=False)
@click.option("--env", "environment", metavar="ENV", help="Only this environment.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything is not as it should be.")
@output_option
@click.pass_obj
def command(
    shell: Shell, /, *, agent: str | None, environment: str | None, exit_code: bool, form: str
) -> int:
    """Show every agent that has a pointer, in every environment.

    SYNC says whether the pointer is what it should be: synced, behind (a newer release is there),
    held (a newer one is, and is blocked), drifted (the working copy or an override on this host
    differs from the commit), tampered (the files are not those of the digest), unknown. HEALTH says
    how its live runs here ended: healthy, running, failing, unknown. For what is not synced or
    failing, one line says why, and the next what mends it.

    \b
    agentctl status
    agentctl status invoice-triage --env prod -o json
    agentctl status --exit-code
    """
    cells = read_status(shell.project, shell.state_dir, agent, environment)
    hide = screen_of(shell.project, shell.state_dir)
    emit_list("StatusList", hide([cell.as_json() for cell in cells]), form, COLUMNS, shell)
    if form == "table":
        _tell(cells)
    if not cells:
        where = f" in {environment}" if environment else ""
        narrate(shell, f"{agent or 'no agent'} has {'no' if agent else 'a'} pointer{where}")
    return int(exit_code and any(cell.troubled for cell in cells))


def _tell(cells: list[Cell]) -> None:
    told = list(troubles(cells))
    if told:
        click.echo()
    for cell, what in told:
        why = " ".join(what.why.split())
        click.echo(plain(f"{cell.agent} in {cell.environment} is {what.word}: {why}"))
        if what.mend:
            click.echo(plain(f"  → {what.mend.splitlines()[0]}"))
