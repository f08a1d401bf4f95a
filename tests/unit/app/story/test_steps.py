import hashlib
import os
from pathlib import Path

import pytest

from runner.app.story.payloads import LONGEST, sections_of, step_data, whole_payload
from runner.app.story.reading import JournalReader, open_journal
from runner.app.story.steps import (
    RunSteps,
    Step,
    bar_of,
    next_failed,
    resume_command,
    share_of_cost,
    share_of_time,
    shown_steps,
)
from runner.app.story.talk import MOST, calls_of, messages_of
from runner.domain.errors import IntegrityError, StateError, UsageError
from runner.domain.events import (
    ConversationRendered,
    Event,
    LimitReached,
    ModelFailed,
    ModelRetried,
    OutputRejected,
    RunInterrupted,
    RunProgress,
    RunResumed,
    ToolRefused,
    ToolSettled,
)
from runner.domain.failure import Failure
from runner.domain.limits import LimitStop
from runner.domain.messages import SystemMessage, TokenUsage, UserMessage
from runner.journal.chain import Tip
from runner.journal.writer import FileJournal
from tests.run_journal import (
    BROKEN,
    RATE,
    START,
    Journal,
    answered,
    asked,
    begun,
    calls,
    ended,
    finished,
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".agentctl").write(START)


def read(journal: Journal) -> RunSteps:
    return JournalReader(journal.path).update()


def told(run: RunSteps) -> list[tuple[str, str, int]]:
    return [(step.key, step.word, step.depth) for step in run.steps]


def named(run: RunSteps, key: str) -> Step:
    return next(step for step in run.steps if step.key == key)


def test_turns_hold_their_answer_and_their_calls(journal: Journal) -> None:
    journal.write(
        asked(), 2, calls(1, "pay"), begun(), 1, ended(), asked(2), 2, answered(2, "all paid"),
        finished(iterations=2, duration_s=5.0, cost_usd=0.5),
    ).end()  # fmt: skip
    run = read(journal)
    assert told(run) == [
        ("start", "started", 0),
        ("t1", "", 0), ("t1.model", "done", 1), ("t1.c1", "done", 1),
        ("t2", "", 0), ("t2.model", "done", 1),
        ("end", "succeeded", 0),
    ]  # fmt: skip
    assert [(s.start_s, s.duration_s) for s in run.steps[1:4]] == [(0, 3), (0, 2), (2, 1)]
    assert (named(run, "t1.c1").name, named(run, "t1.c1").text) == ("pay", "ok")
    assert named(run, "t2.model").text == "says all paid"
    assert (run.shown_status, run.alive, run.complete, run.notices) == (
        "succeeded", False, True, (),
    )  # fmt: skip


def test_a_step_has_its_share_of_time_and_cost(journal: Journal) -> None:
    journal.write(
        asked(), 2, calls(1, "pay"), begun(), 1, ended(), asked(2), 1,
        answered(2, cost=0.75, duration_s=1.0), finished(cost_usd=1.0),
    ).end()  # fmt: skip
    run = read(journal)
    assert share_of_time(named(run, "t1.model"), run) == 0.5
    assert share_of_cost(named(run, "t2"), run) == 0.75
    assert share_of_cost(named(run, "t1.c1"), run) is None
    assert named(run, "t1").tokens == TokenUsage(input=10, output=2)


def test_tries_of_the_model_are_rows_under_its_step(journal: Journal) -> None:
    retried = [
        ModelRetried(step="t1.model", failure=RATE, wait_s=w, attempt=a)
        for a, w in ((1, 1.0), (2, 4.0))
    ]
    journal.write(
        asked(), 1, retried[0], 1, 1, retried[1], 4, 2, answered(duration_s=9.0), finished()
    ).end()  # fmt: skip
    run = read(journal)
    tries = [step for step in run.steps if step.kind == "try"]
    assert [(t.key, t.word, t.start_s, t.duration_s, t.wait_s, t.depth) for t in tries] == [
        ("t1.model~1", "failed", 0, 1, 1.0, 2),
        ("t1.model~2", "failed", 2, 1, 4.0, 2),
        ("t1.model~3", "done", 7, 2, None, 2),
    ]
    assert [s.key for s in run.steps if s.failed] == []


