"""What one step holds: decision, arguments, permission, result, tries, evidence.

Texts are as they were written, not made plain. A long one comes as its beginning, its size and its
end; `whole_payload` has all of it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.app.story.reading import JournalReader
from runner.app.story.steps import RunSteps, Step, share_of_cost, share_of_time, tries_of
from runner.app.story.told import Take, Told, UnknownEvent, part_of, pretty
from runner.domain.durations import show_duration
from runner.domain.events import (
    ConversationRendered,
    LimitReached,
    ModelAnswered,
    ModelAsked,
    ModelFailed,
    OutputRejected,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolRefused,
    ToolSettled,
    ToolStarted,
)
from runner.domain.messages import TokenUsage
from runner.journal.payloads import read_payload

LONGEST = 64 * 1024
"""Characters of a text that are shown whole."""
HEAD = 32 * 1024
TAIL = 8 * 1024
MARGIN = 4 * 1024
"""Characters beyond a cut that are looked at as well: what is hidden may stand across it."""
Hide = Callable[[Any], Any]
"""Takes out of a text what the project's `redact` names."""


def as_it_is(text: Any) -> Any:
    """Hide nothing."""
    return text


@dataclass(frozen=True)
class Section:
    """One titled text of a payload."""

    title: str
    text: str


def sections_of(
    reader: JournalReader, run: RunSteps, step: Step, hide: Hide = as_it_is
) -> tuple[Section, ...]:
    """Return what a step holds, in the order in which a person asks for it.

    Everything in it went through `hide` before it was cut: else half of it could be left.

    Raises:
        StateError: the journal cannot be read any more.
    """
    take = shortening(hide)
    told = [reader.event(number, take) for number in step.lines]
    found = sorted(_told(reader, run, step, told), key=_comes_last)
    return tuple(Section(each.title, cut(hide(each.text))) for each in found if each.text)


def _comes_last(section: Section) -> bool:
    return section.title in {"Reserved", "Share"}


def whole_payload(reader: JournalReader, run: RunSteps, step: Step) -> str:
    """Return what a step holds with no text cut, for a pager or a file.

    Raises:
        StateError: the journal cannot be read any more.
        IntegrityError: a text beside the journal is missing, or is not what its name says.
    """
    told = [reader.event(number, whole) for number in step.lines]
    found = _told(reader, run, step, told)
    return "\n\n".join(f"{each.title}\n{each.text}" for each in found if each.text) + "\n"


def step_data(reader: JournalReader, step: Step) -> list[dict[str, Any]]:
    """Return the lines of a step as plain data, long texts by their names.

    Raises:
        StateError: the journal cannot be read any more.
    """
    return [reader.fields(number) for number in step.lines]


def shortened(directory: Path, named: Mapping[str, Any]) -> str:
    """Return beginning, size and end of a text that lies beside the journal."""
    return shortening(as_it_is)(directory, named)


def shortening(hide: Hide) -> Take:
    """Return what gives beginning, size and end of a text that lies beside the journal, hidden."""

    def take(directory: Path, named: Mapping[str, Any]) -> str:
        head, tail, size = part_of(directory, named, HEAD + MARGIN, TAIL + MARGIN)
        if not tail or size is None:
            return head
        return _joined(hide(head)[:-MARGIN], hide(tail)[MARGIN:], size)

    return take


