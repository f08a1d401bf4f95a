from pathlib import Path

import pytest

from runner.app.story.comparing import (
    Pair,
    RunComparison,
    compare_runs,
    differences_of,
    previous_run,
)
from runner.app.story.reading import JournalReader, open_journal
from runner.domain.events import ConversationRendered, Event, ModelRetried, ToolRefused
from runner.domain.messages import SystemMessage, ToolCall, UserMessage
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
from tests.tui.world import UiWorld, make_ui_world

WHOLE: tuple[Event, ...] = (asked(), calls(1, "pay"), begun(), ended(), asked(2), answered(2))


def same(text: str) -> str:
    return text


class Two:
    """Two runs and their comparison."""

    def __init__(self, root: Path, one: tuple[Event, ...], other: tuple[Event, ...]) -> None:
        journals = [
            Journal(root, run).write(*told).end() for run, told in (("L", one), ("R", other))
        ]
        self.left, self.right = (JournalReader(journal.path) for journal in journals)
        sides = [(reader, reader.update()) for reader in (self.left, self.right)]
        self.found: RunComparison = compare_runs(sides[0], sides[1])

    def pair(self, key: str) -> Pair:
        return next(pair for pair in self.found.pairs if pair.key == key)

    def texts(self, key: str) -> dict[str, list[tuple[str, str]]]:
        """By what differs: the words that were removed and added."""
        found = differences_of(self.left, self.right, self.pair(key), same)
        return {
            diff.path: [
                (span.kind, span.text)
                for row in diff.rows
                for side in (row.before, row.after)
                if side and not row.same
                for span in side.spans
                if span.kind != "kept"
            ]
            for diff in found
        }


def test_a_run_is_the_same_as_itself(tmp_path: Path) -> None:
    two = Two(tmp_path, (START, *WHOLE, finished()), (START, *WHOLE, finished()))
    assert [pair.mark for pair in two.found.pairs] == ["same"] * 5
    assert (two.found.stops, two.found.config) == ((), ())
    assert not any(side.differs for side in two.found.totals)


def test_steps_are_paired_by_what_they_are(tmp_path: Path) -> None:
    more = (asked(3), calls(3, "mail"), begun("t3.c1", "mail"), ended("t3.c1", "mail"))
    two = Two(
        tmp_path,
        (START, *WHOLE, finished()),
        (START, *WHOLE[:4], *more, asked(4), answered(4), finished()),
    )
    assert [(pair.mark, pair.key) for pair in two.found.pairs] == [
        ("same", "start|start"),
        ("same", "t1.model|t1.model"),
        ("same", "t1.c1|t1.c1"),
        ("changed", "t2.model|t3.model"),
        ("right", "|t3.c1"),
        ("right", "|t4.model"),
        ("same", "end|end"),
    ]
    assert two.found.stops == (3, 4, 5)


def test_what_differs_is_named_and_shown_by_words(tmp_path: Path) -> None:
    one = begun(arguments={"to": "ann", "sum": 5})
    other = begun(arguments={"to": "bob", "sum": 5})
    failed = ended(text="HTTP 500", outcome="failed", failure=BROKEN)
    two = Two(
        tmp_path,
        (START, asked(), calls(1, "pay"), one, ended(text="paid"), finished()),
        (START, asked(), calls(1, "pay"), other, failed, finished()),
    )
    pair = two.pair("t1.c1|t1.c1")
    assert (pair.mark, pair.differs) == ("changed", ("status", "args", "result"))
    assert two.texts("t1.c1|t1.c1")["args"] == [("removed", '"ann",'), ("added", '"bob",')]


def test_ids_times_and_costs_of_a_step_are_no_difference(tmp_path: Path) -> None:
    made = (ToolCall(id="other-id", name="pay", arguments="{}"),)
    more = answered(tool_calls=made, text="", duration_s=9.0, cost=9.0, request_id="r-9")
    two = Two(tmp_path, (START, asked(), calls(1, "pay")), (START, asked(), more))
    assert two.pair("t1.model|t1.model").mark == "same"


def test_a_call_that_was_refused_stands_beside_the_one_that_was_made(tmp_path: Path) -> None:
    refused = ToolRefused(step="t1.c1", tool="pay", arguments="{}", reason="denied", text="no")
    two = Two(
        tmp_path,
        (START, asked(), calls(1, "pay"), begun(), ended()),
        (START, asked(), calls(1, "pay"), refused),
    )
    assert two.pair("t1.c1|t1.c1").mark == "changed"
    assert "status" in two.pair("t1.c1|t1.c1").differs


