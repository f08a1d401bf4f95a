"""`agentctl explain`."""

import click

from runner.cli.output import emit_one, output_option
from runner.config.catalogue import explain


@click.command("explain")
@click.argument("code")
@output_option
def command(code: str, *, form: str) -> int:
    """Explain a diagnostic code such as AC115: what it means and how to mend it."""
    text = explain(code.upper())
    emit_one("Explanation", {"code": code.upper(), "text": text}, form, lambda: text)
    return 0
