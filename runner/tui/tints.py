"""From a tone to what the terminal shows for it: a theme's colour, or weight alone."""

from functools import cache
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from runner.app.plain_text import plain
from runner.app.tones import Tone
from runner.tui.look import Cell, Look, Piece

if TYPE_CHECKING:
    from textual.app import App

VARIABLES: dict[Tone, str] = {
    "good": "text-success",
    "bad": "text-error",
    "warning": "text-warning",
    "live": "text-accent",
    "accent": "text-accent",
    "added": "text-success",
    "removed": "text-error",
    "changed": "text-warning",
}
"""The theme's variable that colours a tone."""
WEIGHTS: dict[Tone, dict[str, bool]] = {
    "bad": {"bold": True},
    "strong": {"bold": True},
    "dim": {"dim": True},
    "accent": {"bold": True},
}
"""What a tone has besides its colour; without colours it is all that it has."""
NO_LOOK = Look()


def look_of(app: "App[Any]") -> Look:
    """Return the user's choices; of an application that has none, what holds by itself."""
    look = getattr(app, "look", NO_LOOK)
    return look if isinstance(look, Look) else NO_LOOK


def tint(app: "App[Any]", tone: Tone) -> Style:
    """Return the style of a tone in the application's theme."""
    name = VARIABLES.get(tone)
    colour = app.theme_variables.get(name) if name and look_of(app).colour else None
    return _style(tone, colour)


@cache
def _style(tone: Tone, colour: str | None) -> Style:
    weight = WEIGHTS.get(tone, {})
    if colour is None or not colour.startswith("#"):  # `auto`, or a terminal's own colour
        return Style(**weight)  # type: ignore[arg-type]
    return Style(color=colour, bold=weight.get("bold"), dim=weight.get("dim"))


def pieces(cell: Cell) -> tuple[Piece, ...]:
    """Return what a cell is made of."""
    if isinstance(cell, str):
        return ((cell, "plain"),)
    if len(cell) == 2 and isinstance(cell[0], str):
        return (cell,)
    return cell


def text_of(app: "App[Any]", cell: Cell) -> Text:
    """Return a cell as styled text, made plain; never parsed as markup."""
    made = Text(no_wrap=True, overflow="crop", end="")
    for text, tone in pieces(cell):
        made.append(plain(text), tint(app, tone))
    return made
