import json
from collections.abc import Callable
from typing import Any

import pytest

from runner.domain.events import ToolSettled
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import ToolMessage
from runner.testing import calls, says

SUBJECT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["what"],
    "properties": {"what": {"type": "string"}, "more": {"type": "string"}},
}
HIDDEN = {
    "name": "post_note",
    "offered": False,
    "description": "Post a note.",
    "inputSchema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["text"],
        "properties": {"text": {"type": "string"}, "extra": {"type": "string"}},
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": False},
    "dry_run": {"result": {"id": "N-0"}},
    "call": {"kind": "command", "argv": ["true"]},
}
TICKET = {"name": "ticket", "tool": "open_ticket", "arguments": {"what": {"from": "input.what"}}}
NOTE = {
    "name": "note",
    "tool": "post_note",
    "arguments": {"text": {"from": "join(' ', ['opened', steps.ticket.found])"}},
}
LOOK = {"name": "seen", "tool": "look", "arguments": {"what": {"from": "input.what"}}}
GO = calls("both", '{"what": "it"}')
Build = Callable[..., Any]


def composite(*steps: dict[str, Any], output: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "name": "both",
        "description": "Open a ticket and tell the channel.",
        "inputSchema": SUBJECT,
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True},
        "call": {"kind": "composite", "steps": list(steps or (TICKET, NOTE)), "output": output},
        **more,
    }


def tools(*steps: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [HIDDEN, composite(*steps, **more)]


def posted(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": "N-1", "text": arguments["text"]}


NOTES = {"post_note": posted}


def told(stage: Any) -> str:
    """What the model was told about its last call."""
    last = stage.model.requests[-1].messages[-1]
    assert isinstance(last, ToolMessage)
    return last.text


def lines(stage: Any, *kinds: str) -> list[tuple[str, str]]:
    wanted = kinds or ("tool.started", "tool.finished", "tool.refused")
    events = stage.journal.events
    return [(event.type, event.step) for event in events if event.type in wanted]


def fails(message: str, **more: Any) -> Callable[[dict[str, Any]], Any]:
    def function(_arguments: dict[str, Any]) -> Any:
        raise FailureError(Failure(kind="tool_failed", message=message, **more))

    return function


def test_steps_are_journaled_inside_the_one_call(stage: Build) -> None:
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools())
    assert small.run().totals.tool_calls == 3
    assert lines(small) == [
        ("tool.started", "t1.c1"),
        ("tool.started", "t1.c1.s1"),
        ("tool.finished", "t1.c1.s1"),
        ("tool.started", "t1.c1.s2"),
        ("tool.finished", "t1.c1.s2"),
        ("tool.finished", "t1.c1"),
    ]
    started = small.events("tool.started")
    assert [event.effect for event in started] == ["steps", "write", "write"]
    assert started[2].arguments == {"text": "opened it"}
    assert started[2].key.startswith("job-1:post_note:")
    assert started[2].permission == "the tool says destructiveHint: false"


def test_the_last_steps_result_is_the_result(stage: Build) -> None:
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools())
    small.run()
    assert json.loads(told(small)) == {"id": "N-1", "text": "opened it"}


def test_output_composes_the_result_and_result_shapes_it(stage: Build) -> None:
    output = "{asked: input.what, ticket: steps.ticket.found, note: steps.note.id}"
    shaped = tools(output=output, result={"select": "{t: ticket, n: note}"})
    small = stage(GO, says("done"), functions=NOTES, more_tools=shaped)
    small.run()
    assert json.loads(told(small)) == {"t": "it", "n": "N-1"}


