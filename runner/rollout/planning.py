"""What a promotion or a rollback means for a pointer, and when it is refused. Pure.

A promotion points at a release; values, schedules and holds of the target stay as they are. A
rollback points back and blocks, by digest, what was live. No pointer made here names a release
that its own hold blocks.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from shlex import quote
from typing import Any

from runner.domain.environment import BlockedRelease, Environment, Hold, Pointer
from runner.domain.errors import RefusedError, UsageError
from runner.domain.plan import Action, Evidence, Point
from runner.domain.pointing import Move
from runner.rollout.good import Stretch, blocked, earlier, good, was_live


@dataclass(frozen=True)
class Ask:
    """What a person wants."""

    action: Action
    agent: str
    environment: str
    reason: str = ""
    lift_hold: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values to write, over those that the pointer has."""
    unset: Collection[str] = ()
    """Names of values that are to go away."""
    by: str = "unknown"
    local: bool = False
    """Break-glass: on one host alone, where the history may be out of reach."""
    at: datetime | None = None
    """When, for the hold that a rollback writes."""


@dataclass(frozen=True)
class Target:
    """The release that is to be live."""

    point: Point
    variables: Collection[str] = ()
    """The names of the variables it declares."""
    signature: Callable[[], str | None] = lambda: None
    """What is wrong with its signature, None for a good one; asked where a rule wants one."""


@dataclass(frozen=True)
class Ground:
    """What the environment is now."""

    pointer: Pointer | None
    moves: Sequence[Move] = ()
    """Every change of its pointer, newest first."""
    rules: Environment = field(default_factory=Environment)
    required: Sequence[Move] = ()
    """Those of the environment that `requires` names."""
    successes: Callable[[str], int | None] = lambda _digest: None
    """How many runs of a digest succeeded there, as far as is asked; None without a ledger."""
    whole: bool = True
    """False in a shallow clone, which knows only the last moves."""


def pointer_after(ask: Ask, target: Target, ground: Ground) -> Pointer:
    """Return the pointer as it will be; the present one when nothing changes.

    Raises:
        RefusedError: a worktree in a protected environment, a held release, a rule of the
            environment that is not met, a rollback to what was never good here.
        UsageError: a rollback of nothing or to what is live, a hold that is lifted without a
            reason, or is none.
    """
    made = _promoted if ask.action == "promote" else _rolled_back
    hold = made(ask, target, ground)
    now = ground.pointer
    after = Pointer(
        version=target.point.version,
        digest=target.point.digest,
        commit=target.point.commit,
        values=_values(ask, target, ground),
        schedules=now.schedules if now else None,
        hold=hold,
    )
    same = now is not None and after.model_copy(update={"commit": now.commit}) == now
    if now is not None and same:
        return now
    if ask.action == "promote":
        _check_rules(ask, target, ground)
    return after


def rollback_target(
    ask: Ask, ground: Ground, seen: Callable[[str], Evidence | None]
) -> tuple[Stretch, str]:
    """Return the last other good release here, and a word about one that was passed over.

    Git alone decides what is good; of those, one whose every run failed is passed over for an
    earlier one.

    Raises:
        UsageError: nothing else was ever good here.
    """
    now = ground.pointer
    candidates = [
        stretch
        for stretch in earlier(ground.moves, now.digest if now else None)
        if stretch.pointer and not blocked(now, stretch.pointer.digest or "")
    ]
    if not candidates:
        raise _nothing_before(ask, ground)
    best = next((each for each in candidates if not _only_failed(each, seen)), candidates[0])
    if best is candidates[0]:
        return best, ""
    skipped = candidates[0].pointer
    return best, f"{skipped.version if skipped else ''} was passed over: every run of it failed"


def last_known(ground: Ground) -> Pointer | None:
    """Return the pointer, or where it was removed or is broken the last one before that."""
    past = (move.pointer for move in ground.moves if move.pointer)
    return ground.pointer or next(past, None)


def has_lifted(before: Pointer | None, after: Pointer) -> tuple[BlockedRelease, ...]:
    """Return the releases that were blocked and are not any more."""
    return tuple(each for each in _blocked(before) if not blocked(after, each.digest))


def has_held(before: Pointer | None, after: Pointer) -> tuple[BlockedRelease, ...]:
    """Return the releases that are blocked and were not before."""
    return tuple(each for each in _blocked(after) if not blocked(before, each.digest))


