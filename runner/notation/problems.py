"""What is wrong in a text, and where in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.domain.errors import UsageError


@dataclass(frozen=True)
class Problem:
    """One problem of a text. Lines and columns count from 1, columns and length in characters."""

    code: str
    message: str
    line: int = 1
    column: int = 1
    length: int = 1
    help: str = ""


class NotationError(UsageError):
    """A text that cannot be read; it carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            f"line {first.line}, column {first.column}: {first.message}", help=first.help
        )
        self.problems = tuple(problems)