def test_tries_of_a_call_are_rows_once_there_is_a_second(journal: Journal) -> None:
    doubt = ended(outcome="in_doubt", failure=Failure(kind="in_doubt", message="?"), text="?")
    journal.write(
        asked(), calls(1, "pay"), begun(), 1, doubt, 2, begun(attempt=2), 1, ended(), finished()
    ).end()  # fmt: skip
    run = read(journal)
    assert [(s.key, s.word) for s in run.steps[3:6]] == [
        ("t1.c1", "done"), ("t1.c1~1", "in_doubt"), ("t1.c1~2", "done"),
    ]  # fmt: skip
    assert named(run, "t1.c1").duration_s == 4


def test_the_steps_of_a_composite_call_are_its_children(journal: Journal) -> None:
    journal.write(
        asked(), calls(1, "both"), begun("t1.c1", "both", effect="steps"),
        begun("t1.c1.s1", "one"), 1, ended("t1.c1.s1", "one"),
        begun("t1.c1.s2", "two"), 1,
        ended("t1.c1.s2", "two", outcome="failed", failure=BROKEN, text="500"),
        ended("t1.c1", "both", outcome="failed", failure=BROKEN, duration_s=2.0), finished(),
    ).end()  # fmt: skip
    run = read(journal)
    assert [(s.key, s.kind, s.word, s.depth) for s in run.steps[3:6]] == [
        ("t1.c1", "composite", "failed", 1),
        ("t1.c1.s1", "tool", "done", 2),
        ("t1.c1.s2", "tool", "failed", 2),
    ]


def test_time_in_which_nobody_worked_is_a_row_that_can_be_folded(journal: Journal) -> None:
    journal.write(
        asked(), 1, RunInterrupted(signal=2, active_s=1), 100, RunResumed(active_s=1, runner="0"),
        asked(), 2, answered(), finished(),
    ).end()  # fmt: skip
    run = read(journal)
    assert [(s.key, s.word) for s in run.steps[1:]] == [
        ("t1", ""), ("t1.model", "interrupted"), ("interrupted", "interrupted"),
        ("idle~3", "idle"), ("resumed", "resumed"), ("t1.model#2", "done"), ("end", "succeeded"),
    ]  # fmt: skip
    idle, again = named(run, "idle~3"), named(run, "t1.model#2")
    assert (idle.duration_s, run.idle_s, run.span_s) == (100, 100, 103)
    assert (again.start_s, again.idle_before_s) == (101, 100)
    assert bar_of(again, run, 30, folded=True) == (10, 20)
    assert bar_of(again, run, 103, folded=False) == (101, 2)
    assert bar_of(idle, run, 30, folded=True) == (10, 1)
    assert bar_of(named(run, "t1"), run, 30, folded=True) == (0, 30)


def test_a_short_pause_is_no_idle_time(journal: Journal) -> None:
    journal.write(0.9, asked(), 60, RunProgress(step="t1.model", active_s=60), 5, answered(), 0.5)
    journal.write(finished()).end()
    assert [s.kind for s in read(journal).steps] == ["start", "turn", "model", "end"]


def test_what_a_model_was_refused_is_told(journal: Journal) -> None:
    stop = LimitStop(limit="max_tool_calls", used=1, cap=1)
    refused = ToolRefused(
        step="t1.c1", tool="nope", arguments="{", reason="unknown_tool", text="no such tool"
    )
    journal.write(
        asked(), calls(1, "nope"), refused, OutputRejected(step="t1.output", text="not JSON"),
        LimitReached(stop=stop, text=stop.sentence), finished(status="stopped", stop=stop),
    ).end()  # fmt: skip
    run = read(journal)
    assert [(s.kind, s.name, s.word) for s in run.steps[3:]] == [
        ("refused", "nope", "refused"), ("rejected", "output", "rejected"),
        ("limit", "max_tool_calls", "limit"), ("end", "end", "stopped"),
    ]  # fmt: skip
    assert run.why == stop.sentence


