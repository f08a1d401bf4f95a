"""Text from models, tools and files as a terminal may have it: nothing in it steers."""

import re

CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]"
)


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
