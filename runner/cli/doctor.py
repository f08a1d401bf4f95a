"""`agentctl doctor`."""

import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from shutil import get_terminal_size

import click

from runner.app.doctor.examining import Examined, examine
from runner.app.doctor.need import Need
from runner.app.plain_text import one_line
from runner.cli.main import Shell
from runner.cli.output import coloured, emit_list, narrate, output_option
from runner.cli.summary import counted
from runner.config.report import render

COLOURS = {
    "ok": "green",
    "missing": "red",
    "wrong": "red",
    "unreachable": "red",
    "warning": "yellow",
    "skipped": "bright_black",
}
STATUS_WIDTH = max(map(len, COLOURS))
KIND_WIDTH = len("interpreter")
INDENT = " " * (2 + STATUS_WIDTH + 2 + KIND_WIDTH + 2)
WIDEST = 100
MOST_TEXT = 800


@click.command("doctor")
@click.argument("agent", required=False, metavar="[AGENT[@REF]]")
@click.option("--offline", is_flag=True, help="Look at this machine only; connect to nothing.")
@output_option
@click.pass_obj
def command(shell: Shell, *, agent: str | None, offline: bool, form: str) -> int:
    """Look for everything that an agent needs, and say what to do where it is not there.

    Variables, secrets, files, programs, hosts, the model's server and the model. No value is
    shown. Without an agent: this machine, and every agent of the project. Exit code 1 when
    something is missing, cannot be used or cannot be reached.

    \b
    agentctl doctor invoice-triage
    """
    examined = examine(shell.project, shell.state_dir, agent, offline=offline)
    if form == "table":
        _tell(shell, examined)
    else:
        items = [{"subject": one.subject, **asdict(need)} for one in examined for need in one.needs]
        emit_list("NeedList", items, form, ())
    return 1 if any(one.bad for one in examined) else 0


def _tell(shell: Shell, examined: Sequence[Examined]) -> None:
    colour = coloured(shell, sys.stdout)
    width = min(get_terminal_size().columns, WIDEST)
    for number, one in enumerate(examined):
        lines = [one_line(one.subject, width)]
        for need in _joined([need for need in one.needs if need.kind != "config"]):
            lines += _lines(need, width, colour=colour)
        if one.diagnostics:
            lines.append(render(one.diagnostics, colour=colour))
        click.echo("\n" * (number > 0) + "\n".join(lines), color=colour)
    narrate(shell, "\n" + _verdict(examined))


def _joined(needs: Sequence[Need]) -> Iterator[Need]:
    """Yield neighbours that were all found in one place as one line: their names in a row."""
    for (kind, status, where), group in groupby(needs, lambda n: (n.kind, n.status, n.where)):
        together = list(group)
        if kind in {"variable", "secret", "file"} and status == "ok" and where:
            yield replace(together[0], name=", ".join(need.name for need in together))
        else:
            yield from together


def _lines(need: Need, width: int, *, colour: bool) -> list[str]:
    """Return what is needed on the first lines, where it is and what to do on the next."""
    status = need.status.ljust(STATUS_WIDTH)
    if colour:
        status = click.style(status, fg=COLOURS[need.status])
    text = _wrapped(need.name, width)
    if need.where and len(text[-1]) + 2 + len(need.where) <= width:
        text[-1] += "  " + one_line(need.where, MOST_TEXT)
    elif need.where:
        text += _wrapped(need.where, width)
    text += _wrapped(need.help, width) if need.help else []
    text[0] = f"  {status}  {need.kind:<{KIND_WIDTH}}  {text[0].removeprefix(INDENT)}"
    return text


def _wrapped(text: str, width: int) -> list[str]:
    """Return text as indented lines; paths and addresses are never broken."""
    return textwrap.wrap(
        one_line(text, MOST_TEXT),
        max(width, len(INDENT) + 20),
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [INDENT]


def _verdict(examined: Sequence[Examined]) -> str:
    found = [need for one in examined for need in one.needs]
    bad = sum(need.bad for need in found)
    skipped = sum(need.status == "skipped" for need in found)
    said = f"{counted(bad, 'problem')} to mend" if bad else "nothing is missing"
    return said + (f"; {skipped} not looked at" if skipped else "")
