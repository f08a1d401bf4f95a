"""What a tool is called in: the release's files, the run's values and secrets, the way out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.boundary.files import make_private
from runner.boundary.http import HttpClient
from runner.domain.references import SecretRef, VariableRef


def unchanged(text: str) -> str:
    """Return the text: the redaction of a run without secrets."""
    return text


@dataclass(frozen=True)
class ToolContext:
    """The surroundings of every tool of one run."""

    release_dir: Path
    """The release's files, materialised."""
    scratch: Path
    """Private directory of the run; it need not exist yet."""
    mode: str
    values: Mapping[str, Any]
    """The agent's variables as its environment has them."""
    environment: Mapping[str, str]
    """Our own environment variables; a tool inherits PATH of them."""
    secret: Callable[[SecretRef], str]
    """Returns a secret without its prefix."""
    http: HttpClient
    run: str
    redact: Callable[[str], str] = unchanged
    """Takes secrets out of what the other side said, before it is cut to fit a message."""

    def working_directory(self) -> Path:
        """Return the scratch directory, made now (0700) when it is missing.

        Raises:
            StateError: it cannot be made.
        """
        make_private(self.scratch)
        return self.scratch

    def text(self, source: str | VariableRef) -> str:
        """Return a text of the config with its variable filled in; `true` for a boolean.

        Raises:
            KeyError: the variable has no value; validation lets no such release run.
        """
        if isinstance(source, str):
            return source
        value = self.values[source.var]
        return (value if isinstance(value, str) else json.dumps(value)) + source.suffix
