"""A composite tool through the command line: one call for the model, each effect exactly once."""

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from runner.app.executing.resuming import ResumeOptions, resume_run
from runner.journal.audit import verify_all
from tests.scenarios.conftest import results_in
from tests.scenarios.test_crash import killed_after

COMPOSITE = """\
- name: tell
  offered: false
  description: Tell the channel.
  inputSchema:
    type: object
    additionalProperties: false
    required: [text]
    properties: {text: {type: string, description: What to say}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: TELL}
  call: {kind: http, method: POST, url: {var: tickets_url}, timeout: 5s}
  dry_run: {result: {id: N-0}}
- name: open_and_tell
  description: Open a ticket and tell the channel.
  inputSchema:
    type: object
    additionalProperties: false
    required: [title]
    properties: {title: {type: string, description: What it is about}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: TELL}
  call:
    kind: composite
    steps:
      - {name: ticket, tool: open_ticket, arguments: {title: {from: input.title}}}
      - name: note
        tool: tell
        arguments: {text: {from: "join(' ', ['opened', steps.ticket.id])"}}
    output: "{ticket: steps.ticket.id, note: steps.note.id}"
"""
EFFECTS = [{"title": "one"}, {"text": "opened T-1"}]
LINES = {"composite starts": 5, "first starts": 6, "second starts": 8, "composite ends": 10}


@pytest.fixture
def composite(project: Any, provider: Any, model_calls: Callable[..., Any]) -> Any:
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text() + COMPOSITE.replace("TELL", "true"))

    def answer(request: dict[str, Any]) -> Any:
        if results_in(request):
            return {"content": "done"}
        return model_calls("open_and_tell", {"title": "one"})

    provider.answer = answer
    return project


def once_only(project: Any, tickets: Any) -> None:
    """Let what tells the channel be no tool that may be called twice."""
    tools = project.agent / "tools.yaml"
    text = tools.read_text().replace("TELL", "false")
    before, after = text.split("- name: tell", 1)
    tools.write_text(
        before + "- name: tell" + after.replace("idempotentHint: true", "idempotentHint: false")
    )
    tickets.idempotent = False


def test_it_is_one_call_and_each_step_an_effect(
    composite: Any, provider: Any, tickets: Any
) -> None:
    done = composite.agentctl("run", "opener", "-o", "json")
    assert done.code == 0, done.err
    assert tickets.effects == EFFECTS
    assert [json.loads(text) for text in results_in(provider.requests[-1])] == [
        {"ticket": "T-1", "note": "T-2"}
    ]
    offered = [tool["function"]["name"] for tool in provider.requests[0]["tools"]]
    assert offered == ["open_ticket", "read_file", "open_and_tell"]
    effects = done.json["effects"]
    assert [(e["step"], e["tool"], e["outcome"]) for e in effects] == [
        ("t1.c1.s1", "open_ticket", "done"),
        ("t1.c1.s2", "tell", "done"),
    ]
    assert done.json["totals"]["tool_calls"] == 3
    shown = composite.agentctl("show", "last").out
    places = [shown.index(place) for place in ("t1.c1 ", "t1.c1.s1", "t1.c1.s2")]
    assert places == sorted(places)


def test_a_dry_run_lists_the_steps_and_changes_nothing(composite: Any, tickets: Any) -> None:
    done = composite.agentctl("run", "opener", "--dry-run")
    assert done.code == 0, done.err
    assert tickets.posts == []
    assert "2 effects would have happened" in done.out
    assert "open_ticket  (t1.c1.s1" in done.out
    assert '"text": "opened T-0"' in done.out
    assert "open_and_tell" not in done.out


def test_a_failing_step_is_named_to_the_model(composite: Any, provider: Any, tickets: Any) -> None:
    agent = composite.agent / "agent.yaml"
    agent.write_text(agent.read_text() + "permissions: {deny: [tell]}\n")
    assert composite.agentctl("run", "opener").code == 0
    [told] = results_in(provider.requests[-1])
    assert "Steps done: ticket (open_ticket)." in told
    assert "Failed: note (tell): tell is not permitted (permissions.deny: tell)" in told
    assert tickets.effects == EFFECTS[:1]


