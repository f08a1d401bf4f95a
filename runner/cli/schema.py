"""`agentctl schema`."""

from pathlib import Path

import click

from runner.app.authoring import write_schemas


@click.command("schema")
@click.option(
    "--to",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("schemas"),
    show_default=True,
    help="Directory to write to.",
)
def command(directory: Path) -> int:
    """Write the JSON Schemas of agent.yaml, tools.yaml and every other file.

    An editor with a YAML language server completes and checks with them.
    """
    for path in write_schemas(directory):
        click.echo(str(path))
    return 0
