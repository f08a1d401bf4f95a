"""What the project's patterns match is hidden from facts and errors, off the screen's thread."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from runner.app.moves.lines import Line
from runner.domain.errors import AgentctlError

if TYPE_CHECKING:
    from runner.tui.world import World


def hidden(world: "World", lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return facts as they may be shown."""
    return tuple(replace(line, text=world.hide(line.text)) for line in lines)


@contextmanager
def hiding(world: "World") -> Iterator[None]:
    """Let an error of the block say what may be shown."""
    try:
        yield
    except AgentctlError as error:
        world.hide_error(error)
        raise


def error_lines(label: str, error: AgentctlError) -> list[Line]:
    """Return an error as facts."""
    advice = [Line("help", error.help, "warning")] if error.help else []
    return [Line(label, error.message, "bad"), *advice]
