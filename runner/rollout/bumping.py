"""Which version comes next, and whether a step is as big as what changed asks for. Pure.

SemVer 2.0 for agents: `major` when what fitted before fits no longer, `minor` when the agent acts
otherwise, `patch` for the rest. Below v1.0.0 nothing is promised yet (SemVer, section 4), so the
weightiest change asks for a minor step there.
"""

from collections.abc import Sequence
from typing import get_args

from runner.domain.change import Bump
from runner.domain.quantities import VERSION
from runner.releases.ordering import precedence

FIRST = "v0.1.0"
STEPS: tuple[Bump, ...] = get_args(Bump)
"""Rising."""


def newest(versions: Sequence[str]) -> str | None:
    """Return the newest version, None of none."""
    return max(versions, key=precedence, default=None)


def baseline(versions: Sequence[str]) -> str | None:
    """Return the version that a new one is compared with: the newest that is no pre-release.

    Where all are pre-releases, the newest of them; None of none.
    """
    return newest([version for version in versions if "-" not in version]) or newest(versions)


def next_version(versions: Sequence[str], step: Bump) -> str:
    """Return the version that a step leads to; a pre-release is finished where that is enough."""
    last = newest(versions)
    if last is None:
        return FIRST
    major, minor, patch = _numbers(last)
    unfinished = "-" in last
    if step == "major":
        return last_core(last) if unfinished and not minor and not patch else f"v{major + 1}.0.0"
    if step == "minor":
        return last_core(last) if unfinished and not patch else f"v{major}.{minor + 1}.0"
    return last_core(last) if unfinished else f"v{major}.{minor}.{patch + 1}"


def last_core(version: str) -> str:
    """Return a version without what makes it a pre-release."""
    return version.partition("-")[0]


def step_between(before: str, after: str) -> Bump:
    """Return how big the step from one version to a later one is."""
    old, new = _numbers(before), _numbers(after)
    if old[0] != new[0]:
        return "major"
    return "minor" if old[1] != new[1] else "patch"


def demanded(before: str, suggested: Bump) -> Bump:
    """Return the smallest step from a version that changes ask for."""
    below_one = _numbers(before)[0] == 0
    return "minor" if suggested == "major" and below_one else suggested


def is_enough(before: str, after: str, suggested: Bump) -> bool:
    """Return whether the step from one version to a later one is as big as changes ask for."""
    step = STEPS.index(step_between(before, after))
    return step >= STEPS.index(demanded(before, suggested))


def read_version(text: str) -> str:
    """Return a version that a person typed, `1.2.0` or `v1.2.0`, with its v.

    Raises:
        ValueError: it is no SemVer.
    """
    version = text if text.startswith("v") else f"v{text}"
    if not VERSION.fullmatch(version) or not _is_semver(version):
        raise ValueError(f"{text!r} is not a version such as v1.2.0 or v1.2.0-rc.1")
    return version


def _is_semver(version: str) -> bool:
    """Whether each part of a pre-release is there, and a number has no zero before it."""
    _core, dash, pre = version.partition("-")
    parts = pre.split(".") if dash else []
    return all(part and not (part.isdigit() and part != str(int(part))) for part in parts)


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = last_core(version).removeprefix("v").split(".")
    return int(major), int(minor), int(patch)
