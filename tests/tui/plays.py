"""What models and tools do in the runs of the UI's world, in the order in which they do it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.domain.errors import InterruptedRunError
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import ModelAnswer, ModelRequest, TokenUsage, ToolCall
from runner.testing import TickingClock

Given = dict[str, Any]
HOSTILE = (
    "\x1b[2J\x1b[31mred\x1b]0;owned\x07 [/markup] [bold]b[/] [@click=app.quit]x[/] "
    "\u202egnp.exe\u202c مرحبا 日本語の請求書 👩‍👩‍👧 e\u0301 \ttab\r\nline\x00\x9b5n"
)
"""What a model or a customer might write: escapes, markup, right-to-left, wide and joined."""
LONG_TEXT = "The handbook says: " + "lorem ipsum dolor sit amet, " * 3000
"""84 KB in one line."""


class ProcessGone(BaseException):
    """The process is killed here: nothing of ours catches it."""


@dataclass(frozen=True)
class Beat:
    """One answer of the model, or what comes instead of one, after so many seconds."""

    seconds: float
    answer: ModelAnswer | Failure | BaseException
    tokens: tuple[int, int, int] = (2400, 900, 120)
    """Input, cached input and output."""


@dataclass
class PlayedModel:
    """A model that plays beats and lets the clock tick meanwhile."""

    beats: Sequence[Beat]
    clock: TickingClock
    played: int = 0

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        beat = self.beats[self.played]
        self.played += 1
        self.clock.tick(beat.seconds)
        if isinstance(beat.answer, Failure):
            raise FailureError(beat.answer)
        if isinstance(beat.answer, BaseException):
            raise beat.answer
        read, cached, written = beat.tokens
        usage = TokenUsage(input=read, cached_input=cached, output=written)
        about = {"model": request.model.partition("/")[2], "request_id": f"req-{self.played}"}
        return beat.answer.model_copy(update={"usage": usage, **about})


@dataclass(frozen=True)
class Play:
    """One run: its model's beats, and what its tools do."""

    beats: Sequence[Beat]
    tools: dict[str, Callable[[Given], Any]] = field(default_factory=dict)


def call(*made: tuple[str, Given], text: str = "") -> ModelAnswer:
    """An answer that calls tools."""
    calls = tuple(
        ToolCall(id=f"call_{number}", name=name, arguments=json.dumps(arguments))
        for number, (name, arguments) in enumerate(made, 1)
    )
    return ModelAnswer(text=text, tool_calls=calls, finish_reason="tool_calls")


def say(text: str, finish: str = "stop") -> ModelAnswer:
    return ModelAnswer(text=text, finish_reason=finish)  # type: ignore[arg-type]


def fails(failure: Failure) -> Callable[[Given], Any]:
    def function(_given: Given) -> Any:
        raise FailureError(failure)

    return function


TOO_MANY = Failure(
    kind="tool_failed",
    message="send_email: HTTP 429 Too Many Requests",
    status=429,
)
RATE = Failure(
    kind="rate_limit", message="HTTP 429: rate limit reached for requests", status=429,
    retry_after_s=8.0,
)  # fmt: skip
STOPPED = InterruptedRunError("the process was asked to end", signal_number=2)
LOST = Failure(kind="in_doubt", message="update_page: no answer within 20 s; it may have been done")


def triaged(invoice: str) -> Play:
    """Reads an invoice, opens a ticket, says so."""
    mail = {"to": "team-finops", "text": f"{invoice}: the supplier is new"}
    return Play(
        [
            Beat(1.4, call(("get_invoice", {"invoice": invoice}), text="I read the invoice.")),
            Beat(2.2, call(("create_ticket", mail)), (3100, 2400, 90)),
            Beat(1.1, say(f"Ticket T-1 for {invoice}: its supplier is new."), (3300, 3000, 40)),
        ],
        {
            "get_invoice": lambda given: {"invoice": given["invoice"], "eur": 12450.5},
            "create_ticket": lambda _given: {"id": "T-1"},
        },
    )


def throttled(invoice: str) -> Play:
    """Its e-mails are refused with 429 three times, then the model is, and gives nothing."""
    mail = ("send_email", {"to": "billing@cust-4711.example", "text": f"Receipt of {invoice}"})
    again = ("send_email", {"to": "billing@cust-4711.example", "text": f"Your receipt {invoice}"})
    ticket = ("create_ticket", {"to": "team-finops", "text": f"{invoice}: amount"})
    return Play(
        [
            Beat(1.9, call(("get_invoice", {"invoice": invoice}))),
            Beat(2.1, call(ticket, mail, text="The customer agreed; I send the receipt.")),
            Beat(30.0, call(again)),
            Beat(0.4, RATE),
            Beat(2.6, call(mail)),
            Beat(3.0, say("", finish="stop"), (9000, 3000, 1)),
        ],
        {
            "get_invoice": lambda given: {"invoice": given["invoice"], "eur": 8100},
            "create_ticket": lambda _given: {"id": "T-2"},
            "send_email": fails(TOO_MANY),
        },
    )