def whole(directory: Path, named: Mapping[str, Any]) -> str:
    """Return a text that lies beside the journal.

    Raises:
        IntegrityError: it is missing, or is not what its name says.
    """
    return read_payload(dict(named), directory)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text, or of one that is too long its beginning, its size and its end."""
    if len(text) <= longest:
        return text
    head, tail = longest // 2, longest // 8
    return _joined(text[:head], text[-tail:], len(text.encode("utf-8", "replace")))


def first_line(text: str, longest: int = 200) -> str:
    """Return the beginning of a text as one line."""
    return " ".join(text[:longest].split())


def show_size(size: int) -> str:
    """Return a number of bytes as people write it: `512 bytes`, `1.9 MB`."""
    if size < 10_000:
        return f"{size:,} bytes"
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{size / 1e3:,.0f} KB"


def _joined(head: str, tail: str, size: int) -> str:
    return f"{head}\n… {show_size(size)} in all, `o` opens it …\n{tail}"


def _told(reader: JournalReader, run: RunSteps, step: Step, told: list[Told]) -> Iterator[Section]:
    if step.kind == "turn":
        yield from _turn(run, step, told)
        return
    if step.kind in {"tool", "composite", "refused", "settled"}:
        yield from _decision(reader, run, step)
    for event in told:
        yield from _of_event(event)
    if tries := tries_of(run, step):
        yield Section("Tries", "\n".join(map(_try, tries)))
    if step.kind == "composite":
        yield Section("Steps", "\n".join(_line(each) for each in run.inside(step)))
    yield Section("Share", _share(run, step))


def _of_event(event: Told) -> Iterable[Section]:
    tell = _SECTIONS.get(type(event))
    return tell(event) if tell else ()


def _started(event: RunStarted) -> Iterator[Section]:
    yield Section("Input", pretty(event.input))
    yield Section("Subject", event.subject or "")
    yield Section("Job", f"{event.job}, attempt {event.attempt}, by {event.trigger}")
    yield Section("Values", pretty(event.values) if event.values else "")


def _rendered(event: ConversationRendered) -> Iterator[Section]:
    for message in event.messages:
        yield Section(message.role.capitalize(), message.text)


def _answered(event: ModelAnswered) -> Iterator[Section]:
    yield Section("Decision", event.text)
    calls = "\n".join(f"{call.name} {call.arguments}" for call in event.tool_calls)
    yield Section("Calls", calls)
    told = [show_usage(event.usage, event.cost_usd), f"finish reason {event.finish_reason}"]
    told += [f"model {event.model}"] if event.model else []
    told += [f"request {event.request_id}"] if event.request_id else []
    told += ["a secret was taken out; no call of it is made"] if event.redacted else []
    yield Section("Answer", "\n".join(told))


def _asked(event: ModelAsked) -> Iterator[Section]:
    cost = event.reserved_cost_usd
    dollars = "" if cost is None else f", ${cost:.4f}"
    yield Section("Reserved", f"{event.reserved_tokens:,} tokens at the most{dollars}")


def _failed(event: ModelFailed) -> Iterator[Section]:
    status = f" (status {event.failure.status})" if event.failure.status else ""
    yield Section("Failure", f"{event.failure.kind}: {event.failure.message}{status}")


def _refused(event: ToolRefused) -> Iterator[Section]:
    yield Section("Args", event.arguments)
    yield Section("Permission", f"not made: {event.reason.replace('_', ' ')}")
    yield Section("Result", event.text)


def _tool_started(event: ToolStarted) -> Iterator[Section]:
    if event.attempt == 1:
        yield Section("Args", pretty(event.arguments))
        yield Section("Permission", event.permission)
    again = "made again with its key" if event.idempotent else "left alone"
    attempt = f"attempt {event.attempt}, " if event.attempt > 1 else ""
    yield Section("Effect", f"{event.effect}, {attempt}when in doubt {again}")
    yield Section("Key", event.key)


def _tool_finished(event: ToolFinished) -> Iterator[Section]:
    yield Section("Result", as_data(event.text))
    failure = event.failure
    if failure is not None:
        made = "\nthe call was made; only its answer is of no use" if failure.made else ""
        yield Section("Failure", f"{failure.kind}, then {failure.recovery}{made}")
    yield Section("Evidence", EVIDENCE["simulated" if event.simulated else event.outcome])


EVIDENCE = {
    "done": "the service answered that it was done",
    "failed": "not done: the call did not succeed",
    "in_doubt": "nobody knows whether it was done: a person must look",
    "simulated": "nothing was done: this is what it would have been",
}


def _settled(event: ToolSettled) -> Iterator[Section]:
    yield Section("Settled", f"{event.step}: {'done' if event.done else 'not done'}")
    yield Section("Reason", event.reason)


def _rejected(event: OutputRejected) -> Iterator[Section]:
    yield Section("Given back", event.text)


def _limit(event: LimitReached) -> Iterator[Section]:
    yield Section("Limit", event.text)


def _finished(event: RunFinished) -> Iterator[Section]:
    yield Section("Status", f"{event.status}, outcome {event.outcome}")
    if event.failure is not None:
        yield Section("Failure", f"{event.failure.kind}: {event.failure.message}")
    yield Section("Stop", event.stop.sentence if event.stop else "")
    yield Section("In doubt", ", ".join(event.in_doubt))
    yield Section("Output", "" if event.output is None else pretty(event.output))
    used = f"{event.iterations} turns, {event.tool_calls} tool calls"
    yield Section("Used", f"{used}, {show_usage(event.tokens, event.cost_usd)}")


def _unknown(event: UnknownEvent) -> Iterator[Section]:
    yield Section("Not known to this version", event.why)
    yield Section("Line", pretty(event.fields))


_SECTIONS: dict[type, Callable[[Any], Iterable[Section]]] = {
    RunStarted: _started,
    ConversationRendered: _rendered,
    ModelAsked: _asked,
    ModelAnswered: _answered,
    ModelFailed: _failed,
    ToolRefused: _refused,
    ToolStarted: _tool_started,
    ToolFinished: _tool_finished,
    ToolSettled: _settled,
    OutputRejected: _rejected,
    LimitReached: _limit,
    RunFinished: _finished,
    UnknownEvent: _unknown,
}


def _decision(reader: JournalReader, run: RunSteps, step: Step) -> Iterator[Section]:
    """What the model said when it asked for this call."""
    place = f"{step.turn}.model"
    asked = next((each for each in run.before(step) if each.place == place), None)
    for number in asked.lines if asked else ():
        event = reader.event(number, shortened)
        if isinstance(event, ModelAnswered):
            yield Section("Decision", event.text)


def _turn(run: RunSteps, step: Step, told: list[Told]) -> Iterator[Section]:
    for event in told:
        if isinstance(event, ModelAnswered):
            yield Section("Decision", event.text)
    inside = [_line(each) for each in run.inside(step)]
    yield Section("Steps", "\n".join(inside))
    used = show_usage(step.tokens, step.cost_usd) if step.tokens else ""
    yield Section("Used", used)
    yield Section("Share", _share(run, step))


def _line(step: Step) -> str:
    took = "" if step.duration_s is None else show_duration(step.duration_s)
    return f"{step.place or step.kind:<10} {step.name:<20} {step.word:<11} {took}".rstrip()


def _try(step: Step) -> str:
    took = "" if step.duration_s is None else f" after {show_duration(step.duration_s)}"
    wait = "" if step.wait_s is None else f", then waited {show_duration(step.wait_s)}"
    return f"{step.name}: {step.word}{took}{wait}  {step.text}"


def _share(run: RunSteps, step: Step) -> str:
    time, cost = share_of_time(step, run), share_of_cost(step, run)
    parts = [] if time is None else [f"{time:.0%} of the run's time"]
    parts += [] if cost is None else [f"{cost:.0%} of its cost"]
    return ", ".join(parts)


def show_usage(tokens: TokenUsage, cost_usd: float | None) -> str:
    """Return tokens and cost in words."""
    cached = f" ({tokens.cached_input:,} cached)" if tokens.cached_input else ""
    cost = "" if cost_usd is None else f", ${cost_usd:.4f}"
    return f"{tokens.input:,} tokens in{cached}, {tokens.output:,} out{cost}"


def as_data(text: str) -> str:
    """Return a JSON object or list indented, any other text as it is."""
    if len(text) > LONGEST or text[:1] not in {"{", "["}:
        return text
    try:
        return pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text
