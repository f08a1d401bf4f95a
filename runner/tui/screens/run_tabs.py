"""The texts of a run's tabs as lines, with the places that n and N go to."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.app.story.config import Config
from runner.app.story.journal_index import JournalIndex
from runner.app.story.payloads import Section, first_line
from runner.app.story.proof import Proof
from runner.app.story.reading import JournalReader
from runner.app.story.talk import Call, Listed, Said
from runner.app.tones import Tone
from runner.tui.look import Cell, Look, Piece, badge
from runner.tui.widgets.lines import Lines

Hide = Callable[[Any], Any]
NAME = 12
"""Cells of a section's name where its text stands beside it."""
BAD = frozenset({"Failure", "Stop", "In doubt"})
ROLES: dict[str, Tone] = {"system": "dim", "user": "accent", "assistant": "strong", "tool": "live"}


@dataclass
class Written:
    """Lines, the stops among them, and where each step begins."""

    lines: list[Cell] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def stop(self, place: str, line: Cell) -> None:
        """Add a line that n and N go to."""
        self.places.setdefault(place, len(self.lines))
        self.stops.append(len(self.lines))
        self.lines.append(line)

    def text(self, text: str, indent: int = 2) -> None:
        """Add the lines of a text."""
        self.lines += [f"{' ' * indent}{line}" for line in text.rstrip("\n").split("\n")]


def payload_text(sections: Iterable[Section], hide: Hide) -> Written:
    """Return a step's payload: a short text beside its name, a longer one below it."""
    made = Written()
    for section in sections:
        text = hide(section.text)
        tone: Tone = "bad" if section.title in BAD else "strong"
        if "\n" in text.rstrip("\n") or len(section.title) > NAME - 2:
            made.stop("", (section.title, tone))
            made.text(text)
        else:
            made.stop("", ((f"{section.title:<{NAME}}", tone), (text.rstrip("\n"), "plain")))
    return made


def messages_text(listed: Listed, hide: Hide, *, open_system: bool) -> Written:
    """Return the conversation; instructions are one line until they are asked for."""
    made = Written()
    for number, said in enumerate(listed.said):
        if listed.left_out and number == listed.gap_at:
            made.lines += [_gap(listed, "messages"), ""]
        _message(made, said, hide, opened=open_system or not said.folded)
    if not listed.said:
        made.lines.append(("nothing was said yet", "dim"))
    return made


def _message(made: Written, said: Said, hide: Hide, *, opened: bool) -> None:
    head: tuple[Piece, ...] = (
        (said.role, ROLES.get(said.role, "strong")),
        (f"  {said.place}", "dim"),
    )
    about = hide(said.about)
    called = said.role == "assistant"
    more: Piece = (f"  {first_line(about)}" if about and not called else "", "plain")
    folded = f"  {len(said.text):,} characters, i shows them" if not opened else ""
    made.stop(said.place, (*head, more, (folded, "dim")))
    if opened and said.text:
        made.text(hide(said.text))
    if about and called:
        made.lines.append((("  calls ", "dim"), (about, "plain")))
    made.lines.append("")


def calls_text(listed: Listed, hide: Hide, look: Look) -> Written:
    """Return the tool calls, each with what it was given and what it gave."""
    made = Written()
    for number, call in enumerate(listed.calls):
        if listed.left_out and number == listed.gap_at:
            made.lines += [_gap(listed, "calls"), ""]
        _call(made, call, hide, look)
    if not listed.calls:
        made.lines.append(("no tool was called", "dim"))
    return made


def _call(made: Written, call: Call, hide: Hide, look: Look) -> None:
    word = badge(call.step.word, ascii=look.ascii)
    made.stop(call.step.place, ((hide(call.heading), "strong"), ("  ", "plain"), word))
    inside = payload_text(call.sections, hide)
    made.lines += [_indented(line) for line in inside.lines]
    made.lines.append("")


def _indented(line: Cell) -> Cell:
    if isinstance(line, str):
        return f"  {line}"
    pieces = (line,) if isinstance(line[0], str) else line
    return (("  ", "plain"), *pieces)


def config_text(config: Config, hide: Hide) -> Written:
    """Return what the run ran with, and the release where it can be loaded."""
    made = Written()
    made.stop("", ("The run, as its journal's first line says", "strong"))
    wide = max((len(name) for name, _value in config.facts), default=0)
    for name, value in config.facts:
        shown = hide(value).split("\n")
        made.lines.append(((f"  {name:<{wide}}  ", "dim"), (shown[0], "plain")))
        made.lines += [f"  {'':<{wide}}  {line}" for line in shown[1:]]
    made.lines.append("")
    if config.missing:
        made.stop("", ("The release cannot be loaded", "warning"))
        made.text(hide(config.missing))
    for section in config.release:
        made.stop("", (section.title, "strong"))
        made.text(hide(section.text))
        made.lines.append("")
    return made


def proofs_text(proofs: Sequence[Proof], hide: Hide, look: Look) -> Written:
    """Return what can be checked, and what the check said."""
    made = Written()
    for proof in proofs:
        word, tone = badge(proof.verdict, ascii=look.ascii)
        head: tuple[Piece, ...] = ((f"{word:<14}", tone), (hide(proof.what), "strong"))
        made.stop(proof.step, head)
        made.text(hide(proof.detail), indent=14)
    return made


def _gap(listed: Listed, what: str) -> Cell:
    return f"  {listed.left_out:,} {what} between are not listed here", "warning"


class RawLines:
    """The journal's own lines, asked for when they are seen; of a deleted one those that are held.

    Bytes that are no UTF-8 are shown as escapes.
    """

    def __init__(self, index: JournalIndex, reader: JournalReader, hide: Hide) -> None:
        self._index = index
        self._reader = reader
        self._hide = hide
        self._count = max(len(index), len(reader))
        self._indexed = len(index) >= len(reader)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> Cell:
        source = self._index if self._indexed and number < len(self._index) else self._reader
        line = source.line(number)
        text = line.rstrip(b"\n").decode("utf-8", "backslashreplace")
        return ((f"{number + 1:>5} ", "dim"), (hidden_line(text, self._hide), "plain"))


def hidden_line(line: str, hide: Hide) -> str:
    """Return a line of JSON as it may be shown: what is escaped in it is hidden as well."""
    text: str = hide(line)
    if "\\" not in line:
        return text
    try:
        data = json.loads(line)
        shown = hide(data)
    except (ValueError, RecursionError):
        return text
    return text if shown == data else json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def text_of_lines(lines: Lines) -> str:
    """Return lines as one text, for a pager."""
    return "\n".join(_joined(lines[at]) for at in range(len(lines))) + "\n"


def _joined(line: Cell) -> str:
    if isinstance(line, str):
        return line
    pieces: Any = (line,) if isinstance(line[0], str) else line
    return "".join(text for text, _tone in pieces)
