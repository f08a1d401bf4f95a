"""`agentctl resume`."""

from pathlib import Path
from typing import Any

import click

from runner.app.resuming import ResumeOptions, resume_run
from runner.cli.main import Shell
from runner.cli.output import narrate, output_option
from runner.cli.progress import watcher
from runner.cli.summary import tell_run


@click.command("resume")
@click.argument("run")
@click.option(
    "--settle",
    metavar="STEP=done|not-done",
    help="Say how a call in doubt ended, for instance t2.c1=done.",
)
@click.option("--reason", help="How you know; kept in the journal. Needed with --settle.")
@click.option(
    "--cassette",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Play the model's answers from a file.",
)
@output_option
@click.pass_obj
def command(shell: Shell, /, run: str, *, form: str, **options: Any) -> int:
    """Go on with a run whose process is gone, from the first step without a result.

    RUN is any unique part of its id, or `last`. Nothing that is recorded is paid or done twice.
    """
    report = resume_run(
        shell.project,
        shell.state_dir,
        ResumeOptions(run, options["settle"], options["reason"], options["cassette"]),
        watcher(shell, form),
        lambda text: narrate(shell, text),
    )
    return tell_run(shell, report, form)
