import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.events import ToolSettled
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import ModelAnswer, TokenUsage, ToolCall, ToolMessage
from runner.testing import calls, says

LOOK = '{"what": "it"}'
PRICE = {"input": 1.0, "output": 2.0}


def model(**more: Any) -> dict[str, Any]:
    return {"id": "test/scripted", "base_url": "http://127.0.0.1:1/v1", **more}


def answer_to_call(stage: Any) -> str:
    """What the model was told about its last call."""
    last = stage.model.requests[-1].messages[-1]
    assert isinstance(last, ToolMessage)
    return last.text


def test_a_run_journals_its_steps_in_order(stage: Callable[..., Any]) -> None:
    small = stage(calls("look", LOOK), says("done"))
    run = small.run()
    assert (run.status, run.output, run.outcome) == ("succeeded", "done", "reported_success")
    assert small.journal.types() == [
        "run.started",
        "conversation.rendered",
        "model.asked",
        "model.answered",
        "tool.started",
        "tool.finished",
        "model.asked",
        "model.answered",
        "run.finished",
    ]


def test_the_end_has_the_classic_fields(stage: Callable[..., Any]) -> None:
    small = stage(calls("look", LOOK), says("done"))
    small.run()
    [end] = small.events("run.finished")
    assert (end.task_id, end.iterations, end.tool_calls) == ("job-1", 2, 1)
    assert (end.model, end.prompt_version) == ("test/scripted", "small@v1.0.0")


def test_tool_calls_are_run_whatever_the_finish_reason_is(stage: Callable[..., Any]) -> None:
    odd = calls("look", LOOK).model_copy(update={"finish_reason": "stop"})
    small = stage(odd, says("done"))
    assert small.run().totals.tool_calls == 1


def test_several_calls_of_one_answer_are_made_in_order(stage: Callable[..., Any]) -> None:
    several = ModelAnswer(
        tool_calls=tuple(
            ToolCall(id=f"c{n}", name="look", arguments=json.dumps({"what": str(n)}))
            for n in range(3)
        )
    )
    small = stage(several, says("done"))
    small.run()
    assert [event.step for event in small.events("tool.started")] == ["t1.c1", "t1.c2", "t1.c3"]
    texts = [m.text for m in small.model.requests[-1].messages if isinstance(m, ToolMessage)]
    assert texts == ['{"found":"0"}', '{"found":"1"}', '{"found":"2"}']


@pytest.mark.parametrize(
    ("name", "arguments", "reason", "hint"),
    [
        ("lok", LOOK, "unknown_tool", "look"),
        ("look", "{", "malformed", "JSON"),
        ("look", "[]", "malformed", "object"),
        ("look", "{}", "invalid", "what"),
        ("look", '{"what": 1}', "invalid", "what"),
        ("look", '{"what": "[redacted:KEY]"}', "redacted", "secret"),
        ("wipe", LOOK, "denied", "nobody is there"),
    ],
)
def test_a_refused_call_tells_the_model_what_to_change(
    stage: Callable[..., Any], name: str, arguments: str, reason: str, hint: str
) -> None:
    small = stage(calls(name, arguments), says("done"))
    assert small.run().status == "succeeded"
    [refused] = small.events("tool.refused")
    assert refused.reason == reason
    assert hint in answer_to_call(small)
    assert small.toolbox.keys == []


def test_deny_wins_over_allow(stage: Callable[..., Any]) -> None:
    small = stage(calls("pay", LOOK), says("done"), permissions={"allow": ["pay"], "deny": ["p*"]})
    small.run()
    assert small.toolbox.keys == []
    assert "not permitted" in answer_to_call(small)


def test_a_failed_call_goes_back_to_the_model(stage: Callable[..., Any]) -> None:
    def broken(_arguments: dict[str, Any]) -> Any:
        raise FailureError(Failure(kind="tool_failed", message="no such invoice: try INV-2"))

    small = stage(calls("look", LOOK), says("done"), functions={"look": broken})
    assert small.run().status == "succeeded"
    assert answer_to_call(small) == "no such invoice: try INV-2"


