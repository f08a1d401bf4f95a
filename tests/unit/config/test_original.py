"""The original layout, read with the places of its own files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.config.catalogue import CATALOGUE
from runner.config.load import check_spec
from runner.config.original_agent import IN_MODEL, TOP
from runner.config.original_tools import KNOWN
from runner.domain.agent import AgentSpec
from runner.domain.diagnostics import Diagnostic
from runner.domain.snapshot import Snapshot

CONFIG: dict[str, Any] = {
    "name": "support",
    "description": "Answer questions.",
    "model": "test/scripted",
    "base_url": "http://127.0.0.1:8900/v1",
}
ARGUMENTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["q"],
    "properties": {"q": {"type": "string", "description": "What to look up."}},
}
TOOL: dict[str, Any] = {
    "name": "look_up",
    "description": "Look something up.",
    "inputSchema": ARGUMENTS,
    "annotations": {"readOnlyHint": True},
    "call": {"kind": "command", "argv": ["cat"]},
}
Checked = tuple[AgentSpec | None, tuple[Diagnostic, ...]]
Check = Callable[..., Checked]


def read(
    config: dict[str, Any] | str | bytes | None = None,
    tools: Any = None,
    prompt: str | bytes = "You help.\n",
    origin: str = "agent-configs/v1.0.0",
    **more: bytes,
) -> Checked:
    def as_bytes(value: Any) -> bytes:
        text = value if isinstance(value, str | bytes) else json.dumps(value, indent=2)
        return text if isinstance(text, bytes) else text.encode()

    files = {
        "config.json": as_bytes(CONFIG if config is None else config),
        "tools.json": as_bytes([TOOL] if tools is None else tools),
        "system-prompt.md": as_bytes(prompt),
        **more,
    }
    return check_spec(Snapshot(files), "support", origin)


def good(config: dict[str, Any] | None = None, tools: Any = None) -> AgentSpec:
    spec, found = read({**CONFIG, **(config or {})}, tools)
    assert spec is not None, [diagnostic.message for diagnostic in found]
    return spec


def codes(checked: Checked) -> set[str]:
    return {diagnostic.code for diagnostic in checked[1]}


def only(checked: Checked, code: str) -> Diagnostic:
    [found] = [diagnostic for diagnostic in checked[1] if diagnostic.code == code]
    return found


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in CONFIG.items() if key not in keys}


def test_a_version_of_the_original_layout_is_an_agent() -> None:
    spec, found = read()
    assert spec is not None
    assert [d.code for d in found if d.severity == "error"] == []
    assert spec.instructions == "You help.\n"
    assert (spec.agent.name, spec.agent.description) == ("support", "Answer questions.")
    assert [tool.name for tool in spec.tools] == ["look_up"]


def test_without_a_task_the_input_is_the_task() -> None:
    spec = good()
    assert (spec.task, spec.agent.task.template) == ("{{ input.task }}", "jinja")
    assert spec.input_schema is not None
    assert spec.input_schema["required"] == ["task"]


def test_a_task_in_place_is_sent_as_it_stands() -> None:
    assert good({"task": "Go."}).task == "Go."


def test_an_own_input_schema_without_a_task_lists_the_input() -> None:
    schema = {**ARGUMENTS}
    assert "input | items" in good({"input_schema": schema}).task
    schema["properties"] = {"task": {"type": "string", "description": "It."}}
    assert good({"input_schema": {**schema, "required": []}}).task == "{{ input.task }}"


MODELS: list[tuple[dict[str, Any], str]] = [
    ({"model": "openai/gpt-4.1-2025-04-14"}, "openai/gpt-4.1-2025-04-14"),
    ({"model": "gpt-4.1-2025-04-14"}, "openai/gpt-4.1-2025-04-14"),
    ({"model": "scripted", "provider": "test"}, "test/scripted"),
    ({"model": "test/scripted", "provider": "test"}, "test/scripted"),
    ({"model": "org/scripted", "provider": "test"}, "test/org/scripted"),
    ({"model": {"provider": "test", "name": "scripted"}}, "test/scripted"),
    ({"model": {"id": "test/scripted"}}, "test/scripted"),
]


@pytest.mark.parametrize(("said", "identity"), MODELS)
def test_a_model_is_named_in_many_ways(said: dict[str, Any], identity: str) -> None:
    assert good(said).agent.model.id == identity


@pytest.mark.parametrize("word", ["base_url", "api_base", "endpoint"])
def test_the_model_s_address_has_several_spellings(word: str) -> None:
    address = "http://127.0.0.1:1/v1"
    spec, _ = read({**without("base_url"), word: address})
    assert spec is not None
    assert spec.agent.model.base_url == address
    inner = {"name": "test/scripted", word: address}
    spec, _ = read({**without("base_url"), "model": inner})
    assert spec is not None
    assert spec.agent.model.base_url == address


KEYS: list[dict[str, Any]] = [
    {"api_key_env": "MODEL_KEY"},
    {"api_key": {"env": "MODEL_KEY"}},
    {"api_key": "$MODEL_KEY"},
    {"api_key": "${MODEL_KEY}"},
    {"api_key": "env:MODEL_KEY"},
    {"model": {"name": "test/scripted", "api_key_env": "MODEL_KEY"}},
]


@pytest.mark.parametrize("said", KEYS)
def test_the_key_is_named_never_held(said: dict[str, Any]) -> None:
    key = good(said).agent.model.api_key
    assert key is not None
    assert key.env == "MODEL_KEY"


SETTINGS: list[tuple[dict[str, Any], str, Any]] = [
    ({"max_tokens": 100}, "max_output_tokens", 100),
    ({"max_output_tokens": 100}, "max_output_tokens", 100),
    ({"temperature": 0.25}, "temperature", 0.25),
    ({"top_p": 0.5}, "top_p", 0.5),
    ({"seed": 7}, "seed", 7),
    ({"stop": "END"}, "stop", ("END",)),
    ({"stop_sequences": ["A", "B"]}, "stop", ("A", "B")),
    ({"reasoning_effort": "low"}, "reasoning_effort", "low"),
    ({"model": {"name": "test/scripted", "temperature": 0.25}}, "temperature", 0.25),
    ({"model": {"name": "test/scripted", "settings": {"seed": 7}}}, "seed", 7),
]


@pytest.mark.parametrize(("said", "name", "value"), SETTINGS)
def test_a_setting_has_several_spellings_and_places(
    said: dict[str, Any], name: str, value: Any
) -> None:
    assert getattr(good(said).agent.model.settings, name) == value


LIMITS: list[tuple[dict[str, Any], str, Any]] = [
    ({"max_iterations": 5}, "max_iterations", 5),
    ({"max_turns": 5}, "max_iterations", 5),
    ({"max_tool_calls": 5}, "max_tool_calls", 5),
    ({"timeout": 90}, "timeout", 90.0),
    ({"timeout_seconds": 1.5}, "timeout", 1.5),
    ({"timeout": "5m"}, "timeout", 300.0),
    ({"limits": {"max_tokens": 5000}}, "max_tokens", 5000),
    ({"limits": {"timeout": 90}}, "timeout", 90.0),
]


@pytest.mark.parametrize(("said", "name", "value"), LIMITS)
def test_a_limit_has_several_spellings(said: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(good(said).agent.limits, name) == value


def test_a_timeout_of_the_model_is_that_of_one_request() -> None:
    spec = good({"model": {"name": "test/scripted", "timeout": 20}, "timeout": 90})
    assert (spec.agent.model.timeout, spec.agent.limits.timeout) == (20.0, 90.0)


FORMS: list[Any] = [
    {"name": "look_up", "description": "D.", "inputSchema": ARGUMENTS},
    {"name": "look_up", "description": "D.", "input_schema": ARGUMENTS},
    {"name": "look_up", "description": "D.", "parameters": ARGUMENTS, "type": "function"},
    {
        "type": "function",
        "function": {"name": "look_up", "description": "D.", "parameters": ARGUMENTS},
    },
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wrap", [lambda tool: [tool], lambda tool: {"tools": [tool]}])
def test_a_tool_has_one_of_three_forms(form: Any, wrap: Callable[[Any], Any]) -> None:
    checked = read(tools=wrap(form))
    assert checked[0] is not None
    [tool] = checked[0].tools
    assert (tool.name, tool.description, tool.input_schema) == ("look_up", "D.", ARGUMENTS)
    assert (tool.call.kind, tool.reads_only) == ("unbound", False)
    assert {"AC231", "AC236"} <= codes(checked)
    assert only(checked, "AC231").severity == only(checked, "AC236").severity == "warning"


def test_a_tool_without_parameters_takes_none() -> None:
    [tool] = good(tools=[{"name": "go", "description": "D."}]).tools
    assert tool.input_schema == {"type": "object", "properties": {}}


def test_a_tool_may_say_how_it_is_called_beside_its_function() -> None:
    said = {"call": TOOL["call"], "annotations": {"readOnlyHint": True}}
    checked = read(tools=[{**FORMS[3], **said}])
    assert checked[0] is not None
    [tool] = checked[0].tools
    assert (tool.call.kind, tool.reads_only) == ("command", True)
    assert not {"AC231", "AC236"} & codes(checked)


def test_a_key_that_nothing_honours_is_told_with_the_one_that_was_meant() -> None:
    found = only(read({**CONFIG, "temprature": 0}), "AC232")
    assert found.severity == "warning"
    assert (found.place.file, found.place.line) == ("agent-configs/v1.0.0/config.json", 6)
    assert (found.place.column, found.place.length) == (3, len('"temprature"'))
    assert found.help == "did you mean `temperature`?"


@pytest.mark.parametrize("where", ["model", "settings", "tool", "function"])
def test_unhonoured_keys_are_told_at_every_place(where: str) -> None:
    model: dict[str, Any] = {"name": "test/scripted", "settings": {}}
    tool = json.loads(json.dumps(FORMS[3]))
    places = {
        "model": model,
        "settings": model["settings"],
        "tool": tool,
        "function": tool["function"],
    }
    places[where]["strict"] = True
    found = only(read({**CONFIG, "model": model}, [tool]), "AC232")
    assert "strict`" in found.message


def test_a_value_that_nothing_honours_is_not_shown() -> None:
    hidden = {"headers": {"X-Key": "hush-hush-hush"}, "x": ["hush-hush-hush"]}
    for indent in (None, 2):
        _spec, found = read(json.dumps({**CONFIG, **hidden, "timeout": True}, indent=indent))
        assert "hush" not in "".join(diagnostic.model_dump_json() for diagnostic in found)


def test_a_literal_key_is_an_error_that_does_not_show_it() -> None:
    for said in ({"api_key": "hush-hush-hush"}, {"model": {"api_key": "hush-hush-hush"}}):
        for indent in (None, 2):
            checked = read(json.dumps({**CONFIG, **said, "extra": 1}, indent=indent))
            assert "AC202" in codes(checked)
            assert "hush" not in "".join(d.model_dump_json() for d in checked[1])


def test_a_model_that_cannot_be_asked_says_what_to_add() -> None:
    assert "`" in only(read(without("model")), "AC233").help
    assert "base_url" in only(read(without("base_url")), "AC233").help
    both = [d for d in read(without("model", "base_url"))[1] if d.code == "AC233"]
    assert len(both) == 2


TWICE: list[dict[str, Any]] = [
    {"max_tokens": 1, "max_output_tokens": 2},
    {"max_turns": 1, "limits": {"max_iterations": 2}},
    {"timeout": 1, "timeout_seconds": 2},
    {"endpoint": "http://127.0.0.1:1/v1"},
    {"api_key_env": "A_KEY", "api_key": {"env": "B_KEY"}},
    {"seed": 1, "model": {"name": "test/scripted", "seed": 2}},
    {"provider": "test", "model": {"name": "scripted", "provider": "test"}},
    {"model": {"name": "test/scripted", "id": "test/other"}},
]


@pytest.mark.parametrize("said", TWICE)
def test_one_thing_said_twice_is_an_error(said: dict[str, Any]) -> None:
    found = only(read({**CONFIG, **said}), "AC234")
    assert found.severity == "error"
    assert "says again what" in found.message


def test_one_thing_said_twice_in_a_tool_is_an_error() -> None:
    tool = {**TOOL, "input_schema": ARGUMENTS}
    assert only(read(tools=[tool]), "AC234").place.file.endswith("tools.json")


@pytest.mark.parametrize("said", ["1.0.0", "v1.0.0"])
def test_the_version_in_the_file_may_repeat_the_directory_s(said: str) -> None:
    assert "AC235" not in codes(read({**CONFIG, "version": said}))


@pytest.mark.parametrize("said", ["1.1.0", 1, "latest"])
def test_another_version_in_the_file_is_a_warning(said: Any) -> None:
    checked = read({**CONFIG, "version": said})
    assert only(checked, "AC235").severity == "warning"
    assert checked[0] is not None


@pytest.mark.parametrize(
    "tools",
    [
        {"functions": []},
        "look_up",
        5,
        [5],
        [{"type": "web_search_20250305", "name": "web_search"}],
        [[]],
    ],
)
def test_what_is_no_tool_is_told(tools: Any) -> None:
    found = only(read(tools=json.dumps(tools)), "AC239")
    assert found.severity == "error"
    assert "function" in found.help


def test_windows_line_ends_reach_the_model_and_are_a_warning() -> None:
    checked = read(prompt=b"You\r\nhelp.\r\n")
    assert checked[0] is not None
    assert checked[0].instructions == "You\r\nhelp.\r\n"
    assert only(checked, "AC238").severity == "warning"
    config = json.dumps(CONFIG, indent=2).replace("\n", "\r\n")
    assert only(read(config), "AC238").place.file.endswith("config.json")


def test_a_lone_carriage_return_in_a_prompt_is_an_error() -> None:
    assert only(read(prompt=b"You\rhelp.\n"), "AC004").severity == "error"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"temperature": "hot"}, "AC101", '"hot"'),
    ({"max_tokens": 0}, "AC102", "0"),
    ({"timeout": "soon"}, "AC102", '"soon"'),
    ({"limits": {"max_iteration": 5}}, "AC115", '"max_iteration"'),
    ({"limits": 5}, "AC101", "5"),
    ({"name": 5}, "AC101", "5"),
    ({"provider": 5}, "AC101", "5"),
    ({"base_url": "127.0.0.1"}, "AC102", '"127.0.0.1"'),
    ({"input_schema": {"type": "objct"}}, "AC206", '"objct"'),
    ({"permissions": {"deny": ["none"]}}, "AC207", '"none"'),
    ({"task": "Hello {{ input.x }}"}, "AC215", '"Hello {{ input.x }}"'),
]


@pytest.mark.parametrize(("said", "code", "marked"), WRONG)
def test_every_other_check_points_into_the_file_as_written(
    said: dict[str, Any], code: str, marked: str
) -> None:
    found = only(read({**CONFIG, **said}), code)
    assert found.place.file == "agent-configs/v1.0.0/config.json"
    start = found.place.column - found.place.source_column
    assert found.place.source[start : start + found.place.length] == marked


def test_a_broken_tool_does_not_hide_the_others() -> None:
    checked = read(tools=[{"name": "a b", "description": "D."}, {**TOOL, "call": {"kind": "x"}}])
    lines = {d.place.line for d in checked[1] if d.severity == "error"}
    assert len(lines) == 2
    assert {d.place.file for d in checked[1]} == {"agent-configs/v1.0.0/tools.json"}


@pytest.mark.parametrize("name", ["config.json", "tools.json"])
def test_a_file_that_is_no_json_is_located(name: str) -> None:
    files = {"config": '{"name": }'} if name == "config.json" else {"tools": "[{]"}
    found = only(read(**files), "AC019")  # type: ignore[arg-type]
    assert (found.place.file, found.place.line) == (f"agent-configs/v1.0.0/{name}", 1)


def test_a_config_that_is_no_object_is_told() -> None:
    assert only(read("[1]"), "AC101").message == "config.json is an object, not a list"


def test_what_stands_beside_the_tools_is_told_and_the_tools_are_read() -> None:
    spec, found = read(tools={"version": 1, "tools": [TOOL]})
    assert spec is not None
    assert [tool.name for tool in spec.tools] == ["look_up"]
    assert [d.code for d in found] == ["AC232"]


def test_help_for_a_missing_file_speaks_of_the_layout() -> None:
    for missing in ("tools.json", "system-prompt.md", "config.json"):
        files = {name: b"[]" for name in ("tools.json", "system-prompt.md") if name != missing}
        if missing != "config.json":
            files["config.json"] = json.dumps(CONFIG).encode()
        _spec, found = check_spec(Snapshot(files), "support", "agent-configs/v1.0.0")
        (help_text,) = [d.help for d in found if d.code == "AC006"]
        assert help_text.startswith(f"write `{missing}` beside")


def test_missing_files_are_told() -> None:
    files = {"tools.json": b"[]", "system-prompt.md": b"x"}
    _spec, found = check_spec(Snapshot(files), "support", "v1.0.0")
    assert [d.message for d in found] == ["there is no config.json"]
    _spec, found = check_spec(
        Snapshot({"config.json": json.dumps(CONFIG).encode()}), "support", "v1.0.0"
    )
    assert {d.message for d in found if d.code == "AC006"} == {
        "there is no file `system-prompt.md` in this agent",
        "there is no file `tools.json` in this agent",
    }


def test_an_agent_yaml_makes_it_the_present_layout() -> None:
    _spec, found = read(**{"agent.yaml": b"spec_version: 1\n"})
    assert {d.place.file for d in found} == {"agent-configs/v1.0.0/agent.yaml"}


def test_every_key_that_is_read_is_documented() -> None:
    page = Path(__file__).parents[3] / "docs" / "original-layout.md"
    text = page.read_text(encoding="utf-8").replace('"', "`")
    known = TOP | IN_MODEL | KNOWN - {"output_schema"}
    assert [key for key in sorted(known) if f"`{key}`" not in text] == []


HOMES = {
    "AC231": "tools",
    "AC232": "config",
    "AC233": "model",
    "AC234": "config",
    "AC235": "config",
    "AC236": "tools",
    "AC239": "tools",
}


@pytest.mark.parametrize("code", HOMES)
def test_an_example_gets_its_code_and_the_right_form_does_not(code: str) -> None:
    def told(snippet: str) -> set[str]:
        data = json.loads(snippet)
        base = without("model", "base_url") if HOMES[code] == "model" else CONFIG
        return codes(read(tools=data) if HOMES[code] == "tools" else read({**base, **data}))

    assert code in told(CATALOGUE[code].wrong)
    assert code not in told(CATALOGUE[code].right)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(TOP | IN_MODEL | KNOWN)), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(config=anything, tools=anything | st.lists(anything, max_size=3))
def test_whatever_stands_there_is_read_or_told(config: Any, tools: Any) -> None:
    base = {**CONFIG, **config} if isinstance(config, dict) else config
    spec, found = read(json.dumps(base), json.dumps(tools))
    assert (spec is None) == any(diagnostic.severity == "error" for diagnostic in found)
