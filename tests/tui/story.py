"""What happened in the UI's world, in the order in which it happened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.domain.job import Mode
from runner.domain.plan import Action
from tests.tui import plays
from tests.tui.agents import LONG_NAME, VERSIONS, Written
from tests.tui.making import Maker
from tests.tui.plays import Given, Play

NOW = datetime(2026, 11, 20, 14, 2, 31, tzinfo=UTC)
"""When it is, in every test: a Friday, three hours after v1.2.0 went to prod."""
URL = "http://127.0.0.1:8931/"
FILES = {
    "agentctl.yaml": (
        "default_environment: dev\n"
        "environments:\n  dev: {}\n  staging: {}\n  prod: {protected: true}\n"
        'redact: ["cust-[0-9]{4}"]\n'
    ),
    ".gitignore": ".agentctl/\n",
    **{
        f"agent-configs/environments/dev/{agent}.yaml": (
            f"version: worktree\nvalues: {{service_url: '{URL}'}}\n"
        )
        for agent in ("invoice-triage", "kb-sync", "refund-bot", LONG_NAME)
    },
}
INVOICE = "invoice-triage"


@dataclass(frozen=True)
class Step:
    """One thing that happened. `name` is how tests call the run that it made."""

    at: datetime
    do: Callable[[Maker], str | None]
    name: str = ""


def at(text: str) -> datetime:
    """`20 11:00:05` of November 2026, in UTC."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def steps() -> list[Step]:
    """All of it."""
    told = [*map(_released, VERSIONS), *_moves(), *_runs()]
    return sorted(told, key=lambda step: step.at)


def _released(written: Written) -> Step:
    moment = datetime.fromisoformat(written.at)
    return Step(moment, lambda maker: maker.release(written.agent, written.version, written.files))


def _moves() -> Iterator[Step]:
    yield _move("02 12:00:00", INVOICE, "v1.0.0", "staging")
    yield _move("02 14:00:00", INVOICE, "v1.0.0", "prod")
    yield _move("03 10:00:00", "refund-bot", "v2.0.0", "staging")
    yield _move("03 11:00:00", "refund-bot", "v2.0.0", "prod")
    yield _move("04 09:30:00", LONG_NAME, "v1.0.0", "prod")
    yield _move("05 09:30:00", "kb-sync", "v0.3.0", "prod")
    yield _move("11 09:00:00", INVOICE, "v1.1.0", "staging")
    yield _move("12 09:00:00", INVOICE, "v1.1.0", "prod", why="lower amount, as finops asked")
    yield _move("16 10:00:00", LONG_NAME, "v1.1.0", "staging")
    yield _move("17 12:00:00", "refund-bot", "v2.1.0", "staging")
    yield _move("18 09:00:00", "refund-bot", "v2.1.0", "prod")
    why = "refunds above 200 EUR without a person"
    yield _move("19 08:45:00", "refund-bot", None, "prod", action="rollback", why=why)
    yield _move("20 10:00:00", INVOICE, "v1.2.0", "staging")
    yield _move("20 11:00:00", INVOICE, "v1.2.0", "prod")


def _move(
    when: str, agent: str, ref: str | None, to: str, *, action: Action = "promote", why: str = ""
) -> Step:
    return Step(at(when), lambda maker: maker.move(action, agent, ref, to, why))


def _runs() -> Iterator[Step]:
    yield from _triage()
    yield from _refunds()
    yield from _pages()
    for day, week in (("09", "45"), ("16", "46")):
        given, play = {"week": week}, plays.reported(week)
        yield _run(f"{day} 06:00:00", play, LONG_NAME, given, name=f"report_{week}")
    yield _run("16 11:00:00", plays.reported("46", 2), LONG_NAME, {"week": "46"}, env="staging")


