"""An agent's files as a commit or the index holds them: what would be released, what is staged."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.domain.errors import UsageError
from runner.domain.snapshot import Snapshot
from runner.releases.collecting import Collected, left_out
from runner.releases.git_objects import kind_of
from runner.releases.git_repository import GitRepository

MERGED = "0"


@dataclass(frozen=True)
class Listed:
    """One file: its mode in git, its object, and its path below the directory listed."""

    mode: str
    oid: str
    path: str


def in_commit(repository: GitRepository, commit: str, directory: str) -> list[Listed]:
    """Return the files below a directory (its path from the top, no `/` at its end) of a commit."""
    # Options before the tree: the directory is no pattern, and `:(literal)` is unknown to ls-tree.
    tree = repository.find(f"{commit}:{directory}")
    if tree is None or tree.kind != "tree":
        return []
    listed = repository.ask("ls_tree", "-r", "-z", "--full-tree", tree.oid)
    found = []
    for line in filter(None, listed.split("\0")):
        meta, _, path = line.partition("\t")
        mode, _kind, oid = meta.split(" ")
        found.append(Listed(mode, oid, path))
    return found


def in_index(repository: GitRepository, directory: str, env: Mapping[str, str]) -> list[Listed]:
    """Return the files below a directory as they are staged; `env` may name another index.

    Raises:
        UsageError: a merge is not finished there.
    """
    where = f":(literal,top){directory}"
    listed = repository.ask("ls_files", "--stage", "-z", "--full-name", "--", where, env=dict(env))
    found = []
    for line in filter(None, listed.split("\0")):
        meta, _, path = line.partition("\t")
        mode, oid, stage = meta.split(" ")
        if stage != MERGED:
            raise UsageError(
                f"{path} has a conflict that is not resolved",
                help=f"resolve it, then git add {path}",
            )
        found.append(Listed(mode, oid, path.removeprefix(f"{directory}/")))
    return found


def staged_paths(
    repository: GitRepository, directories: Sequence[str], env: Mapping[str, str]
) -> list[str]:
    """Return the paths, from the top, that the index has otherwise than HEAD."""
    options = ("--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    where = [f":(literal,top){directory}" for directory in directories]
    listed = repository.ask("diff", *options, "--", *where, env=dict(env))
    return [path for path in listed.split("\0") if path]


def files_of(repository: GitRepository, listed: list[Listed], shown: str) -> Snapshot:
    """Return the files that are part of a snapshot; `shown` is what people call the directory.

    Raises:
        UsageError: a file is missing from an incomplete clone.
        ConfigError: a link or submodule, too large, or badly named: every one.
    """
    into = Collected(shown)
    for each in _kept(listed):
        path = unicodedata.normalize("NFC", each.path)
        if into.full(path.rpartition("/")[0] + "/"):
            break
        if kind := kind_of(each.mode):
            into.refuse_kind(path, kind)
            continue
        blob = repository.find(each.oid)
        if blob is None:
            raise repository.lost(each.oid, f"{shown}/{path}")
        if into.fits(path, len(blob.data)):
            into.keep(path, blob.data)
    return into.snapshot()


def changed_paths(repository: GitRepository, directory: str) -> list[tuple[str, str]]:
    """Return the files of a snapshot that no commit holds as they are, and what each is.

    `directory` counts from the top of the repository; what git ignores does not count.
    """
    options = ("--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    words = (*options, "--ignore-submodules=none", "--", f":(literal,top){directory}")
    found = []
    for line in filter(None, repository.ask("status", *words).split("\0")):
        state, path = line[:2], line[3:]
        if is_part(path.removeprefix(f"{directory}/")):
            found.append((path, _state(state)))
    return found


def ignored_and_tracked(repository: GitRepository, directory: str) -> list[str]:
    """Return the files that are committed although `.gitignore` names them, from the top."""
    options = ("--cached", "--ignored", "--exclude-standard", "-z", "--full-name")
    listed = repository.ask("ls_files", *options, "--", f":(literal,top){directory}")
    paths = [path for path in listed.split("\0") if path]
    return [path for path in paths if is_part(path.removeprefix(f"{directory}/"))]


def _state(code: str) -> str:
    """Return what `git status` says of a file, in a word."""
    if code == "??":
        return "untracked"
    if "U" in code or code in {"AA", "DD"}:
        return "in conflict"
    if "D" in code:
        return "deleted"
    return "staged" if code[1] == " " else "modified"


def is_part(path: str) -> bool:
    """Return whether a path below an agent's directory is part of its snapshots."""
    names = path.split("/")
    return not any(left_out(name, top=not depth) for depth, name in enumerate(names))


def _kept(listed: list[Listed]) -> Iterator[Listed]:
    return (each for each in listed if is_part(each.path))
