"""`agentctl new`."""

import click

from runner.cli.main import Shell
from runner.cli.output import narrate


@click.command("new")
@click.argument("agent")
@click.pass_obj
def command(shell: Shell, agent: str) -> int:
    """Write a small agent that validates and runs, below agent-configs/AGENT.

    Nothing that exists is overwritten.

    \b
    agentctl new invoice-triage
    """
    from runner.app.authoring import write_agent  # noqa: PLC0415  not for help and completion

    for path in write_agent(shell.project, agent):
        click.echo(path)
    narrate(shell, f"next: name your model in agent-configs/{agent}/agent.yaml, then")
    narrate(shell, f"      agentctl validate {agent}")
    narrate(shell, f'      agentctl run {agent} -i text="one two three" --dry-run')
    return 0
