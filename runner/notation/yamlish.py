"""YAML 1.2 data with positions, read from the parser's event stream.

Nothing here composes: libyaml's composer crashes the process on deep nesting, and YAML 1.1 reads
`on` as true, `12:30` as 750 and `1e3` as text. Anchors, aliases, merge keys and tags are refused:
without them a file is as large as it looks. Numbers are those of the core schema in decimal; what
begins with a needless zero, `0x` or `0o` stays text, so that an invoice number keeps its zeros.

Source: YAML 1.2.2, section 10.3.2 (core schema).
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from runner.notation.problems import NotationError, Problem
from runner.notation.tree import MAX_DEPTH, Document, Loc, Mark, Span
from runner.notation.yaml_errors import inside, syntax_problem, unquoted_braces, wide_space

LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
MAX_DIGITS = 18
INFINITY = float("inf")


def read_yaml(text: str) -> Document:
    """Return the one document of a YAML text.

    Raises:
        NotationError: not YAML, empty, more than one document, too deep, a duplicate key, a key
            that is no text, or one of the features that are refused (see the module).
    """
    builder = _Builder(text)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        raise NotationError(
            [*builder.problems, syntax_problem(text, error, builder.quoted)]
        ) from None
    if builder.problems:
        raise NotationError(builder.problems)
    return Document(builder.root, builder.spans)


def _events(text: str) -> Iterator[Any]:
    """The events of the first document; a missing or a second one is an error."""
    documents = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                mark: Any = event.start_mark
                raise NotationError(
                    [Problem("AC013", "a second document begins here", mark.line + 1, 1, 3)]
                )
        yield event
    if not documents:
        raise NotationError([Problem("AC010", "the file is empty")])


class _Builder:
    """Builds the data bottom-up on a stack of its own, so that depth costs no Python frames."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.root: Any = None
        self.spans: dict[Loc, Span] = {}
        self.problems: list[Problem] = []
        self.quoted: Mark | None = None
        """Where the last text in quotes of several lines opened; its length in lines."""
        self._open: list[tuple[Loc, Any, Mark]] = []
        self._key: list[tuple[str, Mark] | None] = []

    def take(self, event: Any) -> None:
        """Add one event of the parser."""
        if isinstance(event, yaml.NodeEvent):
            self._refuse(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)

    def _refuse(self, event: Any) -> None:
        tag = getattr(event, "tag", None)
        if tag is None and event.anchor is None:
            return
        mark = self._mark(event)
        if tag is not None:
            self._problem("AC014", f"the tag `{tag}` is not supported", mark)
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            # An alias has no value of its own here, so nothing after it can be placed.
            problem = Problem(
                "AC014",
                f"anchors and aliases are not supported, and this begins with `{sign}`",
                mark.line,
                mark.column,
                mark.length,
                f"write the value out; a text that begins with `{sign}` needs quotes",
            )
            raise NotationError([*self.problems, problem])

    def _begin(self, event: Any) -> None:
        if len(self._open) >= MAX_DEPTH:
            mark = self._mark(event)
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise NotationError([Problem("AC015", message, mark.line, mark.column)])
        if self._wants_key():
            self._no_key(self._mark(event))
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        mark = self._mark(event)
        self._open.append((self._place(value, mark), value, mark))
        self._key.append(None)

    def _no_key(self, mark: Mark) -> NoReturn:
        """Stop at a list or a mapping in the place of a key: nothing after it can be placed."""
        message = "a key must be text, not a list or a mapping"
        problem = Problem("AC012", message, mark.line, mark.column, mark.length, "quote it")
        braces = unquoted_braces(self.lines[mark.line - 1], mark)
        raise NotationError([*self.problems, braces or problem])

    def _end(self, event: Any) -> None:
        loc, _, start = self._open.pop()
        self._key.pop()
        one_line = event.end_mark.line + 1 == start.line
        if one_line and loc in self.spans:
            mark = Mark(start.line, start.column, max(event.end_mark.column + 1 - start.column, 1))
            self.spans[loc] = Span(self.spans[loc].key, mark)

    def _scalar(self, event: Any) -> None:
        rows = event.end_mark.line - event.start_mark.line + 1
        if event.style in {"'", '"'} and rows > 1:
            self.quoted = Mark(event.start_mark.line + 1, event.start_mark.column + 1, rows)
        if self._wants_key():
            self._take_key(event)
        else:
            self._place(self._value(event), self._mark(event))

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][1], dict) and self._key[-1] is None

    def _take_key(self, event: Any) -> None:
        mark = self._mark(event)
        value = self._value(event)
        if not isinstance(value, str):
            message = f"the key `{event.value}` is read as {kind_of(value)}, and a key must be text"
            self._problem("AC012", message, mark, f'quote it: "{event.value}"')
        elif event.implicit[0] and (problem := self._wide_space(mark)):
            self.problems.append(problem)
        elif value == "<<" and event.implicit[0]:
            self._problem("AC014", "merge keys (`<<`) are not supported", mark)
        self._key[-1] = (event.value, mark)

    def _wide_space(self, mark: Mark) -> Problem | None:
        found = wide_space(self.lines[mark.line - 1], mark.line)
        within = found and mark.column <= found.column < mark.column + mark.length
        return found if within else None

    def _place(self, value: Any, mark: Mark) -> Loc:
        """Put a value where the document has got to, and return its path."""
        if not self._open:
            self.root = value
            self.spans[()] = Span(None, mark)
            return ()
        parent, container, _ = self._open[-1]
        if isinstance(container, list):
            loc: Loc = (*parent, len(container))
            container.append(value)
            self.spans[loc] = Span(None, mark)
            return loc
        key, key_mark = self._key[-1] or ("", mark)
        self._key[-1] = None
        loc = (*parent, key)
        if key in container:
            self._duplicate(key, key_mark, self.spans[loc])
        container[key] = value
        self.spans[loc] = Span(key_mark, mark)
        return loc

    def _duplicate(self, key: str, mark: Mark, first: Span) -> None:
        line = (first.key or first.value).line
        message = f"`{key}` is written twice; the first stands on line {line}"
        self._problem("AC011", message, mark, "keep one of them")

    def _value(self, event: Any) -> Any:
        if not event.implicit[0]:
            return event.value
        text = event.value
        if text in WORDS:
            return WORDS[text]
        if INTEGER.fullmatch(text):
            return self._number(int, text, event)
        if FLOAT.fullmatch(text):
            return self._number(float, text, event)
        if NOT_FINITE.fullmatch(text):
            self._problem("AC016", f"`{text}` is not a number that JSON knows", self._mark(event))
        return text

    def _number(self, kind: type[int] | type[float], text: str, event: Any) -> int | float:
        digits = sum(character.isdigit() for character in text)
        if (kind is int and digits > MAX_DIGITS) or digits > 400 or abs(float(text)) == INFINITY:
            self._problem("AC016", "the number is too large", self._mark(event), "quote it")
            return 0
        return kind(text)

    def _mark(self, event: Any) -> Mark:
        start, end = event.start_mark, event.end_mark
        if start.line >= len(self.lines):
            return Mark(*inside(self.lines, start.line + 1, 1))
        if end.line != start.line:
            rest = len(self.lines[start.line]) - start.column
            return Mark(start.line + 1, start.column + 1, max(rest, 1))
        return Mark(start.line + 1, start.column + 1, max(end.column - start.column, 1))

    def _problem(self, code: str, message: str, mark: Mark, advice: str = "") -> None:
        self.problems.append(Problem(code, message, mark.line, mark.column, mark.length, advice))


def kind_of(value: Any) -> str:
    """Return the word for a value's kind, as messages use it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    words = {str: "text", int: "a number", float: "a fraction", list: "a list", dict: "a mapping"}
    return words.get(type(value), type(value).__name__)
