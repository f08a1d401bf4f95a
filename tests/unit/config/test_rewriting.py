"""The original layout in the files of the present one: nothing that a run depends on changes."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.app.executing.first_request import example_input, first_request
from runner.config.load import load_spec
from runner.config.rewriting import rewritten
from runner.domain.agent import AgentSpec
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot

BASE = {"name": "support", "model": "test/scripted", "base_url": "http://127.0.0.1:8900/v1"}
AWKWARD = [
    "on",
    "no",
    "1e3",
    "007",
    "12:30",
    "~",
    "null",
    "",
    " leading",
    "trailing \nspace",
    "a\nb\n\n  c\n",
    "\tTab",
    "- dash: #1",
    "'\"\\",
    "übergrün 🎟\u200b",
    "line\u2028break\u0085",
    "\r\n",
    "\x07",
    "%YAML",
    "---",
    "{{ not.a.template }}",
    "2026-01-01",
]
text = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
scalar = st.one_of(
    text,
    st.integers(-(10**24), 10**24),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
schema = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "description": text,
        "properties": st.dictionaries(
            text, st.fixed_dictionaries({"description": text, "default": scalar}), max_size=3
        ),
        "examples": st.lists(st.dictionaries(text, scalar, max_size=2), max_size=2),
    },
)
tool = st.fixed_dictionaries(
    {"description": text.filter(bool)},
    optional={"input_schema": schema, "dry_run": st.fixed_dictionaries({"result": scalar})},
)
lines = st.lists(
    st.sampled_from(["", " ", "You help.", "- on: 1e3", "\tTab ", "ünï 🎟"]), max_size=4
)
prompt = st.tuples(lines, st.sampled_from(["\n", "\r\n"]), st.booleans()).map(
    lambda made: made[1].join(made[0]) + (made[1] if made[2] else "")
)


def loaded(snapshot: Snapshot) -> AgentSpec:
    return load_spec(snapshot, agent="support", origin="agent-configs/v1.0.0")


def request(snapshot: Snapshot, spec: AgentSpec) -> bytes:
    release = Release("support", "v1.0.0", snapshot, spec, "agent-configs/v1.0.0")
    return first_request(release, example_input(spec.input_schema))


def version(config: dict[str, Any], tools: list[Any], prompt: bytes = b"Help.\n") -> Snapshot:
    return Snapshot(
        {
            "config.json": json.dumps({**BASE, **config}).encode(),
            "tools.json": json.dumps(tools).encode(),
            "system-prompt.md": prompt,
        }
    )


def same(before: Snapshot) -> Snapshot:
    after = rewritten(before, "support", "agent-configs/v1.0.0")
    assert "config.json" not in after.files
    was, is_now = loaded(before), loaded(after)
    assert request(before, was) == request(after, is_now)
    assert was.tools == is_now.tools
    assert was.instructions == is_now.instructions
    return after


@settings(max_examples=60, deadline=None)
@given(
    prompt=prompt,
    task=st.none() | text,
    description=text.filter(bool),
    tools=st.lists(tool, max_size=3),
    output=st.none() | schema,
)
def test_the_first_request_does_not_change_by_a_byte(
    prompt: str,
    task: str | None,
    description: str,
    tools: list[dict[str, Any]],
    output: dict[str, Any] | None,
) -> None:
    named = [{"name": f"tool_{index}", **entry} for index, entry in enumerate(tools)]
    config = {"description": description, "task": task, "output_schema": output}
    same(version(config, named, prompt.encode()))


def test_a_prompt_with_windows_line_ends_stands_in_agent_yaml() -> None:
    after = same(version({}, [], b"You\r\nhelp.\r\n"))
    assert sorted(after.files) == ["agent.yaml", "tools.yaml"]


def test_a_prompt_without_them_stays_the_same_file() -> None:
    after = same(version({}, [], b"You help.\n"))
    assert after.files["system-prompt.md"] == b"You help.\n"


def test_numbers_that_yaml_does_not_keep_stay_json() -> None:
    wide = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 2**64}}}
    after = same(
        version({"output_schema": wide}, [{"name": "a", "description": "A.", "inputSchema": wide}])
    )
    assert {"tools.json", "output.schema.json"} <= after.files.keys()


def test_other_files_come_along_and_none_is_overwritten() -> None:
    files = dict(version({}, []).files) | {"tools.yaml": b"mine", "tools/run.sh": b"#!/bin/sh\n"}
    after = same(Snapshot(files))
    assert after.files["tools.yaml"] == b"mine"
    assert after.files["tools/run.sh"] == b"#!/bin/sh\n"
    assert b"tools.imported.yaml" in after.files["agent.yaml"]


def test_what_a_tool_left_unsaid_is_said() -> None:
    after = same(version({}, [{"name": "go", "description": "Go."}]))
    assert b"readOnlyHint: false" in after.files["tools.yaml"]
    assert b"kind: unbound" in after.files["tools.yaml"]
