"""What the reference says of a command beyond its own help: how it can end, and lines to type.

A command that ends with 0, 2, 3, 70 and 130 alone, and whose help shows an example, needs no entry.
A test holds that every command has an example, and that each example parses.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """Exit codes beside 0, 2, 3, 70 and 130, which every command can end with, and examples."""

    ends: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()


RUN_ENDS = (1, 4, 5, 6, 143)
NOTES: dict[str, Note] = {
    "validate": Note(
        (1, 4),
        (
            "agentctl validate",
            "agentctl validate hello@v1.0.0 -o json",
            "agentctl validate --production hello",
            "agentctl validate --staged",
        ),
    ),
    "doctor": Note((1,), ("agentctl doctor hello@prod", "agentctl doctor --offline")),
    "release": Note((1, 4), ("agentctl release hello --patch --dry-run",)),
    "schedules list": Note((1, 4)),
    "promote": Note((1, 4, 5, 7)),
    "rollback": Note((1, 4, 5, 7)),
    "status": Note((1,)),
    "history": Note((1,)),
    "diff": Note((1, 4)),
    "releases list": Note((), ("agentctl releases list hello",)),
    "releases verify": Note((1, 4), ("agentctl releases verify hello@v1.0.0",)),
    "releases import": Note((1, 4), ("agentctl releases import --to invoice-triage --dry-run",)),
    "run": Note(RUN_ENDS, ('agentctl run hello -i text="one two three"',)),
    "resume": Note(RUN_ENDS),
    "show": Note((4,), ("agentctl show hello@v1.0.0 -o json",)),
    "ui": Note((143,), ("agentctl ui --screenshot diff:hello:v1.0.0:v1.1.0 --size 80x24",)),
    "audit verify": Note((4,)),
    "audit anchor": Note((4,)),
    "releases bundle": Note((4, 5)),
    "completion": Note((), ("agentctl completion bash",)),
}
