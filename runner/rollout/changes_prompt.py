"""Instructions and task: as they are written, and as the model gets them."""

from collections.abc import Iterator
from typing import Any

from runner.domain.change import Area, Change
from runner.domain.errors import UsageError
from runner.domain.references import TextSource
from runner.domain.release import Release
from runner.notation.template import render
from runner.rollout.changes_text import text_change
from runner.rollout.fixtures import inputs_for, values_for
from runner.rollout.plain import Told, moved

TEXTS: tuple[Area, ...] = ("instructions", "task")


def prompt_changes(before: Release, after: Release) -> Iterator[Change]:
    """Yield how instructions and task differ, in words and as rendered with the same inputs."""
    for area in TEXTS:
        old, new = getattr(before.spec, area), getattr(after.spec, area)
        source, now = getattr(before.spec.agent, area), getattr(after.spec.agent, area)
        rendered = _rendered(before, after, area)
        if old != new:
            more = {"rendered": rendered} if rendered else None
            change = text_change(f"{area}-changed", area, "", old, new, more)
            text = change.text + _told(rendered)
            yield change.model_copy(update={"text": text})
        elif rendered and rendered["differ"] and source.template == now.template:
            text = "the same text is rendered otherwise" + _told(rendered)
            yield Told(area).change(
                f"{area}-rendered-changed", "behaviour", text, ("", None, {"rendered": rendered})
            )
        if source.template != now.template:
            text = f"template {moved(source.template, now.template)}"
            row = ("template", source.template, now.template)
            yield Told(area).change(f"{area}-template-changed", "behaviour", text, row)


def _told(rendered: dict[str, Any] | None) -> str:
    if rendered is None:
        return ""
    noun = "input" if rendered["inputs"] == 1 else "inputs"
    return f"; rendered with {rendered['inputs']} {noun}: {rendered['differ']} differ"


def _rendered(before: Release, after: Release, area: str) -> dict[str, Any] | None:
    """Return with how many inputs the two texts come out otherwise; None without a template."""
    sources = (getattr(before.spec.agent, area), getattr(after.spec.agent, area))
    if not any(source.template for source in sources):
        return None
    texts = (getattr(before.spec, area), getattr(after.spec, area))
    values = (values_for(before, after), values_for(after, before))
    same = (texts[0], sources[0].template) == (texts[1], sources[1].template)
    if same and values[0] == values[1]:
        return None
    inputs = inputs_for(before.spec, after.spec)
    differ = sum(
        1
        for value in inputs
        if _text(sources[0], texts[0], value, values[0])
        != _text(sources[1], texts[1], value, values[1])
    )
    return {"inputs": len(inputs), "differ": differ}


def _text(source: TextSource, text: str, given: dict[str, Any], values: dict[str, Any]) -> str:
    """Return what the model gets; a text that these inputs do not fill says so instead."""
    if source.template is None:
        return text
    try:
        return render(text, {"input": given, "values": values})
    except (UsageError, ValueError) as error:
        return f"\0cannot be rendered: {error}"