def test_tries_of_a_step_are_no_steps_of_their_own(tmp_path: Path) -> None:
    retried = ModelRetried(step="t1.model", failure=RATE, wait_s=1, attempt=1)
    two = Two(tmp_path, (START, asked(), answered()), (START, asked(), retried, answered()))
    assert two.pair("t1.model|t1.model").mark == "same"


def test_long_texts_are_compared_by_their_digest_and_shown_in_part(tmp_path: Path) -> None:
    long = "word " * 40_000
    two = Two(
        tmp_path,
        (START, asked(), answered(text=long + "a"), asked(2), answered(2, long)),
        (START, asked(), answered(text=long + "b"), asked(2), answered(2, long)),
    )
    assert two.pair("t1.model|t1.model").differs == ("text",)
    assert two.pair("t2.model|t2.model").mark == "same"
    (diff,) = differences_of(two.left, two.right, two.pair("t1.model|t1.model"), same)
    assert sum(len(row.before.text) for row in diff.rows if row.before) < 70_000


def test_everything_of_a_step_that_one_run_lacks_is_shown(tmp_path: Path) -> None:
    two = Two(tmp_path, (START, asked(), answered(text="bye")), (START,))
    assert two.texts("t1.model|") == {"status": [], "text": []}
    found = differences_of(two.left, two.right, two.pair("t1.model|"), same)
    assert [row.before.text for diff in found for row in diff.rows if row.before] == ["done", "bye"]


def test_messages_are_compared_one_by_one(tmp_path: Path) -> None:
    told = [
        ConversationRendered(messages=(SystemMessage(text=system), UserMessage(text="go")))
        for system in ("be kind", "be quick")
    ]
    two = Two(tmp_path, (START, told[0]), (START, told[1]))
    assert two.pair("t0|t0").differs == ("message 1 (system)",)


def test_what_they_ran_with_is_compared(tmp_path: Path) -> None:
    other = START.model_copy(update={"version": "v2.0.0", "job": "k", "values": {"url": "x"}})
    two = Two(tmp_path, (START, finished()), (other, finished()))
    assert [(side.name, side.left, side.right) for side in two.found.config] == [
        ("version", "v1.0.0", "v2.0.0"),
        ("values.url", "—", "x"),
    ]


def test_totals_say_how_much_more(tmp_path: Path) -> None:
    two = Two(
        tmp_path,
        (START, finished(duration_s=2.0, cost_usd=0.5)),
        (START, finished(duration_s=3.0, cost_usd=None, status="failed")),
    )
    told = {side.name: (side.left, side.right, side.change) for side in two.found.totals}
    assert told["duration"] == ("2s", "3s", "+50%")
    assert told["cost"] == ("$0.5000", "—", "-100%")
    assert told["status"] == ("succeeded", "failed", "")


def test_a_broken_journal_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "B").write(START, *WHOLE).end()
    journal.raw(b"{}\n")
    reader = JournalReader(journal.path)
    run = reader.update()
    assert [n.kind for n in run.notices] == ["broken"]
    found = compare_runs((reader, run), (reader, run))
    assert {pair.mark for pair in found.pairs} == {"same"}


@pytest.fixture
def ui_world(tmp_path: Path) -> UiWorld:
    return make_ui_world(tmp_path)


def test_the_run_before_is_of_the_same_agent_and_environment(ui_world: UiWorld) -> None:
    run = open_journal(ui_world.root, None, ui_world.runs["throttled"]).update()
    before = previous_run(ui_world.root, None, run)
    assert before is not None
    other = open_journal(ui_world.root, None, before).update()
    assert run.start is not None
    assert other.start is not None
    assert (other.start.agent, other.start.environment) == ("invoice-triage", "prod")
    assert before < run.run
    between = [name for name in ui_world.ids if before < name < run.run]
    told = [open_journal(ui_world.root, None, name).update().start for name in between]
    assert not [s for s in told if s and (s.agent, s.environment) == ("invoice-triage", "prod")]


def test_the_first_run_has_none_before_it(ui_world: UiWorld) -> None:
    run = open_journal(ui_world.root, None, ui_world.ids[0]).update()
    assert previous_run(ui_world.root, None, run) is None
