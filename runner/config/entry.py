"""One entry of the catalogue of codes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What a code means: why it is an error, how to mend it, and one example of each."""

    title: str
    why: str
    mend: str
    wrong: str = ""
    right: str = ""
