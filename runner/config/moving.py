"""Data of one form written in another, where every value keeps the place that it came from."""

from dataclasses import dataclass, field, replace
from typing import Any

from runner.config.source import Source
from runner.domain.diagnostics import Diagnostic
from runner.notation.tree import Loc, Span


@dataclass(frozen=True)
class Remark:
    """Something to tell about a place of the file as it was written."""

    code: str
    message: str
    loc: Loc
    advice: str = ""
    severity: str = "error"
    key: bool = False
    """Underline the key, not the value."""


@dataclass
class Moving:
    """New data made of a source's values; diagnostics about it point into the source."""

    source: Source
    data: Any
    spans: dict[Loc, Span] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    hidden: list[Loc] = field(default_factory=list)
    """Places whose values no diagnostic shows."""

    def __post_init__(self) -> None:
        self.spans[()] = self.source.span(())

    def move(self, start: Loc, to: Loc) -> None:
        """Put the value at a place of the source, as it stands, at another place of the data."""
        self.put(to, self.source.at(start), start)
        self._copy(self.source.at(start), start, to)

    def put(self, to: Loc, value: Any, start: Loc = ()) -> None:
        """Put a value, made of what stands at `start` in the source, at a place of the data."""
        node = self.data
        for depth, part in enumerate(to[:-1], 1):
            node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
            self.spans.setdefault(to[:depth], self.source.span(start))
        if isinstance(node, list):
            node.append(value)
        else:
            node[to[-1]] = value
        self.spans[to] = self.source.span(start)

    def remark(self, *remarks: Remark) -> None:
        """Note what is to be told."""
        self.remarks += remarks

    def hide(self, loc: Loc) -> None:
        """Let no diagnostic show what stands at a place of the source, or below it."""
        value = self.source.at(loc)
        inner = _entries(value)
        for key, _value in inner:
            self.hide((*loc, key))
        if not inner:
            self.hidden.append(loc)

    def made(self) -> Source:
        """Return the new data as a source."""
        return replace(self._masked(), data=self.data, spans=self.spans)

    def told(self) -> list[Diagnostic]:
        """Return a diagnostic for each remark."""
        return [_diagnostic(self._masked(), remark) for remark in self.remarks]

    def _masked(self) -> Source:
        return self.source.hiding(self.hidden)

    def _copy(self, value: Any, start: Loc, to: Loc) -> None:
        self.spans[to] = self.source.span(start)
        for key, inner in _entries(value):
            self._copy(inner, (*start, key), (*to, key))


def _entries(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _diagnostic(source: Source, remark: Remark) -> Diagnostic:
    point = source.key_problem if remark.key else source.problem
    found = point(remark.code, remark.message, remark.loc, remark.advice)
    return found.model_copy(update={"severity": remark.severity})
