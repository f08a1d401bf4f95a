"""The keys of a run's screen, its tabs, and how its parts lie."""

from textual.binding import Binding

from runner.tui.page import bound

TABS = {
    "step": ("s", "Step"),
    "messages": ("m", "Messages"),
    "tools": ("T", "Tools"),
    "config": ("c", "Config"),
    "evidence": ("x", "Evidence"),
    "jsonl": ("l", "JSONL"),
}
"""Each tab with its key and its title."""
COMMANDS = {
    "messages": "agentctl show {run} --full",
    "tools": "agentctl show {run} --full",
    "config": "agentctl show {label}",
    "evidence": "agentctl audit verify {run}",
    "jsonl": "agentctl logs {run}",
}
"""The command that prints what a tab shows."""

KEYS = [
    *(
        Binding(key, f"tab('{name}')", title, id=f"run.{name}", show=False)
        for name, (key, title) in TABS.items()
    ),
    Binding("right_square_bracket", "turn_tab(1)", "Next tab", id="run.next_tab", show=False),
    Binding("left_square_bracket", "turn_tab(-1)", "Tab before", id="run.tab_before", show=False),
    bound("J", "next_failed", "Next step that went wrong", "run"),
    bound("K", "previous_failed", "Step before that went wrong", "run"),
    bound("f", "failed_only", "Only what went wrong", "run"),
    bound("i", "fold", "Fold idle time, or the instructions", "run"),
    bound("enter", "open_step", "Read the step", "run"),
    bound("z", "fill", "Payload on the whole screen", "run"),
    bound("o", "pager", "Open in the pager", "run"),
    bound("n", "next_part", "Next part of the text", "run"),
    bound("N", "part_before", "Part before", "run"),
    bound("V", "verify", "Verify journal, ledger and release", "run"),
    bound("r", "resume", "Copy the command that resumes it", "run"),
    bound("d", "compare_previous", "Compare with the run before", "run"),
    bound("v", "open_versions", "Versions of the agent", "run"),
    bound("R", "rollback", "Roll the agent back", "run"),
    bound("escape", "close", "Back", "run"),
]
STYLE = """
RunPage #panes { height: 1fr; }
RunPage #steps { width: 3fr; }
RunPage #payload { width: 2fr; border-left: solid $panel; padding-left: 1; }
RunPage #text { height: 1fr; display: none; padding: 0 1; }
RunPage.-narrow #payload { display: none; }
RunPage.-narrow.-detail #steps { display: none; }
RunPage.-narrow.-detail #payload { display: block; width: 1fr; border-left: none; }
RunPage.-full #steps { display: none; }
RunPage.-full #about { display: none; }
RunPage.-full #payload { display: block; width: 1fr; border-left: none; }
RunPage.-tabbed #panes { display: none; }
RunPage.-tabbed #text { display: block; }
"""
