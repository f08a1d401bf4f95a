"""What may be part of a snapshot, whatever the files come from: a directory, or a tree in git."""

from dataclasses import dataclass, field

from runner.domain.diagnostics import ConfigError, Diagnostic, Place
from runner.domain.quantities import VERSION
from runner.domain.snapshot import Snapshot, check_paths

MOST_FILES = 2_000
MOST_BYTES = 16 << 20
LARGEST_FILE = 1 << 20
DEEPEST = 32
LFS = b"version https://git-lfs.github.com/spec/"


@dataclass
class Collected:
    """Files of one version so far, and what is wrong with them; `shown` is where they lie."""

    shown: str
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    total: int = 0

    def snapshot(self) -> Snapshot:
        """Return the files, in order.

        Raises:
            ConfigError: every problem that was noted, and every name that is not portable.
        """
        self._check_names()
        if self.problems:
            raise ConfigError(sorted(self.problems, key=lambda found: found.place.file))
        return Snapshot(dict(sorted(self.files.items())))

    def keep(self, path: str, data: bytes) -> None:
        """Take a file, its path in Unicode form NFC."""
        if path in self.files:
            self.note("AC023", path, "two files have this name in Unicode form NFC")
        if data.startswith(LFS):
            advice = "run `git lfs pull`, or keep the file in git itself"
            self.note("AC024", path, "a Git LFS pointer, not the file itself", advice)
        self.files[path] = data
        self.total += len(data)

    def refuse_kind(self, path: str, kind: str) -> None:
        """Note that something is no regular file."""
        self.note("AC020", path, f"{kind}; a release holds regular files alone")

    def fits(self, path: str, size: int) -> bool:
        """Return whether one file is small enough; note it where not."""
        if size > LARGEST_FILE:
            self.note("AC021", path, f"{size:,} bytes; at most {LARGEST_FILE:,}")
        return size <= LARGEST_FILE

    def full(self, within: str) -> bool:
        """Return whether there is too much in all; `within` is where the reader stands."""
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

    def note(self, code: str, path: str, message: str, advice: str = "") -> None:
        """Note what is wrong with one file."""
        shown = f"{self.shown}/{path}".encode("utf-8", "replace").decode()
        self.problems.append(problem(code, shown, message, advice))

    def _too_much(self, message: str) -> None:
        advice = "move what the agent does not need elsewhere, or let git ignore it"
        self.problems.append(problem("AC022", self.shown, message, advice))

    def _check_names(self) -> None:
        folded: dict[str, str] = {}
        for path in sorted(self.files):
            other = folded.setdefault(path.casefold(), path)
            if other != path:
                self.note("AC023", path, f"differs from {other!r} only in upper and lower case")
            try:
                path.encode()
                check_paths({path: b""})
            except UnicodeEncodeError:
                self.note("AC023", path, "the name is not UTF-8")
            except ValueError as error:
                self.note("AC023", path, str(error))


def problem(code: str, file: str, message: str, advice: str = "") -> Diagnostic:
    """Return a diagnostic about a whole file."""
    return Diagnostic(code=code, message=message, place=Place(file=file), help=advice)


def left_out(name: str, *, top: bool) -> bool:
    """Return whether a name is never part of a snapshot; `top` is the agent's own directory."""
    if name.startswith(".") or name == "__pycache__":
        return True
    return top and (name == "current" or VERSION.fullmatch(name) is not None)
