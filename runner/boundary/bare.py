"""Is a directory a bare git repository? Asked without git, and without loading anything."""

from pathlib import Path


def is_bare(directory: Path) -> bool:
    """Return whether a directory holds what a repository without working tree holds."""
    parts = directory / "objects", directory / "refs"
    return (directory / "HEAD").is_file() and all(part.is_dir() for part in parts)
