"""How a run's end is told: the answer on stdout, the story around it on stderr."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from runner.app.listing.run_list import short_id
from runner.app.plain_text import plain
from runner.app.screening import screen_of
from runner.app.story.view import RunView, exit_code
from runner.boundary.surroundings import is_terminal
from runner.cli.main import Shell
from runner.cli.output import coloured, emit_one, narrate
from runner.cli.terminal import STATUS_COLOURS, painted
from runner.domain.durations import show_duration


def tell_run(shell: Shell, run: RunView, form: str, bundle: Path | None = None) -> int:
    """Show how a run ended and return its exit code."""
    if form == "table":
        _tell(shell, run, bundle)
    else:
        emit_one("Run", run.as_json(), form, str)
    return exit_code(run)


def _tell(shell: Shell, run: RunView, bundle: Path | None) -> None:
    if run.repeated:
        narrate(shell, f"note: job {run.start.job!r} was started before; this is its run")
    hide = screen_of(shell.project, shell.state_dir, bundle)
    given = hide if is_terminal(sys.stdout) else str
    if run.start.mode == "dry_run":
        click.echo(plain(given(would_have(run))))
    if run.output is not None:
        _give(given(as_text(run.output)))
    if not shell.quiet:
        click.echo(ended_line(run, colour=coloured(shell, sys.stderr)), err=True, color=True)
    for line in why(run):
        click.echo(plain(hide(line)), err=True)
    narrate(shell, f"next: agentctl show {short_id(run.id)}")


def _give(output: str) -> None:
    """Write the answer: as it is into a pipe, without control characters to a terminal."""
    click.echo(plain(output) if is_terminal(sys.stdout) else output)


def ended_line(run: RunView, *, colour: bool) -> str:
    """Return `ended` made plain, with its status in a colour where that is wanted."""
    wanted = STATUS_COLOURS.get(run.status) if colour else None
    return plain(ended(run)).replace(f"  {run.status}", f"  {painted(run.status, wanted)}", 1)


def ended(run: RunView) -> str:
    """Return one line: which run, how it ended, what it used."""
    used = run.totals
    cost = "" if used.cost_usd is None else f", ${used.cost_usd:.4f}"
    took = f" in {show_duration(used.duration_s)}" if used.duration_s else ""
    counts = [
        counted(used.iterations, "turn"),
        counted(used.tool_calls, "tool call"),
        counted(used.tokens.total, "token"),
    ]
    return (
        f"run {short_id(run.id)}  {run.start.agent}@{run.start.version}  {run.start.mode}  "
        f"{run.status}{took}: {', '.join(counts)}{cost}"
    )


def counted(number: int, word: str) -> str:
    """Return a number with its word: `1 turn`, `2 turns`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def why(run: RunView) -> list[str]:
    """Return why a run did not succeed, and what to do next; empty when it did."""
    short = short_id(run.id)
    lines = []
    if run.stop:
        lines.append(f"stopped: {run.stop.sentence}")
        lines.append(f"help: raise limits.{run.stop.limit} of {run.start.agent}, or ask for less")
    if run.failure:
        lines.append(f"{run.failure.kind}: {run.failure.message}")
    for step in run.in_doubt:
        lines.append(
            f"help: find out whether {step} happened, then: agentctl resume {short} "
            f"--settle {step}=done|not-done --reason TEXT"
        )
    if run.status == "running":
        ended_how = "was interrupted" if run.interrupted else "has not ended"
        lines.append(f"the run {ended_how}; if no process executes it: agentctl resume {short}")
    return lines


def would_have(run: RunView) -> str:
    """Return every effect that a dry run only wrote down, in full."""
    simulated = [effect for effect in run.effects if effect.outcome == "simulated"]
    many = counted(len(simulated), "effect") if simulated else "no effect"
    done = run.status == "succeeded"
    lines = [f"dry run: {many} would have happened" + ("" if done else " before it ended")]
    if not done:
        lines[0] += f" ({run.status}: it says nothing about the rest)"
    for number, effect in enumerate(simulated, 1):
        lines.append(f"{number:>3}. {effect.tool}  ({effect.step}; {effect.permission})")
        arguments = json.dumps(effect.arguments, ensure_ascii=False, indent=2)
        lines += [f"     {line}" for line in arguments.splitlines()]
    return "\n".join(lines)


def as_text(output: Any) -> str:
    """Return a run's output for a person: text as it is, JSON indented."""
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, indent=2)
