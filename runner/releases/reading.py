"""From a directory to a Snapshot: regular files alone, within limits, with portable names."""

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from runner.boundary.git_query import ignored_paths
from runner.domain.diagnostics import ConfigError
from runner.domain.errors import UsageError
from runner.domain.quantities import check_agent_name
from runner.domain.snapshot import Snapshot
from runner.releases.collecting import LARGEST_FILE, Collected, left_out, problem


def read_directory(directory: Path, shown: str) -> Snapshot:
    """Return the files of an agent's directory; `shown` is what people call the directory.

    Left out: dot-files, `__pycache__`, what git ignores, and at the top `current` and `vX.Y.Z`.

    Raises:
        ConfigError: every link, special, large or badly named file, each located.
    """
    if directory.is_symlink():
        raise ConfigError([problem("AC020", shown, "an agent's directory cannot be a link")])
    collected = Collected(shown)
    Reading(directory, ignored_paths(directory), collected).read("")
    return collected.snapshot()


def agent_directories(agents_root: Path) -> list[str]:
    """Return the names of the agents below a directory, sorted."""
    if not agents_root.is_dir():
        return []
    # A directory entry knows its kind; to ask the disk about each of 200 agents takes a second.
    with os.scandir(agents_root) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and _named(entry))


def check_agent_exists(agents_root: Path, agent: str) -> None:
    """Raise UsageError, with the name that was probably meant, when there is no such agent."""
    check_agent_known(agent_directories(agents_root), agent, agents_root)


def check_agent_known(known: Sequence[str], agent: str, agents_root: Path) -> None:
    """Raise UsageError, with the name that was probably meant, when a name is not a known one."""
    if agent in known:
        return
    close = get_close_matches(agent, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"agents: {', '.join(known) or 'none yet'}"
    raise UsageError(f"no agent {agent!r} in {agents_root}", help=hint)


@dataclass(frozen=True)
class Reading:
    """A walk through one directory."""

    directory: Path
    ignored: Callable[[str], bool]
    into: Collected

    def read(self, within: str) -> None:
        """Read everything below `within`, a relative path that is empty or ends with `/`."""
        for entry in self._entries(within):
            path = within + unicodedata.normalize("NFC", entry.name)
            if self.into.full(within):
                return
            if entry.is_dir(follow_symlinks=False):
                self.read(path + "/")
            elif data := self._content(entry, path):
                self.into.keep(path, data[0])

    def _entries(self, within: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self.directory / within) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise self._unreadable(within, error) from error
        for entry in found:
            name = within + entry.name
            if not left_out(entry.name, top=not within) and not self.ignored(name):
                yield entry

    def _content(self, entry: os.DirEntry[str], path: str) -> tuple[bytes] | None:
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "no regular file"
            self.into.refuse_kind(path, kind)
            return None
        return (self._bytes(entry, path),) if self.into.fits(path, status.st_size) else None

    def _bytes(self, entry: os.DirEntry[str], path: str) -> bytes:
        try:
            fd = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(fd, "rb") as file:
                return file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: str, error: OSError) -> UsageError:
        return UsageError(f"{self.into.shown}/{path}: cannot read: {error.strerror}")


def _named(entry: os.DirEntry[str]) -> bool:
    try:
        check_agent_name(entry.name)
    except ValueError:
        return False
    return True
