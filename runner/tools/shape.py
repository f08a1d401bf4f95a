"""From what a tool gave to what the model sees: checked, shaped, rendered, cleaned, cut."""

import json
import re
from collections.abc import Callable
from typing import Any

from runner.domain.failure import Failure, FailureError
from runner.domain.ports import ToolOutput
from runner.domain.tool import ToolSpec
from runner.notation.jsonish import strict_json
from runner.notation.schema import compile_schema
from runner.notation.selection import select
from runner.tools.context import unchanged
from runner.tools.shaping import shaped

ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
)
"""ECMA-48: colours, cursor moves, titles."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MAX_PROBLEMS = 3
EMPTY = "(no content)"


def shape(spec: ToolSpec, output: ToolOutput, redact: Callable[[str], str] = unchanged) -> str:
    """Return a result as the model sees it, at most `result.max_chars` and a note of the cut.

    `redact` runs before every cut, which could otherwise leave the beginning of a secret. A
    simulated result is neither checked nor shaped: it stands for what the model sees. A text that
    is no JSON is only cut. What was JSON is still JSON unless `max_chars` cut it: a text that reads
    as a number or a word, such as the id `42`, stands in quotes.

    Raises:
        FailureError: `tool_failed`, the result breaks outputSchema or does not fit `select`.
    """
    data = output.data
    if not output.simulated:
        _check(spec, data)
        if not isinstance(data, str):
            data = shaped(_selected(spec, data), spec.result, redact)
    return (
        cut(clean(_redacted(_rendered(spec, data), data, redact)), spec.result.max_chars) or EMPTY
    )


def clean(text: str) -> str:
    """Return the text without terminal sequences and control characters; lines end in \\n."""
    without = ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return CONTROL.sub("", without.replace("\r", "\n"))


def cut(text: str, max_chars: int) -> str:
    """Return the text, or its beginning with a note that says how much is missing."""
    if len(text) <= max_chars:
        return text
    note = f"… [cut: {max_chars:,} of {len(text):,} characters shown; ask for less]"
    return text[:max_chars] + note


def _check(spec: ToolSpec, data: Any) -> None:
    if spec.output_schema is None:
        return
    problems = compile_schema(spec.output_schema).problems(data)
    if problems:
        listed = "; ".join(str(problem) for problem in problems[:MAX_PROBLEMS])
        raise _broken(spec, f"the result of {spec.name} breaks its outputSchema: {listed}")


def _selected(spec: ToolSpec, data: Any) -> Any:
    if spec.result.select is None:
        return data
    try:
        return select(spec.result.select, data)
    except ValueError as error:
        raise _broken(spec, f"the result of {spec.name}: {error}") from None


def _broken(spec: ToolSpec, message: str) -> FailureError:
    """What is wrong is the result's form; a writing call has had its effect."""
    if not spec.reads_only:
        message += ". The call itself was made: do not make it again because of this."
    return FailureError(Failure(kind="tool_failed", message=message, made=True))


def _rendered(spec: ToolSpec, data: Any) -> str:
    if isinstance(data, str) and not _reads_otherwise(data):
        return data
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        # `&name` selects an expression, to_number('nan') a number: neither is JSON.
        message = f"what `select` takes of the result of {spec.name} is not JSON"
        raise _broken(spec, message) from None


def _reads_otherwise(text: str) -> bool:
    """Whether a text such as `42` or `null` would be read back as a number, a word or a text."""
    try:
        return not isinstance(strict_json(text), dict | list)
    except ValueError:
        return False


def _redacted(text: str, data: Any, redact: Callable[[str], str]) -> str:
    """Return the text without secrets; JSON that a mark broke becomes one JSON text."""
    hidden = redact(text)
    if hidden == text or isinstance(data, str):
        return hidden
    try:
        json.loads(hidden)
    except (ValueError, RecursionError):
        return json.dumps(hidden, ensure_ascii=False)
    return hidden
