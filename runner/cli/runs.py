"""`agentctl runs`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.listing.query import Query, field_is, parse_query
from runner.app.listing.query_fields import STATUSES, shown_status
from runner.app.listing.run_list import Wanted, list_runs, short_id
from runner.app.screening import screen_of
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, narrate, output_option
from runner.cli.terminal import STATUS_COLOURS
from runner.domain.durations import show_age, show_duration


def _duration(run: Mapping[str, Any]) -> str:
    return "" if run["duration_s"] is None else show_duration(run["duration_s"])


def _cost(run: Mapping[str, Any]) -> str:
    return "" if run["cost_usd"] is None else f"${run['cost_usd']:.4f}"


def _status(run: Mapping[str, Any]) -> str:
    status = shown_status(run)
    return "running, gone" if status == "gone" else status


COLUMNS = (
    Column("RUN", lambda run: short_id(run["run"])),
    Column("AGE", lambda run: show_age(run["age_s"]), right=True),
    Column("AGENT", lambda run: run["agent"]),
    Column("VERSION", lambda run: run["version"]),
    Column("STATUS", _status, colour=lambda run: STATUS_COLOURS.get(shown_status(run))),
    Column("MODE", lambda run: run["mode"]),
    Column("TOOK", _duration, right=True),
    Column("COST", _cost, right=True),
    Column("SUBJECT", lambda run: run["subject"] or "", may_shrink=True),
)


@click.command("runs")
@click.option(
    "--agent", "agents", multiple=True, help="Runs of an agent; globs; may be said again."
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([*STATUSES, "gone"]),
    help="Runs with a status; may be said again.",
)
@click.option("--since", metavar="TIME", help="Runs begun since: 2h, 3d, a date or time in UTC.")
@click.option("--subject", metavar="TEXT", help="Runs about something; globs.")
@click.option("--query", metavar="EXPR", default="", help="Runs that match; `agentctl help query`.")
@click.option("--limit", default=50, show_default=True, help="At most so many; 0 for all.")
@output_option
@click.pass_obj
def command(shell: Shell, /, *, since: str | None, limit: int, form: str, **options: Any) -> int:
    """List runs, newest first.

    `running, gone` is a run whose process is gone: `agentctl resume RUN` goes on with it.

    \b
    agentctl runs --agent 'invoice-*' --status failed --since 2d
    agentctl runs --query 'cost>0.10 -status:succeeded'
    """
    query = _query(**options)
    runs, more = list_runs(shell.project, shell.state_dir, Wanted(query, since, limit))
    hide = screen_of(shell.project, shell.state_dir)
    emit_list("RunList", hide(runs), form, COLUMNS, shell)
    if more:
        narrate(shell, f"note: the newest {len(runs)} runs; --limit 0 shows all")
    if not runs and form == "table":
        asked = bool(query.terms or since)
        narrate(shell, NO_MATCH if asked else NO_RUNS)
    return 0


NO_MATCH = "no run matches; `agentctl runs` lists all"
NO_RUNS = "no runs; `agentctl run AGENT` starts one"


def _query(
    agents: tuple[str, ...], statuses: tuple[str, ...], subject: str | None, query: str
) -> Query:
    given = (("agent", agents), ("status", statuses), ("subject", (subject,) if subject else ()))
    terms = [field_is(name, values) for name, values in given if values]
    return Query((*terms, *parse_query(query).terms))
