"""Every code that a config problem can have, explained.

AC0xx are bytes and files, AC1xx the shape, AC2xx references between parts, AC3xx tools, AC4xx
schedules, project settings and pointers. A code keeps its meaning for ever.
"""

from difflib import get_close_matches

from runner.config.codes_agent import AGENT
from runner.config.codes_files import FILES
from runner.config.codes_original import ORIGINAL
from runner.config.codes_steps import STEPS
from runner.config.codes_tools import TOOLS
from runner.config.entry import Entry
from runner.domain.errors import UsageError

CATALOGUE: dict[str, Entry] = dict(sorted({**FILES, **AGENT, **ORIGINAL, **TOOLS, **STEPS}.items()))


def explain(code: str) -> str:
    """Return the explanation of a code such as AC115, with an example where one helps.

    Raises:
        UsageError: there is no such code.
    """
    entry = CATALOGUE.get(code.upper())
    if entry is None:
        near = get_close_matches(code.upper(), CATALOGUE, n=1)
        advice = f"did you mean {near[0]}?" if near else f"codes go from {min(CATALOGUE)} up"
        raise UsageError(f"there is no code {code!r}", help=advice)
    lines = [f"{code.upper()}: {entry.title}", "", entry.why, "", f"To mend it: {entry.mend}"]
    for label, example in (("wrong", entry.wrong), ("right", entry.right)):
        if example:
            lines += ["", f"{label}:", *(f"    {line}" for line in example.split("\n"))]
    return "\n".join(lines) + "\n"
