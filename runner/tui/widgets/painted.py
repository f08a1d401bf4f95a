"""What tables and texts have in common: lines that are made when they are seen, and kept."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from runner.app.tones import Tone
from runner.domain.errors import AgentctlError
from runner.tui.look import Look, Piece
from runner.tui.tints import look_of, tint

KEPT = 512
"""Lines that are kept as they were painted: several screens full."""
UNREADABLE = (AgentctlError, OSError, LookupError, ValueError)
"""What a file that is written, rotated or deleted while it is shown can raise on paint."""
REVERSED = Style(reverse=True)


class WholeCells(ScrollBarRender):
    """A scroll bar without the glyphs of parts of a cell."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


class Painted(ScrollView, can_focus=True, inherit_bindings=False):
    """A widget that paints line by line, only what is seen. `left` cells are scrolled away."""

    DEFAULT_CSS = """
    Painted {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._kept: LRUCache[tuple[object, ...], Strip] = LRUCache(KEPT)
        self._revision = 0
        self._left = 0

    def on_mount(self) -> None:
        """Choose the scroll bar's form. (Textual calls the `on_mount` of every class.)"""
        if self.look.ascii:
            self.vertical_scrollbar.renderer = WholeCells  # type: ignore[misc]

    @property
    def room(self) -> int:
        """Columns for what is shown; the scroll bar has one more, also while it is not there."""
        return self.scrollable_content_region.width

    @property
    def look(self) -> Look:
        """How things are shown."""
        return look_of(self.app)

    @property
    def ground(self) -> Style:
        """The style under everything."""
        return self.rich_style if self.look.colour else Style.null()

    def segments(self, parts: list[Piece], *, reverse: bool) -> list[Segment]:
        """Return clean pieces in their colours; in reverse video colours would be a patchwork."""
        if reverse:
            under = self.ground + REVERSED
            return [Segment(text, under + self._weight(tone)) for text, tone in parts]
        under = self.ground
        return [Segment(text, under + tint(self.app, tone)) for text, tone in parts]

    def _weight(self, tone: Tone) -> Style:
        return Style(bold=True) if tint(self.app, tone).bold else Style.null()

    def place_y(self, y: int) -> None:
        """Scroll so that a line of the content is the first one."""
        self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def unreadable(self, why: Exception) -> Piece:
        """Return what stands for something that could not be read while painting."""
        text = why.message if isinstance(why, AgentctlError) else f"{why}"
        return f"? cannot be read: {text or type(why).__name__}", "warning"
