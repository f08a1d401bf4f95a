"""`agentctl ui`."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from runner.boundary.clock import SystemClock
from runner.boundary.surroundings import environment, is_terminal
from runner.cli.main import Shell, stay
from runner.cli.output import narrate
from runner.cli.terminal import wants_colour
from runner.domain.errors import UsageError

if TYPE_CHECKING:
    from runner.config.ui_file import UiFile
    from runner.tui.look import Look
    from runner.tui.opening import Opening
    from runner.tui.world import World

THEMES = ("agentctl", "agentctl-light", "blue-orange")
SIZE = re.compile(r"([0-9]{2,3})x([0-9]{2,3})")
USUAL_SIZE = (120, 40)
CONFIG_VARIABLE = "AGENTCTL_UI_CONFIG"


@click.command("ui")
@click.argument("screen", required=False)
@click.option("--env", "env", metavar="ENV", help="The environment to look at first.")
@click.option("--read-only", is_flag=True, help="Offer nothing that changes anything.")
@click.option("--ascii", "plain", is_flag=True, help="Draw with ASCII characters alone.")
@click.option("--theme", type=click.Choice(THEMES), help="The colours.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=CONFIG_VARIABLE,
    help=f"Your choices: theme, ascii, keys (or {CONFIG_VARIABLE}; default: "
    "~/.config/agentctl/ui.yaml).",
)
@click.option("--screenshot", metavar="SCREEN", help="Draw one screen without a terminal, and end.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the screenshot goes: FILE.svg or FILE.txt (default: text to stdout).",
)
@click.option("--size", metavar="COLSxROWS", help="The screenshot's size (default: 120x40).")
@click.pass_context
def command(
    ctx: click.Context, /, *, screen: str | None, env: str | None, **options: object
) -> int:
    """Watch agents and runs in the terminal, compare versions, promote and roll back.

    SCREEN is fleet, runs, versions or schedules, or what one of them opens: run:RUN, runs:QUERY,
    versions:AGENT, diff:AGENT:A:B, compare:RUN:RUN, promote:AGENT:REF, rollback:AGENT,
    dry-run:AGENT. `?` shows the keys of a screen, `:` takes a command, `q` leaves. Every screen has
    a command that prints the same; `y` copies it.

    \b
    agentctl ui
    agentctl --read-only ui runs:status:failed --env prod
    agentctl ui --screenshot fleet -o fleet.svg
    agentctl ui --screenshot run:last --size 80x24
    """
    shot, output, size = (options[name] for name in ("screenshot", "output", "size"))
    wanted = str(shot or screen or "fleet")
    _check_options(shot, screen, output, size)
    if not shot:
        _check_terminal()
    shell: Shell = ctx.obj
    world = _world(shell, env)
    opening = _opening(shell, wanted)
    look = _look(ctx, shell, bool(shot), options)
    if look.read_only and opening.changes:
        raise UsageError(f"{wanted} changes something", help="leave --read-only out")
    stay()
    if shot:
        path = output if isinstance(output, Path) else None
        _take(shell, (world, look, opening), _size(str(size or "")), path)
        return 0
    from runner.tui.starting import run_ui  # noqa: PLC0415  Textual, only for a screen

    run_ui(world, look, opening)
    return 0


def _check_options(shot: object, screen: object, output: object, size: object) -> None:
    if shot and screen:
        raise UsageError(f"--screenshot {shot} and {screen} are two screens", help="say one")
    if not shot and (output or size):
        raise UsageError("-o and --size are for --screenshot", help="--screenshot SCREEN")
    if isinstance(output, Path) and output.suffix not in {".svg", ".txt"}:
        raise UsageError(
            f"-o {output}: a screenshot is a picture or a text", help="name it .svg or .txt"
        )


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(map(is_terminal, streams)) or environment().get("TERM") in {"dumb", "unknown"}:
        raise UsageError(
            "agentctl ui needs a terminal, and this is none",
            help="agentctl ui --screenshot fleet draws a screen without one; agentctl status and "
            "agentctl runs print the same",
        )


def _world(shell: Shell, env: str | None) -> "World":
    from runner.tui.world import world_of  # noqa: PLC0415  only for a screen

    return world_of(shell.project, shell.state_dir, env, SystemClock())


def _opening(shell: Shell, wanted: str) -> "Opening":
    from runner.tui.opening import found, read_opening  # noqa: PLC0415

    return found(read_opening(wanted), shell.project, shell.state_dir)


def _look(ctx: click.Context, shell: Shell, shot: bool, options: dict[str, object]) -> "Look":
    from runner.tui.look import Look  # noqa: PLC0415

    config = options["config"]
    chosen = _chosen(config if isinstance(config, Path) else None)
    read_only = options["read_only"] or ctx.find_root().params.get("read_only")
    return Look(
        ascii=bool(options["plain"]) or chosen.ascii or not (shot or _writes_utf_8()),
        colour=wants_colour(shell.color, environment(), terminal=True),
        read_only=bool(read_only),
        theme=str(options["theme"] or chosen.theme),
        keys=chosen.keys,
    )


def _writes_utf_8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _chosen(named: Path | None) -> "UiFile":
    """Return what the user's file says; the usual one may be absent, a named one not."""
    from runner.config.ui_file import read_ui  # noqa: PLC0415
    from runner.tui.actions import action_names, clashes  # noqa: PLC0415

    path = named or _usual_file()
    if not path.is_file():
        if named:
            raise UsageError(f"--config {named}: there is no such file", help="name another one")
        return read_ui(None, str(path))
    return read_ui(path.read_bytes(), str(path), action_names(), clashes)


def _usual_file() -> Path:
    """Return where the user's choices lie (XDG Base Directory Specification)."""
    home = environment().get("XDG_CONFIG_HOME", "")
    base = Path(home) if home.startswith("/") else Path("~/.config").expanduser()
    return base / "agentctl" / "ui.yaml"


def _size(text: str) -> tuple[int, int]:
    if not text:
        return USUAL_SIZE
    found = SIZE.fullmatch(text)
    if found is None:
        raise UsageError(f"--size {text!r} is no size", help="columns and rows: --size 120x40")
    return int(found[1]), int(found[2])


def _take(
    shell: Shell,
    shown: "tuple[World, Look, Opening]",
    size: tuple[int, int],
    path: Path | None,
) -> None:
    from runner.tui.shots import take_shot  # noqa: PLC0415

    form: Literal["svg", "txt"] = "svg" if path and path.suffix == ".svg" else "txt"
    drawn = take_shot(*shown, size, form)
    if path is None:
        click.echo(drawn, nl=False)
        return
    path.write_text(drawn, encoding="utf-8")
    narrate(shell, f"wrote {path}")
