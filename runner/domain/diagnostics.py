"""Problems of a config: a stable code, a place, a sentence and what to do about it."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from runner.domain.errors import UsageError
from runner.domain.noun import Noun

CHECKLIST = (
    "scoped-task",
    "versioned-prompt",
    "idempotent-tools",
    "dry-run",
    "strict-schemas",
    "state-and-resume",
    "iteration-limit",
    "escalation",
    "errors-to-model",
    "alerts",
)
"""What must be so before an agent runs unattended: the items of `validate --production`."""


class Place(Noun):
    """Where in a file. Lines and columns count from 1, columns in characters."""

    file: str
    line: int = 1
    column: int = 1
    length: int = Field(1, ge=1, description="Characters to underline.")
    source: str = Field("", description="The source line; of a long one what is near the column.")
    source_column: int = Field(1, ge=1, description="Column that `source` begins at.")


class Diagnostic(Noun):
    """One problem."""

    code: str = Field(pattern=r"^AC[0-9]{3}$")
    severity: Literal["error", "warning"] = "error"
    message: str
    place: Place
    help: str = ""


class Waived(Noun):
    """A warning that somebody accepts for a while."""

    diagnostic: Diagnostic
    reason: str
    until: date = Field(description="Last day it holds.")


class Verdict(Noun):
    """One item of the checklist for running unattended."""

    item: str
    result: Literal["passed", "failed", "waived"]
    reason: str = Field(description="Why it passed or failed, or why it is accepted.")
    help: str = Field("", description="What to do about it.")


class ConfigError(UsageError):
    """A config that cannot be loaded; it carries every problem that was found."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        first = diagnostics[0]
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        place = f"{first.place.file}:{first.place.line}:{first.place.column}"
        super().__init__(f"{place}: {first.message}{more}", help=first.help)
        self.diagnostics = tuple(diagnostics)
