"""`agentctl schema`."""

from pathlib import Path

import click

from runner.cli.main import Shell


@click.command("schema")
@click.option(
    "--to",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("schemas"),
    show_default=True,
    help="Directory to write to.",
)
@click.pass_obj
def command(shell: Shell, directory: Path) -> int:
    """Write the JSON Schemas of agent.yaml, tools.yaml and every other file.

    An editor with a YAML language server completes and checks with them.

    \b
    agentctl schema --to .vscode/schemas
    """
    from runner.app.authoring import write_schemas  # noqa: PLC0415  not for help and completion

    for path in write_schemas(shell.project, directory):
        click.echo(path)
    return 0
