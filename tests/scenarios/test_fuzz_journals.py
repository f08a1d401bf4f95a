"""Whatever stands in journals and ledger, every command ends in order, and a change is seen."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.executing.running import RunOptions, run_agent
from runner.journal.chain import Tip, cut_short
from tests.fuzzing import CHANGES, Change, agentctl, changed, forge, profile

BIG = "a line of a long answer\n" * 4000


@dataclass
class World:
    """A project with runs of every kind; `restore` puts its state back."""

    root: Path
    template: Path
    files: list[str]
    """Journals, payloads and the ledger, by their path in the state directory."""
    ended: list[str]
    """Journals of runs after whose end nothing can come."""

    @property
    def state(self) -> Path:
        return self.root / ".agentctl"

    def restore(self) -> None:
        shutil.rmtree(self.state)
        shutil.copytree(self.template, self.state)

    def original(self, file: str) -> bytes:
        return (self.template / file).read_bytes()

    def write(self, file: str, data: bytes) -> None:
        (self.state / file).write_bytes(data)


class Killed(BaseException):
    """The process goes away without a last word."""


@pytest.fixture
def world(project: Any, provider: Any, tickets: Any, model_opens: Any, model_calls: Any) -> World:
    root, ended = project.root, []
    provider.answer = model_opens("one", "two")
    assert agentctl(root, "run", "opener")[0] == 0
    ended += project.journals()
    big = project.write("list.txt", BIG)
    assert big.stat().st_size > 1 << 16
    tools = project.agent / "tools.yaml"
    good = tools.read_text()
    shaped = "  annotations: {readOnlyHint: true}\n  result: {max_chars: 200000}\n"
    tools.write_text(good.replace("  annotations: {readOnlyHint: true}\n", shaped))
    reads = model_calls("read_file", {})
    provider.answer = lambda request: {"content": "done"} if len(request["messages"]) > 3 else reads
    assert agentctl(root, "run", "opener")[0] == 0
    tools.write_text(good)
    provider.answer = lambda request: 400
    assert agentctl(root, "run", "opener")[0] == 1
    ended = project.journals()
    _unfinished(root, 7, provider, model_opens)
    tools.write_text(good.replace("idempotentHint: true", "idempotentHint: false"))
    tickets.statuses = [502]
    assert agentctl(root, "run", "opener")[0] == 6
    provider.answer = lambda request: {"content": "done"}
    template = root.parent / "template"
    shutil.copytree(project.state, template)
    found = [p for pattern in ("journal/**/*.jsonl", "journal/**/*.payloads/*", "ledger.jsonl")
             for p in sorted(template.glob(pattern))]  # fmt: skip
    files = [path.relative_to(template).as_posix() for path in found]
    assert len(files) == 5 + 1 + 1
    ended = [path.relative_to(project.state).as_posix() for path in ended]
    return World(root, template, files, ended)


def _unfinished(root: Path, lines: int, provider: Any, model_opens: Any) -> None:
    provider.answer = model_opens("one", "two")
    seen: list[Any] = []

    def observe(event: Any) -> None:
        seen.append(event)
        if len(seen) == lines:
            raise Killed

    with pytest.raises(Killed):
        run_agent(root, None, RunOptions("opener", lambda _: {}), observe, lambda _text: None)


def commands(world: World, run: str) -> dict[str, tuple[int, str, str]]:
    """How every command ends that reads journals; none may end with a bug."""
    asked: dict[str, tuple[str, ...]] = {
        "runs": ("runs", "-o", "json"),
        "list": ("runs",),
        "show": ("show", run),
        "full": ("show", run, "--full", "-o", "json"),
        "last": ("show", "last"),
        "logs": ("logs", run),
        "anchor": ("audit", "anchor"),
        "one": ("audit", "verify", run),
        "verify": ("audit", "verify", "-o", "json"),
    }
    return {name: agentctl(world.root, *args) for name, args in asked.items()}


def intact(told: tuple[int, str, str]) -> bool:
    assert told[0] in {0, 4}, told
    return bool(json.loads(told[1])["intact"]) if told[1] else False


def like_a_crash(before: bytes, after: bytes) -> bool:
    """Whether a file has lost its end, or has a torn last line more: what a crash leaves."""
    start = after.rfind(b"\n", 0, -1) + 1
    whole = after[:start] if cut_short(after[start:]) else after
    return before.startswith(whole)


@profile(60)
@given(st.data(), CHANGES)
def test_a_change_of_a_file_crashes_no_command_and_is_seen(
    world: World, data: Any, changes: list[Change]
) -> None:
    file = data.draw(st.sampled_from(world.files))
    before = world.original(file)
    after = changed(before, changes)
    world.restore()
    world.write(file, after)
    run = data.draw(st.sampled_from([Path(name).stem for name in world.files if "journal" in name]))
    done = commands(world, run)
    seen = not intact(done["verify"])
    if after != before:
        assert seen or (file not in world.ended and like_a_crash(before, after)), done["verify"]
    else:
        assert not seen
    code, _out, err = agentctl(world.root, "resume", run)
    assert code in {0, 1, 2, 4, 5, 6}, err
    if not seen:
        assert intact(agentctl(world.root, "audit", "verify", "-o", "json"))


@profile(25)
@given(
    st.data(), st.binary(max_size=200) | st.sampled_from([b"[" * 100_000, b"{" * 9, b"a" * 300_000])
)
def test_nor_does_garbage_in_the_place_of_a_file(world: World, data: Any, garbage: bytes) -> None:
    file = data.draw(st.sampled_from(world.files))
    end = data.draw(st.sampled_from([b"", b"\n", b"\n\n"]))
    world.restore()
    world.write(file, garbage + end)
    if data.draw(st.integers(0, 5)) == 0:
        (world.state / file).unlink()
    run = Path(data.draw(st.sampled_from(world.files))).stem
    done = commands(world, run)
    assert file == "ledger.jsonl" or file not in world.ended or not intact(done["verify"])
    assert agentctl(world.root, "resume", run)[0] in {0, 1, 2, 4, 5, 6}


@profile(60)
@given(st.data())
def test_nor_does_a_line_of_another_form_in_a_chain_that_holds(world: World, data: Any) -> None:
    """Who can write the files can forge both chains; the commands must still end in order."""
    world.restore()
    journals = [name for name in world.files if name.endswith(".jsonl") and "/" in name]
    file = data.draw(st.sampled_from(journals))
    in_ledger = data.draw(st.booleans())
    lines = [json.loads(line) for line in world.original(file).splitlines()]
    ledger = [json.loads(line) for line in world.original("ledger.jsonl").splitlines()]
    for _ in range(data.draw(st.integers(1, 3))):
        forge(ledger if in_ledger else lines, data.draw)
    lines, ledger = _objects(lines), _objects(ledger)
    sealed, heads = _sealed("run", lines)
    world.write(file, sealed)
    for entry in ledger:
        if entry.get("run") == Path(file).stem and "head" in entry:
            seq = entry.get("head_seq", 0)
            entry["head"] = heads[seq] if type(seq) is int and 0 <= seq < len(heads) else ""
    world.write("ledger.jsonl", _sealed("ledger", ledger)[0])
    commands(world, Path(file).stem)
    assert agentctl(world.root, "resume", Path(file).stem)[0] in {0, 1, 2, 3, 4, 5, 6}


def _objects(lines: list[Any]) -> list[dict[str, Any]]:
    return [line for line in lines if isinstance(line, dict)]


def _sealed(kind: Any, lines: list[Any]) -> tuple[bytes, list[str]]:
    """The lines with a new chain, as far as they are lines; and their hashes."""
    first = next((line.get(kind) for line in lines if isinstance(line.get(kind), str)), "x")
    tip, data, heads = Tip.start(kind, first), b"", []
    for line in lines:
        own = {
            key: value
            for key, value in line.items()
            if key not in {kind, "seq", "prev", "hash", "ts"}
        }
        own.setdefault("type", "x")
        sealed, tip = tip.seal(line.get("ts", ""), own)
        data += sealed
        heads.append(tip.prev)
    return data, heads
