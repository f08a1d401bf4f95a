"""A promotion or a rollback before anybody agreed to it: the plan, or why there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import join, quote, split

from runner.app.fleet.pasts import Past, read_pasts
from runner.app.fleet.seen_runs import seen_runs
from runner.app.moves.ground import pointer_book, rules_of, settings_of
from runner.app.moves.lines import Line, Place, Surroundings, Way, plan_lines
from runner.app.moves.moving import Wish, plan_move
from runner.app.project import Project, open_project
from runner.app.released.versions import reading_releases
from runner.boundary.clock import SystemClock
from runner.domain.environment import Environment
from runner.domain.errors import AgentctlError, RefusedError, UsageError
from runner.domain.plan import Evidence, Plan
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE
from runner.releases.file_pointers import FilePointers
from runner.releases.git_pointers import GitPointers
from runner.releases.git_remote import upstream_of
from runner.releases.git_writing import GitWriting
from runner.rollout.good import blocked

UNSAID = "not said yet"
"""Stands in a plan until a person has given the reason."""
MOST_WAYS = 50


@dataclass(frozen=True)
class Preview:
    """A move as it would be made, or why it would not."""

    wish: Wish
    """What was planned, with the REF that was taken; None of it where none can be."""
    plan: Plan | None
    error: AgentctlError | None = None
    """Why there is no plan."""
    liftable: bool = False
    """It is a hold that is in the way, and lifting it would be enough."""
    around: Surroundings | None = None
    """None where not even the place is known."""

    @property
    def server(self) -> str:
        """What a push goes to; empty where there is none."""
        return self.around.place.server if self.around else ""

    @property
    def ways(self) -> tuple[Way, ...]:
        """What a person may take in place of the REF, the best first."""
        return self.around.ways if self.around else ()

    def lines(self, *, push: bool = False) -> list[Line]:
        """Return the plan for a person; empty where there is none."""
        if self.plan is None or self.around is None:
            return []
        return plan_lines(self.plan, self.around, push=push)


def preview_move(
    root: Path | None, state: Path | None, wish: Wish, clock: Clock | None = None
) -> Preview:
    """Return what a move would do; nothing is written, and no refusal is raised.

    A wish without a reason is planned as if it had one. A promotion without a REF takes what the
    environment's rules require, else the newest release.
    """
    clock, around = clock or SystemClock(), None
    try:
        project = open_project(root, state)
        around = _around(project, wish, clock)
        wish = _with_ref(wish, around)
        plan = plan_move(root, state, replace(wish, reason=wish.reason or UNSAID), clock)
    except AgentctlError as error:
        return Preview(wish, None, error, _liftable(root, state, wish, error), around)
    return Preview(wish, plan, around=replace(around, required=_required(project, around, plan)))


def command_of(wish: Wish, *, push: bool = False) -> str:
    """Return the command line that plans, asks and does the same."""
    lead = ["agentctl", wish.action, wish.agent]
    if wish.action == "promote":
        lead += [*([wish.ref] if wish.ref else []), "--to", wish.environment]
    else:
        lead += [*(["--to", wish.ref] if wish.ref else []), "--env", wish.environment]
    for flag, names in (("--set", wish.values), ("--unset", wish.unset)):
        lead += [word for name in names for word in (flag, name)]
    lead += ["--lift-hold"] if wish.lift_hold else []
    lead += ["--push"] if push else []
    if not wish.reason and wish.action == "promote" and not wish.lift_hold:
        return join(lead)
    return f"{join(lead)} --reason {quote(wish.reason) if wish.reason else 'TEXT'}"


def undo_wish(plan: Plan) -> Wish | None:
    """Return the move that takes a plan back, as its `undo` says; None where nothing does."""
    if not plan.undo:
        return None
    _program, _action, agent, *words = split(plan.undo)
    said: dict[str, list[str]] = {}
    alone = []
    while words:
        word = words.pop(0)
        if word == "--lift-hold":
            said[word] = []
        elif word.startswith("--"):
            said.setdefault(word, []).append(words.pop(0))
        else:
            alone.append(word)
    promotes = _action == "promote"
    return Wish(
        action="promote" if promotes else "rollback",
        agent=agent,
        environment=said["--to" if promotes else "--env"][0],
        ref=alone[0] if promotes else said["--to"][0],
        lift_hold="--lift-hold" in said,
        values=tuple(said.get("--set", ())),
        unset=tuple(said.get("--unset", ())),
    )


def _around(project: Project, wish: Wish, clock: Clock) -> Surroundings:
    pasts = read_pasts(project.root, project.state, wish.agent, wish.environment, clock).pasts
    with pointer_book(project, clock) as book:
        rules = rules_of(project, book, wish.environment)
        place = _place(project, book, clock)
        if wish.action == "rollback":
            ways = tuple(_back(pasts))
        else:
            ways = (*_elsewhere(project, book, wish, rules), *_releases(project, wish.agent))
    return Surroundings(place, rules, pasts, ways[:MOST_WAYS])


def _place(project: Project, book: GitPointers | FilePointers, clock: Clock) -> Place:
    if not isinstance(book, GitPointers):
        return Place()
    branch = book.branch.name or "a detached HEAD"
    try:
        with GitWriting(project.root, clock) as git:
            upstream = upstream_of(git, branch)
    except AgentctlError:
        upstream = None  # whoever pushes is told what is wrong
    return Place(branch, str(upstream) if upstream else "")


def _back(pasts: Sequence[Past]) -> Iterator[Way]:
    """Yield the good releases that were live there before, newest first."""
    now = pasts[0].stretch.pointer if pasts else None
    seen = {now.digest if now else None}
    for past in pasts:
        pointer = past.stretch.pointer
        if pointer and pointer.digest not in seen and past.stretch.good:
            if not blocked(now, pointer.digest or ""):
                yield Way(pointer.version, f"live until {past.stretch.until:%Y-%m-%d %H:%M}Z")
            seen.add(pointer.digest)


def _elsewhere(
    project: Project, book: GitPointers | FilePointers, wish: Wish, rules: Environment
) -> Iterator[Way]:
    """Yield the environments that have a pointer; the one that the rules require comes first."""
    names = [name for name in settings_of(project, book).environments if name != wish.environment]
    for name in sorted(names, key=lambda name: name != rules.requires):
        try:
            placed = book.read(name, wish.agent)
        except AgentctlError:
            continue
        if placed and not (placed.pointer.version == WORKTREE and rules.protected):
            yield Way(name, f"{placed.pointer.version}, live there")


def _releases(project: Project, agent: str) -> Iterator[Way]:
    with reading_releases(project) as (releases, _repository):
        for version in reversed(releases.versions(agent)):
            made = f"{version.created:%Y-%m-%d}" if version.created else "released"
            yield Way(version.version, made)


def _with_ref(wish: Wish, around: Surroundings) -> Wish:
    """Return the wish with a REF, where a promotion has none.

    Raises:
        UsageError: there is nothing to take.
    """
    if wish.ref is not None or wish.action == "rollback":
        return wish
    required = around.rules.requires
    refs = [way.ref for way in around.ways]
    newest = next((ref for ref in refs if ref.startswith("v")), None)
    taken = required if required in refs else newest
    if taken is None:
        raise UsageError(
            f"there is no release of {wish.agent} to promote",
            help=f"agentctl release {wish.agent} makes one",
        )
    return replace(wish, ref=taken)


def _liftable(root: Path | None, state: Path | None, wish: Wish, error: AgentctlError) -> bool:
    """Return whether the same promotion would be planned if it lifted a hold."""
    if wish.action != "promote" or wish.lift_hold or not isinstance(error, RefusedError):
        return False
    try:
        plan_move(root, state, replace(wish, lift_hold=True, reason=wish.reason or UNSAID))
    except AgentctlError:
        return False
    return True


def _required(project: Project, around: Surroundings, plan: Plan) -> Evidence | None:
    required = around.rules.requires
    if plan.action == "rollback" or not required or not plan.after.digest:
        return None
    return seen_runs(project).evidence(plan.agent, required, plan.after.digest)
