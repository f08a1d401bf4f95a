import shutil
from pathlib import Path

import pytest

from runner.app.story.config import config_of
from runner.app.story.proof import Proof, proofs_of, verify_proofs
from runner.app.story.reading import JournalReader, open_journal
from runner.app.story.steps import RunSteps
from runner.domain.events import ToolSettled
from runner.journal.writer import FileJournal
from tests.tui.world import UiWorld, make_ui_world


@pytest.fixture
def ui_world(tmp_path: Path) -> UiWorld:
    return make_ui_world(tmp_path)


def opened(world: UiWorld, name: str) -> tuple[JournalReader, RunSteps]:
    reader = open_journal(world.root, None, world.runs[name])
    return reader, reader.update()


def quick(world: UiWorld, name: str) -> dict[str, Proof]:
    reader, run = opened(world, name)
    return {proof.what: proof for proof in proofs_of(world.root, None, reader, run)}


def thorough(world: UiWorld, name: str) -> dict[str, Proof]:
    reader, run = opened(world, name)
    return {proof.what: proof for proof in verify_proofs(world.root, None, reader, run)}


def test_a_whole_run_agrees_with_its_ledger_and_its_release(ui_world: UiWorld) -> None:
    found = quick(ui_world, "composite")
    assert {what: proof.verdict for what, proof in found.items()} == {
        "journal": "ok",
        "ledger, start": "ok",
        "ledger, end": "ok",
        "digest of refund-bot@v2.0.0": "ok",
        "effect t2.c1.s1 create_refund": "ok",
        "effect t2.c1.s2 send_note": "ok",
        "outcome reported success": "cannot tell",
    }
    effect = found["effect t2.c1.s1 create_refund"]
    assert effect.detail.startswith("done, as the service answered; key ")
    assert effect.step == "t2.c1.s1"


def test_a_verification_reads_everything_and_looks_at_the_release(ui_world: UiWorld) -> None:
    found = thorough(ui_world, "composite")
    assert [(what, proof.verdict) for what, proof in found.items()][:5] == [
        ("journal", "ok"),
        ("ledger", "ok"),
        ("digest of refund-bot@v2.0.0", "ok"),
        ("release", "ok"),
        ("signature", "cannot tell"),
    ]
    assert found["signature"].detail == "the tag has no signature"


def test_a_changed_line_is_not_ok_and_is_placed(ui_world: UiWorld) -> None:
    path = ui_world.journal("composite")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"ORD", b"ODR", 1)
    path.chmod(0o600)
    path.write_bytes(b"".join(lines))
    for found in (quick(ui_world, "composite"), thorough(ui_world, "composite")):
        assert found["journal"].verdict == "not ok"
        assert "line 5: the line hashes to" in found["journal"].detail
    assert quick(ui_world, "composite")["ledger, end"].verdict == "not ok"


def test_a_journal_that_was_cut_disagrees_with_the_ledger(ui_world: UiWorld) -> None:
    path = ui_world.journal("composite")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    found = quick(ui_world, "composite")
    assert found["journal"].verdict == "ok"
    assert found["ledger, end"].verdict == "not ok"
    assert "and 16 were read" in found["ledger, end"].detail
    assert thorough(ui_world, "composite")["journal"].verdict == "not ok"


def test_a_run_that_no_ledger_tells_is_not_ok(ui_world: UiWorld) -> None:
    (ui_world.state / "ledger.jsonl").write_bytes(b"")
    assert quick(ui_world, "composite")["ledger"] == Proof(
        "ledger", "not ok", "it does not tell this run"
    )


def test_a_call_in_doubt_cannot_be_told_until_a_person_says(ui_world: UiWorld) -> None:
    found = {what: proof for what, proof in quick(ui_world, "in_doubt").items() if "effect" in what}
    ((what, doubt),) = found.items()
    assert doubt.verdict == "cannot tell"
    assert "a person must look" in doubt.detail
    path = ui_world.journal("in_doubt")
    with FileJournal.resume(path, ui_world.clock, lambda data: data) as journal:
        journal.append(ToolSettled(step=doubt.step, done=True, reason="I looked"))
    settled = quick(ui_world, "in_doubt")[what]
    assert (settled.verdict, settled.detail.partition(";")[0]) == (
        "ok",
        "a person said: done: I looked",
    )


def test_an_effect_of_a_dry_run_is_only_written_down(ui_world: UiWorld) -> None:
    effects = [proof for what, proof in quick(ui_world, "dry").items() if "effect" in what]
    assert effects
    assert {proof.verdict for proof in effects} == {"ok"}
    assert all("simulated: nothing was done" in proof.detail for proof in effects)


def test_a_run_that_goes_nowhere_has_not_ended(ui_world: UiWorld) -> None:
    assert quick(ui_world, "gone")["ledger, end"].detail == "the run has not ended"


def test_the_configuration_names_the_run_and_its_release(ui_world: UiWorld) -> None:
    start = opened(ui_world, "throttled")[1].start
    assert start is not None
    config = config_of(ui_world.root, None, start)
    facts = dict(config.facts)
    assert (facts["version"], facts["limits.timeout"]) == ("v1.2.0", "10m")
    assert facts["values.service_url"] == "http://127.0.0.1:8931/"
    assert len(facts["commit"]) == len(facts["pointer commit"]) == 40
    titles = [section.title for section in config.release]
    assert titles[:2] == ["Model", "Permissions"]
    assert {"Tool send_email", "Instructions", "Task", "Files"} <= {*titles}


def test_a_working_copy_that_changed_is_not_loadable_and_cannot_be_told(ui_world: UiWorld) -> None:
    start = opened(ui_world, "hostile")[1].start
    assert start is not None
    config = config_of(ui_world.root, None, start)
    assert (config.release, dict(config.facts)["version"]) == ((), "worktree  (unreleased)")
    assert "kb-sync@worktree changed since the run began" in config.missing
    assert quick(ui_world, "hostile")["digest of kb-sync@worktree"].verdict == "cannot tell"


def test_without_its_repository_a_run_is_still_told(ui_world: UiWorld) -> None:
    shutil.rmtree(ui_world.root / ".git")
    found = thorough(ui_world, "composite")
    assert found["journal"].verdict == "ok"
    assert found["digest of refund-bot@v2.0.0"].verdict == "cannot tell"
