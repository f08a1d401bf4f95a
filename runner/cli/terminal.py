"""What may reach a terminal: text without control characters, colour only where wanted."""

from collections.abc import Mapping
from typing import Literal

from runner.app.tones import HEALTH_TONES, STATUS_TONES, SYNC_TONES, Tone

Colour = Literal["red", "green", "yellow", "cyan", "bold"]
CODES: dict[Colour, int] = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1}
TONE_COLOURS: dict[Tone, Colour] = {
    "good": "green",
    "bad": "red",
    "warning": "yellow",
    "live": "cyan",
}
STATUS_COLOURS, SYNC_COLOURS, HEALTH_COLOURS = (
    {word: TONE_COLOURS[tone] for word, tone in tones.items()}
    for tones in (STATUS_TONES, SYNC_TONES, HEALTH_TONES)
)
"""The colour of each word for how something stands; the word itself always stands there too."""


def painted(text: str, colour: Colour | None) -> str:
    """Return a plain text in a colour, or as it is for None."""
    return text if colour is None else f"\x1b[{CODES[colour]}m{text}\x1b[0m"


def wants_colour(choice: str, env: Mapping[str, str], *, terminal: bool) -> bool:
    """Return whether colour is wanted on a stream.

    `--color`, then NO_COLOR (when not empty), then CLICOLOR_FORCE and FORCE_COLOR (when neither
    empty nor 0), then whether the stream is a terminal that is not `dumb`.
    """
    if choice != "auto":
        return choice == "always"
    if env.get("NO_COLOR"):
        return False
    if any(env.get(name, "") not in {"", "0"} for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    return terminal and env.get("TERM") != "dumb"
