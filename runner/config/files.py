"""The files of one snapshot, read by name; a name that cannot be read is a located problem."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from runner.config.source import Source, read_source, read_text
from runner.domain.diagnostics import Diagnostic, Place
from runner.domain.snapshot import Snapshot
from runner.notation.tree import Loc

PRESENT = "agent.yaml"
"""The file that the present layout has, and the original one has not."""


class Reference(NamedTuple):
    """The place in a config that names a file."""

    source: Source
    loc: Loc


@dataclass(frozen=True)
class Files:
    """Files of a snapshot; `origin` is put before a path that is shown."""

    snapshot: Snapshot
    origin: str
    _read: dict[str, tuple[Source | None, list[Diagnostic]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was read already: the tools are asked for twice, and YAML takes its time."""

    def first(self, path: str) -> tuple[Source | None, list[Diagnostic]]:
        """Return the file that nothing names: agent.yaml."""
        if path in self.snapshot.files:
            return read_source(self.snapshot.files[path], self.shown(path))
        place = Place(file=self.shown(path))
        message = f"there is no {path}"
        advice = "`agentctl new AGENT` writes a small agent to start from"
        return None, [Diagnostic(code="AC006", message=message, place=place, help=advice)]

    def data(self, path: str, named: Reference) -> tuple[Source | None, list[Diagnostic]]:
        """Return the YAML or JSON file that a place names."""
        if problem := self.missing(path, named):
            return None, [problem]
        if path not in self._read:
            self._read[path] = read_source(self.snapshot.files[path], self.shown(path))
        source, found = self._read[path]
        return source, [*found]

    def text(self, path: str, named: Reference) -> tuple[Source | None, list[Diagnostic]]:
        """Return the text file that a place names."""
        if problem := self.missing(path, named):
            return None, [problem]
        return read_text(self.snapshot.files[path], self.shown(path))

    def missing(self, path: str, named: Reference) -> Diagnostic | None:
        """Return the problem of a path that is no file of the snapshot, or None."""
        if path in self.snapshot.files:
            return None
        if path.startswith(("/", "~")) or ".." in path.split("/") or "\\" in path:
            message = f"`{path}` leaves the agent's directory"
            advice = "a path is relative to agent.yaml and stays beside or below it"
            return named.source.problem("AC007", message, named.loc, advice)
        near = get_close_matches(path, self.snapshot.files, n=1, cutoff=0.6)
        plain = path.removeprefix("./")
        if plain in self.snapshot.files:
            near = [plain]
        advice = f"did you mean `{near[0]}`?" if near else "paths are relative to agent.yaml"
        message = f"there is no file `{path}` in this agent"
        return named.source.problem("AC006", message, named.loc, advice)

    def shown(self, path: str) -> str:
        """Return a path as diagnostics show it."""
        return f"{self.origin}/{path}" if self.origin else path
