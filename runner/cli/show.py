"""`agentctl show`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.cli.main import Shell
from runner.cli.output import emit_one, output_option
from runner.cli.paging import no_pager_option, show_text
from runner.cli.refs import bundle_option, environment_option


@click.command("show")
@click.argument("target", metavar="RUN|AGENT[@REF]")
@click.option("--full", is_flag=True, help="Every step, and no text cut.")
@no_pager_option
@environment_option
@bundle_option
@output_option
@click.pass_obj
def command(shell: Shell, /, target: str, *, form: str, **options: Any) -> int:
    """Show one run as a timeline, or one version of an agent with its digest.

    RUN is any unique part of its id, or `last`. REF is a version, worktree, an environment, or
    previous (with --env). What is longer than the screen opens in a pager; a long run shows its
    first and last steps, and each that went wrong.

    \b
    agentctl show last
    agentctl show 8Q2M7XKD --full
    agentctl show invoice-triage@prod
    """
    from runner.app.inspecting import names_agent  # noqa: PLC0415  not for help and completion

    if names_agent(shell.project, shell.state_dir, target, options["bundle"]):
        _show_agent(shell, target, form, options)
    else:
        _show_run(shell, target, form, pager=options["pager"], full=options["full"])
    return 0


def _show_agent(shell: Shell, target: str, form: str, options: Mapping[str, Any]) -> None:
    from runner.app.inspecting import describe  # noqa: PLC0415  not for help and completion
    from runner.app.screening import screen_of  # noqa: PLC0415
    from runner.cli.show_agent import agent_text  # noqa: PLC0415

    where = (options["environment"], options["bundle"])
    agent = describe(shell.project, shell.state_dir, target, *where)
    hide = screen_of(shell.project, shell.state_dir, options["bundle"])
    if form == "table":
        show_text(shell, hide(agent_text(agent)), pager=options["pager"])
    else:
        emit_one("Agent", hide(agent), form, str)


def _show_run(shell: Shell, target: str, form: str, *, pager: bool, full: bool) -> None:
    from runner.app.screening import screen_of  # noqa: PLC0415
    from runner.app.story.history import read_run  # noqa: PLC0415  not for help and completion
    from runner.cli.show_run import run_text  # noqa: PLC0415

    hide = screen_of(shell.project, shell.state_dir)
    story = read_run(shell.project, shell.state_dir, target)
    if form == "table":
        show_text(shell, hide(run_text(shell, story, full=full)), pager=pager, safe=True)
    else:
        emit_one("Run", hide(story.as_json()), form, str)
