from pathlib import Path

import pytest

from runner.app.completing import agent_names, agent_refs, codes, offers, runs, runs_and_agents
from runner.journal.chain import Tip
from runner.journal.entries import RunOpened
from tests.pointer_world import git

RUN = "01M7Z49H75TSJNV8TVYBZKVYY2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in (
        "agent-configs/triage/v1.0.0/agent.yaml",
        "agent-configs/triage/v1.1.0/agent.yaml",
        "agent-configs/triage/values.d/x",
        "agent-configs/hello/agent.yaml",
        "agent-configs/environments/prod/triage.yaml",
        "agent-configs/environments/dev/hello.yaml",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("not: [valid")
    return tmp_path


def words(source: object, root: Path, begun: str) -> list[str]:
    return [word for word, _says in offers(source, root, None, begun)]  # type: ignore[arg-type]


def test_agents_are_the_directories(root: Path) -> None:
    assert words(agent_names, root, "") == ["hello", "triage"]
    assert words(agent_refs, root, "tr") == ["triage"]


def test_after_the_at_sign_come_environments_worktree_and_versions(root: Path) -> None:
    assert words(agent_refs, root, "triage@") == [
        "triage@prod",
        "triage@worktree",
        "triage@v1.1.0",
        "triage@v1.0.0",
    ]
    assert words(agent_refs, root, "triage@v1.1") == ["triage@v1.1.0"]
    assert words(agent_refs, root, "nobody@") == []


@pytest.mark.parametrize("form", ["{agent}/v{version}", "releases/{agent}-{version}"])
def test_the_versions_of_tags_are_offered_with_those_of_directories(root: Path, form: str) -> None:
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Ann")
    git(root, "config", "user.email", "ann@example.com")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    for name in ("triage", "triage-b"):
        for version in ("1.1.0", "1.10.0", "1.9.0", "1.10.0-rc.1"):
            git(root, "tag", form.format(agent=name, version=version))
    (root / "agentctl.yaml").write_text(f'tag_format: "{form}"\n')
    assert words(agent_refs, root, "triage@v") == [
        "triage@v1.10.0",
        "triage@v1.10.0-rc.1",
        "triage@v1.9.0",
        "triage@v1.1.0",
        "triage@v1.0.0",
    ]


def test_the_agent_of_the_original_layout_is_one(tmp_path: Path) -> None:
    version = tmp_path / "agent-configs/v1.0.0"
    version.mkdir(parents=True)
    (version / "config.json").write_text('{"name": "old-timer"}')
    assert words(agent_names, tmp_path, "") == ["old-timer"]
    assert words(agent_refs, tmp_path, "old-timer@") == ["old-timer@v1.0.0"]


def test_runs_are_the_newest_by_their_short_ids(root: Path) -> None:
    assert words(runs, root, "") == ["last"]
    opened = RunOpened(
        run=RUN, job="j", agent="triage", version="v1.0.0", digest="", mode="live",
        journal="j.jsonl", head="",
    )  # fmt: skip
    line, _tip = Tip.start("ledger", "L").seal(
        "2026-01-01T00:00:00.000000Z", opened.model_dump(mode="json")
    )
    (root / ".agentctl").mkdir()
    (root / ".agentctl/ledger.jsonl").write_bytes(line)
    assert words(runs, root, "yb") == ["YBZKVYY2"]
    assert words(runs_and_agents, root, "") == ["last", "YBZKVYY2", "hello", "triage"]


def test_codes_have_their_titles(root: Path) -> None:
    assert ("AC115", "unknown field") in offers(codes, root, None, "ac11")


@pytest.mark.parametrize("name", ["a$(touch x)", "b;id", "c d", "e`id`", "f*", "g\nh", "i'j"])
def test_what_a_shell_would_run_is_never_offered(root: Path, name: str) -> None:
    (root / "agent-configs" / name).mkdir()
    (root / "agent-configs/environments" / name).mkdir()
    (root / "agent-configs/environments" / name / "triage.yaml").write_text("")
    (root / "agent-configs/triage" / f"v1{name}").mkdir()
    assert words(agent_names, root, "") == ["hello", "triage"]
    assert len(words(agent_refs, root, "triage@")) == 4
