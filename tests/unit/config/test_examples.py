"""Few-shot exchanges as messages."""

from typing import Any

from pydantic import TypeAdapter

from runner.config.examples import Exchange, conversation, order_problem
from runner.domain.messages import AssistantMessage, ToolMessage


def exchange(*messages: dict[str, Any]) -> Exchange:
    return TypeAdapter(Exchange).validate_python({"messages": list(messages)})


def test_calls_of_one_name_are_answered_in_order() -> None:
    made = exchange(
        {"user": "a and b"},
        {"tool_calls": [{"name": "read", "arguments": {"n": 1}}, {"name": "read", "id": "own"}]},
        {"tool": "read", "result": "first"},
        {"tool": "own", "result": [1, None]},
        {"assistant": "done"},
    )
    assert order_problem(made) is None
    messages = conversation([made, made])
    calls = messages[1]
    assert isinstance(calls, AssistantMessage)
    assert [call.id for call in calls.tool_calls] == ["example-1-1", "own"]
    assert messages[2] == ToolMessage(call_id="example-1-1", name="read", text="first")
    assert messages[3] == ToolMessage(call_id="own", name="read", text="[1,null]")
    later = messages[6]
    assert isinstance(later, AssistantMessage)
    assert later.tool_calls[0].id == "example-2-1"


def test_several_questions_may_stand_in_one_exchange() -> None:
    made = exchange({"user": "a"}, {"assistant": "b"}, {"user": "c"}, {"assistant": "d"})
    assert order_problem(made) is None
    assert len(conversation([made])) == 4


def test_an_open_call_at_the_end_is_a_problem() -> None:
    made = exchange({"user": "a"}, {"tool_calls": [{"name": "read"}]})
    assert order_problem(made) == (1, "an example ends with a text of the assistant")
