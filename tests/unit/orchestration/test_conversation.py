from collections.abc import Callable
from typing import Any

from runner.domain.messages import SystemMessage, UserMessage
from runner.testing import says


def test_a_template_sees_the_input_and_the_values(stage: Callable[..., Any]) -> None:
    small = stage(says("x"), task={"text": "Say {{ 1 + 1 }}.", "template": "jinja"})
    small.run()
    assert small.model.requests[0].messages == (
        SystemMessage(text="Be small."),
        UserMessage(text="Say 2."),
    )


def test_text_without_a_template_is_literal(stage: Callable[..., Any]) -> None:
    small = stage(says("x"), task={"text": "Say {{ 1 + 1 }}."})
    small.run()
    assert small.model.requests[0].messages[1] == UserMessage(text="Say {{ 1 + 1 }}.")


def test_the_output_schema_is_told_in_the_instructions(stage: Callable[..., Any]) -> None:
    small = stage(says('{"n": 1}'), output_schema={"type": "object", "required": ["n"]})
    small.run()
    assert '"required": ["n"]' in small.model.requests[0].messages[0].text
    [rendered] = small.events("conversation.rendered")
    assert rendered.messages == small.model.requests[0].messages
