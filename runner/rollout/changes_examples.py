"""Few-shot examples: added, removed, changed."""

import json
from collections.abc import Iterator, Sequence

from runner.domain.change import Change
from runner.domain.messages import Message, UserMessage
from runner.rollout.plain import Row, Told, dumped
from runner.rollout.sequences import stretches

SHOWN = 50


def example_changes(before: Sequence[Message], after: Sequence[Message]) -> Iterator[Change]:
    """Yield which examples came, went and changed; one begins where a user speaks."""
    if before == after:
        return
    old, new = _examples(before), _examples(after)
    keys = ([_key(example) for example in old], [_key(example) for example in new])
    tell = Told("examples")
    row: Row
    for part in stretches(*keys):
        if part.same:
            continue
        both = min(len(part.before), len(part.after))
        for here, there in zip(part.before, part.after, strict=False):
            text = f"example {there + 1} changed: {_about(new[there])}"
            row = (str(there + 1), _plain(old[here]), _plain(new[there]))
            yield tell.change("example-changed", "behaviour", text, row)
        for at in part.before[both:]:
            text = f"example {at + 1} removed: {_about(old[at])}"
            row = (str(at + 1), _plain(old[at]), None)
            yield tell.change("example-removed", "behaviour", text, row)
        for at in part.after[both:]:
            text = f"example {at + 1} added: {_about(new[at])}"
            row = (str(at + 1), None, _plain(new[at]))
            yield tell.change("example-added", "behaviour", text, row)


def _examples(messages: Sequence[Message]) -> list[list[Message]]:
    found: list[list[Message]] = []
    for message in messages:
        if isinstance(message, UserMessage) or not found:
            found.append([])
        found[-1].append(message)
    return found


def _key(example: list[Message]) -> str:
    return json.dumps(_plain(example), sort_keys=True)


def _plain(example: list[Message]) -> list[dict[str, object]]:
    return [_without_ids(dumped(message)) for message in example]


def _without_ids(message: dict[str, object]) -> dict[str, object]:
    """Ids are made of an example's place: one that only moved is the same."""
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        message["tool_calls"] = [{k: v for k, v in call.items() if k != "id"} for call in calls]
    return {name: value for name, value in message.items() if name != "call_id"}


def _about(example: list[Message]) -> str:
    text = " ".join(example[0].text.split())
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"
