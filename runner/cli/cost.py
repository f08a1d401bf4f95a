"""`agentctl cost`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.listing.costs import KEYS, CostReport, add_up
from runner.app.listing.query import Query, field_is, parse_query
from runner.app.listing.run_list import Wanted
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, emit_one, narrate, output_option


def _usd(value: float | None, digits: int) -> str:
    return "" if value is None else f"${value:,.{digits}f}"


SUMS = (  # what matters most first: a narrow screen leaves out the last
    Column("RUNS", lambda row: f"{row['runs']:,}", right=True),
    Column("SUCCEEDED", lambda row: f"{row['succeeded']:,}", right=True),
    Column("USD", lambda row: _usd(row["cost_usd"], 2), right=True),
    Column("PER RUN", lambda row: _usd(row["usd_per_run"], 4), right=True),
    Column("PER SUCCESS", lambda row: _usd(row["usd_per_success"], 4), right=True),
    Column("TURNS", lambda row: f"{row['turns']:,}", right=True),
    Column("IN", lambda row: f"{row['tokens']['input']:,}", right=True),
    Column("CACHED", lambda row: f"{row['tokens']['cached_input']:,}", right=True),
    Column("OUT", lambda row: f"{row['tokens']['output']:,}", right=True),
)


@click.command("cost")
@click.argument("agent", required=False)
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(list(KEYS)),
    default=("agent",),
    show_default=True,
    help="What to add up by; may be said again.",
)
@click.option("--since", metavar="TIME", help="Runs begun since: 2h, 3d, a date or time in UTC.")
@click.option("--query", metavar="EXPR", default="", help="Runs that match; `agentctl help query`.")
@output_option
@click.pass_obj
def command(
    shell: Shell,
    agent: str | None,
    *,
    by: tuple[str, ...],
    since: str | None,
    query: str,
    form: str,
) -> int:
    """Add up what runs cost: tokens and USD, by agent, version, day, environment or mode.

    Days are UTC. A run whose model has no price is counted and told, and is in no sum of USD.

    \b
    agentctl cost --by version --since 30d
    agentctl cost invoice-triage --by day --query mode:live
    """
    only = (field_is("agent", (agent,)),) if agent else ()
    wanted = Wanted(Query((*only, *parse_query(query).terms)), since)
    report = add_up(shell.project, shell.state_dir, wanted, by)
    if form == "table":
        _table(shell, report)
    elif form == "jsonl":
        emit_list("CostReport", report.groups, form, ())
    else:
        emit_one("CostReport", report.as_json(), form, str)
    return 0


def _table(shell: Shell, report: CostReport) -> None:
    keys = [Column(name.upper(), _key(name)) for name in report.by]
    first = report.by[0]
    rows = [*report.groups, {**dict.fromkeys(report.by, ""), first: "total", **report.total}]
    emit_list("CostReport", rows, "table", (*keys, *SUMS), shell)
    for line in _notes(report.total):
        narrate(shell, line)


def _key(name: str) -> Any:
    return lambda row: row[name] or ("" if name not in row else "none" if row[name] is None else "")


def _notes(total: Mapping[str, Any]) -> list[str]:
    """Say what the sums leave out."""
    unpriced, unfinished = total["unpriced"], total["unfinished"]
    lines = []
    if unpriced:
        lines.append(
            f"note: {unpriced:,} of {total['runs']:,} runs have no known price and are in no sum "
            "of USD; state model.price, or prices in agentctl.yaml"
        )
        lines.append("      agentctl runs --query 'cost:none tokens>0' lists them")
    if unfinished:
        lines.append(f"note: {unfinished:,} not ended yet; their cost so far is in no sum")
    return lines
