"""`agentctl schedules`."""

from itertools import groupby

import click

from runner.app.fleet.scheduling import Planned, list_schedules
from runner.app.plain_text import plain
from runner.cli.main import Shell
from runner.cli.output import emit_list, narrate, output_option
from runner.domain.errors import IntegrityError

FEW = 3
NOTE = "note: this version of agentctl shows schedules and does not fire them; cron can call `run`"


@click.group("schedules")
def command() -> None:
    """List when agents would run, and in which environment that is live.

    \b
    agentctl schedules list
    agentctl schedules list invoice-triage --env prod -v
    """


@command.command("list", short_help="List schedules in words, with the next times.")
@click.argument("agent", required=False)
@click.option("--env", "environment", metavar="ENV", help="Only the versions that run there.")
@click.option(
    "-v", "--verbose", is_flag=True, help=f"The next ten times also of all agents, not {FEW}."
)
@output_option
@click.pass_obj
def list_command(
    shell: Shell, agent: str | None, environment: str | None, verbose: bool, form: str
) -> int:
    """List the schedules of agents: in words, the next times here and in UTC, live or not.

    A schedule is one of the version that an environment's pointer names; of the worktree where an
    agent has no pointer. The pointer's `schedules` says which are live: unsaid, all in a protected
    environment and none elsewhere. Nothing fires them yet. Exit code 1 when a version could not be
    read, 4 when one is not what it was.

    \b
    agentctl schedules list
    agentctl schedules list invoice-triage --env prod -o json
    """
    found = list_schedules(shell.project, shell.state_dir, agent, environment)
    if form == "table":
        _show(found.planned, 10 if verbose or agent else FEW)
    else:
        emit_list("ScheduleList", [each.as_json() for each in found.planned], form, ())
    for unread in found.unread:
        narrate(shell, f"{unread.name} cannot be read: {unread.error.message}")
    if not found.planned and not found.unread:
        narrate(shell, f"{agent} has no schedules" if agent else "no agent here has a schedule")
    elif found.planned:
        narrate(shell, NOTE)
    tampered = any(isinstance(unread.error, IntegrityError) for unread in found.unread)
    return IntegrityError.exit_code if tampered else int(bool(found.unread))


def _show(planned: list[Planned], number: int) -> None:
    for title, schedules in groupby(planned, _title):
        click.echo(plain(title))
        for schedule in schedules:
            for line in _lines(schedule, number):
                click.echo(plain(line))


def _title(planned: Planned) -> str:
    if planned.environment is None:
        return f"{planned.agent}  {planned.version}, in no environment"
    return f"{planned.agent}  {planned.environment}  {planned.version}"


def _lines(planned: Planned, number: int) -> list[str]:
    name, state = planned.schedule.name, "live" if planned.live else "not live"
    often = f", {_a_day(planned.runs_a_day)}" if planned.schedule.type == "recurring" else ""
    shown = [
        f"    {slot.shown:%a %Y-%m-%d %H:%M %z}   {slot.at:%Y-%m-%d %H:%M}Z"
        for slot in planned.fires[:number]
    ]
    return [f"  {name}  {state}  {planned.words}{often}", *shown]


def _a_day(number: float) -> str:
    """`96 runs a day`, `5 runs a week`, `12 runs a year`; the unit that makes it one or more."""
    for times, unit in ((1, "day"), (7, "week"), (365, "year")):
        if number * times >= 0.95:  # a schedule of one day a year misses the year's edge
            shown = f"{number * times:.1f}".removesuffix(".0")
            return f"{shown} {'run' if shown == '1' else 'runs'} a {unit}"
    return "no run in this year"
