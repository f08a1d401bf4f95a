"""One line of a journal, read with goodwill: what this version does not know is shown all the same.

The chain is judged elsewhere. A text that lies beside the journal is not read whole here: whoever
asks says how much of it is wanted.
"""

import copy
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner.domain.events import EVENTS, Event
from runner.journal.payloads import DIGEST, MARK, OWN_MARK

CHAIN_FIELDS = frozenset({"run", "seq", "ts", "prev", "hash"})
DEEPEST = 100
HEAD_BYTES = 4096
"""Of a text beside the journal an outline reads so much."""


@dataclass(frozen=True)
class UnknownEvent:
    """A line of a type, or in a form, that this version does not know."""

    type: str
    step: str
    fields: dict[str, Any]
    why: str = ""


Told = Event | UnknownEvent
Take = Callable[[Path, Mapping[str, Any]], str]
"""Returns the text that stands for a payload: `(directory, {"$payload": ..., "bytes": ...})`."""


def told_by(fields: Mapping[str, Any], directory: Path, take: Take) -> Told:
    """Return the event of a line's fields; `take` gives each text that lies beside the journal."""
    own = {name: value for name, value in fields.items() if name not in CHAIN_FIELDS}
    if _is_deep(own):
        flat = {name: value for name, value in own.items() if not isinstance(value, dict | list)}
        return _unknown(flat, f"more than {DEEPEST} objects and lists within each other")
    whole = unpacked(own, lambda named: take(directory, named))
    try:
        return EVENTS.validate_python(whole)
    except ValidationError as error:
        return _leniently(whole, error)


def _leniently(whole: dict[str, Any], error: ValidationError) -> Told:
    """Return the event without the fields that a newer version added, where that is all."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    if all(problem["type"] == "extra_forbidden" for problem in problems):
        known = copy.deepcopy(whole)
        for problem in problems:
            _drop(known, problem["loc"])
        try:
            return EVENTS.validate_python(known)
        except ValidationError:
            pass
    return _unknown(whole, str(problems[0]["msg"] if problems else "not known"))


def _unknown(fields: dict[str, Any], why: str) -> UnknownEvent:
    step, kind = fields.get("step"), fields.get("type")
    return UnknownEvent(
        type=kind if isinstance(kind, str) else "?",
        step=step if isinstance(step, str) else "",
        fields=fields,
        why=why,
    )


def _is_deep(data: Any) -> bool:
    """Return whether data is nested deeper than anybody can go who goes through it by calls."""
    level = [data]
    for _depth in range(DEEPEST):
        level = [
            inside
            for each in level
            for inside in (each.values() if isinstance(each, dict) else each)
            if isinstance(inside, dict | list)
        ]
        if not level:
            return False
    return True


def _drop(data: Any, loc: tuple[int | str, ...]) -> None:
    """Take a field out; parts of the place that name a kind in a union lead nowhere."""
    for part in loc[:-1]:
        data = _inside(data).get(part, data)
    if isinstance(data, dict):
        data.pop(loc[-1], None)


def _inside(data: Any) -> dict[Any, Any]:
    if isinstance(data, list):
        return dict(enumerate(data))
    return data if isinstance(data, dict) else {}


def unpacked(value: Any, take: Callable[[dict[str, Any]], str]) -> Any:
    """Return a stored value with every text that lies beside it put in its place."""
    if isinstance(value, dict):
        if MARK in value:
            return take(value)
        return {_unmarked(name): unpacked(item, take) for name, item in value.items()}
    return [unpacked(item, take) for item in value] if isinstance(value, list) else value


def _unmarked(name: str) -> str:
    return name[1:] if OWN_MARK.fullmatch(name) else name


def head_of(directory: Path, named: Mapping[str, Any]) -> str:
    """Return the first bytes of a text beside the journal, for one line of an outline."""
    return part_of(directory, named, HEAD_BYTES, 0)[0]


def part_of(
    directory: Path, named: Mapping[str, Any], head: int, tail: int
) -> tuple[str, str, int | None]:
    """Return beginning and end of a text beside the journal, and its size in bytes.

    Where it cannot be read the first says why, and the size is None. All of it comes as the first
    where it is no longer than both together. It is not compared with its digest here.
    """
    name = str(named.get(MARK))
    if not DIGEST.fullmatch(name):
        return "[the journal names no payload here]", "", None
    path = directory / name.removeprefix("sha256:")
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= head + tail:
                return file.read().decode("utf-8", "replace"), "", size
            begins = file.read(head)
            file.seek(size - tail)
            return _decoded(begins), _decoded(file.read(tail)), size
    except OSError as error:
        return f"[the payload is missing: {error.strerror or error}]", "", None


def _decoded(data: bytes) -> str:
    """Return a part of a text; a character that the cut went through is left out."""
    return data.decode("utf-8", "replace").strip("�")


def pretty(value: Any) -> str:
    """Return plain data as people read it: a text as it is, else indented JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
