"""What must hold for permissions: each rule has a tool, and arguments that the tool has."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from runner.config.advice import near
from runner.config.loose import lacks, properties_of
from runner.config.parts import Parts
from runner.domain.diagnostics import Diagnostic
from runner.domain.permissions import Rule
from runner.notation.tree import Loc

GLOB = re.compile(r"[*?\[]")
NEARLY = 0.85
DEAD = {
    "deny": "so it denies every call of the tool",
    "ask": "so nobody is ever asked by this rule",
    "allow": "so this rule allows nothing",
}


def check_permissions(parts: Parts) -> Iterator[Diagnostic]:
    """Yield a warning for each rule that does not do what it says."""
    if parts.agent is None or parts.tool_names is None:
        return
    for decision in ("deny", "ask", "allow"):
        rules: tuple[Rule, ...] = getattr(parts.agent.permissions, decision)
        for index, rule in enumerate(rules):
            loc: Loc = ("permissions", decision, index)
            if matched := _matched(rule.tool, parts.tool_names):
                yield from _arguments(parts, rule, matched, loc)
            elif advice := _advice(rule.tool, parts.tool_names, guards=decision == "deny"):
                message = f"no tool is called `{rule.tool}`, so this rule does nothing"
                yield parts.main.warning("AC207", message, loc, advice)


def _matched(pattern: str, names: frozenset[str]) -> set[str]:
    """The tools that a pattern means; without `/` it is held against the bare name."""
    return {
        name
        for name in names
        if fnmatchcase(name if "/" in pattern else name.rsplit("/", 1)[-1], pattern)
        or name == pattern
    }


def _advice(pattern: str, names: frozenset[str], *, guards: bool) -> str:
    """What to do about a pattern that means no tool; empty when it is right as it stands.

    A `deny` with a glob guards against tools to come, unless it nearly means one that is there.
    """
    if not GLOB.search(pattern):
        return near(pattern, names) or _known(names)
    stem = GLOB.split(pattern)[0] or GLOB.sub("", pattern)
    for name in sorted(names):
        if SequenceMatcher(None, stem, name[: len(stem)]).ratio() >= NEARLY:
            return f"`{name}` begins nearly so; did you mean `{name[: len(stem)]}*`?"
    return "" if guards else _known(names)


def _known(names: frozenset[str]) -> str:
    known = ", ".join(f"`{name}`" for name in sorted(names)[:8])
    return f"the tools are {known}" if known else "the agent has no tools; remove the rule"


def _arguments(parts: Parts, rule: Rule, matched: set[str], loc: Loc) -> Iterator[Diagnostic]:
    schemas = [part.value.input_schema for part in parts.tools if part.value.name in matched]
    decision = str(loc[1])
    for pointer in rule.when:
        if not schemas or not all(lacks(schema, pointer) for schema in schemas):
            continue
        tool = f"`{rule.tool}` has" if len(schemas) == 1 else f"the tools of `{rule.tool}` have"
        message = f"{tool} no argument `{pointer}`, {DEAD[decision]}"
        known = {name for schema in schemas for name in properties_of(schema)}
        close = near(pointer.split("/")[1], known)
        listed = ", ".join(f"`/{name}`" for name in sorted(known))
        advice = close or (f"its arguments are {listed}" if listed else "it takes no arguments")
        yield parts.main.key_warning("AC226", message, (*loc, "when", pointer), advice)
