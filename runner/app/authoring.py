"""Writing files for authors: a new agent, the schemas."""

import json
from pathlib import Path

from runner.app.project import AGENTS
from runner.config.scaffold import new_agent
from runner.config.schemas import schemas
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
        raise UsageError(str(error)) from error
    directory = (root or Path()) / AGENTS / name
    if directory.exists():
        raise UsageError(f"{directory} exists", help="choose another name, or edit what is there")
    return [_write(directory / path, data) for path, data in new_agent(name).items()]


def write_schemas(directory: Path) -> list[Path]:
    """Write every JSON Schema into a directory and return the paths."""
    written = []
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        written.append(Path(_write(directory / name, text.encode())))
    return written


def _write(path: Path, data: bytes) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if data.startswith(b"#!"):
            path.chmod(0o755)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return str(path)
