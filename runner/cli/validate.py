"""`agentctl validate`."""

import click

from runner.app.checking import Report, check
from runner.cli.main import Shell
from runner.cli.output import coloured, narrate
from runner.config.report import render


@click.command("validate")
@click.argument("targets", nargs=-1, metavar="[AGENT[@REF]|PATH]...")
@click.option(
    "-o", "--output", "form", type=click.Choice(["text", "json", "jsonl"]), default="text"
)
@click.pass_obj
def command(shell: Shell, targets: tuple[str, ...], form: str) -> int:
    """Check agents and their files: every problem of every file at once.

    Without a target: every agent of the project with its version directories and pointers.
    A path is an agent's directory. Exit code 1 when there are errors.
    """
    report = check(shell.project, shell.state_dir, targets)
    if form == "text":
        _tell(shell, report)
    else:
        _print(report, form)
    return 1 if report.errors else 0


def _tell(shell: Shell, report: Report) -> None:
    import sys  # noqa: PLC0415

    if report.diagnostics:
        click.echo(render(report.diagnostics, colour=coloured(shell, sys.stdout)))
    for subject in report.clean:
        narrate(shell, f"ok  {subject}")


def _print(report: Report, form: str) -> None:
    import json  # noqa: PLC0415

    items = [diagnostic.model_dump(mode="json") for diagnostic in report.diagnostics]
    if form == "jsonl":
        for item in items:
            click.echo(json.dumps(item, ensure_ascii=False))
        return
    document = {
        "apiVersion": "agentctl/v1",
        "kind": "DiagnosticList",
        "checked": report.checked,
        "items": items,
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
