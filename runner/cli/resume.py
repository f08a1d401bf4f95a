"""`agentctl resume`."""

from pathlib import Path
from typing import Any

import click

from runner.cli.main import Shell, stay
from runner.cli.output import narrate, output_option


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

    \b
    agentctl resume last
    agentctl resume 8Q2M7XKD --settle t2.c1=done --reason "ticket T-7 is there"
    """
    from runner.app.executing.resuming import ResumeOptions, resume_run  # noqa: PLC0415  not for help and completion
    from runner.cli.progress import watcher  # noqa: PLC0415
    from runner.cli.summary import tell_run  # noqa: PLC0415

    stay()
    report = resume_run(
        shell.project,
        shell.state_dir,
        ResumeOptions(run, options["settle"], options["reason"], options["cassette"]),
        watcher(shell, form),
        lambda text: narrate(shell, text),
    )
    return tell_run(shell, report, form)
