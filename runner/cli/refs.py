"""Options that say where a version is looked up."""

from pathlib import Path

import click

environment_option = click.option(
    "--env", "environment", metavar="ENV", help="The environment whose pointer is meant."
)
bundle_option = click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AGENTCTL_BUNDLE",
    help="Take release, pointer, values and rules from a bundle (or AGENTCTL_BUNDLE).",
)
