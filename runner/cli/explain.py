"""`agentctl explain`."""

import click

from runner.cli.main import Shell
from runner.cli.output import emit_one, output_option
from runner.cli.paging import no_pager_option, show_text


@click.command("explain")
@click.argument("code")
@no_pager_option
@output_option
@click.pass_obj
def command(shell: Shell, code: str, *, pager: bool, form: str) -> int:
    """Explain a diagnostic code such as AC115: what it means and how to mend it.

    \b
    agentctl explain AC115
    """
    from runner.config.catalogue import explain  # noqa: PLC0415  not for help and completion

    text = explain(code)
    if form == "table":
        show_text(shell, text.rstrip("\n"), pager=pager)
    else:
        emit_one("Explanation", {"code": code.upper(), "text": text}, form, str)
    return 0
