"""A plan of a promotion or a rollback as labelled lines: all that a person agrees to. Pure.

What a person or an agent wrote is in them as it stands: who shows them makes it plain.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.app.comparing.diff_words import DIGEST, left_out, place_of, sign_of
from runner.app.fleet.pasts import Past
from runner.app.moves.moving import Applied
from runner.app.moves.words import (
    after_words,
    blocked_words,
    done_words,
    fires_words,
    flying_words,
    nothing_words,
)
from runner.app.tones import Tone
from runner.domain.change import Level
from runner.domain.durations import show_age, show_duration
from runner.domain.environment import Environment
from runner.domain.plan import Evidence, Plan, Point
from runner.domain.pointing import WriteOptions, pointer_path

MOST_CHANGES = 12
COMMIT = 12
LONG_S = 172_800
"""Seconds from which on a time is told in days alone."""
LEVEL_TONES: dict[Level, Tone] = {
    "breaking": "bad",
    "widening": "warning",
    "behaviour": "changed",
    "note": "dim",
}


@dataclass(frozen=True)
class Line:
    """One fact of a plan. An empty label goes on with the fact of the line before."""

    label: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Place:
    """Where a pointer is kept."""

    branch: str | None = None
    """The branch whose commits hold it; None of a pointer in a file."""
    server: str = ""
    """The branch of a server that a push goes to, `origin/main`; empty where there is none."""


@dataclass(frozen=True)
class Way:
    """A REF that could be taken, and what it is."""

    ref: str
    said: str


@dataclass(frozen=True)
class Surroundings:
    """What is known of a place beside the plan."""

    place: Place
    rules: Environment
    pasts: Sequence[Past] = ()
    """What was live there, newest first."""
    ways: tuple[Way, ...] = ()
    """What a person may take, the best first."""
    required: Evidence | None = None
    """How runs of what will be live ended in the environment that the rules require."""


def plan_lines(plan: Plan, around: Surroundings, *, push: bool) -> list[Line]:
    """Return a plan, the weightiest first; one that changes nothing says that alone."""
    if not plan.changes:
        return [Line("nothing", nothing_words(plan), "warning")]
    return [
        *_points(plan, around.pasts),
        *_hold(plan, around.pasts),
        *[Line("note", each, "warning") for each in plan.warnings],
        *_changes(plan),
        *_running(plan),
        *_values(plan),
        *_rules(plan, around),
        Line("git" if around.place.branch else "file", effect(plan, around.place, push=push)),
        Line("undo", plan.undo or "nothing takes it back: there was no pointer", "dim"),
    ]


def done_lines(applied: Applied, options: WriteOptions) -> list[Line]:
    """Return what was done, and what to watch."""
    plan, written = applied.plan, applied.written
    lines = [Line("done", done_words(applied), "good")]
    if written and written.commit:
        lines.append(Line("commit", f"{written.commit[:COMMIT]} on {written.branch}"))
    if written and written.pushed:
        lines.append(Line("pushed", "the server has it", "good"))
    lines += [Line("note", text) for text in after_words(applied, options)]
    lines.append(Line("watch", fires_words(plan, _uses(plan))))
    if plan.undo:
        lines.append(Line("undo", plan.undo, "dim"))
    return lines


def effect(plan: Plan, place: Place, *, push: bool) -> str:
    """Return what is written, and where to."""
    path = pointer_path(plan.environment, plan.agent)
    if place.branch is None:
        return f"no git here: {path} is replaced, and history.jsonl beside it says why"
    commit = f"one commit on {place.branch} that touches {path} alone"
    if not place.server:
        return f"{commit}; there is no server to push to"
    return f"{commit}, pushed to {place.server}" if push else f"{commit}; it is not pushed"


def _points(plan: Plan, pasts: Sequence[Past]) -> Iterator[Line]:
    if plan.before is None:
        yield Line("from", f"nothing: {plan.agent} has no pointer in {plan.environment}")
    else:
        now = pasts[0] if pasts and _is(pasts[0], plan.before) else None
        since = f"live for {show_age(now.active_s)}" if now else "live"
        yield Line("from", _parts(_named(plan.before), since, _share(now.runs if now else None)))
    was = _before(plan, pasts)
    yield Line("to", _parts(_named(plan.after), was, _share(plan.evidence)), "strong")


def _named(point: Point) -> str:
    return _parts(point.version, f"{point.digest[:DIGEST]}…" if point.digest else "as on disk")


def _parts(*words: str) -> str:
    return "  ".join(word for word in words if word)


def _is(past: Past, point: Point) -> bool:
    pointer = past.stretch.pointer
    return pointer is not None and (pointer.digest or pointer.version) == (
        point.digest or point.version
    )


def _share(runs: Evidence | None) -> str:
    if runs is None or not runs.runs:
        return "no runs of it known here"
    many = "run" if runs.runs == 1 else "runs"
    return f"{100 * runs.succeeded // runs.runs}% of {runs.runs} {many} succeeded"


def _before(plan: Plan, pasts: Sequence[Past]) -> str:
    """Return when what will be live was so before."""
    past = next((each for each in pasts if _is(each, plan.after)), None)
    if past is None:
        return f"never live in {plan.environment}"
    if past.stretch.until is None:
        return f"live for {show_age(past.active_s)}"
    ended = show_age((past.now - past.stretch.until).total_seconds())
    return f"was live for {show_age(past.active_s)}, until {ended} ago"


def _hold(plan: Plan, pasts: Sequence[Past]) -> Iterator[Line]:
    if plan.held:
        place, first = plan.environment, plan.held[0].version
        yield Line(
            "hold",
            f"{blocked_words(plan.held)} is blocked in {place}: nothing starts it, and no "
            "promotion takes it",
            "warning",
        )
        yield Line(
            "until",
            f"somebody lifts it on purpose; it does not end by itself: agentctl promote "
            f"{plan.agent} {first} --to {place} --lift-hold --reason TEXT",
            "warning",
        )
    if plan.lifted:
        pointer = pasts[0].stretch.pointer if pasts else None
        hold = pointer.hold if pointer else None
        why = f": held by {hold.by} since {_moment(hold.at)}: {hold.reason}" if hold else ""
        text = f"{blocked_words(plan.lifted)} may run in {plan.environment} again{why}"
        yield Line("lifts", text, "warning")


def _changes(plan: Plan) -> Iterator[Line]:
    if plan.comparison is None:
        yield Line("changes", "nobody can say: there is nothing to compare with", "warning")
        return
    changes = plan.comparison.changes
    if not changes:
        yield Line("changes", "none: both have the same content", "dim")
    shown = changes if len(changes) <= MOST_CHANGES else changes[: MOST_CHANGES - 1]
    for number, change in enumerate(shown):
        text = f"{sign_of(change)} {change.level}  {place_of(change)}  {change.text}"
        yield Line("" if number else "changes", text, LEVEL_TONES[change.level])
    if len(shown) < len(changes):
        yield Line("", f"… {left_out(changes[len(shown) :])}: the full diff has them", "dim")


def _running(plan: Plan) -> Iterator[Line]:
    yield Line("next run", fires_words(plan, _uses(plan)))
    yield Line("in flight", flying_words(plan))


def _uses(plan: Plan) -> str:
    if not plan.next_fires:
        return ""
    wait_s = max((plan.next_fires[0].at - plan.at).total_seconds(), 0)
    wait = show_age(wait_s) if wait_s >= LONG_S else show_duration(round(wait_s))
    return f", in {wait}, with {plan.after.version}"


def _values(plan: Plan) -> Iterator[Line]:
    """The changed ones are among the changes."""
    changed = (
        {c.name for c in plan.comparison.changes if c.area == "values"}
        if (plan.comparison)
        else set()
    )
    kept = [name for name in plan.values if name not in changed]
    if kept:
        yield Line("values", f"{', '.join(kept)} as {'it is' if len(kept) == 1 else 'they are'}")


def _rules(plan: Plan, around: Surroundings) -> Iterator[Line]:
    rules = around.rules
    if plan.action == "rollback":
        return
    if rules.requires:
        ran = _share(around.required)
        wanted = f", {rules.min_runs} asked for" if rules.min_runs else ""
        yield Line("rules", f"met: it was good in {rules.requires}; {ran}{wanted}", "good")
    if rules.signed:
        yield Line("rules", "met: its tag is signed by one of `signers`", "good")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