def move_message(ask: Ask, before: Pointer | None, after: Pointer) -> str:
    """Return the message of the commit: what, why, and trailers for programs."""
    verb = "Promote" if ask.action == "promote" else "Roll back"
    parts = [f"{verb} {ask.agent} to {after.version} in {ask.environment}"]
    if ask.reason:
        parts.append(ask.reason)
    was = f"{before.version} {before.digest or ''}".strip() if before else "none"
    trailers = [f"Agentctl-Action: {ask.action}", f"Agentctl-Previous: {was}"]
    if after.digest:
        trailers.append(f"Agentctl-Digest: {after.digest}")
    for word, releases in (
        ("Held", has_held(before, after)),
        ("Lifted", has_lifted(before, after)),
    ):
        trailers += [f"Agentctl-{word}: {each.version} {each.digest}" for each in releases]
    return "\n\n".join([*parts, "\n".join(trailers)]) + "\n"


def undo_command(ask: Ask, before: Pointer | None, after: Pointer) -> str:
    """Return the command that takes a move back, values too; empty where nothing was before."""
    if before is None:
        return ""
    values = "".join(f" {word}" for word in _values_back(before, after))
    place = f"{ask.agent} {before.version} --to {ask.environment}{values}"
    if ask.action == "rollback" and before.digest:
        return f"agentctl promote {place} --lift-hold --reason TEXT"
    if before.digest is None or before.digest == after.digest:
        return f"agentctl promote {place}"
    return (
        f"agentctl rollback {ask.agent} --to {before.version} --env {ask.environment}{values} "
        "--reason TEXT"
    )


def _values_back(before: Pointer, after: Pointer) -> Iterator[str]:
    """Yield the options that write the values of one pointer into another."""
    for name, value in before.values.items():
        if name not in after.values or after.values[name] != value:
            text = value if isinstance(value, str) else json.dumps(value)
            yield f"--set {quote(f'{name}={text}')}"
    yield from (f"--unset {quote(name)}" for name in after.values if name not in before.values)


def _promoted(ask: Ask, target: Target, ground: Ground) -> Hold | None:
    """Return the hold after a promotion: as it was, or without what is lifted.

    A pointer that was removed takes no hold away with it.
    """
    pointer, point = last_known(ground), target.point
    if point.digest is None:
        if ground.rules.protected:
            raise RefusedError(
                f"{ask.environment} is protected: only released versions run there",
                help=f"agentctl release {ask.agent}, then promote that version",
            )
        return pointer.hold if pointer else None
    held = blocked(pointer, point.digest)
    if ask.lift_hold:
        return _lifted(ask, pointer, point, held=held)
    if held and pointer and pointer.hold:
        raise _is_held(ask, point, pointer.hold)
    return pointer.hold if pointer else None


def _lifted(ask: Ask, pointer: Pointer | None, point: Point, *, held: bool) -> Hold | None:
    live = pointer is not None and pointer.digest == point.digest
    if not (held or live):
        raise UsageError(
            f"{ask.agent} {point.version} is not held in {ask.environment}",
            help="leave --lift-hold out",
        )
    if not ask.reason:
        raise UsageError(
            f"--lift-hold says that {point.version} may run in {ask.environment} again: say why",
            help='--reason "..."',
        )
    rest = tuple(each for each in _blocked(pointer) if each.digest != point.digest)
    hold = pointer.hold if pointer else None
    return hold.model_copy(update={"blocked": rest}) if hold and rest else None


def _rolled_back(ask: Ask, target: Target, ground: Ground) -> Hold | None:
    """Return the hold after a rollback: earlier blocked releases, and what was live."""
    pointer, point = ground.pointer, target.point
    if pointer is None:
        raise _nothing_before(ask, ground)
    if point.digest is None:
        raise RefusedError(
            "a rollback goes back to a release, and a worktree is none",
            help=f"agentctl promote {ask.agent} worktree --to {ask.environment}",
        )
    if point.digest == pointer.digest:
        raise UsageError(
            f"{ask.agent} {point.version} is live in {ask.environment} already"
            + ("" if point.version == pointer.version else f", as {pointer.version}"),
            help="name another with --to, or leave --to out",
        )
    if blocked(pointer, point.digest) and pointer.hold:
        raise _is_held(ask, point, pointer.hold)
    unknown = ask.local and not was_live(ground.moves, point.digest)
    if not (good(ground.moves, point.digest) or unknown):
        raise _never_good(ask, point, ground)
    if pointer.digest is None:
        return pointer.hold  # a worktree has no digest that could be blocked
    own = BlockedRelease(version=pointer.version, digest=pointer.digest)
    assert ask.at is not None, "a rollback says when"
    return Hold(blocked=(*_blocked(pointer), own), reason=ask.reason, by=ask.by, at=ask.at)


