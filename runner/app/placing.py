"""Where a finding stands for a code review: as from the top of the git repository."""

from collections.abc import Callable
from pathlib import Path, PurePath

from runner.app.project import nearest_project
from runner.boundary.git_query import repository_of


def from_repository(root: Path | None) -> Callable[[str], str]:
    """Return what turns a shown path into one from the repository's top.

    Shown paths start at the project, or where there is none at the working directory. A path that
    lies in no repository, or that nothing has any more, stays as it is.
    """
    here = Path.cwd()
    project = root.resolve() if root else nearest_project(here)
    bases = [base for base in (project, here) if base]
    top = repository_of(bases[0])

    def placed(file: str) -> str:
        at = next((base / file for base in bases if (base / file).exists()), None)
        if top is None or at is None or not at.is_relative_to(top):
            return file
        return PurePath(at.relative_to(top)).as_posix()

    return placed
