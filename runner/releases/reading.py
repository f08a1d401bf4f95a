"""From a directory to a Snapshot: regular files alone, within limits, with portable names."""

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from runner.boundary.git_query import ignored_paths
from runner.domain.diagnostics import ConfigError, Diagnostic, Place
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION, check_agent_name
from runner.domain.snapshot import Snapshot, check_paths

MOST_FILES = 2_000
MOST_BYTES = 16 << 20
LARGEST_FILE = 1 << 20
DEEPEST = 32
LFS = b"version https://git-lfs.github.com/spec/"


def read_directory(directory: Path, shown: str) -> Snapshot:
    """Return the files of an agent's directory; `shown` is what people call the directory.

    Left out: dot-files, `__pycache__`, what git ignores, and at the top `current` and `vX.Y.Z`.

    Raises:
        ConfigError: every link, special, large or badly named file, each located.
    """
    if directory.is_symlink():
        raise ConfigError([problem("AC020", shown, "an agent's directory cannot be a link")])
    reading = Reading(directory, shown, ignored_paths(directory))
    reading.read("")
    reading.check_names()
    if reading.problems:
        raise ConfigError(sorted(reading.problems, key=lambda found: found.place.file))
    return Snapshot(dict(sorted(reading.files.items())))


def agent_directories(agents_root: Path) -> list[str]:
    """Return the names of the agents below a directory, sorted."""
    if not agents_root.is_dir():
        return []
    return sorted(path.name for path in agents_root.iterdir() if path.is_dir() and _named(path))


def check_agent_exists(agents_root: Path, agent: str) -> None:
    """Raise UsageError, with the name that was probably meant, when there is no such agent."""
    known = agent_directories(agents_root)
    if agent in known:
        return
    close = get_close_matches(agent, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"agents: {', '.join(known) or 'none yet'}"
    raise UsageError(f"no agent {agent!r} in {agents_root}", help=hint)


def problem(code: str, file: str, message: str, advice: str = "") -> Diagnostic:
    """Return a diagnostic about a whole file."""
    return Diagnostic(code=code, message=message, place=Place(file=file), help=advice)


@dataclass
class Reading:
    """What was found so far below one directory."""

    directory: Path
    shown: str
    ignored: Callable[[str], bool]
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    total: int = 0

    def read(self, within: str) -> None:
        """Read everything below `within`, a relative path that is empty or ends with `/`."""
        for entry in self._entries(within):
            path = within + unicodedata.normalize("NFC", entry.name)
            if self._full(within):
                return
            if entry.is_dir(follow_symlinks=False):
                self.read(path + "/")
            elif data := self._content(entry, path):
                self._keep(path, data[0])

    def check_names(self) -> None:
        """Note every name that is not the same on every system."""
        folded: dict[str, str] = {}
        for path in sorted(self.files):
            other = folded.setdefault(path.casefold(), path)
            if other != path:
                self._note("AC023", path, f"differs from {other!r} only in upper and lower case")
            try:
                path.encode()
                check_paths({path: b""})
            except UnicodeEncodeError:
                self._note("AC023", path, "the name is not UTF-8")
            except ValueError as error:
                self._note("AC023", path, str(error))

    def _entries(self, within: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self.directory / within) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise UsageError(f"{self.shown}/{within}: cannot read: {error.strerror}") from error
        for entry in found:
            name = within + entry.name
            if not left_out(entry.name, top=not within) and not self.ignored(name):
                yield entry

    def _content(self, entry: os.DirEntry[str], path: str) -> tuple[bytes] | None:
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "no regular file"
            self._note("AC020", path, f"{kind}; a release holds regular files alone")
            return None
        if status.st_size > LARGEST_FILE:
            size = status.st_size
            self._note("AC021", path, f"{size:,} bytes; at most {LARGEST_FILE:,}")
            return None
        return (self._bytes(entry, path),)

    def _bytes(self, entry: os.DirEntry[str], path: str) -> bytes:
        try:
            fd = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(fd, "rb") as file:
                return file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise UsageError(f"{self.shown}/{path}: cannot read: {error.strerror}") from error

    def _keep(self, path: str, data: bytes) -> None:
        if path in self.files:
            self._note("AC023", path, "two files have this name in Unicode form NFC")
        if data.startswith(LFS):
            advice = "run `git lfs pull`, or keep the file in git itself"
            self._note("AC024", path, "a Git LFS pointer, not the file itself", advice)
        self.files[path] = data
        self.total += len(data)

    def _full(self, within: str) -> bool:
        if any(found.code == "AC022" for found in self.problems):
            return True
        if len(self.files) >= MOST_FILES:
            self._too_much(f"more than {MOST_FILES} files")
        elif self.total > MOST_BYTES:
            self._too_much(f"more than {MOST_BYTES} bytes in all")
        elif within.count("/") > DEEPEST:
            self._too_much(f"directories more than {DEEPEST} deep")
        else:
            return False
        return True

    def _too_much(self, message: str) -> None:
        advice = "move what the agent does not need elsewhere, or let git ignore it"
        self.problems.append(problem("AC022", self.shown, message, advice))

    def _note(self, code: str, path: str, message: str, advice: str = "") -> None:
        shown = f"{self.shown}/{path}".encode("utf-8", "replace").decode()
        self.problems.append(problem(code, shown, message, advice))


def left_out(name: str, *, top: bool) -> bool:
    """Return whether a name is never part of a snapshot; `top` is the agent's own directory."""
    if name.startswith(".") or name == "__pycache__":
        return True
    return top and (name == "current" or VERSION.fullmatch(name) is not None)


def _named(path: Path) -> bool:
    try:
        check_agent_name(path.name)
    except ValueError:
        return False
    return True
