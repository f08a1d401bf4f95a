"""Strict JSON: with positions for files, without them for what models write.

Source: RFC 8259. Beyond it, a name may not stand twice in one object, and numbers must be finite.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from typing import Any, NoReturn

from runner.notation.problems import NotationError, Problem
from runner.notation.tree import MAX_DEPTH, Document, Loc, Mark, Span

SPACE = re.compile(r"[ \t\n\r]*")
STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None}
STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
MAX_DIGITS = 400


def read_json(text: str) -> Document:
    """Return the value of a JSON text with its positions.

    Raises:
        NotationError: not JSON, empty, a name twice in one object, or too deep.
    """
    reader = _Reader(text)
    data = reader.read()
    if reader.problems:
        raise NotationError(reader.problems)
    return Document(data, reader.spans)


def strict_json(text: str) -> Any:
    """Return the value of a JSON text of a model or a tool.

    Raises:
        ValueError: with a sentence that says what to change; never RecursionError.
    """
    if _depth(text) > MAX_DEPTH:
        raise ValueError(f"the JSON is nested deeper than {MAX_DEPTH} levels")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        reason = error.msg[0].lower() + error.msg[1:]
        raise ValueError(
            f"this is not JSON: {reason} at line {error.lineno}, column {error.colno}"
        ) from None
    if "\\u" in text:
        _whole_characters(value)
    return value


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in STRINGS_AND_BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the name {json.dumps(twice)} stands twice in one object")
    return result


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON; use a number or null")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"the number {text[:40]}... is too large")
    return int(text)


def _whole_characters(value: Any) -> None:
    """Refuse half a surrogate pair: it cannot be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a \\u escape is half a surrogate pair; write both halves") from None


class _Reader:
    """Reads by descent; MAX_DEPTH keeps the descent short."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spans: dict[Loc, Span] = {}
        self.problems: list[Problem] = []
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> Any:
        """Return the one value of the text."""
        self._skip()
        if self.at == len(self.text):
            raise NotationError([Problem("AC010", "the file is empty")])
        value = self._value((), None)
        self._skip()
        if self.at < len(self.text):
            self._stop("something follows after the end of the data")
        return value

    def _value(self, loc: Loc, key: Mark | None) -> Any:
        start = self.at
        if len(loc) > MAX_DEPTH:
            self._stop(f"nested deeper than {MAX_DEPTH} levels", "AC015")
        self.spans[loc] = Span(key, self._mark(start))
        opening = self.text[start : start + 1]
        if opening == "{":
            value: Any = self._object(loc)
        elif opening == "[":
            value = self._array(loc)
        else:
            value = self._string() if opening == '"' else self._word()
        self.spans[loc] = Span(key, self._mark(start, self.at))
        return value

    def _object(self, loc: Loc) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while self._goes_on("}", first=not result):
            start = self.at
            if self.text[start : start + 1] != '"':
                self._stop('expected a name in double quotes, or "}"')
            name = self._string()
            mark = self._mark(start, self.at)
            if name in result:
                self._duplicate(name, mark, self.spans[*loc, name])
            self._skip()
            self._expect(":")
            self._skip()
            result[name] = self._value((*loc, name), mark)
        return result

    def _array(self, loc: Loc) -> list[Any]:
        result: list[Any] = []
        while self._goes_on("]", first=not result):
            result.append(self._value((*loc, len(result)), None))
        return result

    def _goes_on(self, closing: str, *, first: bool) -> bool:
        """Step over the opening bracket or a comma to the next entry, or over the end."""
        if first:
            self.at += 1
        self._skip()
        if self.text[self.at : self.at + 1] == closing:
            self.at += 1
            return False
        if not first:
            self._expect(",", f'expected "," or "{closing}"')
            self._skip()
            if self.text[self.at : self.at + 1] == closing:
                self._stop(f'a comma before "{closing}"', advice="delete the comma")
        return True

    def _string(self) -> str:
        match = STRING.match(self.text, self.at)
        if match is None:
            self._stop("a text that is not closed on its line, or has a control character")
        try:
            value: str = json.loads(match[0])
            value.encode("utf-8")
        except (json.JSONDecodeError, UnicodeEncodeError):
            self._stop("a wrong escape in a text")
        self.at = match.end()
        return value

    def _word(self) -> Any:
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        match = NUMBER.match(self.text, self.at)
        if match is None:
            # What stands there is not repeated: it may be a secret without quotes.
            self._stop("expected a value: text in double quotes, a number, true, false or null")
        try:
            number = (_finite if match[1] or match[2] else _integer)(match[0])
        except ValueError as error:
            self._stop(str(error), "AC016")
        self.at = match.end()
        return number

    def _expect(self, character: str, message: str = "") -> None:
        if self.text[self.at : self.at + 1] != character:
            self._stop(message or f'expected "{character}"')
        self.at += 1

    def _skip(self) -> None:
        match = SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _duplicate(self, name: str, mark: Mark, first: Span) -> None:
        line = (first.key or first.value).line
        message = f"`{name}` is written twice; the first stands on line {line}"
        self.problems.append(
            Problem("AC011", message, mark.line, mark.column, mark.length, "keep one of them")
        )

    def _mark(self, start: int, end: int | None = None) -> Mark:
        line, column = self._position(start)
        stop = self.text.find("\n", start, end)
        length = (stop if stop >= 0 else end if end is not None else start + 1) - start
        return Mark(line, column, max(length, 1))

    def _position(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def _stop(self, message: str, code: str = "AC019", advice: str = "") -> NoReturn:
        line, column = self._position(min(self.at, len(self.text)))
        words = f"this is not JSON: {message}" if code == "AC019" else message
        raise NotationError([*self.problems, Problem(code, words, line, column, 1, advice)])