def test_only_what_went_wrong_and_what_it_is_in_can_be_shown(journal: Journal) -> None:
    journal.write(
        asked(), calls(1, "a", "b"), begun("t1.c1", "a"), ended("t1.c1", "a"),
        begun("t1.c2", "b"), ended("t1.c2", "b", outcome="failed", failure=BROKEN),
        asked(2), answered(2), finished(),
    ).end()  # fmt: skip
    run = read(journal)
    assert [s.key for s in shown_steps(run.steps, failed_only=True)] == ["t1", "t1.c2"]
    assert shown_steps(run.steps) == run.steps
    assert next_failed(run.steps, 0, 1) == 4
    assert next_failed(run.steps, 4, 1) is None
    assert next_failed(run.steps, 7, -1) == 4


def test_the_tries_of_a_failed_step_stay_with_it(journal: Journal) -> None:
    journal.write(
        asked(), ModelRetried(step="t1.model", failure=RATE, wait_s=1, attempt=1), 1,
        ModelFailed(step="t1.model", failure=RATE), finished(status="failed", failure=RATE),
    ).end()  # fmt: skip
    run = read(journal)
    assert [s.key for s in shown_steps(run.steps, failed_only=True)] == [
        "t1", "t1.model", "t1.model~1", "t1.model~2", "end",
    ]  # fmt: skip


def test_a_run_that_goes_on_is_shown_so_far_and_read_on(journal: Journal) -> None:
    reader = JournalReader(journal.write(asked()).path)
    run = reader.update()
    assert (run.shown_status, run.alive, run.steps[-1].word) == ("running", True, "running")
    journal.write(2, calls(1, "pay"), begun())
    run = reader.update()
    assert [(s.key, s.word) for s in run.steps[-2:]] == [("t1.model", "done"), ("t1.c1", "running")]
    assert run.totals.tokens.total == 12
    journal.write(1, ended(), finished()).end()
    run = reader.update()
    assert (run.shown_status, run.steps[-2].word, run.steps[-1].kind) == (
        "succeeded",
        "done",
        "end",
    )


@pytest.mark.parametrize(("effect", "word"), [("write", "in_doubt"), ("read", "interrupted")])
def test_a_call_whose_process_is_gone_does_not_go_on(
    journal: Journal, effect: str, word: str
) -> None:
    run = read(journal.write(asked(), calls(1, "pay"), begun(effect=effect)).end())
    assert (run.shown_status, run.steps[-1].word) == ("gone", word)


def test_a_run_in_doubt_that_is_settled_and_resumed_keeps_the_order_of_time(
    journal: Journal,
) -> None:
    doubt = ended(outcome="in_doubt", failure=Failure(kind="in_doubt", message="?"))
    journal.write(
        asked(), calls(1, "pay"), begun(), doubt,
        finished(status="in_doubt", in_doubt=("t1.c1",)), 3600,
        ToolSettled(step="t1.c1", done=True, reason="I looked"),
        RunResumed(active_s=1, runner="0"), ended(text="A person found"), asked(2), answered(2),
    ).end()  # fmt: skip
    run = read(journal)
    assert [s.key for s in run.steps[3:]] == [
        "t1.c1", "end", "idle~6", "settled", "resumed", "t1#2", "t1.c1#2", "t2", "t2.model",
    ]  # fmt: skip
    assert run.status == "running"
    assert named(run, "settled").text == "t1.c1 was done: I looked"


@pytest.mark.parametrize(
    ("end", "command"),
    [
        (
            finished(status="in_doubt", in_doubt=("t1.c1",)),
            "resume R1 --settle t1.c1=done|not-done --reason TEXT",
        ),
        (finished(status="parked"), "resume R1"),
        (asked(), "resume R1"),
        (finished(), None),
    ],
)  # fmt: skip
def test_the_command_that_goes_on_with_a_run(
    journal: Journal, end: Event, command: str | None
) -> None:
    run = read(journal.write(end).end())
    assert resume_command(run) == (f"agentctl {command}" if command else None)


def test_a_run_that_is_executed_cannot_be_resumed(journal: Journal) -> None:
    assert resume_command(read(journal.write(asked()))) is None


def test_a_clock_that_steps_back_costs_no_time(journal: Journal) -> None:
    journal.write(asked(), 2, answered())
    journal.clock.elapsed_s -= 1000
    journal.write(asked(2), 1, answered(2, duration_s=1.0), finished()).end()
    run = read(journal)
    assert [s.start_s for s in run.steps] == [0, 0, 0, 2, 2, 3]


