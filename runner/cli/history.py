"""`agentctl history`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.fleet.pasts import only, read_moment, read_pasts
from runner.app.screening import screen_of
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, emit_one, narrate, output_option
from runner.domain.durations import show_age


def _good(past: Mapping[str, Any]) -> str:
    if past["held"]:
        return f"held by {past['held']['by']}: {past['held']['reason']}"
    return "yes" if past["good"] else ("" if past["version"] else "no pointer")


def _runs(past: Mapping[str, Any]) -> str:
    return "" if past["runs"] is None else f"{past['succeeded']}/{past['runs']}"


def _active(past: Mapping[str, Any]) -> str:
    return f"{show_age(past['active_s'])}{'' if past['until'] else ', live'}"


COLUMNS = (
    Column("FROM", lambda past: past["from"][:16].replace("T", " ") + "Z"),
    Column("ACTIVE", _active),
    Column("VERSION", lambda past: past["version"] or "-"),
    Column("DIGEST", lambda past: (past["digest"] or "")[:11]),
    Column("COMMIT", lambda past: (past["commit"] or "")[:10]),
    Column("OK/RUNS", _runs, right=True),
    Column("BY", lambda past: past["by"].partition(" <")[0]),
    Column("GOOD", lambda past: "held" if past["held"] else _good(past)),
    Column("WHY", lambda past: past["reason"] or past["subject"], may_shrink=True),
)


@click.command("history")
@click.argument("agent")
@click.option("--env", "environment", metavar="ENV", required=True, help="The environment.")
@click.option("--at", metavar="TIME", help="Which version was live at that moment.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0 for all.",
)
@output_option
@click.pass_obj
def command(
    shell: Shell, /, agent: str, *, environment: str, at: str | None, limit: int, form: str
) -> int:
    """List what was live in an environment, newest first: from when, for how long, who and why.

    A release is good when no hold has named it since it went live. Runs are those that the ledger
    here tells of. With --at: what was live at a moment, and exit code 1 when nothing was.

    \b
    agentctl history invoice-triage --env prod
    agentctl history invoice-triage --env prod --at 2026-11-20T03:00Z
    """
    moment = read_moment(at) if at else None
    found = read_pasts(shell.project, shell.state_dir, agent, environment)
    if not found.whole:
        narrate(
            shell, "note: this clone is shallow, older moves are missing: git fetch --unshallow"
        )
    hide = screen_of(shell.project, shell.state_dir)
    if moment is not None:
        past = found.at(moment)
        if past is None:
            narrate(shell, f"nothing of {agent} was live in {environment} at {at}")
            return 1
        fields = hide(past.as_json())
        emit_one("Past", fields, form, lambda: _told(fields))
        return 0
    shown = only(found.pasts, limit)
    emit_list("PastList", hide([past.as_json() for past in shown]), form, COLUMNS, shell)
    if len(shown) < len(found.pasts):
        narrate(shell, f"note: the newest {len(shown)} of {len(found.pasts)}; --limit 0 shows all")
    if not shown and form == "table":
        narrate(shell, f"{agent} never had a pointer in {environment}")
    return 0


def _told(fields: Mapping[str, Any]) -> str:
    until = fields["until"] or "now"
    lines = [
        f"{fields['agent']} {fields['version']} was live in {fields['environment']}",
        f"  from    {fields['from']}, until {until}",
        f"  digest  {fields['digest'] or 'none: what was on disk'}",
        f"  by      {fields['by']}: {fields['subject']}",
    ]
    if fields["reason"]:
        lines.append(f"  reason  {fields['reason']}")
    if fields["commit"]:
        lines.append(f"  commit  {fields['commit']}")
    lines.append(f"  good    {_good(fields)}")
    if fields["runs"] is not None:
        lines.append(f"  runs    {fields['succeeded']} of {fields['runs']} succeeded")
    return "\n".join(lines)
