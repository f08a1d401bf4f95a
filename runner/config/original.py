"""The files of an agent in the layout that it has, read as those of the present one.

config.json and tools.json become the data of agent.yaml and tools.yaml; their values keep their
places, so all checks are made and every diagnostic points into the files that the author wrote.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from runner.config.files import PRESENT, Files, Reference
from runner.config.moving import Moving
from runner.config.original_agent import PROMPT, TOOLS, agent_data
from runner.config.original_tools import tools_data
from runner.config.source import Source, read_source, read_text
from runner.domain.diagnostics import Diagnostic
from runner.domain.quantities import VERSION
from runner.domain.snapshot import Snapshot
from runner.notation.yamlish import kind_of

CONFIG = "config.json"
BESIDE = "write `{}` beside config.json: each version of the original layout has its own"
Read = tuple[Source | None, list[Diagnostic]]


def is_original(snapshot: Snapshot) -> bool:
    """Return whether a version's files are those of the original layout."""
    files = snapshot.files
    return PRESENT not in files and (CONFIG in files or {PROMPT, TOOLS} <= files.keys())


def present_form(snapshot: Snapshot, origin: str, agent: str) -> tuple[Files, list[Diagnostic]]:
    """Return the files under the present names, and what is to be told about the original ones.

    The last part of `origin` is the version, if it is one.
    """
    files = Files(snapshot, origin.rstrip("/"))
    if not is_original(snapshot):
        return files, []
    found: list[Diagnostic] = []
    version = files.origin.rpartition("/")[2]
    named = version if VERSION.fullmatch(version) else ""
    config = _moved(files, CONFIG, {}, lambda moving: agent_data(moving, agent, named), found)
    tools = _moved(files, TOOLS, [], tools_data, found)
    found += [_windows(files, path) for path in (CONFIG, TOOLS, PROMPT) if _has_cr(files, path)]
    return OriginalFiles(snapshot, files.origin, config, tools), found


@dataclass(frozen=True)
class OriginalFiles(Files):
    """Files of the original layout that answer as those of the present one."""

    config: Read
    tools: Read

    def first(self, path: str) -> Read:
        """Return config.json as agent.yaml."""
        return self.config

    def data(self, path: str, named: Reference) -> Read:
        """Return tools.json as tools.yaml, any other file as it stands."""
        if path == TOOLS and path in self.snapshot.files:
            return self.tools
        return super().data(path, named)

    def missing(self, path: str, named: Reference) -> Diagnostic | None:
        """Return the problem of a path that is no file; nothing names those of the layout."""
        found = super().missing(path, named)
        if found is None or path not in {PROMPT, TOOLS}:
            return found
        return found.model_copy(update={"help": BESIDE.format(path)})

    def text(self, path: str, named: Reference) -> Read:
        """Return a text; the prompt may have Windows line ends, and keeps them."""
        if path != PROMPT or not _has_cr(self, path):
            return super().text(path, named)
        data = self.snapshot.files[path]
        source, found = read_text(data.replace(b"\r\n", b"\n"), self.shown(path))
        if source is None:
            return None, found
        return replace(source, lines=tuple(data.decode().split("\n"))), []


def _moved(
    files: Files,
    path: str,
    empty: object,
    fill: Callable[[Moving], None],
    found: list[Diagnostic],
) -> Read:
    if path not in files.snapshot.files:
        source, problems = files.first(path)
        told = {"help": f"write `{path}` beside `{PROMPT}` and `{TOOLS}`: it names the model"}
        return source, [problem.model_copy(update=told) for problem in problems]
    data = files.snapshot.files[path].replace(b"\r\n", b"\n")
    source, problems = read_source(data, files.shown(path))
    if source is None:
        return None, problems
    if path == CONFIG and not isinstance(source.data, dict):
        message = f"{CONFIG} is an object, not {kind_of(source.data)}"
        return None, [source.problem("AC101", message)]
    moving = Moving(source, empty)
    fill(moving)
    found += moving.told()
    return moving.made(), []


def _has_cr(files: Files, path: str) -> bool:
    return b"\r\n" in files.snapshot.files.get(path, b"")


def _windows(files: Files, path: str) -> Diagnostic:
    message = f"{path} has Windows line ends (CRLF)"
    if path == PROMPT:
        message += ", and the model is sent them"
    advice = "git on another system may change them, and the digest with them; save it with LF"
    found = Source(files.shown(path), ()).problem("AC238", message, (), advice)
    return found.model_copy(update={"severity": "warning"})
