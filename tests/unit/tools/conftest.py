"""A release directory, a context and calls for the tests of tools."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.boundary.egress import Egress
from runner.boundary.http import HttpClient
from runner.boundary.surroundings import environment
from runner.domain.ports import Prepared, ToolRequest
from runner.domain.tool import ToolSpec
from runner.tools.context import ToolContext
from runner.tools.kinds import prepare

SECRET = "s3cret-token-value"


@pytest.fixture
def release_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "release"
    directory.mkdir()
    return directory


@pytest.fixture
def context(release_dir: Path, tmp_path: Path) -> ToolContext:
    return ToolContext(
        release_dir=release_dir,
        scratch=tmp_path / "state" / "scratch",
        mode="live",
        values={"place": "there", "number": 7},
        environment=environment(),
        secret=lambda _ref: SECRET,
        http=HttpClient(Egress(["127.0.0.1"])),
        run="01RUN",
    )


@pytest.fixture
def make_spec() -> Callable[..., ToolSpec]:
    def made(call: dict[str, Any], *, read_only: bool | None = False, **more: Any) -> ToolSpec:
        return ToolSpec.model_validate(
            {
                "name": "tool",
                "description": "A tool.",
                "inputSchema": {"type": "object"},
                "annotations": {"readOnlyHint": read_only},
                "call": call,
                **more,
            }
        )

    return made


@pytest.fixture
def ready(context: ToolContext, make_spec: Callable[..., ToolSpec]) -> Callable[..., Prepared]:
    """Make a call ready: `ready(call, arguments, read_only=...)`."""

    def made(
        call: dict[str, Any], arguments: dict[str, Any] | None = None, **more: Any
    ) -> Prepared:
        spec = make_spec(call, **more)
        return prepare(ToolRequest(spec=spec, arguments=arguments or {}, key="job:key:0"), context)

    return made
