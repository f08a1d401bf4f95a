"""Two versions of an agent on the disk, compared and told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.app.comparing.diffing import Difference, diff
from runner.app.comparing.observing import observed
from runner.app.screening import hider
from runner.boundary.clock import SystemClock
from runner.cli.diff_text import MOST, diff_text
from runner.cli.main import Shell
from runner.domain.errors import UsageError

TOKEN = "tok-" + "5e" * 12


@pytest.fixture
def released(small: Any) -> Any:
    """The small agent with a release and, in the worktree, the same files."""
    small.release("v1.0.0")
    return small


def compared(small: Any, before: str = "v1.0.0", after: str | None = None) -> Difference:
    return diff(small.root, None, "opener", before, after)


def screen(found: Difference, *, verbose: bool = False, color: str = "never") -> list[str]:
    shell = Shell(project=None, state_dir=None, debug=False, quiet=False, color=color)
    return diff_text(shell, found, verbose=verbose).split("\n")


def test_the_worktree_is_meant_where_nothing_is_said(released: Any) -> None:
    assert compared(released).comparison.changes == ()
    released.change("agent.yaml", "max_iterations: 5", "max_iterations: 9")
    (change,) = compared(released).comparison.changes
    assert change.text == "max_iterations 5 → 9 (+80 %)"


def test_an_unknown_version_is_named(released: Any) -> None:
    with pytest.raises(UsageError, match=r"v9\.0\.0"):
        compared(released, "v9.0.0")


def test_a_version_in_the_place_of_the_agent_is_explained(released: Any) -> None:
    with pytest.raises(UsageError) as error:
        diff(released.root, None, "opener@v1.0.0", "worktree", None)
    assert error.value.help == "agentctl diff opener v1.0.0 worktree"


def test_what_redact_patterns_match_is_shown_nowhere(released: Any) -> None:
    released.root.joinpath("agentctl.yaml").write_text(f"redact: ['{TOKEN[:4]}[0-9a-f]+']\n")
    released.change("system-prompt.md", "tickets", f"tickets with {TOKEN}")
    released.change("agent.yaml", "Open tickets.", f"Open tickets as {TOKEN}.")
    released.change("tools.yaml", "What it is about", f"Not {TOKEN}")
    found = compared(released)
    assert TOKEN not in json.dumps(found.as_json())
    assert TOKEN not in "\n".join(screen(found, verbose=True))
    assert "[redacted]" in "\n".join(screen(found, verbose=True))


def test_values_of_two_environments_are_compared_and_hidden(released: Any) -> None:
    root: Path = released.root
    root.joinpath("agentctl.yaml").write_text(f"redact: ['{TOKEN[:4]}[0-9a-f]+']\n")
    variable = "variables: {key: {type: string}}\nmodel:"
    released.change("agent.yaml", "model:", variable)
    released.change("system-prompt.md", "tickets", "all tickets")
    released.release("v1.1.0")
    digest = compared(released, "v1.1.0").comparison.before.digest
    for name, value in (("staging", "a"), ("prod", TOKEN)):
        pointer = root / "agent-configs/environments" / name / "opener.yaml"
        pointer.parent.mkdir(parents=True)
        pointer.write_text(f"version: v1.1.0\ndigest: {digest}\nvalues: {{key: {value}}}\n")
    found = compared(released, "staging", "prod")
    (change,) = found.comparison.changes
    assert (change.rule, change.before, change.after) == ("value-changed", "a", "[redacted]")
    assert screen(found)[0] == "opener  staging (v1.1.0) → prod (v1.1.0)  0 files differ"


def test_a_schedule_that_moved_says_when_it_fires_next(released: Any) -> None:
    released.change("agent.yaml", "tools: {file: tools.yaml}", "tools: {file: tools.yaml}\n"
                    "schedules: {file: schedules.yaml}")  # fmt: skip
    released.write(
        "schedules.yaml",
        '- {name: nightly, type: recurring, cron: "0 2 * * *", timezone: Europe/Berlin}\n'
        '- {name: launch, type: once, at: "2001-01-01T00:00:00Z"}\n',
    )
    found = compared(released)
    nightly, launch = found.as_json()["upcoming"]
    assert (nightly["schedule"], len(nightly["fires"]), launch["fires"]) == ("nightly", 3, [])
    assert all("T02:00:00+0" in fire["local"] for fire in nightly["fires"])
    assert any(line.startswith("next fires of nightly: ") for line in screen(found))
    assert SystemClock().now() < found.upcoming[0].fires[0]


def test_the_screen_has_at_most_forty_lines_and_says_what_it_left_out(released: Any) -> None:
    tools = "".join(
        f"- name: tool_{number}\n  description: Does {number}.\n"
        "  inputSchema: {type: object, properties: {}, additionalProperties: false}\n"
        "  annotations: {readOnlyHint: true}\n"
        '  call: {kind: http, method: GET, url: "http://127.0.0.1:9/x"}\n'
        for number in range(60)
    )
    released.write("tools.yaml", tools)
    released.write("system-prompt.md", "\n\n".join(f"Word {number}." for number in range(90)))
    found = compared(released)
    lines = screen(found)
    assert len(lines) <= MOST
    assert any("more (" in line and "-v shows all" in line for line in lines)
    assert max(map(len, lines)) <= 118
    assert len(screen(found, verbose=True)) > 200
    assert lines[-1].endswith("suggested bump: major")


def test_a_level_is_said_in_a_word_and_a_mark_not_by_colour_alone(released: Any) -> None:
    released.change("tools.yaml", "properties: {title", "required: [title]\n    properties: {title")
    released.change("system-prompt.md", "You open", "You close")
    plain, coloured = (screen(compared(released), color=c) for c in ("never", "always"))
    assert plain[4].startswith("  ! breaking   tools open_ticket")
    assert plain[5].startswith("  ~ behaviour  instructions")
    assert plain[6] == "        You [-open-]{+close+} tickets."
    assert "\x1b[31mbreaking\x1b[0m" in coloured[4]
    assert coloured[6] == "        You \x1b[31m[-open-]\x1b[0m\x1b[32m{+close+}\x1b[0m tickets."


def test_control_characters_of_a_script_reach_no_terminal(released: Any) -> None:
    released.write("tools/x.sh", "#!/bin/sh\n\x1b]0;owned\x07 \u202e\n")
    text = "\n".join(screen(compared(released), verbose=True, color="never"))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def lines_of_runs(digest: str) -> Iterator[dict[str, Any]]:
    tokens = {"input": 100, "cached_input": 0, "output": 10}
    opened = {"type": "run.started", "agent": "opener", "digest": digest}
    for mode, cost in (("live", 0.1), ("dry_run", 0.3), ("replay", 9), ("live", 0.2)):
        run = f"{digest}{mode}{cost}"
        yield {**opened, "run": run, "mode": mode}
        yield {"type": "run.ended", "run": run, "tokens": tokens, "cost_usd": cost}
    yield {**opened, "run": "still running", "mode": "live"}


def test_runs_are_found_by_digest_and_told_by_their_median(tmp_path: Path) -> None:
    rows = [*lines_of_runs("h1:a"), *lines_of_runs("h1:other")]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "ledger.jsonl").write_text("torn{\n[1]\n" + text + '{"type": "run.sta')
    found = observed(tmp_path, "opener", {"h1:a", "h1:none"})
    assert list(found) == ["h1:a"]
    assert vars(found["h1:a"]) == {
        "runs": 3,
        "input_tokens": 100,
        "output_tokens": 10,
        "cost_usd": 0.2,
    }
    assert observed(tmp_path / "none", "opener", {"h1:a"}) == {}


def test_hiding_goes_into_every_part_of_a_value() -> None:
    hide = hider(["s[0-9]+", "x+"])
    assert hide({"s1": ["xx", {"a": "s22 and x"}, 3, None]}) == {
        "[redacted]": ["[redacted]", {"a": "[redacted] and [redacted]"}, 3, None]
    }


def test_a_step_that_is_too_small_is_told(released: Any) -> None:
    released.change("tools.yaml", "properties: {title", "required: [title]\n    properties: {title")
    released.release("v1.1.0")
    released.release("v2.0.0")
    small_step = compared(released, "v1.0.0", "v1.1.0")
    advice = "suggested bump: major (declared: minor, which is too small)"
    assert screen(small_step)[-1].endswith(advice)
    assert small_step.as_json()["declared"] == {"step": "minor", "enough": False}
    enough = compared(released, "v1.0.0", "v2.0.0")
    assert screen(enough)[-1].endswith("suggested bump: major (declared: major)")
    assert compared(released, "v2.0.0", "v1.0.0").declared() is None
    assert compared(released, "v1.0.0").declared() is None
