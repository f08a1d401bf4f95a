"""Names that make one effect one effect: idempotency keys and identities of calls."""

import hashlib
import json
from typing import Any
from urllib.parse import quote


def arguments_digest(arguments: dict[str, Any]) -> str:
    """Return 16 hex digits that are equal for equal arguments, whatever their order."""
    text = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def identity(tool: str, arguments: dict[str, Any]) -> str:
    """Return what two calls share when they are the same call."""
    return f"{tool}:{arguments_digest(arguments)}"


def idempotency_key(job: str, call_identity: str, earlier: int) -> str:
    """Return `<job>:<tool>:<digest of the arguments>:<n>`; n counts earlier successful ones."""
    return f"{job}:{call_identity}:{earlier}"


def own_key(agent: str, tool: str, value: Any) -> str:
    """Return the key of a tool that names its own: equal in every run, percent-encoded."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return f"{agent}:{tool}:{quote(text, safe='')}"
