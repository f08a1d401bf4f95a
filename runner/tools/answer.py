"""What the other side said: data where it is JSON, a short excerpt where it is a complaint."""

from typing import Any

from runner.domain.failure import Failure, FailureError
from runner.notation.jsonish import strict_json
from runner.tools.context import ToolContext
from runner.tools.shape import clean

EXCERPT_CHARS = 600


def read_answer(data: bytes, charset: str = "utf-8") -> Any:
    """Return the JSON value of an answer, or its text where it is not JSON.

    The text decides, not what the other side calls it: a service that labels JSON as text/html is
    understood, and one that labels HTML as JSON does no harm.
    """
    text = decode(data, charset)
    try:
        return strict_json(text)
    except ValueError:
        return text


def decode(data: bytes, charset: str = "utf-8") -> str:
    """Return bytes as text; what does not fit the charset becomes U+FFFD."""
    try:
        return data.decode(charset, "replace")
    except (LookupError, UnicodeError):  # the other side named something else
        return data.decode("utf-8", "replace")


def beginning(text: str, context: ToolContext) -> str:
    """Return the beginning of a complaint, without secrets and control characters."""
    whole = clean(context.redact(text)).strip()
    return whole if len(whole) <= EXCERPT_CHARS else whole[:EXCERPT_CHARS] + " …"


def end(text: str, context: ToolContext) -> str:
    """Return the end of a complaint, without secrets and control characters."""
    whole = clean(context.redact(text)).strip()
    return whole if len(whole) <= EXCERPT_CHARS else "… " + whole[-EXCERPT_CHARS:]


def failed(message: str, status: int | None = None) -> FailureError:
    """Return the failure of a call that is known to have failed, or to have had no effect."""
    return FailureError(Failure(kind="tool_failed", message=message, status=status))


def unknown_end(message: str, *, writes: bool, status: int | None = None) -> FailureError:
    """Return the failure of a call whose end is not known: in doubt when the tool writes."""
    if not writes:
        return failed(message, status)
    doubt = f"{message}; whether it took effect is not known"
    return FailureError(Failure(kind="in_doubt", message=doubt, status=status))
