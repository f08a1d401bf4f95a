"""Model answers kept in a file and played back."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from runner.domain.agent import ModelSpec
from runner.domain.errors import StateError, UsageError
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import (
    AssistantMessage,
    Message,
    ModelAnswer,
    ModelRequest,
    ToolMessage,
    UserMessage,
)
from runner.domain.ports import ModelClient
from runner.reasoning.cassette import CassetteModel, RecordingModel
from runner.testing import ScriptedModel, TickingClock, calls, says

SPEC = ModelSpec(id="local/tiny", base_url="http://127.0.0.1:8900/v1")
TASK = UserMessage(text="Sort the invoices.")


def asking(*messages: Message) -> ModelRequest:
    return ModelRequest(model="local/tiny", messages=messages or (TASK,), settings={"stop": ("x",)})


FIRST = asking()
SECOND = asking(TASK, AssistantMessage(text="a"), ToolMessage(call_id="1", name="t", text="b"))


def same(data: Any) -> Any:
    return data


def recorder(path: Path, inner: ModelClient, redact: Any = same) -> RecordingModel:
    return RecordingModel(inner, path, SPEC, TickingClock(), redact)


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    path = tmp_path / "demo.jsonl"
    recording = recorder(path, ScriptedModel([calls("t"), says("Done \u2013 two.")]))
    recording.answer(FIRST, 1)
    recording.answer(SECOND, 1)
    return path


def mismatch(model: CassetteModel, request: ModelRequest) -> str:
    with pytest.raises(FailureError) as caught:
        model.answer(request, 1)
    assert caught.value.failure.kind == "cassette_mismatch"
    return caught.value.message


def test_what_was_recorded_is_played_back(cassette: Path) -> None:
    model = CassetteModel(cassette)
    assert model.answer(FIRST, 1) == calls("t")
    assert model.answer(SECOND, 1) == says("Done \u2013 two.")
    assert (model.header.model, model.header.server) == ("local/tiny", SPEC.base_url)


def test_the_file_says_where_it_came_from_and_is_private(cassette: Path) -> None:
    lines = cassette.read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "cassette": 1,
        "model": "local/tiny",
        "server": "http://127.0.0.1:8900/v1",
        "recorded": "2026-01-01T00:00:00Z",
        "note": "",
    }
    assert [sorted(json.loads(line)) for line in lines[1:]] == [["answer", "request"]] * 2
    assert stat.S_IMODE(cassette.stat().st_mode) == 0o600


def test_each_exchange_is_on_disk_before_its_answer_is_used(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    recording = recorder(path, ScriptedModel([says("a"), Failure(kind="overload", message="b")]))
    assert len(path.read_text().splitlines()) == 1
    recording.answer(FIRST, 1)
    assert len(path.read_text().splitlines()) == 2
    with pytest.raises(FailureError, match="b"):
        recording.answer(SECOND, 1)
    assert len(path.read_text().splitlines()) == 2


def test_secrets_do_not_reach_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"

    def redact(data: Any) -> Any:
        return json.loads(json.dumps(data).replace("hunter-2000", "[redacted:X]"))

    recording = recorder(path, ScriptedModel([says("it is hunter-2000")]), redact)
    assert recording.answer(asking(UserMessage(text="hunter-2000?")), 1).text == "it is hunter-2000"
    assert "hunter-2000" not in path.read_text()
    assert CassetteModel(path).answer(asking(UserMessage(text="[redacted:X]?")), 1).text


def test_a_recording_never_overwrites(cassette: Path) -> None:
    before = cassette.read_bytes()
    with pytest.raises(UsageError, match="exists"):
        recorder(cassette, ScriptedModel([]))
    assert cassette.read_bytes() == before


def test_a_recording_that_cannot_be_written_fails_before_the_model_is_asked(tmp_path: Path) -> None:
    with pytest.raises(StateError):
        recorder(tmp_path / "missing" / "c.jsonl", ScriptedModel([]))


def test_a_different_request_shows_its_first_difference(cassette: Path) -> None:
    message = mismatch(CassetteModel(cassette), asking(UserMessage(text="Sort the bills.")))
    assert 'messages[0].text: recorded "Sort the invoices.", now "Sort the bills."' in message
    assert str(cassette) in message


def test_the_difference_is_to_the_exchange_of_the_same_length(cassette: Path) -> None:
    other = ToolMessage(call_id="1", name="t", text="c")
    message = mismatch(CassetteModel(cassette), asking(*SECOND.messages[:2], other))
    assert 'messages[2].text: recorded "b", now "c"' in message


def test_a_cassette_that_is_played_out_says_how_long_it_was(cassette: Path) -> None:
    model = CassetteModel(cassette)
    model.answer(FIRST, 1)
    model.answer(SECOND, 1)
    assert "all 2 exchanges" in mismatch(model, SECOND)


def test_a_resumed_run_goes_on_in_the_middle(cassette: Path) -> None:
    assert CassetteModel(cassette).answer(SECOND, 1) == says("Done \u2013 two.")


def test_equal_requests_get_their_answers_in_order(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    recording = recorder(path, ScriptedModel([says("one"), says("two")]))
    recording.answer(FIRST, 1)
    recording.answer(FIRST, 1)
    model = CassetteModel(path)
    assert [model.answer(FIRST, 1).text, model.answer(FIRST, 1).text] == ["one", "two"]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda lines: [], 1),
        (lambda lines: ["not json"], 1),
        (lambda lines: ['{"cassette":2}'], 1),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[1][:-9]], 2),
        (lambda lines: [lines[0], "", lines[1]], 2),
        (lambda lines: [*lines, '{"request":{}}'], 4),
        (lambda lines: [*lines, "[" * 100_000], 4),
    ],
)
def test_a_broken_cassette_names_its_line(cassette: Path, spoil: Any, line: int) -> None:
    lines = cassette.read_text("utf-8").splitlines()
    cassette.write_text("\n".join(spoil(lines)), "utf-8")
    with pytest.raises(UsageError) as caught:
        CassetteModel(cassette)
    assert f"{cassette}:{line}:" in caught.value.message


def test_a_missing_or_foreign_file_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("missing", "binary", "."):
        with pytest.raises(UsageError, match="cassette"):
            CassetteModel(tmp_path / name)


def test_the_model_that_answered_may_have_used_any_id() -> None:
    assert ModelAnswer(request_id="r").request_id == "r"
