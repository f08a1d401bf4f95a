"""docs/reference/diagnostics.md: every code that a config problem can have."""

from runner.config.catalogue import CATALOGUE
from runner.config.entry import Entry

OPENING = """\
# Diagnostics

Every code that `agentctl validate` can give. A code keeps its meaning for ever. `agentctl explain
CODE` prints the same.

| codes | about |
| --- | --- |
| AC0xx | bytes and files |
| AC1xx | the shape of a file |
| AC2xx | what must fit together in an agent |
| AC3xx | tools |
| AC4xx | schedules, project settings and pointers |
"""


def diagnostics_page() -> str:
    """Return the page."""
    lines = [OPENING]
    for code, entry in sorted(CATALOGUE.items()):
        lines += [f"## {code}", "", *_entry(entry), ""]
    return "\n".join(lines)


def _entry(entry: Entry) -> list[str]:
    lines = [f"**{entry.title}.** {entry.why}", "", f"To mend it: {entry.mend}"]
    for label, example in (("Wrong", entry.wrong), ("Right", entry.right)):
        if example:
            lines += ["", f"{label}:", "", *(f"    {line}" for line in example.split("\n"))]
    return lines
