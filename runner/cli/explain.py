"""`agentctl explain`."""

import click

from runner.config.catalogue import explain


@click.command("explain")
@click.argument("code")
def command(code: str) -> int:
    """Explain a diagnostic code such as AC115: what it means and how to mend it."""
    click.echo(explain(code.upper()))
    return 0
