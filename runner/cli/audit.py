"""`agentctl audit`."""

import click

from runner.cli.main import Shell
from runner.cli.output import emit_one, output_option


@click.group("audit")
def command() -> None:
    """Verify journals and the ledger; print the ledger's head for keeping elsewhere.

    \b
    agentctl audit verify
    """


@command.command("verify", short_help="Check every journal and the ledger.")
@click.argument("run", required=False)
@click.option("--anchor", metavar="SEQ:HASH", help="A head that `audit anchor` printed before.")
@output_option
@click.pass_obj
def verify_command(shell: Shell, *, run: str | None, anchor: str | None, form: str) -> int:
    """Check hash chains, heads and payloads of one run, or of everything.

    RUN is any unique part of its id, or `last`. Exit code 4 names the first bad line.

    \b
    agentctl audit verify
    agentctl audit verify last
    """
    from runner.app.auditing import verify  # noqa: PLC0415  not for help and completion

    report = verify(shell.project, shell.state_dir, run, anchor)
    emit_one("AuditReport", report.as_json(), form, report.text)
    return 0 if report.intact else 4


@command.command("anchor", short_help="Print the ledger's head.")
@output_option
@click.pass_obj
def anchor_command(shell: Shell, *, form: str) -> int:
    """Print the ledger's head: keep it where this machine cannot write.

    \b
    agentctl audit anchor >> /mnt/elsewhere/anchors
    """
    from runner.app.auditing import anchor_of  # noqa: PLC0415  not for help and completion

    anchor = anchor_of(shell.project, shell.state_dir)
    emit_one("Anchor", {"anchor": anchor}, form, lambda: anchor)
    return 0
