"""`agentctl completion`."""

import click

from runner.cli.completing import SHELLS, script


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print a script that completes commands, options, agents, versions and runs.

    Put the line of your shell into its start-up file:

    \b
    bash  ~/.bashrc                   eval "$(agentctl completion bash)"
    zsh   ~/.zshrc, after compinit    eval "$(agentctl completion zsh)"
    fish  ~/.config/fish/config.fish  agentctl completion fish | source
    """
    click.echo(script(ctx.find_root().command, shell), nl=False)
    return 0
