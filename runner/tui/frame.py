"""The frame around every screen: the head with what counts, the banner, the line of keys."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.color import Color
from textual.widget import Widget

from runner.app.plain_text import plain
from runner.app.tones import Tone
from runner.domain.durations import show_age
from runner.tui.look import Piece
from runner.tui.tints import text_of, tint
from runner.tui.widgets.cells import clean

if TYPE_CHECKING:
    from runner.tui.page import Page
    from runner.tui.ui import AgentctlUi

STALE_S = 30.0
"""Data that is older is called stale: whatever reads it has stopped."""
NAMES = {
    "enter": "⏎",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "space": "space",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "esc",
}
"""How a key is written where Textual's name for it is a word."""
PLAIN_NAMES = {"⏎": "enter", "▸": ">", "‖": "=", "✖": "x", "↻": "", "·": "-"}
"""What stands for the frame's glyphs with `--ascii`."""


class FrameLine(Widget):
    """A line of the frame; it knows its page."""

    DEFAULT_CSS = "FrameLine { height: 1; width: 100%; }"

    @property
    def page(self) -> "Page":
        """The screen that it belongs to."""
        return cast("Page", self.screen)

    @property
    def ui(self) -> "AgentctlUi":
        """The application."""
        return cast("AgentctlUi", self.app)

    def glyph(self, pretty: str) -> str:
        """Return a glyph of the frame as this terminal shows it."""
        return PLAIN_NAMES.get(pretty, pretty) if self.page.look.ascii else pretty


class Head(FrameLine):
    """Where this is, what asks for a person, how old the data is."""

    DEFAULT_CSS = "Head { background: $panel; }"

    def render(self) -> RenderResult:
        """Return one line: the place at the left, the counts at the right."""
        width = self.size.width
        right = text_of(self.app, (*self._counts(), (" ", "plain")))
        room = width - right.cell_len - 1
        left = self._place(room)
        left.pad_right(max(width - left.cell_len - right.cell_len, 0))
        return left.append_text(right)

    def _place(self, room: int) -> Text:
        """Our own name stands there where there is room for it."""
        made = self._where(" agentctl ")
        if made.cell_len > room:
            made = self._where("")
        if made.cell_len > room:
            made.truncate(max(room, 1), overflow="crop" if self.page.look.ascii else "ellipsis")
        return made

    def _where(self, before: str) -> Text:
        """The environment stands on a block of its own; protected, it is red and has a `!`."""
        world = self.page.world
        made = Text(before, style=tint(self.app, "strong"), no_wrap=True, end="")
        if world.environment:
            protected = world.is_protected
            name = f" {plain(world.environment)}{'!' if protected else ''} "
            made.append(name, self._block(protected=protected))
        arrow = f" {self.glyph('▸')} "
        for part in self.page.crumbs():
            made.append(arrow, tint(self.app, "dim"))
            made.append(plain(part))
        return made

    def _block(self, *, protected: bool) -> Style:
        if not self.page.look.colour:
            return Style(reverse=True, bold=protected)
        name = "error" if protected else "primary"
        ground = Color.parse(self.app.theme_variables[name])
        return Style(color=ground.get_contrast_text(1.0).hex6, bgcolor=ground.hex6, bold=True)

    def _counts(self) -> Iterator[Piece]:
        """Holds, failures, read-only, the age of the data, the time; the words that fit."""
        pulse, world = self.ui.pulse, self.page.world
        if pulse:
            if pulse.holds:
                yield f"{self.glyph('‖')}{pulse.holds} held  ", "warning"
            if pulse.failed:
                yield f"{self.glyph('✖')}{pulse.failed} failed  ", "bad"
            age = max((world.now() - pulse.at).total_seconds(), 0.0)
            if self.page.look.read_only:
                yield "RO  ", "accent"
            if self.ui.unread or age > STALE_S:
                yield f"stale {show_age(round(age))}  ", "warning"
            else:
                yield f"{self.glyph('↻')} {round(age)}s  ".lstrip(), "dim"
        else:
            if self.page.look.read_only:
                yield "RO  ", "accent"
            yield ("not read  ", "warning") if self.ui.unread else ("reading  ", "dim")
        yield f"{world.now():%H:%M}Z", "dim"


class Banner(FrameLine):
    """A line that stays until what it says is over. Without anything to say it takes no room."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 4; padding: 0 1; display: none; }
    Banner.-said { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.said = ""
        self._tone: Tone = "bad"

    def tell(self, text: str | None, tone: Tone) -> None:
        """Show a text, or nothing."""
        self.said, self._tone = text or "", tone
        self.set_class(bool(self.said), "-said")
        self.refresh(layout=True)

    def render(self) -> RenderResult:
        """Return the text, wrapped."""
        mark = "! " if self.page.look.ascii else "▲ "
        style = tint(self.app, self._tone)
        return Text(
            mark + clean(" ".join(self.said.split()), ascii=self.page.look.ascii),
            style=style,
            overflow="fold",
        )


class Foot(FrameLine):
    """The keys that matter here, as many as there is room for."""

    DEFAULT_CSS = "Foot { background: $panel; }"
    ALWAYS = (("help", "help"), ("command_line", "command"))

    def render(self) -> RenderResult:
        """Return one line of keys and words."""
        page = self.page
        always = [self._hint(*hint) for hint in self.ALWAYS]
        room = self.size.width - sum(cell_len(f"{key} {word}  ") for key, word in always) - 1
        made = Text(" ", no_wrap=True, end="")
        for action, word in page.hints():
            key, shown = self._hint(action, word)
            size = cell_len(f"{key} {shown}  ")
            if not key or size > room or page.check_action(action, ()) is False:
                continue
            room -= size
            self._add(made, key, shown)
        made.append(" " * max(room, 0))
        for key, word in always:
            self._add(made, key, word)
        return made

    def _add(self, made: Text, key: str, word: str) -> None:
        made.append(key, tint(self.app, "strong"))
        made.append(f" {word}  ", tint(self.app, "dim"))

    def _hint(self, action: str, word: str) -> tuple[str, str]:
        key = self.page.key_of(action)
        return self.glyph(NAMES.get(key, key)), word
