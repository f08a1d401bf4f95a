"""One thing that an agent or this machine needs, and whether it is there."""

from dataclasses import dataclass, replace
from typing import Literal

from runner.boundary.secrets import SecretBook

Status = Literal["ok", "missing", "wrong", "unreachable", "warning", "skipped"]
BAD = frozenset({"missing", "wrong", "unreachable"})
"""With one of these a run would not do what it is for."""


@dataclass(frozen=True)
class Need:
    """A need. `wrong` is there and cannot be used; `skipped` was not looked at, `help` says why.

    No text of it holds a secret, nor the value of a variable.
    """

    kind: str
    name: str
    status: Status
    where: str = ""
    help: str = ""

    @property
    def bad(self) -> bool:
        """Whether somebody has to do something first."""
        return self.status in BAD


def redacted(need: Need, book: SecretBook) -> Need:
    """Return the need without known secrets: what a server says could hold one."""
    name, where, advice = (book.redact(text) for text in (need.name, need.where, need.help))
    return replace(need, name=name, where=where, help=advice)