def _values(ask: Ask, target: Target, ground: Ground) -> dict[str, Any]:
    """Return the environment's values; a rollback fits them to what the older release declares.

    A variable that came later is dropped, and one that went meanwhile has its last value.
    """
    now = ground.pointer.values if ground.pointer else {}
    given = {**{name: now[name] for name in now if name not in ask.unset}, **ask.values}
    if ask.action == "promote":
        return given
    pointers = [move.pointer for move in ground.moves if move.pointer]
    old = next((each for each in pointers if each.digest == target.point.digest), None)
    kept = {**(old.values if old else {}), **given}
    return {n: v for n, v in kept.items() if n in target.variables or n in ask.values}


def _check_rules(ask: Ask, target: Target, ground: Ground) -> None:
    """Raise RefusedError when a rule of the environment is not met."""
    rules, point = ground.rules, target.point
    if point.digest is None:
        if rules.requires or rules.signed:
            raise RefusedError(
                f"{ask.environment} has rules for releases, and a worktree meets none of them",
                help=f"agentctl release {ask.agent}, then promote that version",
            )
        return
    if rules.requires:
        _check_required(ask, point, ground, rules.requires)
    if rules.signed and (wrong := target.signature()):
        raise RefusedError(
            f"{ask.environment} takes signed releases alone, and {point.version} is none: {wrong}",
            help=f"agentctl releases verify {ask.agent}@{point.version}; a new version can be "
            f"signed: agentctl release {ask.agent} --sign",
        )


def _check_required(ask: Ask, point: Point, ground: Ground, required: str) -> None:
    assert point.digest is not None
    name = f"{ask.agent} {point.version}"
    if not good(ground.required, point.digest):
        was = was_live(ground.required, point.digest)
        what = f"was held in {required}" if was else f"was never live in {required}"
        shallow = "" if ground.whole else "; this clone is shallow: git fetch --unshallow"
        raise RefusedError(
            f"{name} {what}, and {ask.environment} requires that it was good there",
            help=f"agentctl promote {ask.agent} {point.version} --to {required}{shallow}",
        )
    wanted = ground.rules.min_runs
    if not wanted:
        return
    found = ground.successes(point.digest)
    if found is None or found < wanted:
        known = "there is no ledger here to count them in" if found is None else f"{found} here"
        raise RefusedError(
            f"{ask.environment} asks for {wanted} run{'' if wanted == 1 else 's'} of {name} that "
            f"succeeded in {required}: {known}",
            help=f"agentctl run {ask.agent}@{required}; or name the state directory where they "
            "ran: agentctl --state-dir DIR promote ...",
        )


def _is_held(ask: Ask, point: Point, hold: Hold) -> RefusedError:
    version = next(each.version for each in hold.blocked if each.digest == point.digest)
    other = "" if version == point.version else f": it has the files of {version}, to the byte,"
    return RefusedError(
        f"{ask.agent} {point.version} is held in {ask.environment}{other}"
        f"{' which is blocked' if other else ''}: {hold.reason} "
        f"(by {hold.by}, {hold.at:%Y-%m-%d %H:%M})",
        help=f"on purpose: agentctl promote {ask.agent} {point.version} --to {ask.environment} "
        "--lift-hold --reason TEXT",
    )


def _never_good(ask: Ask, point: Point, ground: Ground) -> RefusedError:
    was = was_live(ground.moves, point.digest or "")
    what = "was held" if was else "was never live"
    shallow = "" if ground.whole else "; this clone is shallow: git fetch --unshallow"
    return RefusedError(
        f"{ask.agent} {point.version} {what} in {ask.environment}: that is no way back",
        help=f"agentctl history {ask.agent} --env {ask.environment} shows what was good"
        f"{shallow}; a promotion goes to what was not",
    )


def _nothing_before(ask: Ask, ground: Ground) -> UsageError:
    where = f"{ask.agent} in {ask.environment}"
    if ground.pointer is None:
        return UsageError(
            f"{where}: there is no pointer, so nothing to roll back",
            help=f"agentctl status {ask.agent} shows where it is live",
        )
    pointers = [move.pointer for move in ground.moves if move.pointer]
    versions = ", ".join(dict.fromkeys(pointer.version for pointer in pointers)) or "nothing"
    shallow = "" if ground.whole else "; this clone is shallow: git fetch --unshallow"
    return UsageError(
        f"{where}: no other good release was ever live; its pointer has been at {versions}",
        help=f"promote one: agentctl releases list {ask.agent}{shallow}",
    )


def _only_failed(stretch: Stretch, seen: Callable[[str], Evidence | None]) -> bool:
    digest = stretch.pointer.digest if stretch.pointer else None
    found = seen(digest) if digest else None
    return found is not None and found.runs > 0 and found.succeeded == 0


def _blocked(pointer: Pointer | None) -> tuple[BlockedRelease, ...]:
    return pointer.hold.blocked if pointer and pointer.hold else ()
