"""JSON pointers (RFC 6901) as paths of a document."""

from typing import Any

from runner.notation.tree import Loc


def pointer_loc(data: Any, pointer: str) -> Loc:
    """Return the path of a pointer; entries of lists by their number."""
    loc: Loc = ()
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(data, list) and key.isdecimal():
            loc = (*loc, int(key))
            data = data[int(key)] if int(key) < len(data) else None
        else:
            loc = (*loc, key)
            data = data.get(key) if isinstance(data, dict) else None
    return loc
