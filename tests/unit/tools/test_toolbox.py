"""Which calls a mode makes, and which it only simulates."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.domain.ports import ToolRequest
from runner.domain.tool import ToolSpec
from runner.tools.context import ToolContext
from runner.tools.shape import shape
from runner.tools.toolbox import DryRunToolbox, LiveToolbox

MakeSpec = Callable[..., ToolSpec]


@pytest.fixture
def touch(tmp_path: Path) -> dict[str, object]:
    return {"kind": "command", "argv": ["touch", str(tmp_path / "effect")]}


def request(spec: ToolSpec, *, would_ask: bool = False) -> ToolRequest:
    return ToolRequest(spec=spec, arguments={}, key="k", would_ask=would_ask)


def test_the_model_is_offered_the_same_tools_in_every_mode(
    make_spec: MakeSpec, context: ToolContext, touch: dict[str, object]
) -> None:
    live = LiveToolbox([make_spec(touch)], context)
    assert list(DryRunToolbox(live).offers()) == list(live.offers())
    (offer,) = live.offers()
    assert (offer.name, offer.description) == ("tool", "A tool.")
    assert offer.input_schema == {"type": "object"}


def test_a_hidden_tool_is_offered_in_no_mode(
    make_spec: MakeSpec, context: ToolContext, touch: dict[str, object]
) -> None:
    hidden = make_spec(touch).model_copy(update={"offered": False})
    live = LiveToolbox([hidden], context)
    assert list(live.offers()) == list(DryRunToolbox(live).offers()) == []


def test_a_live_call_has_its_effect(
    make_spec: MakeSpec, context: ToolContext, touch: dict[str, object], tmp_path: Path
) -> None:
    spec = make_spec(touch)
    output = LiveToolbox([spec], context).prepare(request(spec)).run(5)
    assert not output.simulated
    assert (tmp_path / "effect").exists()


@pytest.mark.parametrize(
    ("read_only", "would_ask", "made"),
    [(True, False, True), (True, True, False), (False, False, False), (None, False, False)],
)
def test_a_dry_run_makes_reading_calls_that_nobody_must_allow(
    make_spec: MakeSpec,
    context: ToolContext,
    touch: dict[str, object],
    tmp_path: Path,
    read_only: bool | None,
    would_ask: bool,
    made: bool,
) -> None:
    spec = make_spec(touch, read_only=read_only)
    box = DryRunToolbox(LiveToolbox([spec], context))
    prepared = box.prepare(request(spec, would_ask=would_ask))
    output = prepared.run(5)
    prepared.abandon()
    assert (tmp_path / "effect").exists() == made
    assert output.simulated != made
    assert prepared.effect == ("read" if made else "simulated")


def test_a_simulated_call_gives_its_declared_result_or_says_that_nothing_happened(
    make_spec: MakeSpec, context: ToolContext, touch: dict[str, object]
) -> None:
    declared = make_spec(touch, dry_run={"result": {"id": "T-0"}}, result={"select": "other"})
    silent = make_spec(touch, outputSchema={"type": "object"})
    box = DryRunToolbox(LiveToolbox([declared, silent], context))
    outputs = [box.prepare(request(spec)).run(5) for spec in (declared, silent)]
    assert shape(declared, outputs[0]) == '{"id":"T-0"}'
    assert "was not executed and nothing was changed" in shape(silent, outputs[1])
