"""`agentctl help TOPIC`."""

import click

from runner.domain.errors import EXIT_CODES


@click.command("help")
@click.argument("topic", required=False, metavar="[exit-codes|COMMAND]")
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> int:
    """Explain a topic or a command. Topics: exit-codes."""
    root = ctx.find_root()
    if topic is None:
        click.echo(root.get_help())
    elif topic == "exit-codes":
        for code, meaning in EXIT_CODES.items():
            click.echo(f"{code:>4}  {meaning}")
    else:
        click.echo(_help_of(root, topic))
    return 0


def _help_of(root: click.Context, name: str) -> str:
    group = root.command
    found = group.get_command(root, name) if isinstance(group, click.Group) else None
    if found is None:
        raise click.UsageError(f"no topic and no command {name!r}", root)
    return found.get_help(click.Context(found, info_name=name, parent=root))
