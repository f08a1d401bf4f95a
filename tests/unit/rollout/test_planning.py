"""What promotions and rollbacks mean, and what they refuse; the laws of every sequence of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.app.moves.plan import content_of
from runner.domain.environment import BlockedRelease, Environment, Hold, Pointer
from runner.domain.errors import RefusedError, StalePlanError, UsageError
from runner.domain.plan import Evidence, Point
from runner.domain.pointing import Move
from runner.rollout.good import blocked
from runner.rollout.planning import (
    Ask,
    Ground,
    Target,
    has_held,
    has_lifted,
    move_message,
    pointer_after,
    rollback_target,
    undo_command,
)
from runner.testing import MemoryPointers

START = datetime(2026, 11, 1, tzinfo=UTC)
PROMOTE = Ask("promote", "triage", "prod", at=START)
ROLLBACK = Ask("rollback", "triage", "prod", reason="bad tone", by="ann", at=START)
NONE = Evidence(runs=2, succeeded=0)


def digest(number: int) -> str:
    return "h1:" + "ABCDEFGH"[number] * 43 + "="


def target(number: int, version: str | None = None, **more: Any) -> Target:
    return Target(Point(version=version or f"v1.{number}.0", digest=digest(number)), **more)


def pointer(number: int, *held: int, **more: Any) -> Pointer:
    hold = None
    if held:
        releases = tuple(BlockedRelease(version=f"v1.{n}.0", digest=digest(n)) for n in held)
        hold = Hold(blocked=releases, reason="bad", by="ann", at=START)
    return Pointer(version=f"v1.{number}.0", digest=digest(number), hold=hold, **more)


def moves(*pointers: Pointer) -> list[Move]:
    return [Move(START + timedelta(days=at), "ann", "", None, p) for at, p in enumerate(pointers)][
        ::-1
    ]


def ground(*pointers: Pointer, **more: Any) -> Ground:
    return Ground(pointers[-1] if pointers else None, moves(*pointers), **more)


def test_a_promotion_keeps_values_schedules_and_holds() -> None:
    now = pointer(1, 3, values={"url": "a"}, schedules=("nightly",))
    after = pointer_after(PROMOTE, target(2), ground(now))
    assert after == pointer(2, 3, values={"url": "a"}, schedules=("nightly",))


def test_values_are_set_and_taken_out() -> None:
    now = pointer(1, values={"url": "a", "old": 1})
    ask = Ask("promote", "triage", "prod", values={"new": 2}, unset={"old"})
    assert pointer_after(ask, target(2), ground(now)).values == {"url": "a", "new": 2}


def test_what_is_live_already_is_no_change_whatever_the_rules() -> None:
    now = pointer(1)
    rules = Environment(protected=True, requires="staging", signed=True)
    assert pointer_after(PROMOTE, target(1), ground(now, rules=rules)) is now


def test_a_rollback_blocks_what_was_live_beside_what_was_blocked() -> None:
    now = ground(pointer(0), pointer(1, 3))
    after = pointer_after(ROLLBACK, target(0), now)
    assert after.hold is not None
    assert [each.version for each in after.hold.blocked] == ["v1.3.0", "v1.1.0"]
    assert (after.hold.reason, after.hold.by, after.hold.at) == ("bad tone", "ann", START)
    assert [each.version for each in has_held(now.pointer, after)] == ["v1.1.0"]


@pytest.mark.parametrize("version", ["v1.3.0", "v9.9.9"])
def test_a_held_release_is_refused_under_any_number(version: str) -> None:
    with pytest.raises(RefusedError) as told:
        pointer_after(PROMOTE, target(3, version), ground(pointer(1, 3)))
    assert "is held in prod" in told.value.message
    assert ("it has the files of v1.3.0" in told.value.message) == (version == "v9.9.9")
    assert "--lift-hold --reason" in told.value.help


def test_a_hold_is_lifted_on_purpose_with_a_reason() -> None:
    now = ground(pointer(1, 2, 3))
    ask = Ask("promote", "triage", "prod", lift_hold=True)
    with pytest.raises(UsageError, match="say why"):
        pointer_after(ask, target(3), now)
    after = pointer_after(
        Ask("promote", "triage", "prod", "mended", lift_hold=True), target(3), now
    )
    assert after.hold is not None
    assert [each.version for each in after.hold.blocked] == ["v1.2.0"]
    assert [each.version for each in has_lifted(now.pointer, after)] == ["v1.3.0"]
    with pytest.raises(UsageError, match="not held"):
        pointer_after(ask, target(4), now)


WORKTREE = Target(Point(version="worktree"))


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        (Environment(), False),
        (Environment(protected=True), True),
        (Environment(signed=True), True),
        (Environment(requires="staging"), True),
    ],
)
def test_a_worktree_goes_only_where_no_rule_is(rules: Environment, *, refused: bool) -> None:
    if not refused:
        assert pointer_after(PROMOTE, WORKTREE, ground(rules=rules)).version == "worktree"
        return
    with pytest.raises(RefusedError):
        pointer_after(PROMOTE, WORKTREE, ground(rules=rules))


def test_what_is_required_is_that_it_was_good_there() -> None:
    rules = Environment(requires="staging")
    with pytest.raises(RefusedError, match="was never live in staging"):
        pointer_after(PROMOTE, target(1), ground(rules=rules, required=moves(pointer(0))))
    held = moves(pointer(1), pointer(0, 1))
    with pytest.raises(RefusedError, match="was held in staging"):
        pointer_after(PROMOTE, target(1), ground(rules=rules, required=held))
    was = moves(pointer(1), pointer(2))
    assert pointer_after(PROMOTE, target(1), ground(rules=rules, required=was)) == pointer(1)


@pytest.mark.parametrize(("seen", "words"), [(1, "1 here"), (None, "there is no ledger")])
def test_runs_that_are_asked_for_must_be_known(seen: int | None, words: str) -> None:
    rules = Environment(requires="staging", min_runs=2)
    now = ground(rules=rules, required=moves(pointer(1)), successes=lambda _digest: seen)
    with pytest.raises(RefusedError, match=words):
        pointer_after(PROMOTE, target(1), now)


def test_enough_runs_and_a_good_signature_open_the_way() -> None:
    rules = Environment(requires="staging", min_runs=2, signed=True)
    now = ground(rules=rules, required=moves(pointer(1)), successes=lambda _digest: 2)
    assert pointer_after(PROMOTE, target(1), now) == pointer(1)
    with pytest.raises(RefusedError, match="the tag has no signature"):
        pointer_after(PROMOTE, target(1, signature=lambda: "the tag has no signature"), now)


def test_a_rollback_needs_no_gate_of_the_environment() -> None:
    rules = Environment(protected=True, requires="staging", min_runs=9, signed=True)
    assert pointer_after(ROLLBACK, target(0), ground(pointer(0), pointer(1), rules=rules))


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (2, UsageError, "is live in prod already"),
        (1, RefusedError, "is held in prod"),
        (5, RefusedError, "was never live in prod"),
    ],
)
def test_a_rollback_goes_to_what_was_good_there(
    number: int, error: type[Exception], words: str
) -> None:
    now = ground(pointer(0), pointer(1), pointer(0, 1), pointer(2, 1))
    with pytest.raises(error, match=words):
        pointer_after(ROLLBACK, target(number), now)


def test_a_rollback_fits_the_values_to_the_older_release() -> None:
    now = ground(
        pointer(0, values={"gone": 1, "url": "a"}), pointer(1, values={"url": "b", "n": 2})
    )
    after = pointer_after(ROLLBACK, target(0, variables={"gone", "url"}), now)
    assert after.values == {"gone": 1, "url": "b"}


def test_the_last_good_release_is_passed_over_when_every_run_of_it_failed() -> None:
    now = ground(pointer(0), pointer(1), pointer(2))
    first, note = rollback_target(ROLLBACK, now, lambda _digest: None)
    assert (first.pointer, note) == (pointer(1), "")
    other, note = rollback_target(ROLLBACK, now, lambda d: NONE if d == digest(1) else None)
    assert other.pointer == pointer(0)
    assert note == "v1.1.0 was passed over: every run of it failed"
    last, note = rollback_target(ROLLBACK, now, lambda _digest: NONE)
    assert (last.pointer, note) == (pointer(1), "")


def test_nothing_to_roll_back_to_says_what_there_was() -> None:
    with pytest.raises(UsageError, match="no pointer, so nothing"):
        rollback_target(ROLLBACK, ground(), lambda _digest: None)
    with pytest.raises(UsageError, match=r"has been at v1\.0\.0") as told:
        rollback_target(ROLLBACK, ground(pointer(0), whole=False), lambda _digest: None)
    assert "git fetch --unshallow" in told.value.help


def test_the_message_has_what_why_and_trailers() -> None:
    before = pointer(1)
    after = pointer_after(ROLLBACK, target(0), ground(pointer(0), before))
    assert move_message(ROLLBACK, before, after) == (
        "Roll back triage to v1.0.0 in prod\n\nbad tone\n\nAgentctl-Action: rollback\n"
        f"Agentctl-Previous: v1.1.0 {digest(1)}\nAgentctl-Digest: {digest(0)}\n"
        f"Agentctl-Held: v1.1.0 {digest(1)}\n"
    )


@pytest.mark.parametrize(
    ("ask", "before", "command"),
    [
        (PROMOTE, pointer(2), "agentctl promote triage v1.2.0 --to prod"),
        (
            PROMOTE,
            pointer(2, values={"tone": "very kind", "most": 3}),
            "agentctl promote triage v1.2.0 --to prod --set 'tone=very kind' --set most=3",
        ),
        (
            ROLLBACK,
            pointer(1, values={"tone": "kind"}),
            "agentctl promote triage v1.1.0 --to prod --set tone=kind --lift-hold --reason TEXT",
        ),
        (PROMOTE, None, ""),
        (PROMOTE, pointer(1), "agentctl rollback triage --to v1.1.0 --env prod --reason TEXT"),
        (PROMOTE, Pointer(version="worktree"), "agentctl promote triage worktree --to prod"),
        (
            ROLLBACK,
            pointer(1),
            "agentctl promote triage v1.1.0 --to prod --lift-hold --reason TEXT",
        ),
    ],
)
def test_every_move_says_what_undoes_it(ask: Ask, before: Pointer | None, command: str) -> None:
    assert undo_command(ask, before, pointer(2)) == command


STEPS = st.lists(
    st.tuples(st.sampled_from(["promote", "lift", "back", "back to"]), st.integers(0, 4)),
    max_size=12,
)


def one_step(book: MemoryPointers, kind: str, number: int) -> None:
    """One move as the command makes it; a refusal leaves all as it is."""
    book.clock.tick(60)
    placed, past = book.read("prod", "triage"), book.moves("prod", "triage")
    now = Ground(placed.pointer if placed else None, past)
    action = "promote" if kind in {"promote", "lift"} else "rollback"
    ask = Ask(action, "triage", "prod", "why", lift_hold=kind == "lift", at=book.clock.now())
    try:
        wanted = target(number, f"v{number}.0.{book.clock.elapsed_s:.0f}")
        if kind == "back":
            found = rollback_target(ask, now, lambda _digest: None)[0].pointer
            assert found is not None
            wanted = Target(Point(version=found.version, digest=found.digest))
        after = pointer_after(ask, wanted, now)
    except (RefusedError, UsageError):
        return
    token = placed.token if placed else None
    if after != now.pointer:
        book.replace("prod", "triage", token, content_of(after), "moved")
        with pytest.raises(StalePlanError):
            book.replace("prod", "triage", token, content_of(after), "moved")
    standing = book.read("prod", "triage")
    assert standing is not None
    again = Ground(standing.pointer, book.moves("prod", "triage"))
    if action == "promote":
        assert pointer_after(ask, wanted, again) is again.pointer


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_no_sequence_of_moves_points_at_a_blocked_release(steps: list[tuple[str, int]]) -> None:
    book = MemoryPointers()
    for kind, number in steps:
        one_step(book, kind, number)
        placed = book.read("prod", "triage")
        if placed and placed.pointer.digest:
            assert not blocked(placed.pointer, placed.pointer.digest)
