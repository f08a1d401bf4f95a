"""What a user sees of `run`, driven as a user would."""

import json
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

Opens = Callable[..., Any]


def test_a_live_run_does_its_work_and_tells_what_it_used(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one", "two")
    done = project.agentctl("run", "opener")
    assert (done.code, done.out) == (0, "all done\n")
    assert [effect["title"] for effect in tickets.effects] == ["one", "two"]
    assert "succeeded" in done.err
    assert "3 turns, 2 tool calls, 45 tokens" in done.err


def test_a_dry_run_performs_no_write_and_lists_each_in_full(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one", "x" * 500)
    done = project.agentctl("run", "opener", "--dry-run")
    assert done.code == 0
    assert tickets.posts == []
    assert "2 effects would have happened" in done.out
    assert "x" * 500 in done.out


def test_read_only_tools_run_for_real_in_a_dry_run(
    project: Any, provider: Any, model_calls: Any
) -> None:
    provider.answer = lambda request: (
        {"content": "read"}
        if any(m["role"] == "tool" for m in request["messages"])
        else model_calls("read_file", {})
    )
    assert project.agentctl("run", "opener", "--dry-run").code == 0
    assert provider.requests[-1]["messages"][-1]["content"] == "a\nb\n"


def test_json_output_is_one_document_and_nothing_else(
    project: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    done = project.agentctl("run", "opener", "-o", "json")
    assert (done.json["kind"], done.json["status"]) == ("Run", "succeeded")
    assert done.json["effects"][0]["arguments"] == {"title": "one"}
    assert done.err == ""


def test_the_same_key_shows_the_first_run(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    first = project.agentctl("run", "opener", "--key", "k1", "-o", "json").json
    again = project.agentctl("run", "opener", "--key", "k1", "-o", "json").json
    assert again["run"] == first["run"]
    assert len(tickets.effects) == 1


def test_runs_show_and_logs_tell_the_same_run(
    project: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    project.agentctl("run", "opener")
    [row] = project.agentctl("runs", "-o", "json").json["items"]
    assert (row["agent"], row["status"]) == ("opener", "succeeded")
    shown = project.agentctl("show", row["run"][-8:].lower())
    assert row["run"] in shown.out
    assert 'calls open_ticket {"title": "one"}' in shown.out
    lines = project.agentctl("logs", "last").out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(len(lines)))
    followed = project.agentctl("logs", "-f", "last")
    assert followed.out.splitlines() == lines


def test_a_flipped_byte_is_found_and_its_line_named(
    project: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    project.agentctl("run", "opener")
    assert project.agentctl("audit", "verify").code == 0
    [journal] = project.journals()
    data = bytearray(journal.read_bytes())
    third_line = data.index(b"\n", data.index(b"\n") + 1) + 50
    data[third_line] ^= 1
    journal.write_bytes(data)
    found = project.agentctl("audit", "verify")
    assert found.code == 4
    assert f"{journal.name}:3" in found.out


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (500, "overload", 3),
        (401, "authentication", 1),
        (400, "bad_request", 1),
        (b"<html>", "malformed_answer", 3),
        (b'{"error": {"message": "quota"}}', None, None),
        (b'{"choices": []}', "malformed_answer", 3),
    ],
)
def test_a_bad_provider_ends_in_a_classified_failure(
    project: Any, provider: Any, answer: Any, kind: str | None, code: int | None
) -> None:
    provider.answer = lambda _request: answer
    agent = project.agent / "agent.yaml"
    agent.write_text(agent.read_text().replace("timeout: 30s", "timeout: 2s"))
    done = project.agentctl("run", "opener")
    failed = [event for event in project.events() if event["type"] == "model.failed"]
    assert done.code in ({code} if code else {1, 3})
    assert kind in {None, failed[-1]["failure"]["kind"]}


def test_a_provider_that_hangs_is_given_up(project: Any, provider: Any) -> None:
    def hang(_request: Any) -> Any:
        time.sleep(2)
        return {"content": "late"}

    provider.answer = hang
    agent = project.agent / "agent.yaml"
    text = agent.read_text().replace("timeout: 30s", "timeout: 600ms")
    agent.write_text(text.replace("timeout: 5s", "timeout: 300ms"))
    done = project.agentctl("run", "opener")
    kinds = [e["failure"]["kind"] for e in project.events() if e.get("failure")]
    assert "timeout" in kinds
    assert done.code in {3, 5}


def test_a_stop_says_used_and_cap_on_stderr_and_in_the_journal(
    project: Any, provider: Any, model_calls: Any
) -> None:
    provider.answer = lambda _request: model_calls("open_ticket", {"title": "again"})
    done = project.agentctl("run", "opener")
    assert done.code == 5
    assert "max_identical_calls reached: used 3 of 3" in done.err
    assert project.events()[-2]["text"] in done.err


def test_an_unknown_tool_and_broken_arguments_go_back_to_the_model(
    project: Any, provider: Any, model_calls: Any
) -> None:
    script = [
        model_calls("opn_ticket", {}),
        model_calls("open_ticket", "{broken"),
        {"content": "sorry"},
    ]
    provider.answer = lambda request: script[
        sum(message["role"] == "tool" for message in request["messages"])
    ]
    assert project.agentctl("run", "opener").code == 0
    told = [m["content"] for m in provider.requests[-1]["messages"] if m["role"] == "tool"]
    assert "open_ticket" in told[0]
    assert "not JSON" in told[1]


def test_ctrl_c_leaves_a_run_that_resume_finishes(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = lambda _request: time.sleep(1) or {"content": "late"}
    child = project.start("run", "opener")
    while not provider.requests:
        assert child.poll() is None, child.communicate()
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _out, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "agentctl resume" in err
    assert project.events()[-1]["type"] == "run.interrupted"
    provider.answer = model_opens("one")
    assert project.agentctl("resume", "last").code == 0
    assert len(tickets.effects) == 1


def test_the_first_ctrl_c_waits_for_a_writing_call(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one", "two")
    child = project.start("run", "opener")

    def interrupt() -> None:
        child.send_signal(signal.SIGTERM)
        time.sleep(0.3)

    tickets.after_effect = interrupt
    child.communicate(timeout=20)
    tickets.after_effect = None
    assert child.returncode == 143
    types = [event["type"] for event in project.events()]
    assert types[-2:] == ["tool.finished", "run.interrupted"]
    assert project.agentctl("resume", "last").code == 0
    assert [effect["title"] for effect in tickets.effects] == ["one", "two"]


def test_the_second_ctrl_c_leaves_the_call_in_doubt(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace("idempotentHint: true", "idempotentHint: false"))
    provider.answer = model_opens("one")
    child = project.start("run", "opener")

    def interrupt() -> None:
        for _ in range(2):
            child.send_signal(signal.SIGINT)
            time.sleep(0.2)
        time.sleep(0.5)

    tickets.after_effect = interrupt
    child.communicate(timeout=20)
    assert child.returncode == 130
    assert project.agentctl("resume", "last").code == 6


def test_nothing_happens_when_the_state_directory_cannot_be_written(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    blocked = project.write("blocked", "a file, not a directory")
    done = project.agentctl("--state-dir", str(blocked / "state"), "run", "opener")
    assert done.code == 3
    assert "blocked" in done.err
    assert (tickets.posts, provider.requests) == ([], [])


def test_a_full_disk_stops_the_run_before_the_next_effect(
    project: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    import resource

    provider.answer = model_opens(*(f"ticket {n} " + "x" * 300 for n in range(15)))

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    child = project.start("run", "opener", preexec_fn=small_files)
    _out, err = child.communicate(timeout=30)
    assert child.returncode == 3
    assert "could not be written" in err or "cannot" in err
    events = project.events_whole()
    started = [event for event in events if event["type"] == "tool.started"]
    assert 0 < len(tickets.posts) <= len(started)
    resumed = project.agentctl("resume", "last")
    assert resumed.code == 0, resumed.err
    assert len(tickets.effects) == 15


def test_state_is_private(project: Any, provider: Any, model_opens: Opens) -> None:
    provider.answer = model_opens("one")
    project.agentctl("run", "opener")
    assert (project.state.stat().st_mode & 0o777) == 0o700
    assert all((path.stat().st_mode & 0o077) == 0 for path in project.journals())
