"""Tool names as providers accept them, and back: ours may have `/` and `.`, theirs may not."""

import hashlib
import re
from collections.abc import Iterable

ACCEPTED = re.compile(r"[a-zA-Z0-9_-]{1,64}")
REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_-]")
STEM = 55


def provider_names(names: Iterable[str]) -> dict[str, str]:
    """Return `{our name: provider's name}`; no two share a provider's name.

    A name that providers accept stays. Another is written with `_` and ends in eight digits of its
    SHA-256, so that it does not depend on the other names, unless one of them is just that.
    """
    distinct = list(dict.fromkeys(names))
    result = {name: name for name in distinct if ACCEPTED.fullmatch(name)}
    taken = set(result)
    for name in distinct:
        if name not in result:
            result[name] = _free(name, taken)
            taken.add(result[name])
    return result


def _free(name: str, taken: set[str]) -> str:
    stem = REFUSED_CHARACTER.sub("_", name)[:STEM]
    salt = name
    while True:
        salt = hashlib.sha256(salt.encode()).hexdigest()
        candidate = f"{stem}_{salt[:8]}"
        if candidate not in taken:
            return candidate
