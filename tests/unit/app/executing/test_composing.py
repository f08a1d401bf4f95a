from pathlib import Path

import pytest

from runner.app.executing.composing import Composition, composed
from runner.app.project import open_project
from runner.app.released.versions import load_release
from runner.boundary.clock import SystemClock
from runner.config.scaffold import new_agent
from runner.domain.errors import RefusedError
from runner.domain.job import Job
from runner.journal.writer import FileJournal


def test_who_does_not_hold_the_journal_leaves_the_scratch_directory_alone(tmp_path: Path) -> None:
    for path, data in new_agent("hello").items():
        file = tmp_path / "agent-configs/hello" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    project = open_project(tmp_path, None)
    release = load_release(project, "hello", {})
    journal = FileJournal.create(
        project.state, "01JD0000000000000000000000", "hello", SystemClock(), lambda data: data
    )
    job = Job(id=journal.run_id, run=journal.run_id)
    composition = Composition(project, release, job, resume=journal.path)
    scratch = project.state / "scratch" / job.run
    scratch.mkdir(parents=True)
    (scratch / "half-written").write_text("by a tool of the process that runs")
    loser = composed(composition, lambda _event: None, lambda _text: None)
    with journal, pytest.raises(RefusedError, match="another process"), loser:
        pass
    assert (scratch / "half-written").is_file()
