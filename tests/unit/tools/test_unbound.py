"""Tools that nothing is behind."""

from dataclasses import replace

import pytest

from runner.domain.failure import FailureError
from runner.domain.ports import ToolRequest
from runner.domain.tool import ToolSpec
from runner.tools.context import ToolContext
from runner.tools.kinds import prepare
from runner.tools.toolbox import DryRunToolbox, LiveToolbox


def request(*, reads: bool = True, **more: object) -> ToolRequest:
    spec = {
        "name": "look_up",
        "description": "Look up.",
        "inputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": reads},
        "call": {"kind": "unbound"},
        **more,
    }
    return ToolRequest(ToolSpec.model_validate(spec), {}, "key")


@pytest.mark.parametrize("reads", [True, False])
def test_a_dry_run_simulates_it_even_when_it_only_reads(context: ToolContext, reads: bool) -> None:
    asked = request(reads=reads)
    toolbox = DryRunToolbox(LiveToolbox([asked.spec], replace(context, mode="dry_run")))
    prepared = toolbox.prepare(asked)
    assert prepared.effect == "simulated"
    output = prepared.run(1.0)
    assert output.simulated
    assert "look_up was not executed" in output.data
    prepared.abandon()


def test_its_declared_result_is_what_the_model_sees(context: ToolContext) -> None:
    asked = request(dry_run={"result": {"id": 7}})
    output = prepare(asked, replace(context, mode="dry_run")).run(1.0)
    assert (output.data, output.simulated) == ({"id": 7}, True)


def test_it_cannot_be_called_live(context: ToolContext) -> None:
    with pytest.raises(FailureError, match="nothing is behind look_up"):
        prepare(request(), context)
