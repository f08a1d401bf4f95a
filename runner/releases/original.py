"""The original single-agent layout: `<agents root>/vX.Y.Z/`, and `current` that names one of them.

`current` is a link to a version directory, or a text file that holds its name. The agent is called
as the `name` in config.json says, else as the repository's directory.
"""

import re
from pathlib import Path

from runner.domain.diagnostics import ConfigError, Diagnostic, Place
from runner.domain.errors import UsageError
from runner.domain.quantities import VERSION, check_agent_name
from runner.domain.release import Version
from runner.domain.snapshot import Snapshot
from runner.notation.jsonish import strict_json
from runner.releases.collecting import LARGEST_FILE
from runner.releases.ordering import precedence
from runner.releases.reading import agent_directories, check_agent_known, read_directory

CURRENT = "current"
CONFIG = "config.json"
LONGEST_POINTER = 4096
LONGEST_NAME = 100
"""A directory and its pointer are called so; file systems take 255 bytes."""
NO_NAME = re.compile(r"[^a-z0-9]+")


class OriginalStore:
    """The one agent of the original layout, if there is one."""

    def __init__(self, agents_root: Path, shown: str | None = None) -> None:
        """`shown` is what people call the directory of agents; unsaid, its path."""
        self._root = agents_root
        self._shown = Path(shown or agents_root)

    def agents(self) -> list[str]:
        """Return the agent's name; empty when there is none, or an agent's directory has it."""
        name = self.name()
        return [name] if name and name not in agent_directories(self._root) else []

    def name(self) -> str | None:
        """Return what the agent is called, whether or not a directory has the same name."""
        versions = self._versions()
        if not versions and not self._pointer.is_symlink() and not self._pointer.is_file():
            return None
        try:
            version = self.current() if versions else ""
        except ConfigError:
            version = versions[-1]
        return _valid(_named(self._root / version / CONFIG) or self._root.resolve().parent.name)

    def versions(self, agent: str) -> list[Version]:
        """Return the versions of an agent in SemVer order, newest last; empty when unknown."""
        if agent not in self.agents():
            return []
        return [Version(agent, version) for version in self._versions()]

    def load(self, agent: str, version: str) -> Snapshot:
        """Return the files of a version, as they lie there.

        Raises:
            UsageError: no such agent or version.
            ConfigError: a file is a link, too large, or has a name that is not portable.
        """
        check_agent_known(self.agents(), agent, self._root)
        known = self._versions()
        if version not in known:
            listed = ", ".join(known) or "none"
            raise UsageError(
                f"{agent} has no version {version}",
                help=f"it is kept in the original layout; version directories: {listed}",
            )
        return read_directory(self._root / version, self.locate(agent, version))

    def locate(self, agent: str, version: str) -> str:
        """Return the version's directory, for people."""
        return str(self._shown / version)

    def current(self) -> str:
        """Return the version that `current` names; without one, the newest.

        Raises:
            UsageError: there is no version at all.
            ConfigError: `current` names none of the versions (AC237).
        """
        known = self._versions()
        if self._pointer.is_symlink():
            return self._checked(self._linked(), str(self._pointer.readlink()))
        if self._pointer.is_file():
            text = self._text()
            return self._checked(_last_part(text), text)
        if self._pointer.is_dir():
            raise self._broken(
                "is a directory", advice="make it a link, or a text file with vX.Y.Z"
            )
        if not known:
            raise UsageError(
                f"{self._shown} holds no version directory", help="one is called v1.0.0"
            )
        return known[-1]

    @property
    def _pointer(self) -> Path:
        return self._root / CURRENT

    def _versions(self) -> list[str]:
        if not self._root.is_dir():
            return []
        entries = self._root.iterdir()
        # The name first: to ask the disk about each of 200 agents, once for each, takes seconds.
        names = [e.name for e in entries if VERSION.fullmatch(e.name) and e.is_dir()]
        return sorted(names, key=precedence)

    def _linked(self) -> str:
        """Return the version that the link leads to; empty when it leads elsewhere."""
        try:
            target = self._pointer.resolve(strict=True)
        except (OSError, RuntimeError):
            return ""
        return target.name if target.parent == self._root.resolve() else ""

    def _text(self) -> str:
        try:
            with self._pointer.open("rb") as file:
                data = file.read(LONGEST_POINTER)
        except OSError as error:
            raise self._broken(f"cannot be read: {error.strerror}") from error
        return data.decode("utf-8", "replace").strip()

    def _checked(self, version: str, said: str) -> str:
        known = self._versions()
        if version in known:
            return version
        listed = ", ".join(known) or "none"
        raise self._broken(
            f"names no version: it says `{said[:80]}`",
            said,
            f"let it name one of the version directories beside it: {listed}",
        )

    def _broken(self, what: str, said: str = "", advice: str = "") -> ConfigError:
        line = said.split("\n", 1)[0][:80]
        place = Place(file=str(self._shown / CURRENT), length=max(len(line), 1), source=line)
        return ConfigError(
            [Diagnostic(code="AC237", message=f"`{CURRENT}` {what}", place=place, help=advice)]
        )


def _last_part(text: str) -> str:
    """Return `v1.0.0` of `v1.0.0/`, `./v1.0.0` or `agent-configs/v1.0.0`; empty of others."""
    found = re.fullmatch(r"(?:\./)?(?:agent-configs/)?([^/\s]+)/?", text)
    return found[1] if found else ""


def _named(config: Path) -> str:
    """Return the name in a config.json; empty when it has none, or cannot be read."""
    try:
        with config.open("rb") as file:
            data = strict_json(file.read(LARGEST_FILE + 1).decode("utf-8"))
    except (OSError, ValueError):
        return ""
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def _valid(name: str) -> str:
    """Return a name with what an agent's name may not have replaced by `-`."""
    text = NO_NAME.sub("-", name.lower())[:LONGEST_NAME].strip("-")
    try:
        return check_agent_name(text)
    except ValueError:
        return "agent"
