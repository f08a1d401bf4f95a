"""Which screen is meant, as it is typed: `fleet`, `run:last`, `diff:hello:v1.0.0:v1.1.0`."""

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from runner.app.listing.query import parse_query
from runner.app.moves.ground import check_agent
from runner.app.project import open_project
from runner.app.story.history import run_path
from runner.domain.errors import UsageError
from runner.tui.registry import SCREENS

if TYPE_CHECKING:
    from runner.tui.ui import AgentctlUi

FORMS: dict[str, tuple[str, int, int]] = {
    **{entry.name: (entry.name, 0, 0) for entry in SCREENS},
    "runs": ("runs[:QUERY]", 0, 1),
    "versions": ("versions[:AGENT]", 0, 1),
    "run": ("run:RUN", 1, 1),
    "compare": ("compare:RUN:RUN", 2, 2),
    "diff": ("diff:AGENT:A[:B]", 2, 3),
    "promote": ("promote:AGENT:REF", 2, 2),
    "rollback": ("rollback:AGENT[:REF]", 1, 2),
    "dry-run": ("dry-run:AGENT[:REF]", 1, 2),
}
"""How each is typed, and how many words it takes at least and at most."""
BELOW = {
    "run": "runs",
    "compare": "runs",
    "diff": "versions",
    "promote": "fleet",
    "rollback": "fleet",
    "dry-run": "fleet",
}
"""The screen that is under what opens on top of one."""
OF_RUNS = frozenset({"run", "compare"})
CHANGING = frozenset({"promote", "rollback", "dry-run"})


@dataclass(frozen=True)
class Opening:
    """A screen and what it is about."""

    name: str
    words: tuple[str, ...] = ()

    @property
    def below(self) -> str:
        """The name of the first screen: this one, or the one it opens on top of."""
        return BELOW.get(self.name, self.name)

    @property
    def changes(self) -> bool:
        """Whether it asks for something that read-only forbids."""
        return self.name in CHANGING


def read_opening(text: str) -> Opening:
    """Return which screen is meant.

    Raises:
        UsageError: there is no such screen, or it takes other words.
    """
    name, colon, rest = text.partition(":")
    if name not in FORMS:
        close = get_close_matches(name, FORMS, n=1)
        known = ", ".join(form for form, _least, _most in FORMS.values())
        hint = f"did you mean `{close[0]}`?" if close else f"screens: {known}"
        raise UsageError(f"there is no screen {name!r}", help=hint)
    form, least, most = FORMS[name]
    words = (rest,) if name == "runs" and colon else tuple(rest.split(":")) if colon else ()
    if not least <= len(words) <= most or not all(words):
        raise UsageError(f"{text!r} is no screen", help=f"write {form}")
    return Opening(name, words)


def found(opening: Opening, root: Path | None, state: Path | None) -> Opening:
    """Return the same with whole ids of runs, after a look whether all of it is there.

    Raises:
        UsageError: no such run or agent, no project, or a query that cannot be read.
    """
    project = open_project(root, state)
    if opening.name in OF_RUNS:
        return replace(opening, words=tuple(run_path(project, word).stem for word in opening.words))
    if opening.name == "runs":
        for word in opening.words:
            parse_query(word)
    elif opening.words:
        check_agent(project, opening.words[0])
    return opening


async def show(ui: "AgentctlUi", opening: Opening) -> None:
    """Open what is not open yet: the first screen is there already."""
    words = opening.words
    if opening.name == "run":
        ui.open_run(words[0])
    elif opening.name == "compare":
        ui.open_compare(words[0], words[1])
    elif opening.name == "diff":
        ui.open_diff(words[0], words[1], words[2] if len(words) > 2 else None)
    elif opening.name == "runs" and words:
        await ui.open_runs(words[0])
    elif opening.name == "versions" and words:
        await ui.open_versions(words[0])
    elif opening.name in {"promote", "rollback"}:
        ref = words[1] if len(words) > 1 else None
        ui.open_move(opening.name, words[0], ui.world.environment or "", ref)
    elif opening.name == "dry-run":
        ui.open_dry_run(words[0], words[1] if len(words) > 1 else ui.world.environment or "")
