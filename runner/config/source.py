"""One file of a config: its data, and diagnostics that point into it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from runner.config.tokens import without_tokens
from runner.domain.diagnostics import Diagnostic, Place
from runner.notation.jsonish import read_json
from runner.notation.problems import NotationError, Problem
from runner.notation.text import decode
from runner.notation.tree import Loc, Mark, Span
from runner.notation.yamlish import read_yaml

HIDDEN_WHERE_BROKEN = (
    (
        r"(?i)((?:api[_-]?key|access[_-]?key|authorization|token(?!s)|secret|passwd|password|"
        r"signature|cookie)[\w-]*[\"']?\s*[:=]\s*)(?![{\s])(.+)"
    ),
    r"(://)([^/\s@]*:[^\s@]*)(?=@)",
)
SHOWN_BEFORE, SHOWN = 80, 240
MAX_BROKEN = 8000


@dataclass(frozen=True)
class Source:
    """A file that was read. `masked` are stretches that no diagnostic may show."""

    file: str
    lines: tuple[str, ...]
    data: Any = None
    spans: Mapping[Loc, Span] | None = None
    masked: tuple[Mark, ...] = ()

    def problem(self, code: str, message: str, loc: Loc = (), advice: str = "") -> Diagnostic:
        """Return a diagnostic that underlines the value at a path, or its nearest parent."""
        return self._diagnostic(code, message, self.span(loc).value, advice)

    def key_problem(self, code: str, message: str, loc: Loc, advice: str = "") -> Diagnostic:
        """Return a diagnostic that underlines the key at a path."""
        span = self.span(loc)
        return self._diagnostic(code, message, span.key or span.value, advice)

    def warning(self, code: str, message: str, loc: Loc = (), advice: str = "") -> Diagnostic:
        """Return a warning that underlines the value at a path, or its nearest parent."""
        found = self.problem(code, message, loc, advice)
        return found.model_copy(update={"severity": "warning"})

    def key_warning(self, code: str, message: str, loc: Loc, advice: str = "") -> Diagnostic:
        """Return a warning that underlines the key at a path."""
        found = self.key_problem(code, message, loc, advice)
        return found.model_copy(update={"severity": "warning"})

    def text_problem(self, problem: Problem) -> Diagnostic:
        """Return the diagnostic of a problem that a reader of the text found."""
        mark = Mark(problem.line, problem.column, problem.length)
        return self._diagnostic(problem.code, problem.message, mark, problem.help)

    def span(self, loc: Loc) -> Span:
        """Where a path, or the nearest parent of it, stands."""
        spans = self.spans or {}
        while loc and loc not in spans:
            loc = loc[:-1]
        return spans.get(loc, Span(None, Mark(1, 1)))

    def at(self, loc: Loc) -> Any:
        """Return the data at a path; None where there is none."""
        node = self.data
        for part in loc:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def written(self, loc: Loc) -> str:
        """Return the value at a path as it stands in the file; of several lines the first."""
        mark = self.span(loc).value
        line = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        return line[mark.column - 1 : mark.column - 1 + mark.length]

    def hiding(self, locs: Iterable[Loc]) -> "Source":
        """Return the same source, with further values that no diagnostic shows."""
        hidden = tuple(self.span(loc).value for loc in locs)
        return replace(self, masked=(*self.masked, *hidden))

    def _diagnostic(self, code: str, message: str, mark: Mark, advice: str) -> Diagnostic:
        start = self._start(mark)
        place = Place(
            file=self.file,
            line=mark.line,
            column=mark.column,
            length=max(mark.length, 1),
            source=self._line(mark.line, start),
            source_column=start + 1,
        )
        return Diagnostic(
            code=code, message=without_tokens(message), place=place, help=without_tokens(advice)
        )

    def _start(self, mark: Mark) -> int:
        """Where the shown part of a line begins, as an index."""
        short = mark.line > len(self.lines) or len(self.lines[mark.line - 1]) <= SHOWN
        return 0 if short else max(mark.column - 1 - SHOWN_BEFORE, 0)

    def _line(self, number: int, start: int) -> str:
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        line = without_tokens(line)
        if self.spans is not None:
            return self._without_masked(line[start : start + SHOWN], number, start)
        # A file that could not be read has no paths: hide what looks like a secret.
        before = max(start - MAX_BROKEN, 0)
        line = line[before : start + MAX_BROKEN]
        for pattern in HIDDEN_WHERE_BROKEN:
            line = re.sub(pattern, lambda found: found[1] + "*" * len(found[2]), line)
        return line[start - before : start - before + SHOWN]

    def _without_masked(self, line: str, number: int, start: int) -> str:
        for mark in self.masked:
            first = mark.column - 1 - start
            last = first + mark.length
            if mark.line == number and first < len(line) and last > 0:
                first = max(first, 0)
                line = line[:first] + "*" * len(line[first:last]) + line[last:]
        return line


def read_source(data: bytes, file: str) -> tuple[Source | None, list[Diagnostic]]:
    """Return a YAML or, by its name, a JSON file as a source; None and its problems if broken."""
    source, found = read_text(data, file)
    if source is None:
        return None, found
    text = "\n".join(source.lines)
    try:
        document = read_json(text) if file.endswith(".json") else read_yaml(text)
    except NotationError as error:
        return None, [source.text_problem(problem) for problem in error.problems]
    return replace(source, data=document.data, spans=document.spans), []


def located(data: bytes, file: str, problem: Problem) -> Diagnostic:
    """Return the diagnostic of a problem in a file that is no text of a config."""
    lines = tuple(data.decode("utf-8", "replace").split("\n"))
    line = min(problem.line, len(lines))
    column = min(problem.column, len(lines[line - 1]) + 1)
    return Source(file, lines).text_problem(replace(problem, line=line, column=column))


def read_text(data: bytes, file: str) -> tuple[Source | None, list[Diagnostic]]:
    """Return a file as lines, without data; None and its problems when it is not clean text."""
    try:
        text = decode(data)
    except NotationError as error:
        shown = data[:MAX_BROKEN].decode("utf-8", "replace") if len(data) < 1 << 20 else ""
        broken = Source(file, tuple(shown.split("\n")))
        return None, [broken.text_problem(problem) for problem in error.problems]
    return Source(file, tuple(text.split("\n"))), []