def test_what_stands_before_a_broken_line_is_read_and_the_place_is_told(journal: Journal) -> None:
    journal.write(asked(), answered(), finished()).end()
    lines = journal.path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"hello", b"jello")
    journal.path.write_bytes(b"".join(lines))
    run = read(journal)
    offset = len(lines[0] + lines[1])
    assert [s.key for s in run.steps] == ["start", "t1", "t1.model"]
    notice = run.notices[0]
    assert (notice.kind, notice.line, notice.offset, run.complete) == ("broken", 3, offset, True)
    assert "line 3: the line hashes to" in notice.sentence


@pytest.mark.parametrize("torn", [b'{"run":"R1","seq":2,"ts":"20', b'{"run":"R1\0\0\0\0\n'])
def test_a_torn_last_line_is_noted(journal: Journal, torn: bytes) -> None:
    journal.write(asked()).end().raw(torn)
    run = read(journal)
    assert [n.kind for n in run.notices] == ["torn"]
    assert (run.notices[0].line, run.complete, len(run.steps)) == (3, True, 3)


def test_a_line_that_is_being_written_is_waited_for(journal: Journal) -> None:
    journal.write(asked())
    whole = journal.path.read_bytes()
    reader = JournalReader(journal.path)
    journal.write(answered())
    line = journal.path.read_bytes()[len(whole) :]
    journal.path.write_bytes(whole + line[:20])
    assert (reader.update().notices, reader.update().lines) == ((), 2)
    journal.path.write_bytes(whole + line)
    assert reader.update().steps[-1].word == "done"


def test_a_torn_end_that_a_resumed_run_cut_is_no_damage(tmp_path: Path, journal: Journal) -> None:
    journal.write(asked()).end().raw(b"torn")
    reader = JournalReader(journal.path)
    assert [n.kind for n in reader.update().notices] == ["torn"]
    with FileJournal.resume(journal.path, journal.clock, lambda data: data) as again:
        again.append(RunResumed(active_s=0, runner="0"))
        again.append(finished())
    run = reader.update()
    assert (run.notices, [s.kind for s in run.steps[-3:]]) == ((), ["recovered", "resumed", "end"])


def test_a_deleted_journal_can_still_be_read_by_who_had_it_open(journal: Journal) -> None:
    reader = JournalReader(journal.write(asked(), answered(text="keep me"), finished()).end().path)
    reader.update()
    journal.path.unlink()
    run = reader.update()
    assert [n.kind for n in run.notices] == ["deleted"]
    assert "keep me" in whole_payload(reader, run, named(run, "t1.model"))


def test_another_file_in_the_journals_place_is_told(journal: Journal) -> None:
    reader = JournalReader(journal.write(asked(), finished()).end().path)
    before = reader.update()
    journal.path.rename(journal.path.with_suffix(".old"))
    journal.path.write_bytes(b"")
    run = reader.update()
    assert ([n.kind for n in run.notices], run.steps) == (["replaced"], before.steps)


def test_a_journal_that_is_cut_while_it_is_shown_keeps_its_steps(journal: Journal) -> None:
    reader = JournalReader(journal.write(asked(), answered(), finished()).end().path)
    before = reader.update()
    os.truncate(journal.path, 50)
    run = reader.update()
    assert [n.kind for n in run.notices] == ["broken"]
    assert run.steps == before.steps
    with pytest.raises(StateError, match="not what it was"):
        sections_of(reader, run, run.steps[-1])


def test_an_event_of_a_newer_version_is_shown_as_it_is(journal: Journal) -> None:
    journal.write(asked()).end()
    journal.sealed({"type": "tool.dreamt", "step": "t1.c9", "what": "sheep"})
    run = read(journal)
    step = run.steps[-1]
    assert (step.kind, step.name, step.place) == ("unknown", "tool.dreamt", "t1.c9")
    assert "sheep" in step.text
    assert [n.kind for n in run.notices] == ["newer"]


def test_a_field_of_a_newer_version_does_not_hide_the_event(journal: Journal) -> None:
    journal.end()
    fields = answered(text="still here").model_dump(mode="json")
    journal.sealed({**fields, "mood": "fine", "usage": {**fields["usage"], "dreams": 3}})
    run = read(journal)
    assert (run.steps[-1].text, run.notices) == ("says still here", ())