def overloaded(about: tuple[str, Given]) -> Play:
    """The model refuses five times."""
    return Play([Beat(1.0, call(about)), *[Beat(0.5, RATE)] * 5], {about[0]: lambda _given: []})


def looping(invoice: str) -> Play:
    """The model asks the same again and again, until a limit stops it."""
    same = call(("get_invoice", {"invoice": invoice}))
    return Play([Beat(1.0, same)] * 12, {"get_invoice": lambda _given: {"error": "not found"}})


def refunded(order: str) -> Play:
    """One composite call of two steps."""
    request = {"to": order, "text": "We are sorry."}
    return Play(
        [
            Beat(0.9, call(("find_order", {"order": order}))),
            Beat(1.2, call(("refund_and_tell", request), text="It is below 200 EUR.")),
            Beat(0.8, say(f"{order} is refunded, and the customer knows.")),
        ],
        {
            "find_order": lambda given: {"order": given["order"], "eur": 49.9, "paid": True},
            "create_refund": lambda _given: {"id": "R-77"},
            "send_note": lambda given: {"id": "N-1", "about": given["text"]},
        },
    )


def half_refunded(order: str) -> Play:
    """The second step of a composite call fails, and the model gives up in words."""
    play = refunded(order)
    beats = [*play.beats[:2], Beat(1.0, say("", finish="content_filter"))]
    failed = Failure(kind="tool_failed", message="send_note: HTTP 500", status=500)
    return Play(beats, {**play.tools, "send_note": fails(failed)})


def synced(topic: str, pages: int = 2) -> Play:
    """Several pages in one answer."""
    edits = [("update_page", {"to": f"page-{n}", "text": topic}) for n in range(1, pages + 1)]
    return Play(
        [
            Beat(1.0, call(("list_changes", {"topic": topic}))),
            Beat(1.5, call(*edits)),
            Beat(1.0, say(f"{pages} pages are up to date.")),
        ],
        {
            "list_changes": lambda given: [{"page": n, "topic": given["topic"]} for n in (1, 2)],
            "update_page": lambda given: {"updated": given["to"]},
        },
    )


def doubtful(topic: str) -> Play:
    """Nobody knows whether the page was replaced."""
    return Play(synced(topic).beats, {**synced(topic).tools, "update_page": fails(LOST)})


def killed(topic: str) -> Play:
    """The process ends in the middle of a turn."""
    return Play([synced(topic).beats[0], Beat(4.0, ProcessGone())], synced(topic).tools)


def interrupted(topic: str) -> Play:
    """Somebody presses Ctrl-C while the model answers."""
    return Play([synced(topic).beats[0], Beat(2.0, STOPPED)], synced(topic).tools)


def hostile() -> Play:
    """Everything that can be written by a model or a tool is."""
    return Play(
        [
            Beat(1.0, call(("list_changes", {"topic": HOSTILE}), text=HOSTILE)),
            Beat(1.0, call(("no_such\x1b[31m_tool", {}), ("update_page", {"to": HOSTILE}))),
            Beat(1.0, call(("update_page", {"to": HOSTILE, "text": HOSTILE}))),
            Beat(2.0, say(HOSTILE + "\n" + LONG_TEXT)),
        ],
        {
            "list_changes": lambda _given: {"found": HOSTILE, HOSTILE: [HOSTILE]},
            "update_page": fails(Failure(kind="tool_failed", message=HOSTILE)),
        },
    )


def reported(week: str, controls: int = 5) -> Play:
    """A long run: one control after the other."""
    looks = [
        Beat(3.0 + n, call(("find_control", {"control": f"C-{n}"})), (2000 + 700 * n, 500 * n, 60))
        for n in range(1, controls + 1)
    ]
    return Play(
        [
            *looks,
            Beat(6.0, call(("file_report", {"to": "team-risk", "text": f"Week {week}: fine"}))),
            Beat(2.0, say(f"The report of week {week} is filed.")),
        ],
        {
            "find_control": lambda given: {"control": given["control"], "state": "passed"},
            "file_report": lambda _given: {"id": "REP-46"},
        },
    )
