"""Which tool calls may run: rules, and what they come to for each tool."""

from collections.abc import Iterator

from runner.domain.agent import AgentSpec
from runner.domain.change import Change, Level
from runner.domain.permissions import Decision, Permissions, Rule, Ruling, decide
from runner.domain.tool import ToolSpec
from runner.rollout.findings import shown
from runner.rollout.plain import Row, Told, as_json, differing, dumped, moved

FREEDOM: dict[Decision, int] = {"deny": 0, "ask": 1, "allow": 2}
TIERS: tuple[Decision, ...] = ("deny", "ask", "allow")
DIRECTION: dict[Decision, tuple[Level, Level]] = {
    "deny": ("behaviour", "widening"),
    "ask": ("behaviour", "widening"),
    "allow": ("widening", "behaviour"),
}
"""What a rule more, and a rule less, means. A rule for `ask` guards what would be allowed."""


def permission_changes(before: AgentSpec, after: AgentSpec) -> Iterator[Change]:
    """Yield how the rules differ, and for which tools they come to something else."""
    old, new = before.agent.permissions, after.agent.permissions
    yield from _rulings(before, after)
    for tier in TIERS:
        direction: Decision = "allow" if tier == "ask" and _denies(new) else tier
        yield from _rules(tier, getattr(old, tier), getattr(new, tier), DIRECTION[direction])
    tell = Told("permissions")
    if old.default != new.default:
        text = f"default {moved(old.default or 'by annotations', new.default or 'by annotations')}"
        level = _freer(old.default, new.default)
        pair = ("default", old.default, new.default)
        yield tell.change("permission-default-changed", level, text, pair)
    for row in differing(old, new):
        if row[0] in {"unattended", "approval_expiry"}:
            text = f"{row[0]} {moved(row[1], row[2])}"
            yield tell.change("approval-changed", "behaviour", text, row)


def unconditional(permissions: Permissions, tool: ToolSpec) -> Ruling:
    """Return what the rules say about a tool when no `when` holds."""
    tiers: dict[str, tuple[Rule, ...]] = {
        tier: tuple(rule for rule in getattr(permissions, tier) if not rule.when) for tier in TIERS
    }
    if permissions.allow and not tiers["allow"] and permissions.default is None:
        # An allow list makes the default deny, also where each of its rules has a condition.
        tiers["allow"] = (Rule(tool="\0"),)
    return decide(permissions.model_copy(update=tiers), tool, {})


def _rulings(before: AgentSpec, after: AgentSpec) -> Iterator[Change]:
    new_tools = {tool.name: tool for tool in after.tools}
    for tool in before.tools:
        if tool.name not in new_tools:
            continue
        was = unconditional(before.agent.permissions, tool)
        now = unconditional(after.agent.permissions, new_tools[tool.name])
        if was.decision == now.decision:
            continue
        freer = FREEDOM[now.decision] > FREEDOM[was.decision]
        text = f"{moved(was.decision, now.decision)} ({now.because})"
        row = (tool.name, was.decision, now.decision)
        if freer:
            yield Told("permissions").change("permission-widened", "widening", text, row)
        else:
            yield Told("permissions").change("permission-narrowed", "behaviour", text, row)


def _denies(permissions: Permissions) -> bool:
    """Return whether the default denies: a rule for `ask` is then what lets a call through."""
    unsaid = permissions.default is None and bool(permissions.allow)
    return unsaid or permissions.default == "deny"


def _rules(
    tier: Decision,
    old: tuple[Rule, ...],
    new: tuple[Rule, ...],
    direction: tuple[Level, Level],
) -> Iterator[Change]:
    added, removed = direction
    row: Row
    for rule in _missing(new, old):
        row = (rule.tool, None, dumped(rule))
        yield Told("permissions").change(
            f"{tier}-rule-added", added, f"{tier} rule new: {_rule(rule)}", row
        )
    for rule in _missing(old, new):
        row = (rule.tool, dumped(rule), None)
        yield Told("permissions").change(
            f"{tier}-rule-removed", removed, f"{tier} rule gone: {_rule(rule)}", row
        )


def _missing(these: tuple[Rule, ...], those: tuple[Rule, ...]) -> list[Rule]:
    """Return the rules that the others do not have; 1 is not `true` in what arguments must be."""
    had = {as_json(dumped(rule)) for rule in those}
    return [rule for rule in these if as_json(dumped(rule)) not in had]


def _rule(rule: Rule) -> str:
    return rule.tool + (f" when {shown(rule.when)}" if rule.when else "")


def _freer(before: Decision | None, after: Decision | None) -> Level:
    """No default follows the annotations, which may allow anything."""
    old = 1.5 if before is None else FREEDOM[before]
    new = 1.5 if after is None else FREEDOM[after]
    return "widening" if new > old else "behaviour"
