"""The error body of a model's server, in the shapes that OpenAI-compatible servers write."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from runner.notation.jsonish import strict_json

SHOWN_CHARACTERS = 300
READ_BYTES = 64 * 1024


@dataclass(frozen=True)
class ProviderError:
    """What the server says went wrong; each part is empty where it says nothing."""

    message: str = ""
    type: str = ""
    code: str = ""


def read_error(body: bytes, key: str | None) -> ProviderError:
    """Return the error that a body holds; of a body that is not JSON, its text as the message."""
    text = body[:READ_BYTES].decode("utf-8", errors="replace")
    try:
        data = strict_json(text)
    except ValueError:
        return ProviderError(message=presentable(text, key))
    return find_error(data, key) or ProviderError(message=presentable(text, key))


def find_error(data: Any, key: str | None) -> ProviderError | None:
    """Return the error in a JSON value, or None when it holds none.

    Known shapes: `{"error": {message, type, code}}`, `{"error": "text"}`, `{"detail": ...}`,
    `{"object": "error", "message": ...}`, and each of them alone in a list.
    """
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return None
    inner = data.get("error") or data.get("detail")
    if inner is None and data.get("object") == "error":
        inner = data
    if not inner:
        return None
    if not isinstance(inner, dict):
        return ProviderError(message=presentable(str(inner), key))
    return ProviderError(
        message=presentable(_word(inner, "message") or str(inner), key),
        type=_word(inner, "type"),
        code=_word(inner, "code"),
    )


def presentable(text: str, key: str | None) -> str:
    """Return foreign text on one line, short, without control characters and without the key."""
    if key:
        text = text.replace(key, "[redacted]")
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    words = " ".join(plain.split())
    return words if len(words) <= SHOWN_CHARACTERS else words[: SHOWN_CHARACTERS - 3] + "..."


def _word(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return str(value) if isinstance(value, str | int) else ""
