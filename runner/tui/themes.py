"""The colours: ours, a light one, and one that colour-blind eyes can tell apart.

The third one has blue and orange where the others have green and red, after the palette of Okabe
and Ito (Color Universal Design, 2008).
"""

from textual.theme import Theme

AGENTCTL = Theme(
    name="agentctl",
    primary="#3a6ea5",
    secondary="#5c7f92",
    accent="#56b6c2",
    success="#6cbf6c",
    warning="#d7a13a",
    error="#d9534f",
    foreground="#d8dee4",
    background="#12161a",
    surface="#171c21",
    panel="#222a31",
    dark=True,
)
LIGHT = Theme(
    name="agentctl-light",
    primary="#2b5d8c",
    secondary="#4a6a7c",
    accent="#0b7285",
    success="#2b8a3e",
    warning="#a15c00",
    error="#c92a2a",
    foreground="#1d2328",
    background="#ffffff",
    surface="#f5f6f7",
    panel="#e3e7ea",
    dark=False,
)
BLUE_ORANGE = Theme(
    name="blue-orange",
    primary="#0072b2",
    secondary="#5c7f92",
    accent="#cc79a7",
    success="#56b4e9",
    warning="#f0e442",
    error="#e69f00",
    foreground="#e6e6e6",
    background="#101214",
    surface="#16191c",
    panel="#23282d",
    dark=True,
)
THEMES = (AGENTCTL, LIGHT, BLUE_ORANGE)
"""Ours; Textual's own can be named as well."""