def test_a_model_that_loops_is_stopped(stage: Callable[..., Any]) -> None:
    small = stage(*[calls("look", LOOK)] * 9)
    run = small.run()
    assert run.status == "stopped"
    assert run.stop is not None
    assert (run.stop.limit, run.stop.used, run.stop.cap) == ("max_identical_calls", 3, 3)
    assert len(small.toolbox.keys) == 3


def test_refused_calls_count_as_identical_calls_too(stage: Callable[..., Any]) -> None:
    run = stage(*[calls("look", "{}")] * 9).run()
    assert run.stop is not None
    assert run.stop.limit == "max_identical_calls"


def test_the_limit_of_iterations_stops_before_the_next_question(
    stage: Callable[..., Any],
) -> None:
    small = stage(*[calls("look", LOOK)] * 9, limits={"max_iterations": 2})
    run = small.run()
    assert run.stop is not None
    assert run.stop.limit == "max_iterations"
    assert len(small.model.requests) == 2


def test_the_limit_of_tool_calls_stops_before_the_next_effect(
    stage: Callable[..., Any],
) -> None:
    several = ModelAnswer(
        tool_calls=tuple(
            ToolCall(id=f"c{n}", name="pay", arguments=json.dumps({"what": str(n)}))
            for n in range(5)
        )
    )
    small = stage(several, limits={"max_tool_calls": 2}, permissions={"allow": ["pay"]})
    run = small.run()
    assert run.stop is not None
    assert run.stop.limit == "max_tool_calls"
    assert len(small.toolbox.keys) == 2


def test_time_that_is_up_stops_before_the_next_call(stage: Callable[..., Any]) -> None:
    small = stage(
        *[calls("look", json.dumps({"what": str(n)})) for n in range(9)], limits={"timeout": "30s"}
    )

    def slow(_arguments: dict[str, Any]) -> str:
        small.clock.tick(20)
        return "slow"

    small.toolbox.functions = {"look": slow}
    run = small.run()
    assert run.stop is not None
    assert run.stop.limit == "timeout"
    assert "used 40s of 30s" in run.stop.sentence


def test_a_stop_is_journaled_with_used_and_cap(stage: Callable[..., Any]) -> None:
    small = stage(says("x"), limits={"max_tokens": 10})
    assert small.run().status == "stopped"
    [reached] = small.events("limit.reached")
    assert "max_tokens reached: used 0 of 10" in reached.text
    assert small.model.requests == []


@given(
    usages=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 60)), min_size=1, max_size=8),
    cap=st.floats(0.0001, 0.01),
)
def test_a_run_never_spends_more_than_its_cap(
    stage: Callable[..., Any], usages: list[tuple[int, int]], cap: float
) -> None:
    # A provider that counts within the documented bound: a token a byte, answers within the limit.
    answers = [
        calls("look", json.dumps({"what": str(n)})).model_copy(
            update={"usage": TokenUsage(input=tokens, output=output)}
        )
        for n, (tokens, output) in enumerate(usages)
    ]
    small = stage(
        *answers,
        says("done"),
        model=model(price=PRICE, settings={"max_output_tokens": 60}),
        limits={"max_cost_usd": cap, "max_tokens": 4000},
    )
    run = small.run()
    assert (run.totals.cost_usd or 0) <= cap
    assert run.totals.tokens.total <= 4000


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (ModelAnswer(text="half", finish_reason="length"), "cut_answer"),
        (ModelAnswer(text="", finish_reason="content_filter"), "filtered_answer"),
        (ModelAnswer(text="  "), "empty_answer"),
    ],
)
def test_an_unusable_answer_is_not_a_success(
    stage: Callable[..., Any], answer: ModelAnswer, kind: str
) -> None:
    run = stage(answer).run()
    assert run.status == "failed"
    assert run.failure is not None
    assert run.failure.kind == kind
    assert run.totals.iterations == 1