def test_arguments_may_be_literal_nested_or_left_out(stage: Build) -> None:
    seen: list[dict[str, Any]] = []
    step = {
        "name": "look",
        "tool": "gather",
        "arguments": {
            "list": [{"from": "input.what"}, "input.what", {"from": "input.more"}],
            "deep": {"a": {"from": "input.what"}, "b": {"from": "input.more"}},
            "gone": {"from": "input.more"},
            "plain": {"from": "input.what", "to": "x"},
        },
    }
    gather = {**HIDDEN, "name": "gather", "inputSchema": {"type": "object"}}
    record = {"gather": lambda arguments: seen.append(arguments) or {}}
    small = stage(GO, says("done"), functions=record, more_tools=[gather, composite(step)])
    small.run()
    assert seen == [
        {
            "list": ["it", "input.what", None],
            "deep": {"a": "it"},
            "plain": {"from": "input.what", "to": "x"},
        }
    ]


def test_a_hidden_tool_is_not_known_to_the_model(stage: Build) -> None:
    small = stage(calls("post_note", '{"text": "x"}'), says("done"), more_tools=tools())
    small.run()
    assert "post_note" not in {offer.name for offer in small.model.requests[0].tools}
    [refused] = small.events("tool.refused")
    assert refused.reason == "unknown_tool"
    assert "both" in refused.text
    assert "post_note" not in refused.text.removeprefix("There is no tool 'post_note'")


def test_a_failing_step_is_named_with_those_that_were_done(stage: Build) -> None:
    third = {**LOOK, "name": "last"}
    functions = {"post_note": fails("no channel")}
    small = stage(GO, says("done"), functions=functions, more_tools=tools(TICKET, NOTE, third))
    small.run()
    assert told(small) == (
        "Steps done: ticket (open_ticket).\nFailed: note (post_note): no channel\n"
        "Not started: last (look).\nDo not do the steps done again: the same call of both, with "
        "the same arguments, goes on with note."
    )
    assert ("tool.started", "t1.c1.s3") not in lines(small)
    assert small.events("tool.finished")[-1].outcome == "failed"


def test_the_same_call_again_goes_on_after_the_steps_that_were_done(stage: Build) -> None:
    opened: list[Any] = []
    functions = {
        "post_note": lambda arguments: next(answers)(arguments),
        "open_ticket": lambda arguments: opened.append(arguments) or {"found": "T-1"},
    }
    small = stage(GO, GO, GO, says("done"), functions=functions, more_tools=tools())
    answers = iter([fails("no channel"), posted, posted])
    small.run()
    assert ("tool.started", "t2.c1.s1") not in lines(small)
    assert len(opened) == 2, "the third call begins anew"
    keys = [e.key for e in small.events("tool.started") if e.tool == "open_ticket"]
    assert len(set(keys)) == 2


def test_a_step_that_was_made_without_use_is_not_made_again(stage: Build) -> None:
    functions = {"open_ticket": fails("odd result; the call was made", made=True)}
    small = stage(GO, GO, says("done"), functions=functions, more_tools=tools())
    small.run()
    first = next(e for e in small.events("tool.finished") if e.step == "t1.c1")
    assert "Failed: ticket (open_ticket): odd result" in first.text
    assert "goes on" not in first.text
    made = [e.step for e in small.events("tool.started") if e.effect == "write"]
    assert made == ["t1.c1.s1"]
    assert "The result of open_ticket is of no use: odd result" in told(small)


def test_a_denied_step_ends_the_call(stage: Build) -> None:
    small = stage(GO, says("done"), more_tools=tools(), permissions={"deny": ["post_note"]})
    small.run()
    assert lines(small, "tool.refused") == [("tool.refused", "t1.c1.s2")]
    assert "Failed: note (post_note): post_note is not permitted (permissions.deny" in told(small)
    assert told(small).endswith("Do not do the steps done again.")


def test_a_step_that_would_ask_is_denied_when_nobody_is_there(stage: Build) -> None:
    rules = {"ask": [{"tool": "post_note"}]}
    small = stage(GO, says("done"), more_tools=tools(), permissions=rules)
    small.run()
    assert "needs a person's permission" in told(small)