def test_an_empty_journal_is_a_run_without_steps(tmp_path: Path) -> None:
    path = tmp_path / "R.jsonl"
    path.write_bytes(b"")
    run = JournalReader(path).update()
    assert (run.steps, run.start, run.label, run.complete) == ((), None, "?", True)


def test_a_big_journal_is_read_in_parts(journal: Journal) -> None:
    for turn in range(1, 40):
        journal.write(asked(turn), answered(turn, "x" * 3000))
    reader = JournalReader(journal.end().path)
    first = reader.update(at_most=4000)
    assert not first.complete
    assert 1 < first.lines < 30
    while not (run := reader.update(at_most=4000)).complete:
        pass
    assert run.lines == 79
    assert run.steps == read(journal).steps


def test_no_journal_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "agent-configs").mkdir()
    with pytest.raises(UsageError, match="no journal"):
        JournalReader(tmp_path / "R.jsonl").update()
    with pytest.raises(UsageError, match="no run has 'zz'"):
        open_journal(tmp_path, None, "zz")


def test_lines_are_given_byte_by_byte(journal: Journal) -> None:
    journal.write(asked(), answered(text="Grüße 世界"), finished()).end()
    reader = JournalReader(journal.path)
    reader.update()
    assert b"".join(reader.line(n) for n in range(len(reader))) == journal.path.read_bytes()


def titles(reader: JournalReader, run: RunSteps, key: str) -> dict[str, str]:
    return {s.title: s.text for s in sections_of(reader, run, named(run, key))}


def test_a_calls_payload_says_why_what_and_what_came(journal: Journal) -> None:
    journal.write(
        asked(), calls(1, "pay", text="they agreed"), begun(), 1,
        ended(text='{"id":7}', outcome="failed", failure=BROKEN), finished(),
    ).end()  # fmt: skip
    reader = JournalReader(journal.path)
    run = reader.update()
    found = titles(reader, run, "t1.c1")
    assert [*found] == [
        "Decision", "Args", "Permission", "Effect", "Key", "Result", "Failure", "Evidence", "Share",
    ]  # fmt: skip
    assert found["Decision"] == "they agreed"
    assert found["Result"] == '{\n  "id": 7\n}'
    assert found["Key"] == "key of t1.c1"
    assert step_data(reader, named(run, "t1.c1"))[0]["type"] == "tool.started"


def test_every_kind_of_step_has_a_payload(journal: Journal) -> None:
    stop = LimitStop(limit="timeout", used=1, cap=1)
    rendered = ConversationRendered(messages=(SystemMessage(text="be"), UserMessage(text="go")))
    journal.write(
        rendered, asked(), ModelRetried(step="t1.model", failure=RATE, wait_s=1, attempt=1),
        calls(1, "pay"), begun(effect="steps"), begun("t1.c1.s1"), ended("t1.c1.s1"), ended(),
        ToolRefused(step="t1.c2", tool="x", arguments="{", reason="malformed", text="no"),
        OutputRejected(step="t1.output", text="bad"), LimitReached(stop=stop, text="stop"), 5,
        RunInterrupted(signal=2, active_s=1), RunResumed(active_s=1, runner="0"),
        ToolSettled(step="t1.c1", done=False, reason="because"), finished(stop=stop),
    ).end()  # fmt: skip
    reader = JournalReader(journal.path)
    run = reader.update()
    shown = {step.key: titles(reader, run, step.key) for step in run.steps}
    assert shown["t0"] == {"System": "be", "User": "go"}
    assert shown["t1.model"]["Tries"].startswith("try 1: failed after 0ms, then waited 1s  rate")
    assert "t1.c1.s1" in shown["t1.c1"]["Steps"]
    assert shown["t1.c2"]["Permission"] == "not made: malformed"
    assert shown["settled"]["Reason"] == "because"
    assert shown["end"]["Stop"] == stop.sentence
    for key in ("t1", "t1.output", "limit", "start"):
        assert shown[key]


def test_a_long_text_comes_as_beginning_size_and_end(journal: Journal) -> None:
    long = "a" * 900_000 + "b" * 1_000_000 + "the end"
    journal.write(asked(), answered(text=long), finished()).end()
    reader = JournalReader(journal.path)
    run = reader.update()
    text = titles(reader, run, "t1.model")["Decision"]
    assert text.startswith("aaa")
    assert text.endswith("the end")
    assert "1.9 MB in all" in text
    assert len(text) < LONGEST
    assert long in whole_payload(reader, run, named(run, "t1.model"))
    assert named(run, "t1.model").text.startswith("says aaa")


