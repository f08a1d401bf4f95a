"""What a model is shown of a long result, in a real run."""

import json
from collections.abc import Callable
from typing import Any

INVOICES = [{"no": n, "state": "open" if n % 3 else "paid", "note": "x" * 400} for n in range(90)]
SHAPE = "{rename: {state: status}, count_by: [status], max_items: 2, max_text: 20}"


def results(request: dict[str, Any]) -> list[str]:
    return [m["content"] for m in request["messages"] if m["role"] == "tool"]


def test_a_long_list_reaches_the_model_counted_and_cut(
    project: Any, provider: Any, model_calls: Callable[..., dict[str, Any]]
) -> None:
    project.write("list.txt", json.dumps(INVOICES))
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text() + f"  result: {SHAPE}\n")
    provider.answer = lambda request: (
        {"content": "done"} if results(request) else model_calls("read_file", {})
    )
    assert project.agentctl("run", "opener").code == 0
    (seen,) = map(json.loads, results(provider.requests[-1]))
    note = "x" * 20 + "… [cut: 20 of 400 characters]"
    assert seen == {
        "items": [
            {"no": 0, "status": "paid", "note": note},
            {"no": 1, "status": "open", "note": note},
        ],
        "total": 90,
        "shown": 2,
        "counts": {"status": {"open": 60, "paid": 30}},
    }