def test_the_composite_itself_is_ruled_too(stage: Build) -> None:
    small = stage(GO, says("done"), more_tools=tools(), permissions={"deny": ["both"]})
    small.run()
    assert lines(small) == [("tool.refused", "t1.c1")]


def test_arguments_that_break_the_steps_schema_refuse_it(stage: Build) -> None:
    wrong = {**NOTE, "arguments": {"text": {"from": "steps.ticket.number"}}}
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools(TICKET, wrong))
    small.run()
    [refused] = small.events("tool.refused")
    assert (refused.step, refused.reason, refused.arguments) == (
        "t1.c1.s2",
        "invalid",
        '{"text": null}',
    )


@pytest.mark.parametrize("wrong", ["sum(steps.ticket)", "&found", "to_number('1e999')"])
def test_an_expression_that_does_not_fit_refuses_the_step(stage: Build, wrong: str) -> None:
    step = {**NOTE, "arguments": {"text": {"from": wrong}}}
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools(TICKET, step))
    assert small.run().status == "succeeded"
    assert "its arguments cannot be made" in told(small)


def test_a_redaction_mark_from_a_step_goes_nowhere(stage: Build) -> None:
    functions = {"open_ticket": lambda _a: {"found": "[redacted: TOKEN]"}, **NOTES}
    small = stage(GO, says("done"), functions=functions, more_tools=tools())
    small.run()
    assert [event.reason for event in small.events("tool.refused")] == ["redacted"]


def test_a_text_that_looks_like_a_number_stays_a_text(stage: Build) -> None:
    step = {**NOTE, "arguments": {"text": {"from": "steps.ticket"}}}
    functions = {"open_ticket": lambda _a: "10042", **NOTES}
    small = stage(GO, says("done"), functions=functions, more_tools=tools(TICKET, step))
    small.run()
    assert json.loads(told(small)) == {"id": "N-1", "text": "10042"}


def test_a_cut_result_is_not_used_by_a_later_step(stage: Build) -> None:
    functions = {"open_ticket": lambda _a: {"found": "x" * 30_000}, **NOTES}
    small = stage(GO, says("done"), functions=functions, more_tools=tools())
    small.run()
    assert "the result of open_ticket was cut at 20,000 characters" in told(small)
    assert "raise `result.max_chars`" in told(small)


def test_a_cut_result_that_nobody_uses_does_no_harm(stage: Build) -> None:
    functions = {"open_ticket": lambda _a: "x" * 30_000, **NOTES}
    plain = {**NOTE, "arguments": {"text": "opened"}}
    small = stage(GO, says("done"), functions=functions, more_tools=tools(TICKET, plain))
    small.run()
    assert json.loads(told(small))["text"] == "opened"


def test_an_output_that_does_not_fit_says_that_every_step_was_done(stage: Build) -> None:
    more = tools(output="sum(steps.ticket.found)")
    small = stage(GO, says("done"), functions=NOTES, more_tools=more)
    small.run()
    assert told(small).startswith(
        "Steps done: ticket (open_ticket), note (post_note). Only the result is of no use: "
    )


def test_a_result_that_breaks_output_schema_is_told_as_made(stage: Build) -> None:
    more = tools(outputSchema={"type": "object", "required": ["url"]})
    small = stage(GO, GO, says("done"), functions=NOTES, more_tools=more)
    small.run()
    assert "do not make it again" in told(small)
    made = [e.step for e in small.events("tool.started") if e.effect == "write"]
    assert made == ["t1.c1.s1", "t1.c1.s2"], "the same call again does nothing twice"


@pytest.mark.parametrize("cap", [1, 2])
def test_a_limit_between_steps_stops_the_run(stage: Build, cap: int) -> None:
    limits = {"max_tool_calls": cap}
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools(), limits=limits)
    run = small.run()
    assert run.status == "stopped"
    assert run.stop is not None
    assert run.stop.limit == "max_tool_calls"
    assert run.totals.tool_calls == cap
    assert lines(small, "tool.finished") == [("tool.finished", "t1.c1.s1")][: cap - 1]


