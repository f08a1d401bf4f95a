"""`agentctl show`."""

import sys

import click

from runner.app.history import RunStory, read_run
from runner.app.inspecting import describe, names_agent
from runner.app.timeline import Moment
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import emit_one, output_option
from runner.cli.show_agent import agent_text
from runner.cli.summary import as_text, ended, why
from runner.cli.terminal import one_line, plain
from runner.domain.quantities import show_duration

WIDTH = 118


@click.command("show")
@click.argument("target", metavar="RUN|AGENT[@REF]")
@click.option("--full", is_flag=True, help="Do not cut long texts.")
@output_option
@click.pass_obj
def command(shell: Shell, target: str, *, full: bool, form: str) -> int:
    """Show one run as a timeline, or one version of an agent with its digest.

    RUN is any unique part of its id, or `last`. REF is a version, worktree or an environment.
    """
    if names_agent(shell.project, shell.state_dir, target):
        agent = describe(shell.project, shell.state_dir, target)
        emit_one("Agent", agent, form, lambda: agent_text(agent))
        return 0
    story = read_run(shell.project, shell.state_dir, target)
    emit_one("Run", story.as_json(), form, lambda: _text(story, full=full))
    return 0


def _text(story: RunStory, *, full: bool) -> str:
    run = story.view
    head = [
        ended(run),
        f"id       {run.id}",
        f"started  {run.started_at:%Y-%m-%d %H:%M:%S} UTC, {run.start.trigger}"
        + (f", about {run.start.subject}" if run.start.subject else ""),
        f"release  {run.start.origin}  {run.start.digest}"
        + (f"  ({run.start.environment})" if run.start.environment else ""),
        f"journal  {story.path}",
        "",
    ]
    lines = [_line(moment, full=full) for moment in story.moments]
    tail = why(run)
    if run.output is not None:
        tail = ["output", as_text(run.output), *tail]
    return "\n".join([*head, *lines, "", *tail]).rstrip()


def _line(moment: Moment, *, full: bool) -> str:
    took = "" if moment.duration_s is None else show_duration(moment.duration_s)
    line = f"{moment.at_s:>8.1f}s  {moment.step:<9} {moment.what:<11} {took:>6}  {moment.text}"
    width = WIDTH if not is_terminal(sys.stdout) else max(_columns(), 60)
    return plain(line) if full else one_line_keeping_indent(line, width)


def one_line_keeping_indent(line: str, width: int) -> str:
    """Return a timeline line cut to a width; its columns stay where they are."""
    return line[:40] + one_line(line[40:], width - 40)


def _columns() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415

    return get_terminal_size().columns
