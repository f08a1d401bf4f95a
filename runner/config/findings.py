"""Problems in the order that people read them, and no more of them than people read."""

from collections.abc import Iterable
from itertools import groupby

from runner.domain.diagnostics import Diagnostic

MAX_SHOWN = 100
REST = "AC025"
ADVICE = "mend these first; then check again"


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics by file, line and column, each once, at most MAX_SHOWN of a file.

    What is left out is counted in one diagnostic more.
    """
    once = dict.fromkeys(
        sorted(found, key=lambda d: (d.place.file, d.place.line, d.place.column, d.code))
    )
    files = groupby(once, key=lambda d: d.place.file)
    return tuple(diagnostic for _, group in files for diagnostic in _capped(list(group)))


def _capped(found: list[Diagnostic]) -> list[Diagnostic]:
    told = [diagnostic for diagnostic in found if diagnostic.code != REST]
    rest = told[MAX_SHOWN:]
    if not rest:
        return found
    worst = "error" if any(other.severity == "error" for other in rest) else "warning"
    message = f"and at least {len(rest)} more in this file"
    values = {"code": REST, "severity": worst, "message": message, "help": ADVICE}
    return [*told[:MAX_SHOWN], rest[0].model_copy(update=values)]
