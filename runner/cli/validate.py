"""`agentctl validate`."""

import sys

import click

from runner.app.checking import Report, check
from runner.cli.main import Shell
from runner.cli.output import coloured, emit_list, emit_one, narrate, output_option
from runner.config.report import render


@click.command("validate")
@click.argument("targets", nargs=-1, metavar="[AGENT[@REF]|PATH]...")
@output_option
@click.pass_obj
def command(shell: Shell, targets: tuple[str, ...], form: str) -> int:
    """Check agents and their files: every problem of every file at once.

    Without a target: every agent of the project with its version directories and pointers.
    A path is an agent's directory. Exit code 1 when there are errors.
    """
    report = check(shell.project, shell.state_dir, targets)
    items = [diagnostic.model_dump(mode="json") for diagnostic in report.diagnostics]
    if form == "table":
        _tell(shell, report)
    elif form == "jsonl":
        emit_list("DiagnosticList", items, form, ())
    else:
        emit_one("DiagnosticList", {"checked": report.checked, "items": items}, form, str)
    return 1 if report.errors else 0


def _tell(shell: Shell, report: Report) -> None:
    if report.diagnostics:
        click.echo(render(report.diagnostics, colour=coloured(shell, sys.stdout)))
    for subject in report.clean:
        narrate(shell, f"ok  {subject}")
