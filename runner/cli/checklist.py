"""`agentctl validate --production`: the checklist of each agent, for people and programs."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from runner.app.checking import check_environment_fits
from runner.app.production import Checklist, judge
from runner.cli.main import Shell
from runner.cli.output import FORMATS, Column, coloured, emit_list, narrate
from runner.config.report import blocks, summary
from runner.domain.errors import UsageError

COLUMNS = (
    Column("AGENT", lambda row: f"{row['agent']}@{row['version']}"),
    Column("ITEM", lambda row: str(row["item"])),
    Column("RESULT", lambda row: str(row["result"])),
    Column("WHY", lambda row: str(row["reason"]), may_shrink=True),
)


def judged(shell: Shell, names: Sequence[str], form: str, environment: str | None = None) -> int:
    """Judge agents, write the verdicts to stdout, and return the exit code.

    Raises:
        UsageError: a target is a path, or the format is one for findings only.
    """
    if form not in FORMATS:
        raise UsageError(f"--production has no output {form!r}", help=f"use {', '.join(FORMATS)}")
    if paths := [name for name in names if "/" in name or name == "."]:
        raise UsageError(f"--production judges agents, and {paths[0]!r} is a path", help="name it")
    check_environment_fits(names, environment)
    lists = judge(shell.project, shell.state_dir, names, environment=environment)
    for each in lists:
        _tell_errors(shell, each, form)
    rows = [row for each in lists for row in _rows(each)]
    if rows or form != "table":
        emit_list("ChecklistItemList", rows, form, COLUMNS)
    for each in lists:
        for line in _summary(each):
            narrate(shell, line)
    return 0 if all(each.passed for each in lists) else 1


def _tell_errors(shell: Shell, checklist: Checklist, form: str) -> None:
    if checklist.errors:
        to_stderr = form != "table"
        stream = sys.stderr if to_stderr else sys.stdout
        click.echo(blocks(checklist.errors, colour=coloured(shell, stream)), err=to_stderr)
        narrate(shell, summary(checklist.errors))


def _rows(checklist: Checklist) -> list[dict[str, Any]]:
    named = {"agent": checklist.agent, "version": checklist.version}
    return [{**named, **verdict.model_dump(mode="json")} for verdict in checklist.verdicts]


def _summary(checklist: Checklist) -> list[str]:
    """What became of an agent, and what to do about each item that failed."""
    name = f"{checklist.agent}@{checklist.version}"
    if checklist.errors:
        return [f"{name}: not judged; mend the errors first"]
    results = [verdict.result for verdict in checklist.verdicts]
    counts = [(results.count(word), word) for word in ("passed", "waived", "failed")]
    fit = "may run unattended" if checklist.passed else "is not ready to run unattended"
    head = f"{name} {fit}: " + ", ".join(f"{number} {word}" for number, word in counts if number)
    failed = [verdict for verdict in checklist.verdicts if verdict.result == "failed"]
    return [head, *(f"  {verdict.item}: {verdict.help}" for verdict in failed)]
