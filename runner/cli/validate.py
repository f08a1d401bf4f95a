"""`agentctl validate`."""

import sys
from typing import Any

import click

from runner.app.checking import Report, check
from runner.cli.main import Shell
from runner.cli.output import FORMATS, coloured, emit_list, emit_one, narrate
from runner.config.report import blocks, summary

MOST_WAIVED = 20


@click.command("validate")
@click.argument("targets", nargs=-1, metavar="[AGENT[@REF]|PATH]...")
@click.option("--strict", is_flag=True, help="Warnings count as errors for the exit code.")
@click.option(
    "--production",
    is_flag=True,
    help="Judge the checklist for running unattended, for each AGENT[@REF].",
)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice([*FORMATS, "github", "sarif"]),
    default="table",
    help="Output format; github and sarif are for code review.",
)
@click.pass_obj
def command(
    shell: Shell, targets: tuple[str, ...], strict: bool, production: bool, form: str
) -> int:
    """Check agents and their files: every problem of every file at once.

    Without a target: every agent of the project with its version directories and pointers.
    A path is an agent's directory. Exit code 1 when there are errors.

    With --production: whether the newest release of an agent (or the version that REF names) may
    run with nobody watching, item by item. Exit code 1 when an item failed.

    \b
    agentctl validate --strict -o github
    agentctl validate --production invoice-triage
    """
    if production:
        from runner.cli.checklist import judged  # noqa: PLC0415  only when asked for

        return judged(shell, targets, form)
    report = check(shell.project, shell.state_dir, targets)
    if form == "table":
        _tell(shell, report)
    else:
        _emit(report, form)
    return 1 if report.errors or (strict and report.diagnostics) else 0


def _tell(shell: Shell, report: Report) -> None:
    if report.diagnostics:
        click.echo(blocks(report.diagnostics, colour=coloured(shell, sys.stdout)))
        narrate(shell, summary(report.diagnostics))
    for subject in report.clean:
        narrate(shell, f"ok  {subject}")
    for line in _notes(report):
        narrate(shell, line)


def _notes(report: Report) -> list[str]:
    number = len(report.waived)
    lines = [f"{number} {'finding' if number == 1 else 'findings'} waived:"] if number else []
    for waived in report.waived[:MOST_WAIVED]:
        found = waived.diagnostic
        where = f"{found.place.file}:{found.place.line}:{found.place.column}"
        lines.append(f"  {found.code} {where} until {waived.until}: {waived.reason}")
    if number > MOST_WAIVED:
        lines.append(f"  and {number - MOST_WAIVED} more; `-o json` lists them all")
    if report.untold:
        number = report.untold
        told = "warning of released versions is" if number == 1 else "warnings of releases are"
        lines.append(f"note: {number} {told} not told; `agentctl validate AGENT@vX.Y.Z` tells them")
    return lines


def _emit(report: Report, form: str) -> None:
    items = [diagnostic.model_dump(mode="json") for diagnostic in report.diagnostics]
    if form == "jsonl":
        emit_list("DiagnosticList", items, form, ())
    elif form in {"github", "sarif"}:
        _annotate(report, form)
    else:
        waived: list[dict[str, Any]] = [each.model_dump(mode="json") for each in report.waived]
        document = {"checked": report.checked, "items": items, "waived": waived}
        emit_one("DiagnosticList", document, form, str)


def _annotate(report: Report, form: str) -> None:
    from runner.cli.annotations import github_lines, sarif  # noqa: PLC0415  for reviews only

    if form == "sarif":
        import json  # noqa: PLC0415

        from runner.cli.terminal import escaped  # noqa: PLC0415

        document = sarif(report.diagnostics, report.waived)
        click.echo(escaped(json.dumps(document, ensure_ascii=False, indent=2)))
        return
    for line in github_lines(report.diagnostics):
        click.echo(line)
