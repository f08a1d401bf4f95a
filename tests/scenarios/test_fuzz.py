"""Whatever stands in a config, the answer is a spec or problems inside its files, and soon."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.app.pointer_checks import pointer_findings
from runner.app.project import Project
from runner.config.load import check_spec, load_spec
from runner.config.project import read_project
from runner.config.report import render
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.snapshot import Snapshot
from tests.corpus_case import AGENT, BASE, Case
from tests.fuzzing import CHANGES, Change, changed, in_time, profile

GOOD = {
    path.relative_to(BASE / AGENT).as_posix(): path.read_bytes()
    for path in sorted((BASE / AGENT).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
}
SETTINGS = (BASE / "agentctl.yaml").read_bytes()
POINTER = (BASE / "agent-configs/environments/dev/triage.yaml").read_bytes()
SCRIPTS = ["tools/read.sh"]


def inside(found: tuple[Diagnostic, ...], files: dict[str, bytes]) -> None:
    """Every problem has a place in one of the files, and can be shown."""
    for problem in found:
        assert problem.place.file in files, problem
        lines = files[problem.place.file].decode("utf-8", "replace").split("\n")
        assert 1 <= problem.place.line <= len(lines), problem
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1, problem
    assert bool(render(found)) == bool(found)


def checked(files: dict[str, bytes]) -> None:
    snapshot = Snapshot(files)
    with in_time():
        spec, found = check_spec(snapshot, "triage", AGENT)
    inside(found, {AGENT + path: data for path, data in files.items()})
    errors = [problem for problem in found if problem.severity == "error"]
    assert (spec is None) == bool(errors)
    if errors:
        with pytest.raises(ConfigError) as raised:
            load_spec(snapshot, "triage", AGENT)
        assert list(raised.value.diagnostics) == errors


@profile(120)
@given(st.sampled_from([name for name in GOOD if name not in SCRIPTS]), CHANGES)
def test_no_change_of_an_agents_file_crashes_its_check(name: str, changes: list[Change]) -> None:
    checked({**GOOD, name: changed(GOOD[name], changes)})


@profile(30)
@given(st.lists(st.tuples(st.sampled_from(sorted(GOOD)), CHANGES), min_size=2, max_size=5))
def test_nor_do_changes_of_several_files(several: list[tuple[str, list[Change]]]) -> None:
    files = dict(GOOD)
    for name, changes in several:
        files[name] = changed(files[name], changes)
    checked(files)


@profile(40)
@given(CHANGES)
def test_nor_does_a_change_of_the_projects_settings(changes: list[Change]) -> None:
    data = changed(SETTINGS, changes)
    with in_time():
        try:
            read_project(data, "agentctl.yaml")
        except ConfigError as error:
            inside(error.diagnostics, {"agentctl.yaml": data})


@profile(40)
@given(CHANGES)
def test_nor_does_a_change_of_a_pointer(project: Project, changes: list[Change]) -> None:
    path = project.agents / "environments/dev/triage.yaml"
    data = changed(POINTER, changes)
    path.write_bytes(data)
    with in_time():
        findings = pointer_findings(project, "triage", path)
    inside(findings.found, {"agent-configs/environments/dev/triage.yaml": data})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    Case("", "", (), ()).write(tmp_path / "project")
    return Project(tmp_path / "project", tmp_path / "state")
