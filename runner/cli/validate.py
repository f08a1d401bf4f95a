"""`agentctl validate`."""

import sys
from typing import Any

import click

from runner.app.checking import Report, check, check_environment_fits
from runner.cli.main import Shell
from runner.cli.output import FORMATS, coloured, emit_list, emit_one, narrate
from runner.cli.refs import environment_option
from runner.config.report import blocks, summary
from runner.domain.errors import UsageError

MOST_WAIVED = 20


@click.command("validate")
@click.argument("targets", nargs=-1, metavar="[AGENT[@REF]|PATH]...")
@click.option("--strict", is_flag=True, help="Warnings count as errors for the exit code.")
@click.option(
    "--production",
    is_flag=True,
    help="Judge the checklist for running unattended, for each AGENT[@REF].",
)
@click.option("--staged", is_flag=True, help="Check what is staged in git, for a commit hook.")
@environment_option
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
    shell: Shell, /, targets: tuple[str, ...], *, strict: bool, form: str, **said: Any
) -> int:
    """Check agents and their files: every problem of every file at once.

    Without a target: every agent of the project with its version directories and pointers.
    A path is an agent's directory. Exit code 1 when there are errors.

    With --production: whether the newest release of an agent (or the version that REF names) may
    run with nobody watching, item by item. Exit code 1 when an item failed.

    With --staged: only what the next commit changes, as it is staged and not as it lies on disk.
    To check every commit, put this into .git/hooks/pre-commit, and make the file executable:

    \b
    #!/bin/sh
    exec agentctl validate --staged

    With the pre-commit program, as a local hook: `entry: agentctl validate --staged`,
    `language: system`, `pass_filenames: false`.

    \b
    agentctl validate --strict -o github
    agentctl validate --production invoice-triage
    """
    environment = said["environment"]
    if said["staged"]:
        check_environment_fits((), environment)
        return _staged(shell, targets, form, strict=strict, production=said["production"])
    if said["production"]:
        from runner.cli.checklist import judged  # noqa: PLC0415  only when asked for

        return judged(shell, targets, form, environment)
    report = check(shell.project, shell.state_dir, targets, environment=environment)
    return _told(shell, report, form, strict=strict)


def _staged(
    shell: Shell, targets: tuple[str, ...], form: str, *, strict: bool, production: bool
) -> int:
    from runner.app.releasing.staged import check_staged  # noqa: PLC0415  git, only when asked for

    if targets or production:
        raise UsageError(
            "--staged checks what is staged, and takes no target and no --production",
            help="leave one of them out",
        )
    report = check_staged(shell.project, shell.state_dir)
    if not report.checked:
        narrate(shell, "nothing of an agent is staged")
    return _told(shell, report, form, strict=strict)


def _told(shell: Shell, report: Report, form: str, *, strict: bool) -> int:
    if form == "table":
        _tell(shell, report)
    elif form in {"github", "sarif"}:
        _annotate(shell, report, form)
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
    else:
        waived: list[dict[str, Any]] = [each.model_dump(mode="json") for each in report.waived]
        document = {"checked": report.checked, "items": items, "waived": waived}
        emit_one("DiagnosticList", document, form, str)


def _annotate(shell: Shell, report: Report, form: str) -> None:
    from runner.app.placing import from_repository  # noqa: PLC0415  for reviews only
    from runner.cli.annotations import github_lines, placed, sarif  # noqa: PLC0415  same

    where = from_repository(shell.project)
    diagnostics = [placed(found, where) for found in report.diagnostics]
    if form == "sarif":
        import json  # noqa: PLC0415

        from runner.app.plain_text import escaped  # noqa: PLC0415

        waived = [
            each.model_copy(update={"diagnostic": placed(each.diagnostic, where)})
            for each in report.waived
        ]
        document = sarif(diagnostics, waived)
        click.echo(escaped(json.dumps(document, ensure_ascii=False, indent=2)))
        return
    for line in github_lines(diagnostics):
        click.echo(line)