SCHEMA = {
    "type": "object",
    "required": ["n"],
    "additionalProperties": False,
    "properties": {"n": {"type": "integer"}},
}


def test_an_answer_that_breaks_the_schema_goes_back_with_the_error(
    stage: Callable[..., Any],
) -> None:
    small = stage(says("hello"), says('{"n": "x"}'), says('{"n": 1}'), output_schema=SCHEMA)
    run = small.run()
    assert (run.status, run.output) == ("succeeded", {"n": 1})
    told = [request.messages[-1].text for request in small.model.requests[1:]]
    assert "not JSON" in told[0]
    assert "/n" in told[1]


def test_answers_that_keep_breaking_the_schema_stop_the_run(stage: Callable[..., Any]) -> None:
    run = stage(*[says("no")] * 5, output_schema=SCHEMA).run()
    assert run.stop is not None
    assert (run.stop.limit, run.totals.iterations) == ("max_output_retries", 3)


def test_one_code_fence_around_the_answer_is_not_a_break(stage: Callable[..., Any]) -> None:
    run = stage(says('```json\n{"n": 2}\n```'), output_schema=SCHEMA).run()
    assert run.output == {"n": 2}


def test_a_missing_template_variable_stops_before_money_is_spent(
    stage: Callable[..., Any],
) -> None:
    small = stage(says("x"), instructions={"text": "For {{ input.nobody }}.", "template": "jinja"})
    run = small.run()
    assert run.failure is not None
    assert (run.failure.kind, small.model.requests) == ("config", [])
    assert "nobody" in run.failure.message


def test_a_busy_provider_is_asked_again_with_the_wait_in_the_journal(
    stage: Callable[..., Any],
) -> None:
    busy = Failure(kind="rate_limit", message="429", retry_after_s=7.0)
    small = stage(busy, says("done"))
    assert small.run().status == "succeeded"
    [retried] = small.events("model.retried")
    assert retried.wait_s >= 7.0
    assert small.clock.slept == [retried.wait_s]


def test_a_wrong_key_is_not_tried_twice(stage: Callable[..., Any]) -> None:
    small = stage(Failure(kind="authentication", message="401"), says("done"))
    run = small.run()
    assert run.failure is not None
    assert run.failure.kind == "authentication"
    assert len(small.model.requests) == 1


def in_doubt(times: int) -> Callable[[dict[str, Any]], Any]:
    left = [times]

    def call(_arguments: dict[str, Any]) -> Any:
        if left[0]:
            left[0] -= 1
            raise FailureError(Failure(kind="in_doubt", message="the connection was reset"))
        return "made"

    return call


def test_an_idempotent_call_in_doubt_is_made_again_with_the_same_key(
    stage: Callable[..., Any],
) -> None:
    small = stage(calls("open_ticket", LOOK), says("done"), functions={"open_ticket": in_doubt(2)})
    assert small.run().status == "succeeded"
    assert len(small.toolbox.keys) == 3
    assert len(set(small.toolbox.keys)) == 1


def test_any_other_call_in_doubt_is_left_and_the_run_says_so(stage: Callable[..., Any]) -> None:
    small = stage(calls("pay", LOOK), says("done"), functions={"pay": in_doubt(1)})
    run = small.run()
    assert (run.status, run.in_doubt) == ("in_doubt", ("t1.c1",))
    assert len(small.toolbox.keys) == 1


def test_identical_successful_calls_get_keys_of_their_own(stage: Callable[..., Any]) -> None:
    small = stage(calls("pay", LOOK), calls("pay", LOOK), says("done"))
    small.run()
    assert [key[-2:] for key in small.toolbox.keys] == [":0", ":1"]


def past_of(small: Any, until: str) -> list[Any]:
    """The journal of a run whose process ended right after the first event of a type."""
    types = small.journal.types()
    return list(small.journal.events[: types.index(until) + 1])


