"""The terminal UI stands still in tests: no animation, and a clock that nobody winds."""

import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # Textual reads it when it is imported

from pathlib import Path

import pytest

from tests.tui.world import UiWorld, make_ui_world


@pytest.fixture
def ui_world(tmp_path: Path) -> UiWorld:
    """A project with four agents, three environments and forty-two runs, for this test alone."""
    return make_ui_world(tmp_path)
