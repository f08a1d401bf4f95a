"""What may reach a terminal: text without control characters, colour only where wanted."""

import re
from collections.abc import Mapping
from typing import Literal

CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]"
)
Colour = Literal["red", "green", "yellow", "cyan", "bold"]
CODES: dict[Colour, int] = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1}
STATUS_COLOURS: dict[str, Colour] = {
    "running": "cyan",
    "succeeded": "green",
    "done": "green",
    "failed": "red",
    "cancelled": "red",
    "stopped": "yellow",
    "limit": "yellow",
    "parked": "yellow",
    "in_doubt": "yellow",
    "gone": "yellow",
    "refused": "yellow",
    "rejected": "yellow",
    "interrupted": "yellow",
}
"""The colour of each word for how something ended; the word itself always stands there too."""


def plain(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction characters are replaced."""
    return CONTROL.sub(lambda found: "␛" if found[0] == "\x1b" else "·", text.replace("\t", "    "))


def escaped(text: str) -> str:
    """Return JSON text with control and direction characters as `\\uXXXX`: the same data."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str, width: int) -> str:
    """Return text on one line, cut visibly at a width in characters."""
    flat = " ".join(plain(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


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
