"""How the tags of releases are called: `{agent}/v{version}`, or what agentctl.yaml says."""

import re

from runner.domain.quantities import AGENT_NAME, VERSION

TAG_FORMAT = "{agent}/v{version}"
# The agent first and the version last, with something between them: then no name has two meanings.
SHAPE = re.compile(r"[A-Za-z0-9._/-]*\{agent\}[A-Za-z0-9._/-]+\{version\}")
BAD_PART = re.compile(r"\.\.|//|^[-/.]|/\.|\./|\.lock/")
SAMPLE = ("a", "v1.2.3")


def check_tag_format(text: str) -> str:
    """Return the format of tags' names, or raise ValueError when it cannot be one."""
    if not SHAPE.fullmatch(text) or BAD_PART.search(tag_name(text, *SAMPLE)):
        raise ValueError(
            f"{text!r} is no format of tags: write {{agent}}, something that parts them, and "
            f"{{version}} at the end, as in {TAG_FORMAT}"
        )
    return text


def tag_name(tag_format: str, agent: str, version: str) -> str:
    """Return the tag's name of a version such as `v1.2.0`, without `refs/tags/`."""
    return tag_format.format(agent=agent, version=version.removeprefix("v"))


def tag_pattern(tag_format: str, agent: str) -> str:
    """Return what the names of an agent's tags begin with, as `git for-each-ref` takes it."""
    begin = tag_format.format(agent=agent, version="")
    return begin if begin.endswith("/") else begin + "*"


def version_in(tag_format: str, agent: str, name: str) -> str | None:
    """Return the version that a tag's name tells of an agent, None where it tells none."""
    begin = tag_format.format(agent=agent, version="")
    version = "v" + name.removeprefix(begin)
    return version if name.startswith(begin) and VERSION.fullmatch(version) else None


def agent_in(tag_format: str, name: str) -> str | None:
    """Return the agent whose version a tag's name tells, None where it tells none."""
    begin, _, between = tag_format.removesuffix("{version}").partition("{agent}")
    version = VERSION.pattern.removeprefix("v")
    shape = f"{re.escape(begin)}({AGENT_NAME.pattern}){re.escape(between)}{version}"
    found = re.fullmatch(shape, name)
    return found[1] if found else None
