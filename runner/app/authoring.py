"""Writing files for authors: a new agent, the schemas."""

from pathlib import Path

from runner.app.project import AGENTS, nearest_project
from runner.config.scaffold import new_agent
from runner.config.schemas import schema_bytes, schemas
from runner.domain.errors import UsageError
from runner.domain.quantities import check_agent_name


def write_agent(root: Path | None, name: str) -> list[str]:
    """Write a new agent below agent-configs/ and return the paths of its files.

    Raises:
        UsageError: the name cannot be one, the directory exists, or it cannot be written.
    """
    try:
        check_agent_name(name)
    except ValueError as error:
        raise UsageError(str(error), help="for instance: agentctl new invoice-triage") from error
    if root is not None and not root.is_dir():
        raise UsageError(f"no directory {root}", help="make it first, or name another with -C")
    directory = (root or nearest_project(Path.cwd()) or Path.cwd()) / AGENTS / name
    if directory.exists():
        raise UsageError(f"{directory} exists", help="choose another name, or edit what is there")
    return [write_file(directory / path, data) for path, data in new_agent(name).items()]


def write_schemas(root: Path | None, directory: Path) -> list[str]:
    """Write every JSON Schema into a directory, relative to the project, and return the paths."""
    target = (root or Path()) / directory
    return [write_file(target / name, schema_bytes(schema)) for name, schema in schemas().items()]


def write_file(path: Path, data: bytes) -> str:
    """Write a file and the directories above it, and return its path for people.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if data.startswith(b"#!"):
            path.chmod(0o755)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}",
            help="look at the permissions there, or name another project with -C",
        ) from error
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
