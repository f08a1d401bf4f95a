"""Quantities as people write them: durations (`90s`, `5m`, `72h`) and names.

They stand here and not in `notation` because the nouns' own fields are made of them.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

DURATION = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h|d)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
RESERVED_AGENTS = frozenset({"environments", "current"})
VERSION = re.compile(r"v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?")


def parse_duration(text: object) -> float:
    """Return a duration such as `1.5h` in seconds.

    Raises:
        ValueError: the text is not a number with one of the units ms, s, m, h, d, or it is zero.
    """
    match = DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(
            f"{text!r} is not a duration; write a number and a unit, such as 30s or 5m"
        )
    seconds = float(match["amount"]) * SECONDS[match["unit"]]
    if seconds <= 0:
        raise ValueError("a duration must be longer than zero")
    return seconds


def show_duration(seconds: float) -> str:
    """Return seconds the way people write them: `30ms`, `1.5s`, `42s`, `5m`, `1h30m`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 10:
        return f"{seconds:.1f}s".replace(".0s", "s")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)


def show_age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: `12s`, `5m`, `3h`, `20d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"


def write_duration(seconds: float) -> str:
    """Return seconds so that `parse_duration` gives them back, to the microsecond: `600s`."""
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


def check_agent_name(name: str) -> str:
    """Return the name of an agent, or raise ValueError when it cannot be one."""
    if not AGENT_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not an agent name: use a-z, 0-9 and -, no - at the start")
    if name in RESERVED_AGENTS:
        raise ValueError(f"{name!r} is a reserved name")
    return name


def check_environment_name(name: str) -> str:
    """Return the name of an environment, or raise ValueError when it cannot be one."""
    taken = name in {"worktree", "previous"} or re.fullmatch(r"v[0-9].*", name)
    if not AGENT_NAME.fullmatch(name) or taken:
        raise ValueError(
            f"{name!r} is not an environment name: use a-z, 0-9 and -, and no REF word"
        )
    return name


def check_version(version: str) -> str:
    """Return a release version `vX.Y.Z` (SemVer 2.0 with a leading v), or raise ValueError."""
    if not VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is not a version such as v1.2.0")
    return version


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(write_duration, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{DURATION.pattern.replace('?P<amount>', '').replace('?P<unit>', '')}$",
        }
    ),
]
AgentName = Annotated[
    str, AfterValidator(check_agent_name), Field(pattern=f"^{AGENT_NAME.pattern}$")
]
"""A directory's name below agent-configs/."""
