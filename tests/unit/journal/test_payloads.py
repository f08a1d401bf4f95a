"""Long texts beside the journal."""

import json
import stat
from typing import Any

import pytest

from runner.domain.errors import IntegrityError
from runner.journal.audit import verify_all
from runner.journal.payloads import LONGEST_BYTES, payload_directory
from runner.journal.reader import read_events

LONG = "ü" * LONGEST_BYTES


def written(world: Any, make: Any) -> Any:
    return world.recorded([make.started(), *make.call(text=LONG), make.finished(output=[LONG])])


def test_a_long_text_lies_beside_the_journal_once_and_comes_back(world: Any, make: Any) -> None:
    path = written(world, make)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    [payload] = payload_directory(path).iterdir()
    assert lines[2]["text"] == {"$payload": f"sha256:{payload.name}", "bytes": 2 * LONGEST_BYTES}
    assert stat.S_IMODE(payload.stat().st_mode) == 0o600
    assert stat.S_IMODE(payload.parent.stat().st_mode) == 0o700
    events = [event for _header, event in read_events(path)]
    assert events[2].text == LONG
    assert events[-1].output == [LONG]
    assert verify_all(world.root).findings == ()


def test_a_text_of_just_64_kib_stays_in_its_line(world: Any, make: Any) -> None:
    path = world.journal_of([make.started(), *make.call(text="x" * LONGEST_BYTES)])
    assert not payload_directory(path).exists()


def test_a_changed_payload_is_found(world: Any, make: Any) -> None:
    path = written(world, make)
    [payload] = payload_directory(path).iterdir()
    payload.write_bytes(payload.read_bytes()[:-1] + b"!")
    with pytest.raises(IntegrityError, match="was changed"):
        read_events(path)
    [finding] = verify_all(world.root).errors
    assert finding.line == 3
    assert "was changed" in finding.message


def test_a_missing_payload_is_found(world: Any, make: Any) -> None:
    path = written(world, make)
    [payload] = payload_directory(path).iterdir()
    payload.unlink()
    [finding] = verify_all(world.root).errors
    assert "is missing" in finding.message


@pytest.mark.parametrize("name", ["$payload", "$$payload", "$$$payload"])
def test_nobody_can_forge_a_payload(world: Any, make: Any, name: str) -> None:
    forged = {name: "sha256:../../etc/passwd", "bytes": 1, "in": [{name: 1}]}
    path = world.recorded([make.started(), make.finished(output=forged)])
    assert read_events(path)[-1][1].output == forged
    assert verify_all(world.root).findings == ()
