"""What agentctl itself needs of this machine and of the project."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

from runner.app.doctor.need import Need
from runner.app.project import AGENTS, SETTINGS_FILE, Project
from runner.app.released.versions import agent_names
from runner.boundary.probe import free_bytes, git_version, nearest, writable

LITTLE_BYTES = 100 << 20
MEGABYTE = 1 << 20


def machine_needs() -> Iterator[Need]:
    """Yield the interpreter, agentctl itself and git."""
    yield Need("python", platform.python_version(), "ok", sys.executable)
    yield Need("agentctl", version("agentctl"), "ok", str(sys.modules["runner"].__path__[0]))
    git = git_version()
    if git:
        yield Need("git", git[1], "ok", git[0])
    else:
        advice = "install git: without it, files that .gitignore names count as parts of an agent"
        yield Need("git", "git", "warning", help=advice)


def project_needs(project: Project) -> Iterator[Need]:
    """Yield the state directory, and whether there are agents."""
    yield _state(project)
    if not agent_names(project):
        advice = "`agentctl new AGENT` writes a small agent that validates and runs"
        yield Need("agents", AGENTS, "missing", help=advice)


def settings_need(project: Project) -> Need:
    """Return agentctl.yaml, which may be absent.

    Raises:
        ConfigError: it has problems.
    """
    _ = project.settings
    if (project.root / SETTINGS_FILE).is_file():
        return Need("settings", SETTINGS_FILE, "ok", str(project.root / SETTINGS_FILE))
    return Need("settings", SETTINGS_FILE, "ok", help="absent, so every value has its default")


def _state(project: Project) -> Need:
    shown = project.shown(project.state)
    at = str(project.state)
    if not writable(project.state):
        advice = (
            f"this user may not write in {nearest(project.state)}: change its owner, or choose "
            "another directory with --state-dir"
        )
        return Need("state", shown, "wrong", at, advice)
    free = free_bytes(project.state)
    if free < LITTLE_BYTES:
        advice = f"{free // MEGABYTE} MB are free on its disk; free some space"
        return Need("state", shown, "warning", at, advice)
    room = f"{free // MEGABYTE:,} MB are free"
    if not project.state.exists():
        room += "; the first run makes it"
    return Need("state", shown, "ok", at, room)
