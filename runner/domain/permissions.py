"""Which tool calls may run: deny, then ask, then allow, then the default. Deny always wins."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field, model_validator

from runner.domain.noun import Noun
from runner.domain.quantities import Duration
from runner.domain.tool import ToolSpec

Decision = Literal["allow", "ask", "deny"]
ABSENT = object()


class Rule(Noun):
    """A tool pattern, and optionally what its arguments must look like."""

    tool: str = Field(min_length=1, description="Tool name with globs; MCP tools: server/tool.")
    when: dict[str, Any] = Field(
        default_factory=dict, description="JSON pointer into the arguments: value, or glob."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"tool": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _pointers(self) -> "Rule":
        if wrong := [pointer for pointer in self.when if not pointer.startswith("/")]:
            raise ValueError(f"{wrong[0]!r} is not a JSON pointer; it starts with /")
        return self


class Permissions(Noun):
    """The rules. Unstated, the default follows each tool's annotations."""

    deny: tuple[Rule, ...] = Field((), description="Never run; no flag overrides it.")
    ask: tuple[Rule, ...] = Field((), description="A person decides.")
    allow: tuple[Rule, ...] = Field((), description="Run; with it, the default becomes deny.")
    default: Decision | None = Field(None, description="For calls that no rule matches.")
    unattended: Literal["deny"] = Field(
        "deny", description="What an `ask` becomes when nobody can answer."
    )
    approval_expiry: Duration = Field(
        72 * 3600.0, description="How long a question waits for its answer."
    )


class Ruling(Noun):
    """A decision and the rule it came from, for the model and the journal."""

    decision: Decision
    because: str


def decide(permissions: Permissions, tool: ToolSpec, arguments: dict[str, Any]) -> Ruling:
    """Return what the rules say about one call with checked arguments."""
    for decision, rules in _in_order(permissions):
        for rule in rules:
            if _matches(rule, tool.name, arguments, decision):
                return Ruling(decision=decision, because=f"permissions.{decision}: {rule.tool}")
    return _default(permissions, tool)


def outcomes(permissions: Permissions, tool: ToolSpec) -> frozenset[Decision]:
    """Return every decision that calls of a tool can come to, whatever their arguments."""
    found: set[Decision] = set()
    for decision, rules in _in_order(permissions):
        for rule in rules:
            if _means(rule, tool.name):
                found.add(decision)
                if not rule.when:
                    return frozenset(found)
    return frozenset({*found, _default(permissions, tool).decision})


def _in_order(permissions: Permissions) -> Iterable[tuple[Decision, tuple[Rule, ...]]]:
    yield "deny", permissions.deny
    yield "ask", permissions.ask
    yield "allow", permissions.allow


def _default(permissions: Permissions, tool: ToolSpec) -> Ruling:
    if permissions.default:
        return Ruling(decision=permissions.default, because="permissions.default")
    if permissions.allow:
        return Ruling(decision="deny", because="not in permissions.allow")
    hints = tool.annotations
    if tool.reads_only:
        return Ruling(decision="allow", because="the tool only reads")
    if not hints.destructive_hint:
        return Ruling(decision="allow", because="the tool says destructiveHint: false")
    return Ruling(decision="ask", because="the tool may destroy: no rule allows it")


def _matches(rule: Rule, name: str, arguments: dict[str, Any], decision: Decision) -> bool:
    if not _means(rule, name):
        return False
    return all(_holds(at(arguments, p), want, decision) for p, want in rule.when.items())


def _means(rule: Rule, name: str) -> bool:
    return fnmatchcase(name if "/" in rule.tool else name.rsplit("/", 1)[-1], rule.tool)


def _holds(value: Any, want: Any, decision: Decision) -> bool:
    """An absent argument matches `deny` and nothing else; a list must match wholly for `allow`."""
    if value is ABSENT:
        return decision == "deny"
    if isinstance(value, list) and not isinstance(want, list):
        quantifier = all if decision == "allow" else any
        return quantifier(_equal(item, want) for item in value)
    return _equal(value, want)


def _equal(value: Any, want: Any) -> bool:
    if isinstance(value, str) and isinstance(want, str):
        return fnmatchcase(value, want)
    return type(value) is type(want) and bool(value == want)


def at(document: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer (RFC 6901), or ABSENT."""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            return ABSENT
    return document