@pytest.mark.parametrize("line", range(LINES["composite starts"], LINES["composite ends"] + 1))
def test_killed_at_any_line_each_effect_happens_once(
    composite: Any, tickets: Any, line: int
) -> None:
    assert killed_after(composite, line) == -signal.SIGKILL
    assert len(composite.events()) == line
    options = ResumeOptions(composite.journals()[-1].stem)
    run = resume_run(composite.root, None, options, lambda _event: None, lambda _text: None)
    assert (run.status, run.totals.tool_calls) == ("succeeded", 3)
    assert tickets.effects == EFFECTS
    assert verify_all(composite.state).errors == ()


def test_asked_to_end_during_a_step_it_ends_after_it_and_goes_on_later(
    composite: Any, tickets: Any
) -> None:
    child = composite.start("run", "opener")
    tickets.after_effect = lambda: child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    tickets.after_effect = None
    assert child.returncode == 128 + signal.SIGTERM
    ends = [(event["type"], event.get("step")) for event in composite.events()[-2:]]
    assert ends == [("tool.finished", "t1.c1.s1"), ("run.interrupted", None)]
    assert composite.agentctl("resume", "last").code == 0
    assert tickets.effects == EFFECTS


@pytest.mark.parametrize("word", ["done", "not-done"])
def test_a_step_in_doubt_is_settled_by_its_own_name(
    composite: Any, tickets: Any, word: str
) -> None:
    once_only(composite, tickets)
    assert killed_after(composite, LINES["second starts"]) == -signal.SIGKILL
    doubted = composite.agentctl("resume", "last")
    assert doubted.code == 6
    assert "--settle t1.c1.s2=done|not-done" in doubted.err
    assert tickets.effects == EFFECTS[:1]
    settle = ("resume", "last", "--settle", f"t1.c1.s2={word}", "--reason", "looked")
    settled = composite.agentctl(*settle)
    assert settled.code == 0, settled.err
    assert tickets.effects == (EFFECTS[:1] if word == "done" else EFFECTS)
    finished = [e for e in composite.events() if e["type"] == "tool.finished"]
    assert (finished[-1]["step"], finished[-1]["outcome"]) == ("t1.c1", "done")
    note = None if word == "done" else "T-2"
    assert json.loads(finished[-1]["text"]) == {"ticket": "T-1", "note": note}


def test_show_and_validate_know_the_kind(composite: Any) -> None:
    assert composite.agentctl("validate", "opener").code == 0
    assert "composite" in composite.agentctl("show", "opener").out


PIECES = ("a secret that", " came in pieces")
IN_PIECES = """\
- name: pieces
  description: Give two pieces.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: true}
  call:
    kind: command
    argv: [echo, '{"a": "PIECE_A", "b": "PIECE_B"}']
    env: {TOKEN: {env: TOKEN}}
- name: join_and_tell
  description: Tell the channel both.
  inputSchema: {type: object, additionalProperties: false, properties: {}}
  annotations: {readOnlyHint: false, destructiveHint: false}
  call:
    kind: composite
    steps:
      - {name: both, tool: pieces}
      - {name: note, tool: tell, arguments: {text: {from: "EXPRESSION"}}}
""".replace("PIECE_A", PIECES[0]).replace("PIECE_B", PIECES[1])


@pytest.mark.parametrize(
    "expression",
    [
        "join('', [steps.both.a, steps.both.b])",
        "abs(join('', [steps.both.a, steps.both.b]))",
        "[join('', [steps.both.a, steps.both.b])]",
    ],
)
def test_a_secret_that_a_step_puts_together_goes_nowhere(
    composite: Any, provider: Any, tickets: Any, model_calls: Callable[..., Any], expression: str
) -> None:
    composite.environment["TOKEN"] = "".join(PIECES)
    tools = composite.agent / "tools.yaml"
    tools.write_text(tools.read_text() + IN_PIECES.replace("EXPRESSION", expression))
    provider.answer = lambda request: (
        {"content": "done"} if results_in(request) else model_calls("join_and_tell", {})
    )
    done = composite.agentctl("run", "opener")
    assert done.code == 0, done.err
    assert tickets.posts == []
    [told] = results_in(provider.requests[-1])
    assert "Failed: note (tell)" in told
    assert "".join(PIECES) not in told + composite.journals()[-1].read_text() + done.err