def test_identical_steps_are_a_loop_too(stage: Build) -> None:
    step = {**NOTE, "arguments": {"text": "again"}}
    steps = [{**step, "name": f"n{number}"} for number in range(4)]
    small = stage(GO, says("done"), functions=NOTES, more_tools=tools(*steps))
    run = small.run()
    assert run.stop is not None
    assert run.stop.limit == "max_identical_calls"


def test_the_runs_timeout_stops_between_steps(stage: Build) -> None:
    def slow(arguments: dict[str, Any]) -> Any:
        small.clock.tick(20)
        return {"found": arguments["what"]}

    functions = {"open_ticket": slow, **NOTES}
    limits = {"timeout": "10s"}
    small = stage(GO, says("done"), functions=functions, more_tools=tools(), limits=limits)
    run = small.run()
    assert run.stop is not None
    assert run.stop.limit == "timeout"
    assert lines(small, "tool.finished") == [("tool.finished", "t1.c1.s1")]


def test_a_dry_run_simulates_writing_steps_one_by_one(stage: Build) -> None:
    made: list[str] = []
    functions = {
        "look": lambda arguments: made.append("look") or {"found": arguments["what"]},
        "open_ticket": lambda _a: made.append("open_ticket"),
        "post_note": lambda _a: made.append("post_note"),
    }
    note = {**NOTE, "arguments": {"text": {"from": "steps.seen.found"}}}
    more = tools(LOOK, note, outputSchema={"required": ["url"]})
    small = stage(GO, says("done"), functions=functions, more_tools=more, dry=True)
    small.run()
    assert made == ["look"]
    assert [event.effect for event in small.events("tool.started")] == [
        "steps",
        "read",
        "simulated",
    ]
    assert json.loads(told(small)) == {"id": "N-0"}
    assert small.events("tool.finished")[-1].simulated


def test_a_dry_run_simulates_even_reading_steps_of_a_call_that_would_ask(stage: Build) -> None:
    rules = {"ask": ["both"]}
    more = tools(LOOK, NOTE | {"arguments": {"text": "x"}})
    small = stage(GO, says("done"), more_tools=more, dry=True, on_ask="simulate", permissions=rules)
    small.run()
    started = small.events("tool.started")
    assert [event.effect for event in started] == ["steps", "simulated", "simulated"]
    assert [event.permission for event in started] == [
        "would ask: permissions.ask: both",
        "would ask: the call of both",
        "would ask: the call of both",
    ]


@pytest.mark.parametrize(("failing", "tool_calls"), [("", 3), ("not made", 5), ("made", 4)])
def test_a_run_cut_after_any_line_goes_on_to_the_same_end(
    stage: Build, failing: str, tool_calls: int
) -> None:
    """Every effect is made once, or again with the same key where its end is not recorded."""

    def functions(effects: list[str]) -> dict[str, Any]:
        def opened(arguments: dict[str, Any]) -> Any:
            effects.append("open")
            return {"found": arguments["what"]}

        def note(arguments: dict[str, Any]) -> Any:
            if failing and "failed" not in effects:
                effects.append("failed")
                made = failing == "made"
                raise FailureError(Failure(kind="tool_failed", message="no channel", made=made))
            effects.append("note")
            return posted(arguments)

        return {"open_ticket": opened, "post_note": note}

    again = {**HIDDEN, "annotations": {**HIDDEN["annotations"], "idempotentHint": True}}
    script = [GO, GO, says("done")] if failing else [GO, says("done")]
    more = [again, composite()]
    whole = stage(*script, functions=functions([]), more_tools=more)
    whole.run()
    events = whole.journal.events
    for cut in range(1, len(events)):
        past = events[:cut]
        if failing and past[-1].type == "tool.started" and past[-1].step == "t1.c1.s2":
            continue  # what may have been done cannot be told as failed: it is made until it is
        asked = len([event for event in past if event.type == "model.answered"])
        effects = ["failed"] if any(e.type == "tool.finished" and e.failure for e in past) else []
        small = stage(*script[asked:], functions=functions(effects), more_tools=more, past=past)
        run = small.run()
        assert (run.status, run.totals.tool_calls) == ("succeeded", tool_calls)
        everything = [*past, *small.journal.events]
        assert _keys(everything) == _keys(events)
        assert _finished(everything) == _finished(events)


