"""`current` of the original layout, and what its one agent is called."""

from pathlib import Path

import pytest

from runner.domain.diagnostics import ConfigError
from runner.releases.layouts import VersionStore
from runner.releases.original import OriginalStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    agents = tmp_path / "My Support_Bot" / "agent-configs"
    for version in ("v1.0.0", "v1.1.0", "v1.10.0-rc.1", "v1.9.0"):
        (agents / version).mkdir(parents=True)
        (agents / version / "config.json").write_text('{"name": "support"}')
    return agents


@pytest.mark.parametrize("target", ["v1.0.0", "./v1.0.0", "../agent-configs/v1.0.0"])
def test_current_may_be_a_link(root: Path, target: str) -> None:
    (root / "current").symlink_to(target)
    assert OriginalStore(root).current() == "v1.0.0"


def test_current_may_be_an_absolute_link(root: Path) -> None:
    (root / "current").symlink_to(root / "v1.1.0")
    assert OriginalStore(root).current() == "v1.1.0"


@pytest.mark.parametrize("text", ["v1.0.0", "v1.0.0\n", "v1.0.0/\r\n", "agent-configs/v1.0.0\n"])
def test_current_may_be_a_text(root: Path, text: str) -> None:
    (root / "current").write_text(text, newline="")
    assert OriginalStore(root).current() == "v1.0.0"


def test_without_current_the_newest_version_counts(root: Path) -> None:
    assert OriginalStore(root).current() == "v1.10.0-rc.1"


@pytest.mark.parametrize("target", ["v9.9.9", "..", "../../v1.0.0", "/etc", "current"])
def test_a_link_that_names_no_version_is_located(root: Path, target: str) -> None:
    (root / "current").symlink_to(target)
    with pytest.raises(ConfigError) as caught:
        OriginalStore(root, "agent-configs").current()
    [found] = caught.value.diagnostics
    assert (found.code, found.place.file) == ("AC237", "agent-configs/current")
    assert "v1.0.0, v1.1.0" in found.help


def test_a_link_to_a_version_elsewhere_leaves_the_directory(root: Path) -> None:
    (root.parent / "v1.0.0").mkdir()
    (root / "current").symlink_to("../v1.0.0")
    with pytest.raises(ConfigError, match="names no version"):
        OriginalStore(root).current()


@pytest.mark.parametrize("text", ["v9.9.9\n", "", "../v1.0.0", "v1.0.0\nv1.1.0\n", "\x1b[31m"])
def test_a_text_that_names_no_version_is_located(root: Path, text: str) -> None:
    (root / "current").write_text(text)
    with pytest.raises(ConfigError) as caught:
        OriginalStore(root).current()
    assert caught.value.diagnostics[0].code == "AC237"


def test_a_directory_is_no_current(root: Path) -> None:
    (root / "current").mkdir()
    with pytest.raises(ConfigError, match="is a directory"):
        OriginalStore(root).current()


def test_the_agent_is_called_as_its_current_version_says(root: Path) -> None:
    (root / "v1.1.0" / "config.json").write_text('{"name": "helper"}')
    (root / "current").write_text("v1.1.0")
    assert OriginalStore(root).agents() == ["helper"]


def test_a_broken_current_does_not_hide_the_agent(root: Path) -> None:
    (root / "current").write_text("v9.9.9")
    assert OriginalStore(root).agents() == ["support"]


@pytest.mark.parametrize("config", ["", "[]", '{"name": 5}', "{}", "\xff"])
def test_without_a_name_the_repository_s_directory_counts(root: Path, config: str) -> None:
    (root / "current").write_text("v1.0.0")
    (root / "v1.0.0" / "config.json").write_bytes(config.encode("latin-1"))
    assert OriginalStore(root).agents() == ["my-support-bot"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Invoice Triage!", "invoice-triage"),
        ("...", "agent"),
        ("current", "agent"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_is_made_a_valid_one(root: Path, said: str, name: str) -> None:
    for config in root.glob("*/config.json"):
        config.write_text(f'{{"name": "{said}"}}')
    assert OriginalStore(root).agents() == [name]


def test_a_directory_of_the_same_name_hides_it(root: Path) -> None:
    (root / "support" / "v2.0.0").mkdir(parents=True)
    assert OriginalStore(root).agents() == []
    assert [v.version for v in VersionStore(root).versions("support")] == ["v2.0.0"]


def test_both_layouts_live_side_by_side(root: Path) -> None:
    (root / "other" / "v2.0.0").mkdir(parents=True)
    store = VersionStore(root)
    assert [v.version for v in store.versions("other")] == ["v2.0.0"]
    assert [v.version for v in store.versions("support")][-1] == "v1.10.0-rc.1"


def test_an_ordinary_project_has_none(tmp_path: Path) -> None:
    (tmp_path / "support").mkdir()
    assert OriginalStore(tmp_path).agents() == []
    assert OriginalStore(tmp_path / "absent").agents() == []