def _triage() -> Iterator[Step]:
    for number in range(12):
        moment = at("19 07:30:00") + timedelta(minutes=30 * number)
        invoice = f"INV-{4100 + number}"
        given = {"invoice": invoice}
        name = "ok" if number == 11 else ""
        yield _run_at(moment, plays.triaged(invoice), INVOICE, given, name=name)
    given = {"invoice": "INV-4120"}
    yield _run("20 07:30:00", plays.triaged("INV-4120"), INVOICE, given, name="before")
    overload = plays.overloaded(("get_invoice", {"invoice": "INV-4121"}))
    given = {"invoice": "INV-4121"}
    yield _run("20 08:00:00", overload, INVOICE, given, name="rate_limited")
    given = {"invoice": "INV-4122"}
    yield _run("20 10:05:00", plays.triaged("INV-4122"), INVOICE, given, env="staging")
    dry: Mode = "dry_run"
    given = {"invoice": "INV-4123"}
    yield _run("20 10:40:00", plays.triaged("INV-4123"), INVOICE, given, mode=dry, name="dry")
    lucky = plays.triaged("INV-4129")
    yield _run("20 11:05:00", lucky, INVOICE, {"invoice": "INV-4129"}, name="lucky")
    for number in range(4):
        moment = at("20 11:15:00") + timedelta(minutes=30 * number)
        invoice = f"INV-{4130 + number}"
        given = {"invoice": invoice}
        yield _run_at(moment, plays.throttled(invoice), INVOICE, given, name=f"throttled_{number}")
    given = {"invoice": "INV-4136"}
    yield _run("20 13:15:00", plays.looping("INV-4136"), INVOICE, given, name="limit")
    given = {"invoice": "INV-4137"}
    yield _run("20 13:45:00", plays.throttled("INV-4137"), INVOICE, given, name="throttled")


def _refunds() -> Iterator[Step]:
    for number, moment in enumerate(("18 08:15:00", "18 10:20:00", "18 14:40:00"), 1):
        order = f"ORD-{880 + number}"
        name = "composite" if number == 1 else ""
        yield _run(moment, plays.refunded(order), "refund-bot", {"order": order}, name=name)
    given = {"order": "ORD-884"}
    yield _run("18 20:00:00", plays.half_refunded("ORD-884"), "refund-bot", given, name="half")
    for number in range(3):
        order = f"ORD-{890 + number}"
        moment = at("19 12:15:00") + timedelta(hours=8 * number)
        yield _run_at(moment, plays.refunded(order), "refund-bot", {"order": order})
    given = {"order": "ORD-899"}
    dry: Mode = "dry_run"
    yield _run("20 09:15:00", plays.refunded("ORD-899"), "refund-bot", given, mode=dry)


def _pages() -> Iterator[Step]:
    for day in ("16", "17", "18"):
        yield _run(f"{day} 01:30:00", plays.synced("all"), "kb-sync", {"topic": "all"})
    given = {"topic": "all"}
    yield _run("19 01:30:00", plays.doubtful("all"), "kb-sync", given, name="in_doubt")
    yield _run("20 01:30:00", plays.killed("all"), "kb-sync", given, name="gone")
    given = {"topic": plays.HOSTILE}
    yield _run("20 09:00:00", plays.hostile(), "kb-sync", given, name="hostile", env=None)
    given = {"topic": "travel"}
    yield _run("20 12:10:00", plays.interrupted("travel"), "kb-sync", given, name="resumed")
    rest = Play(plays.synced("travel").beats[1:], plays.synced("travel").tools)
    again = lambda maker: maker.resume(maker.ids[-1], rest, "kb-sync", "prod")  # noqa: E731
    yield Step(at("20 12:14:00"), again)
    given = {"topic": "holidays"}
    yield _run("20 12:40:00", plays.interrupted("h"), "kb-sync", given, name="interrupted")


def _run(when: str, play: Play, agent: str, given: Given, **more: object) -> Step:
    return _run_at(at(when), play, agent, given, **more)


def _run_at(
    moment: datetime,
    play: Play,
    agent: str,
    given: Given,
    *,
    env: str | None = "prod",
    mode: Mode = "live",
    name: str = "",
) -> Step:
    return Step(moment, lambda maker: maker.run(play, agent, env, given, mode), name)
