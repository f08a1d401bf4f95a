"""Two releases of an agent, and what differs between them: the one comparison of everything.

Pure: no clock, no files. Areas are compared one after the other; a difference in bytes that no
area saw is told all the same.
"""

from collections.abc import Iterator
from itertools import chain

from runner.domain.change import AREAS, BUMPS, LEVELS, Change, Comparison, Side, highest
from runner.domain.release import Release
from runner.rollout.changes_agent import agent_changes, value_changes
from runner.rollout.changes_examples import example_changes
from runner.rollout.changes_files import file_changes
from runner.rollout.changes_model import limit_changes, model_changes
from runner.rollout.changes_permissions import permission_changes
from runner.rollout.changes_prompt import prompt_changes
from runner.rollout.changes_schedules import schedule_changes
from runner.rollout.changes_tools import tool_changes
from runner.rollout.plain import Told


def compare(before: Release, after: Release) -> Comparison:
    """Return what differs, the weightiest first, and the step of the version that it asks for.

    Values are compared where both sides are an environment's; they ask for no new version.
    """
    release = tuple(_changes(before, after)) if before.digest != after.digest else ()
    if before.digest != after.digest and not release:
        release = (Told("files").change("file-changed", "note", "the files differ"),)
    changes = (*release, *_values(before, after))
    return Comparison(
        before=side(before),
        after=side(after),
        changes=tuple(sorted(changes, key=_weight)),
        bump=BUMPS[highest(release)],
    )


def side(release: Release) -> Side:
    """Return what names a release in a comparison."""
    return Side(
        agent=release.agent,
        version=release.version,
        digest=release.digest,
        origin=release.origin,
        environment=release.environment,
        commit=release.commit,
    )


def _changes(before: Release, after: Release) -> Iterator[Change]:
    old, new = before.spec, after.spec
    return chain(
        model_changes(old.agent.model, new.agent.model),
        limit_changes(old.agent.limits, new.agent.limits),
        permission_changes(old, new),
        schedule_changes(old.schedules, new.schedules),
        tool_changes(old, new),
        prompt_changes(before, after),
        example_changes(old.examples, new.examples),
        agent_changes(old, new),
        file_changes(before, after),
    )


def _values(before: Release, after: Release) -> Iterator[Change]:
    if before.environment and after.environment:
        yield from value_changes(before.values, after.values)


def _weight(change: Change) -> tuple[int, int, str]:
    """By level, then area, then name; equal ones stay in the order of the config."""
    return -LEVELS.index(change.level), AREAS.index(change.area), change.name