def _keys(events: list[Any]) -> dict[str, str]:
    return {event.step: event.key for event in events if event.type == "tool.started"}


def _finished(events: list[Any]) -> list[tuple[str, str, str]]:
    return [(e.step, e.outcome, e.text) for e in events if e.type == "tool.finished"]


def _in_doubt(stage: Build, more: list[dict[str, Any]]) -> list[Any]:
    """The events of a run whose process ended while a step was being made."""
    whole = stage(GO, says("done"), functions=NOTES, more_tools=more)
    whole.run()
    events = whole.journal.events
    place = next(
        n for n, e in enumerate(events) if e.type == "tool.started" and e.step == "t1.c1.s1"
    )
    first = stage(says("x"), functions=NOTES, more_tools=more, past=events[: place + 1])
    run = first.run()
    assert (run.status, run.in_doubt) == ("in_doubt", ("t1.c1.s1",))
    return [*events[: place + 1], *first.journal.events]


PAY = {"name": "paid", "tool": "pay", "arguments": {"what": {"from": "input.what"}}}


def test_a_step_of_unknown_end_is_in_doubt_and_not_made_again(stage: Build) -> None:
    made: list[Any] = []
    more = tools(PAY, NOTE | {"arguments": {"text": "x"}})
    past = _in_doubt(stage, more)
    settled = ToolSettled(step="t1.c1.s1", done=True, reason="seen in the bank")
    functions = {"pay": made.append, **NOTES}
    small = stage(says("ok"), functions=functions, more_tools=more, past=[*past, settled])
    assert small.run().status == "succeeded"
    assert made == []
    assert [event.step for event in small.events("tool.started")] == ["t1.c1.s2"]


def test_a_step_settled_as_not_done_is_made_with_the_same_key(stage: Build) -> None:
    more = tools(PAY, NOTE | {"arguments": {"text": "x"}})
    past = _in_doubt(stage, more)
    settled = ToolSettled(step="t1.c1.s1", done=False, reason="not there")
    small = stage(says("ok"), functions=NOTES, more_tools=more, past=[*past, settled])
    assert small.run().status == "succeeded"
    [first] = [e for e in past if e.type == "tool.started" and e.step == "t1.c1.s1"]
    again = small.events("tool.started")[0]
    assert (again.step, again.key) == (first.step, first.key)


@pytest.mark.parametrize("crashes", [0, 1])
def test_the_result_of_a_settled_step_is_not_known_to_later_ones(
    stage: Build, crashes: int
) -> None:
    more = tools(PAY, NOTE | {"arguments": {"text": {"from": "steps.paid.found"}}})
    past = _in_doubt(stage, more)
    past = [*past, ToolSettled(step="t1.c1.s1", done=True, reason="seen in the bank")]
    if crashes:
        small = stage(says("ok"), functions=NOTES, more_tools=more, past=past)
        small.run()
        past = [*past, *small.journal.events[:2]]
        assert (past[-1].type, past[-1].step) == ("tool.finished", "t1.c1.s1")
    small = stage(says("ok"), functions=NOTES, more_tools=more, past=past)
    small.run()
    [refused] = small.events("tool.refused")
    assert refused.step == "t1.c1.s2"
    assert "null is not a string" in refused.text
    assert "The result of pay is not known. A person found that this call was done" in told(small)
