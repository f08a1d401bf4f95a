"""The project's `redact` patterns, on what is shown."""

from pathlib import Path

import pytest

from runner.app.screening import hider, screen_of
from runner.domain.diagnostics import ConfigError


def project(root: Path, settings: str) -> Path:
    (root / "agent-configs").mkdir()
    (root / "agentctl.yaml").write_text(settings)
    return root


def test_every_text_inside_is_hidden_and_nothing_else_changes() -> None:
    hide = hider([r"(?i)inv-\d+", "x*"])
    data = {"INV-1": ["inv-7 and INV-88", 5, None], "more": ("abc", {"deep": "INV-9"})}
    assert hide(data) == {
        "[redacted]": ["[redacted] and [redacted]", 5, None],
        "more": ["abc", {"deep": "[redacted]"}],
    }


def test_keys_that_become_the_same_keep_their_values() -> None:
    assert hider([r"\d+"])({"a1": 1, "a22": 2, "b": 3}) == {
        "a[redacted]": 1,
        "a[redacted] 2": 2,
        "b": 3,
    }


def test_without_patterns_all_is_shown(tmp_path: Path) -> None:
    data = {"a": ["b"]}
    assert screen_of(project(tmp_path, "default_environment: dev\n"), None)(data) is data


def test_the_patterns_of_the_project_are_used(tmp_path: Path) -> None:
    hide = screen_of(project(tmp_path, "redact: ['[0-9]{4}-[0-9]{4}']\n"), None)
    assert hide("card 1234-5678") == "card [redacted]"


def test_settings_that_cannot_be_read_show_nothing_unhidden(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        screen_of(project(tmp_path, "redact: ['(']\n"), None)
