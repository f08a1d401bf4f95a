"""How things look: pieces of text with a tone, glyphs with an ASCII form, and a user's choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.app.tones import HEALTH_TONES, STATUS_TONES, SYNC_TONES, Tone

Piece = tuple[str, Tone]
"""A text and what it is worth. The text may come from anybody: widgets make it plain."""
Cell = str | Piece | tuple[Piece, ...]
"""What one column, or one line, shows."""

GLYPHS: dict[str, tuple[str, str]] = {
    "succeeded": ("✔", "+"),
    "done": ("✔", "+"),
    "healthy": ("✔", "+"),
    "synced": ("✔", "+"),
    "ok": ("✔", "+"),
    "failed": ("✖", "x"),
    "failing": ("✖", "x"),
    "cancelled": ("✖", "x"),
    "tampered": ("✖", "x"),
    "not ok": ("✖", "x"),
    "stopped": ("■", "#"),
    "limit": ("■", "#"),
    "breaker": ("■", "#"),
    "parked": ("‖", "="),
    "paused": ("‖", "="),
    "held": ("‖", "="),
    "in_doubt": ("?", "?"),
    "unknown": ("?", "?"),
    "cannot tell": ("?", "?"),
    "running": ("◷", "~"),
    "gone": ("◌", "o"),
    "interrupted": ("◌", "o"),
    "refused": ("⊘", "/"),
    "rejected": ("⊘", "/"),
    "retry": ("↻", "r"),
    "resumed": ("↻", "r"),
    "settled": ("⊙", "s"),
    "simulated": ("≈", "~"),
    "behind": ("▲", "^"),
    "late": ("▲", "!"),
    "drifted": ("≠", "!"),
}
"""For each word a glyph of one cell, and what stands in its place with `--ascii`."""
TONES: dict[str, Tone] = {
    **HEALTH_TONES,
    **SYNC_TONES,
    **STATUS_TONES,
    "ok": "good",
    "not ok": "bad",
    "cannot tell": "warning",
    "retry": "warning",
    "simulated": "accent",
    "settled": "accent",
}
NO_RUN = ("·", ".")


@dataclass(frozen=True)
class Look:
    """What a user chose about the screen."""

    ascii: bool = False
    """Only ASCII, apart from texts that agents and people wrote."""
    colour: bool = True
    read_only: bool = False
    theme: str = "agentctl"
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by the id of their action, such as `fleet.rollback: "f8"`."""

    def glyph(self, pretty: str, simple: str) -> str:
        """Return the one of two forms that this terminal shows."""
        return simple if self.ascii else pretty


def badge(word: str, *, ascii: bool) -> Piece:  # noqa: A002  the option's word
    """Return a word for how something stands, with its glyph and its tone."""
    pretty, simple = GLYPHS.get(word, (" ", " "))
    shown = word.replace("_", " ")
    return f"{simple if ascii else pretty} {shown}", TONES.get(word, "plain")


def dot(status: str | None, *, ascii: bool) -> Piece:  # noqa: A002
    """Return one character for a run in a row of runs; None is a place without one."""
    pretty, simple = NO_RUN if status is None else GLYPHS.get(status, NO_RUN)
    return simple if ascii else pretty, TONES.get(status or "", "dim")
