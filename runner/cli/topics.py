"""`agentctl help TOPIC`."""

import click

from runner.domain.errors import EXIT_CODES


@click.command("help")
@click.argument("topic", required=False, type=click.Choice(["exit-codes"]))
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> int:
    """Explain a topic. Topics: exit-codes."""
    if topic is None and ctx.parent is not None:
        click.echo(ctx.parent.get_help())
        return 0
    for code, meaning in EXIT_CODES.items():
        click.echo(f"{code:>4}  {meaning}")
    return 0