def test_a_resumed_run_pays_for_no_answer_twice(stage: Callable[..., Any]) -> None:
    first = stage(calls("look", LOOK), says("done"))
    first.run()
    again = stage(says("done"), past=past_of(first, "tool.finished"))
    run = again.run()
    assert run.status == "succeeded"
    assert again.journal.types() == ["run.resumed", "model.asked", "model.answered", "run.finished"]
    assert again.toolbox.keys == []
    assert run.totals.iterations == 2


def test_a_resumed_write_is_made_again_only_when_idempotent(stage: Callable[..., Any]) -> None:
    for tool, made, status in [("open_ticket", 1, "succeeded"), ("pay", 0, "in_doubt")]:
        first = stage(calls(tool, LOOK), says("done"))
        first.run()
        again = stage(says("done"), past=past_of(first, "tool.started"))
        assert again.run().status == status
        assert len(again.toolbox.keys) == made
        assert again.toolbox.keys in ([], first.toolbox.keys)


@pytest.mark.parametrize("tool", ["pay", "open_ticket"])
def test_doubt_is_told_before_time_that_is_up(stage: Callable[..., Any], tool: str) -> None:
    first = stage(calls(tool, LOOK))
    first.run()
    again = stage(past=past_of(first, "tool.started"), after_s=10_000)
    run = again.run()
    assert (run.status, run.in_doubt) == ("in_doubt", ("t1.c1",))
    assert again.toolbox.keys == []


def test_a_settlement_is_kept_when_time_is_up(stage: Callable[..., Any]) -> None:
    first = stage(calls("pay", LOOK), functions={"pay": in_doubt(1)})
    first.run()
    settled = ToolSettled(step="t1.c1", done=True, reason="seen")
    again = stage(past=[*first.journal.events, settled], after_s=10_000)
    assert again.run().status == "stopped"
    assert again.events("tool.finished")[0].outcome == "done"


def test_an_answer_of_no_use_takes_the_doubt_away(stage: Callable[..., Any]) -> None:
    failures = [
        Failure(kind="in_doubt", message="504"),
        Failure(kind="tool_failed", message="breaks its outputSchema", made=True),
    ]

    def call(_arguments: dict[str, Any]) -> Any:
        raise FailureError(failures.pop(0))

    small = stage(calls("open_ticket", LOOK), says("done"), functions={"open_ticket": call})
    assert small.run().status == "succeeded"
    assert len(small.toolbox.keys) == 2
    assert answer_to_call(small) == "breaks its outputSchema"


@pytest.mark.parametrize(("done", "made"), [(True, 0), (False, 1)])
def test_a_person_settles_what_is_in_doubt(
    stage: Callable[..., Any], done: bool, made: int
) -> None:
    first = stage(calls("pay", LOOK), functions={"pay": in_doubt(1)})
    assert first.run().status == "in_doubt"
    settled = ToolSettled(step="t1.c1", done=done, reason="seen in the bank")
    again = stage(says("done"), past=[*first.journal.events, settled])
    assert again.run().status == "succeeded"
    assert len(again.toolbox.keys) == made


def test_what_a_run_says_of_its_past_is_what_the_journal_holds(
    stage: Callable[..., Any],
) -> None:
    first = stage(calls("lok", LOOK), calls("look", LOOK), says("done"))
    first.run()
    again = stage(says("done"), past=past_of(first, "tool.finished"))
    again.run()
    assert again.model.requests[-1].messages == first.model.requests[-1].messages


def test_a_dry_run_may_pass_what_a_person_would_be_asked(stage: Callable[..., Any]) -> None:
    small = stage(calls("wipe", LOOK), says("done"), on_ask="simulate")
    small.run()
    [started] = small.events("tool.started")
    assert started.permission.startswith("would ask")


def test_a_tool_may_name_its_own_idempotency_key(stage: Callable[..., Any]) -> None:
    odd = '{"what": "it \u00fc"}'
    small = stage(calls("file_case", odd), calls("file_case", odd), says("done"))
    small.run()
    assert small.toolbox.keys == ["small:file_case:it%20%C3%BC"] * 2
