"""A file as a commit has it."""

from typing import NamedTuple

from runner.domain.errors import UsageError
from runner.releases.git_failures import LOCAL_OBJECTS
from runner.releases.git_repository import GitRepository

FILE, EXECUTABLE = "100644", "100755"


class Blob(NamedTuple):
    """A file in a commit."""

    oid: str
    data: bytes
    mode: str = FILE


def blob_at(repository: GitRepository, commit: str, path: str) -> Blob | None:
    """Return a file as it is in a commit, None where there is none.

    Raises:
        UsageError: something else has its name: a link, a directory, a submodule.
    """
    above, _, name = path.rpartition("/")
    tree = repository.find(f"{commit}:{above}")
    entries = repository.entries(tree) if tree and tree.kind == "tree" else iter(())
    entry = next((entry for entry in entries if entry.name == name), None)
    if entry is None:
        return None
    if entry.mode not in {FILE, EXECUTABLE}:
        raise UsageError(
            f"{path} is no regular file in commit {commit[:12]}",
            help="a pointer is a small YAML file; remove what lies in its place",
        )
    found = repository.find(entry.oid)
    if found is None:
        raise UsageError(f"{path}: its content is missing from this clone", help=LOCAL_OBJECTS)
    return Blob(found.oid, found.data, entry.mode)