def test_a_payload_that_is_gone_is_said_in_its_place(journal: Journal) -> None:
    journal.write(asked(), answered(text="x" * 100_000), finished()).end()
    for path in journal.path.with_suffix(".payloads").iterdir():
        path.unlink()
    reader = JournalReader(journal.path)
    run = reader.update()
    assert "the payload is missing" in titles(reader, run, "t1.model")["Decision"]
    with pytest.raises(IntegrityError, match="the payload is missing"):
        whole_payload(reader, run, named(run, "t1.model"))


def test_a_forged_payload_name_reads_no_other_file(tmp_path: Path, journal: Journal) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not show")
    journal.end()
    fields = answered().model_dump(mode="json")
    name = "sha256:" + os.path.relpath(secret, journal.path.with_suffix(".payloads"))
    journal.sealed({**fields, "text": {"$payload": name, "bytes": 11}})
    reader = JournalReader(journal.path)
    run = reader.update()
    assert "do not show" not in str(titles(reader, run, "t1.model"))


def test_the_conversation_is_told_as_the_model_had_it(journal: Journal) -> None:
    rendered = ConversationRendered(messages=(SystemMessage(text="be"), UserMessage(text="go")))
    journal.write(
        rendered, asked(), calls(1, "both", text="I pay"), begun(effect="steps", tool="both"),
        begun("t1.c1.s1"), ended("t1.c1.s1", text="inside"), ended(tool="both", text="paid"),
        asked(2), answered(2, "bad"), OutputRejected(step="t2.output", text="again"), finished(),
    ).end()  # fmt: skip
    reader = JournalReader(journal.path)
    said = messages_of(reader, reader.update()).said
    assert [(m.role, m.text, m.folded) for m in said] == [
        ("system", "be", True), ("user", "go", False), ("assistant", "I pay", False),
        ("tool", "paid", False), ("assistant", "bad", False), ("user", "again", False),
    ]  # fmt: skip
    assert said[2].about == "both {}"


def test_of_very_many_messages_the_first_and_the_last_are_listed(journal: Journal) -> None:
    steps = [
        line for turn in range(1, MOST + 51) for line in (asked(turn), answered(turn, str(turn)))
    ]
    path = journal.path
    journal.end()
    _fast(path, steps)
    reader = JournalReader(path)
    found = messages_of(reader, reader.update())
    assert (len(found.said), found.left_out, found.gap_at) == (MOST, 50, MOST // 2)
    assert (found.said[0].text, found.said[-1].text) == ("1", str(MOST + 50))


def _fast(path: Path, events: list[Event]) -> None:
    """Append without a flush for each."""
    first = path.read_bytes()
    tip = Tip("run", "R1", 1, first[-67:-3].decode())
    lines = [first]
    for event in events:
        line, tip = tip.seal("2026-01-01T00:00:01.000000Z", event.model_dump(mode="json"))
        lines.append(line)
    path.write_bytes(b"".join(lines))


def test_calls_come_with_what_they_were_given_and_gave(journal: Journal) -> None:
    journal.write(asked(), calls(1, "pay"), begun(), 1, ended(), finished()).end()
    reader = JournalReader(journal.path)
    (call,) = calls_of(reader, reader.update()).calls
    assert call.heading == "t1.c1  pay  1s"
    assert [s.title for s in call.sections] == ["Args", "Permission", "Result", "Evidence"]


def test_the_head_is_the_hash_of_the_last_line(journal: Journal) -> None:
    journal.write(finished()).end()
    last = journal.path.read_bytes().splitlines(keepends=True)[-1]
    assert read(journal).head == hashlib.sha256(last[:-76]).hexdigest()


def test_the_one_line_of_a_row_ends_with_a_whole_word(journal: Journal) -> None:
    text = "x" * 390 + " token-that-is-hidden-elsewhere and more"
    journal.write(asked(), answered(text=text), finished()).end()
    assert named(read(journal), "t1.model").text == "says " + "x" * 390
