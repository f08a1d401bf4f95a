"""`agentctl runs`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.history import list_runs
from runner.app.view import short_id
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, narrate, output_option
from runner.domain.quantities import show_age, show_duration

STATUSES = ("running", "parked", "succeeded", "failed", "stopped", "cancelled", "in_doubt")


def _duration(run: Mapping[str, Any]) -> str:
    return "" if run["duration_s"] is None else show_duration(run["duration_s"])


def _cost(run: Mapping[str, Any]) -> str:
    return "" if run["cost_usd"] is None else f"${run['cost_usd']:.4f}"


def _status(run: Mapping[str, Any]) -> str:
    gone = run["status"] == "running" and not run["alive"]
    return "running, gone" if gone else str(run["status"])


COLUMNS = (
    Column("RUN", lambda run: short_id(run["run"])),
    Column("AGE", lambda run: show_age(run["age_s"]), right=True),
    Column("AGENT", lambda run: run["agent"]),
    Column("VERSION", lambda run: run["version"]),
    Column("MODE", lambda run: run["mode"]),
    Column("STATUS", _status),
    Column("TOOK", _duration, right=True),
    Column("COST", _cost, right=True),
    Column("SUBJECT", lambda run: run["subject"] or "", may_shrink=True),
)


@click.command("runs")
@click.option("--agent", help="Runs of one agent.")
@click.option("--status", type=click.Choice(STATUSES), help="Runs with one status.")
@click.option("--limit", default=50, show_default=True, help="At most so many; 0 for all.")
@output_option
@click.pass_obj
def command(shell: Shell, *, agent: str | None, status: str | None, limit: int, form: str) -> int:
    """List runs, newest first.

    `running, gone` is a run whose process is gone: `agentctl resume RUN` goes on with it.
    """
    runs, more = list_runs(shell.project, shell.state_dir, agent, status, limit)
    emit_list("RunList", runs, form, COLUMNS)
    if more:
        narrate(shell, f"note: the newest {len(runs)} runs; --limit 0 shows all")
    if not runs and form == "table":
        narrate(shell, _none(agent, status))
    return 0


def _none(agent: str | None, status: str | None) -> str:
    if agent or status:
        return "no run matches; `agentctl runs` lists all"
    return "no runs; `agentctl run AGENT` starts one"
