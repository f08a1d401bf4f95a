"""`agentctl run`."""

from pathlib import Path
from typing import Any

import click

from runner.cli.main import Shell, stay
from runner.cli.output import narrate, output_option
from runner.cli.refs import bundle_option, environment_option
from runner.domain.errors import UsageError


@click.command("run")
@click.argument("agent", metavar="AGENT[@REF]")
@click.option("-i", "pairs", multiple=True, metavar="KEY=VALUE|KEY:=JSON", help="One input value.")
@click.option("--input", "source", metavar="FILE|-", help="The whole input as JSON or YAML.")
@click.option("--dry-run", is_flag=True, help="Simulate every effect; read-only tools run.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A variable's value.")
@click.option("--key", help="Makes the job unique: a second call shows the first run.")
@click.option(
    "--cassette",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Play the model's answers from a file.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep requests and answers in a file.",
)
@environment_option
@bundle_option
@output_option
@click.pass_obj
def command(shell: Shell, /, agent: str, *, form: str, **options: Any) -> int:
    """Run an agent once, live or dry.

    REF is vX.Y.Z, worktree, an environment's name, or previous (with --env). Without one: the
    pointer of `default_environment`, else the worktree. A pointer counts as it is committed, where
    there is a repository. With --bundle everything comes from that file, and no project is needed.

    \b
    agentctl run invoice-triage -i since=2026-01-01T00:00:00Z --dry-run
    agentctl run invoice-triage@prod --key nightly-2026-01-01
    agentctl run invoice-triage --bundle prod.zip
    """
    _check_files(**options)
    return _run(shell, agent, form, options)


def _check_files(cassette: Path | None, record: Path | None, **_others: object) -> None:
    if cassette and record:
        raise UsageError("--cassette plays answers, --record keeps new ones", help="give one")
    if record and not record.absolute().parent.is_dir():
        directory = record.absolute().parent
        raise UsageError(f"--record {record}: no directory {directory}", help="make it first")


def _run(shell: Shell, agent: str, form: str, options: dict[str, Any]) -> int:
    from runner.app.executing.inputs import read_input  # noqa: PLC0415  not for help and completion
    from runner.app.executing.running import RunOptions, run_agent  # noqa: PLC0415
    from runner.cli.progress import watcher  # noqa: PLC0415
    from runner.cli.summary import tell_run  # noqa: PLC0415

    stay()
    report = run_agent(
        shell.project,
        shell.state_dir,
        RunOptions(
            agent=agent,
            input=lambda spec: read_input(spec, options["pairs"], options["source"]),
            dry_run=options["dry_run"],
            values=options["values"],
            key=options["key"],
            cassette=options["cassette"],
            record=options["record"],
            environment=options["environment"],
            bundle=options["bundle"],
        ),
        watcher(shell, form, options["bundle"]),
        lambda text: narrate(shell, text),
    )
    return tell_run(shell, report, form, options["bundle"])
