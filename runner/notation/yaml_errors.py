"""What libyaml says about a text that is not YAML, as a place, a sentence and what to do.

libyaml notices many mistakes lines after they were made; the place is where a person would mend
it. No message repeats a value: in a file that cannot be read it may be a secret.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import yaml

from runner.notation.problems import Problem
from runner.notation.tree import Mark

WIDE_SPACE = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Compiled for a text that is wrong, or not of ASCII alone.
WIDE_INDENT = rf"[ -]*(?:[^\s'\"#:]+:)?(?P<space>[{WIDE_SPACE}])"
KEY = r"\s*(?:- +)*(?P<key>[^\s:='\"#{\[]+):(?: |$)"
KEY_WITHOUT_SPACE = r"\s*(?:- +)*(?P<key>[A-Za-z_][\w.-]*)(?::(?! )| *= *)(?=\S)"
NEEDS_QUOTES = ("*", "&", "@", "`", "%", "{{")
PLAIN_WORDS = {
    "mapping values are not allowed in this context": "a second `: ` on one line",
    "could not find expected ':'": "a key without `:`",
    "did not find expected key": "a wrong indent, or a value that needs quotes",
    "found unexpected end of stream": "the file ends inside quotes",
    "did not find expected ',' or ']'": "a list that is not closed with `]`",
    "did not find expected ',' or '}'": "a mapping that is not closed with `}`",
    "found character that cannot start any token": "a character that must stand in quotes",
    "did not find expected '-' indicator": "a list entry without `-`, or a wrong indent",
    "did not find expected <document start>": "text after the end of the data",
    "block sequence entries are not allowed in this context": "a list on the line of its key",
    "found unknown escape character": "an escape that YAML does not know",
    "did not find expected comment or line break": "text on the line of `|` or `>`",
    "did not find expected node content": "a value is expected here",
    "mapping keys are not allowed in this context": "a `?` where no key can stand",
}
ADVICE = {
    "did not find expected key": "give the line the indent of its neighbours, or quote the value",
    "did not find expected '-' indicator": "begin the line with `- `, or mend its indent",
    "block sequence entries are not allowed in this context": (
        "begin each entry with `- ` on a line of its own, or write `[a, b]`"
    ),
    "found unknown escape character": "use single quotes, or write the backslash twice",
    "did not find expected comment or line break": "begin the text on the next line, indented",
}


def syntax_problem(text: str, error: yaml.YAMLError, quoted: Mark | None) -> Problem:
    """Return the problem of a text that libyaml refused.

    `quoted` is where the last text in quotes of more than one line opened, its length in lines.
    """
    lines = text.split("\n")
    found = _Found(
        lines,
        str(getattr(error, "problem", None) or "it has a character that YAML forbids"),
        _place(lines, getattr(error, "problem_mark", None)),
        _place(lines, getattr(error, "context_mark", None)),
        quoted,
    )
    for rule in RULES:
        if problem := rule(found):
            return problem
    words = PLAIN_WORDS.get(found.reason, found.reason)
    return _not_yaml(words, found.place, ADVICE.get(found.reason, ""))


def wide_space(line: str, number: int) -> Problem | None:
    """Return the problem of a space in an indent or after a key that is no ordinary one."""
    match = None if line.isascii() else re.match(WIDE_INDENT, line)
    if match is None:
        return None
    space = match["space"]
    message = f"the space here is U+{ord(space):04X}, and YAML takes it as text"
    if space == "\u00a0":
        message = "a no-break space (U+00A0), which YAML takes as text"
    advice = "replace it by an ordinary space"
    return Problem("AC005", message, number, match.start("space") + 1, 1, advice)


def unquoted_braces(line: str, mark: Mark) -> Problem | None:
    """Return the problem of `{{ ... }}` without quotes, when the mark is its second brace."""
    if line[mark.column - 2 : mark.column] != "{{":
        return None
    return _needs_quotes("{{", line, Mark(mark.line, mark.column - 1, 2))


class _Found(NamedTuple):
    """What libyaml found: its words, where it stopped, and where that construct began."""

    lines: list[str]
    reason: str
    place: Mark
    context: Mark
    quoted: Mark | None

    @property
    def line(self) -> str:
        """The line where libyaml stopped."""
        return self.lines[self.place.line - 1]


def _tab(found: _Found) -> Problem | None:
    source, column = found.line, found.place.column
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" in indent or source[column - 1 : column] == "\t":
        at = source.index("\t") + 1
        line = found.place.line
        return Problem("AC017", "a tab in the indent", line, at, help="indent with spaces")
    return None


def _wide_space(found: _Found) -> Problem | None:
    numbers = (found.place.line, found.context.line, found.place.line - 1)
    problems = (wide_space(found.lines[n - 1], n) for n in numbers if n > 0)
    return next(filter(None, problems), None)


def _unquoted(found: _Found) -> Problem | None:
    """A plain value that begins with a sign that means something to YAML."""
    signs = ("alphabetic or numeric character", "cannot start any token")
    if not any(words in found.reason for words in signs):
        return None
    place = found.context if "alphabetic" in found.reason else found.place
    line = found.lines[place.line - 1]
    sign = line[place.column - 1 : place.column]
    return _needs_quotes(sign, line, place) if sign in NEEDS_QUOTES else None


def _open_quote(found: _Found) -> Problem | None:
    if "end of stream" not in found.reason and "document indicator" not in found.reason:
        return None
    sign = found.lines[found.context.line - 1][found.context.column - 1 : found.context.column]
    if sign not in {"'", '"'}:
        return None
    return _not_yaml("the quote that opens here is not closed", found.context, f"add a `{sign}`")


def _late_quote(found: _Found) -> Problem | None:
    """A quote that was closed by one that was to open the next text."""
    quoted = found.quoted
    if quoted is None or quoted.line + quoted.length - 1 != found.place.line:
        return None
    words = f"the quote that opens here closes only on line {found.place.line}"
    return _not_yaml(words, quoted._replace(length=1), "close it where the text ends")


def _after_quote(found: _Found) -> Problem | None:
    before = found.line[: found.place.column - 1].rstrip()
    if "did not find expected" not in found.reason or not before.endswith(("'", '"')):
        return None
    advice = "quote the whole value; within single quotes a `'` is written twice: `'it''s'`"
    return _not_yaml("something follows after the closing quote", found.place, advice)


def _after_braces(found: _Found) -> Problem | None:
    at = found.line.find("{{")
    if "did not find expected" not in found.reason or not 0 <= at < found.place.column:
        return None
    return _needs_quotes("{{", found.line, Mark(found.place.line, at + 1, 2))


def _second_colon(found: _Found) -> Problem | None:
    if found.reason.endswith("<document start>"):
        return _key_before(found)
    if not found.reason.startswith("mapping values"):
        return None
    key = re.match(KEY, found.line)
    if key and key.end() < found.place.column:
        advice = f'put the value in quotes: `{key["key"]}: "..."`'
        return _not_yaml("a second `: ` on one line", found.place, advice)
    return _key_before(found) or _too_deep(found)


def _key_before(found: _Found) -> Problem | None:
    above = [n for n in range(1, found.place.line) if _has_data(found.lines[n - 1])]
    return _without_space(found.lines[above[-1] - 1], above[-1]) if above else None


def _too_deep(found: _Found) -> Problem:
    advice = "give it the indent of the line before, or take the value of that line away"
    return _not_yaml("a key below a value, or a wrong indent", found.place, advice)


def _key_without_colon(found: _Found) -> Problem | None:
    if not found.reason.startswith("could not find expected ':'"):
        return None
    number = found.context.line
    line = found.lines[number - 1]
    if problem := _without_space(line, number):
        return problem
    advice = "write `key: value`; a text that goes on needs a deeper indent than its key"
    length = max(len(line) - found.context.column + 1, 1)
    return _not_yaml("a key without `:`", found.context._replace(length=length), advice)


def _unclosed(found: _Found) -> Problem | None:
    if "did not find expected ','" not in found.reason:
        return None
    where = f"line {found.context.line}, column {found.context.column}"
    return _not_yaml(PLAIN_WORDS[found.reason], found.place, f"it opens on {where}")


RULES: tuple[Callable[[_Found], Problem | None], ...] = (
    _tab,
    _wide_space,
    _unquoted,
    _open_quote,
    _late_quote,
    _after_quote,
    _after_braces,
    _second_colon,
    _key_without_colon,
    _unclosed,
)


def _without_space(line: str, number: int) -> Problem | None:
    match = re.match(KEY_WITHOUT_SPACE, line)
    if match is None:
        return None
    key, start = match["key"], match.start("key")
    mark = Mark(number, start + 1, len(match[0][start:].rstrip()))
    words = f"`{key}` lacks `: ` after it, a colon and a space"
    return _not_yaml(words, mark, f"write `{key}: ...`")


def _needs_quotes(sign: str, line: str, mark: Mark) -> Problem:
    key = re.match(KEY, line)
    advice = f'put the value in quotes: `{key["key"]}: "..."`' if key else "put it in quotes"
    return _not_yaml(f"a value that begins with `{sign}` must stand in quotes", mark, advice)


def _not_yaml(words: str, mark: Mark, advice: str = "") -> Problem:
    message = f"this is not YAML: {words}"
    return Problem("AC018", message, mark.line, mark.column, mark.length, advice)


def _has_data(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _place(lines: list[str], mark: yaml.Mark | None) -> Mark:
    return Mark(*inside(lines, mark.line + 1, mark.column + 1)) if mark else Mark(1, 1)


def inside(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """Move a mark at the end of the file, where libyaml sees one more line, to the last text."""
    if line < len(lines) or (line == len(lines) and lines[-1].strip()):
        return line, min(column, len(lines[line - 1]) + 1)
    last = max((n for n, text in enumerate(lines, 1) if text.strip()), default=1)
    return last, len(lines[last - 1]) + 1
