"""Quantities as people write them: durations (`90s`, `5m`, `72h`) and names.

They stand here and not in `notation` because the nouns' own fields are made of them.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from runner.domain.durations import DURATION, parse_duration, show_duration, write_duration

__all__ = [
    "AGENT_NAME",
    "DURATION",
    "RESERVED_AGENTS",
    "VERSION",
    "AgentName",
    "Duration",
    "check_agent_name",
    "check_environment_name",
    "check_version",
    "parse_duration",
    "show_duration",
    "write_duration",
]
AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
RESERVED_AGENTS = frozenset({"environments", "current"})
# With an end: a name of thousands of digits can be a tag, and no number that Python reads.
NUMBER = "(0|[1-9][0-9]{0,17})"
VERSION = re.compile(rf"v{NUMBER}\.{NUMBER}\.{NUMBER}(-[0-9A-Za-z.-]{{1,100}})?")


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
