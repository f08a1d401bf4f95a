"""What was said in a run, and which calls were made, each in order: the tabs Messages and Tools."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from runner.app.story.payloads import Hide, Section, as_it_is, cut, sections_of, shortening
from runner.app.story.reading import JournalReader
from runner.app.story.steps import RunSteps, Step
from runner.domain.durations import show_duration
from runner.domain.events import (
    ConversationRendered,
    ModelAnswered,
    OutputRejected,
    ToolFinished,
    ToolRefused,
)

MOST = 1_000
"""So many messages, or calls, are listed; of more the first and the last ones."""
LONGEST = 16 * 1024
CALLS = frozenset({"tool", "composite", "refused"})
SPOKEN = frozenset({"prompt", "model", "rejected"}) | CALLS
T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """One message of the conversation."""

    role: str
    text: str
    place: str
    """The step that it comes from, as `t2.model`."""
    about: str = ""
    """The tool that answers, or the calls that the model asks for."""

    @property
    def folded(self) -> bool:
        """Whether only its first line is shown until somebody asks: so it is with instructions."""
        return self.role == "system"


@dataclass(frozen=True)
class Call:
    """One tool call with what it was given and what it gave."""

    step: Step
    sections: tuple[Section, ...]

    @property
    def heading(self) -> str:
        """Which call it is and what it took."""
        took = "" if self.step.duration_s is None else f"  {show_duration(self.step.duration_s)}"
        return f"{self.step.place}  {self.step.name}{took}"


@dataclass(frozen=True)
class Listed:
    """What is listed, and how many between the first and the last ones are left out."""

    said: tuple[Said, ...] = ()
    calls: tuple[Call, ...] = ()
    left_out: int = 0
    gap_at: int = 0
    """Before which one the gap is."""


def messages_of(reader: JournalReader, run: RunSteps, hide: Hide = as_it_is) -> Listed:
    """Return the conversation as the model had it, in order; `hide` comes before any cut.

    Raises:
        StateError: the journal cannot be read any more.
    """
    steps = [step for step in run.steps if step.kind in SPOKEN and _heard(step)]
    taken, left_out, gap_at = _ends(steps)
    said: list[Said] = []
    gap = 0
    for index, step in enumerate(taken):
        if left_out and index == gap_at:
            gap = len(said)
        said += _said(reader, step, hide)
    return Listed(said=tuple(said), left_out=left_out, gap_at=gap)


def calls_of(reader: JournalReader, run: RunSteps, hide: Hide = as_it_is) -> Listed:
    """Return the tool calls in order; steps of a composite one come after it; as `messages_of`.

    Raises:
        StateError: the journal cannot be read any more.
    """
    steps = [step for step in run.steps if step.kind in CALLS]
    taken, left_out, gap_at = _ends(steps)
    shown = {"Args", "Permission", "Result", "Failure", "Evidence", "Tries"}
    calls = []
    for step in taken:
        sections = [each for each in sections_of(reader, run, step, hide) if each.title in shown]
        cuts = (Section(each.title, cut(each.text, LONGEST)) for each in sections)
        calls.append(Call(step, tuple(cuts)))
    return Listed(calls=tuple(calls), left_out=left_out, gap_at=gap_at)


def _heard(step: Step) -> bool:
    """The model hears nothing of the steps of a composite call, nor of one that was cut off."""
    return not (step.kind in CALLS and step.place.count(".") > 1)


def _ends(items: Sequence[T]) -> tuple[list[T], int, int]:
    """Return the first and the last items, how many are left out, and where."""
    if len(items) <= MOST:
        return [*items], 0, 0
    half = MOST // 2
    return [*items[:half], *items[-half:]], len(items) - 2 * half, half


def _said(reader: JournalReader, step: Step, hide: Hide) -> Iterator[Said]:
    """Yield what one step added to the conversation; of several tries the last counts."""
    found: list[Said] = []

    def some(text: str) -> str:
        return cut(hide(text), LONGEST)

    for number in step.lines:
        event = reader.event(number, shortening(hide))
        if isinstance(event, ConversationRendered):
            found = [Said(m.role, some(m.text), step.place) for m in event.messages]
        elif isinstance(event, ModelAnswered):
            calls = ", ".join(f"{call.name} {call.arguments}" for call in event.tool_calls)
            found = [Said("assistant", some(event.text), step.place, some(calls))]
        elif isinstance(event, ToolFinished | ToolRefused):
            found = [Said("tool", some(event.text), step.place, event.tool)]
        elif isinstance(event, OutputRejected):
            found = [Said("user", some(event.text), step.place)]
    yield from found
