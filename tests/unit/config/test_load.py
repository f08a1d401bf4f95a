"""An agent's files to a spec, or to every problem at its place."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from runner.config.load import load_spec
from runner.domain.agent import Price
from runner.domain.diagnostics import ConfigError
from runner.domain.messages import AssistantMessage, ToolMessage, UserMessage
from runner.domain.snapshot import Snapshot

Broken = Callable[..., list[str]]


def places(found: Any) -> list[tuple[str, str, int, int]]:
    return [(d.code, d.place.file.rsplit("/", 1)[1], d.place.line, d.place.column) for d in found]


def test_a_right_agent_becomes_a_spec(check: Any) -> None:
    spec, found = check()
    assert found == ()
    assert spec.agent.name == "triage"
    assert spec.instructions == "You triage.\n"
    assert spec.task == "Since {{ input.since }}"
    assert [tool.name for tool in spec.tools] == ["create_ticket", "read_lines"]
    assert spec.input_schema["required"] == ["since"]
    assert spec.output_schema == {"type": "object"}
    assert [schedule.name for schedule in spec.schedules] == ["nightly", "launch"]


def test_examples_become_messages_with_ids(check: Any) -> None:
    user, call, result, last = check()[0].examples
    assert user == UserMessage(text="Invoice 7 is twice in the list.")
    assert isinstance(call, AssistantMessage)
    assert call.tool_calls[0].arguments == '{"invoice": "7"}'
    assert result == ToolMessage(
        call_id=call.tool_calls[0].id, name="create_ticket", text='{"id":"T-1"}'
    )
    assert last == AssistantMessage(text="Ticket T-1 is open.")


def test_load_spec_raises_every_problem_in_order(good_files: dict[str, str]) -> None:
    files = {
        **good_files,
        "agent.yaml": good_files["agent.yaml"].replace("limits:", "limts:"),
        "tools.yaml": good_files["tools.yaml"].replace("kind: http", "kind: htp"),
        "output.schema.json": "{",
    }
    snapshot = Snapshot({path: text.encode() for path, text in files.items()})
    with pytest.raises(ConfigError) as raised:
        load_spec(snapshot, "triage", "somewhere/")
    found = raised.value.diagnostics
    assert places(found) == [
        ("AC115", "agent.yaml", 22, 1),
        ("AC019", "output.schema.json", 1, 2),
        ("AC116", "tools.yaml", 11, 11),
    ]
    assert found[0].place.file == "somewhere/agent.yaml"
    assert "did you mean `limits`?" in found[0].help


BAD_BYTES: list[tuple[bytes | None, str]] = [
    (b"name: \xff\n", "AC002"),
    (b"\xef\xbb\xbfname: x\n", "AC003"),
    (b"name: x\r\n", "AC004"),
    (b"name: a\x1bb\n", "AC005"),
    (None, "AC006"),
    (b"", "AC010"),
    (b"# nothing\n", "AC010"),
    (b"a: 1\na: 2\n", "AC011"),
    (b"a:\n\tb: 1\n", "AC017"),
    (b"a: &a [*a, *a]\n", "AC014"),
    (b"[" * 100_000, "AC015"),
    (b"- " * 100_000, "AC015"),
]


@pytest.mark.parametrize("file", ["agent.yaml", "tools.yaml", "schedules.yaml", "examples.yaml"])
@pytest.mark.parametrize(("data", "code"), BAD_BYTES)
def test_bad_bytes_get_a_place_in_every_file(
    check: Any, file: str, data: bytes | None, code: str
) -> None:
    spec, found = check({file: data})
    assert spec is None
    assert code in {diagnostic.code for diagnostic in found}


@pytest.mark.parametrize(("data", "code"), [(b"[" * 100_000, "AC015"), (b"", "AC010")])
def test_bad_json_gets_a_place(check: Any, data: bytes, code: str) -> None:
    assert places(check({"output.schema.json": data})[1])[0][:2] == (code, "output.schema.json")


@pytest.mark.parametrize("file", ["agent.yaml", "tools.yaml", "system-prompt.md"])
def test_100_megabytes_are_refused_at_once(check: Any, file: str) -> None:
    data = bytes(100 * 1000 * 1000)
    start = time.process_time()
    found = check({file: data})[1]
    assert places(found)[-1] == ("AC001", file, 1, 1)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("data", [b"3\n", b"- a\n", b"text\n", b"~\n"])
def test_agent_yaml_must_be_a_mapping(check: Any, data: bytes) -> None:
    assert places(check({"agent.yaml": data})[1]) == [("AC101", "agent.yaml", 1, 1)]


@pytest.mark.parametrize("data", [b"3\n", b"a: 1\n", b"{tools: 3}\n"])
def test_lists_must_be_lists(check: Any, data: bytes) -> None:
    assert places(check({"schedules.yaml": data})[1])[0][0] == "AC101"
    assert "AC101" in {d.code for d in check({"tools.yaml": data})[1]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tools.yaml", "../tools.yaml", "AC007 agent.yaml:18:15"),
        ("tools.yaml", "/etc/passwd", "AC007 agent.yaml:18:15"),
        ("tools.yaml", "a/../../b", "AC007 agent.yaml:18:15"),
        ("tools.yaml", "tool.yaml", "AC006 agent.yaml:18:15"),
        ("system-prompt.md", "prompt.md", "AC006 agent.yaml:10:22"),
        ("output.schema.json", "x.json", "AC006 agent.yaml:17:23"),
    ],
)
def test_a_file_that_is_not_there_is_placed_where_it_is_named(
    broken: Broken, old: str, new: str, expected: str
) -> None:
    assert any(line.startswith(expected) for line in broken("agent.yaml", (old, new)))


def test_files_are_read_from_the_snapshot_alone(check: Any, tmp_path: Any) -> None:
    outside = tmp_path / "prompt.md"
    outside.write_text("x")
    found = check({"agent.yaml": None, "x.yaml": str(outside)})[1]
    assert places(found) == [("AC006", "agent.yaml", 1, 1)]


AGENT_CASES = [
    (("name: triage", "name: other"), "AC201 agent.yaml:2:7"),
    (("name: triage", "name: Other One"), "AC102 agent.yaml:2:7"),
    (("description: Sort invoices.\n", ""), "AC103 agent.yaml:1:1: the field `description`"),
    (("description: Sort invoices.", "description: 3"), "AC101 agent.yaml:3:14"),
    (
        ("spec_version: 1", "spec_version: 2"),
        "AC102 agent.yaml:1:15: `spec_version` is 2, and",
    ),
    (("spec_version: 1", "spec_version: '1'"), "AC101 agent.yaml:1:15"),
    (("spec_version: 1", "spec_version: true"), "AC101 agent.yaml:1:15"),
    (("max_iterations: 20", "max_iteration: 20"), "AC115 agent.yaml:22:10"),
    (("max_iterations: 20", "max_iterations: 0"), "AC102 agent.yaml:22:26"),
    (("max_iterations: 20", "max_iterations: 2.5"), "AC101 agent.yaml:22:26"),
    (("timeout: 10m", "timeout: 10"), "AC102 agent.yaml:22:39"),
    (("timeout: 10m", "max_cost_usd: 1"), "AC208 agent.yaml:22:30"),
    (("id: openai/gpt-5-mini-2025-08-07", "id: gpt"), "AC102 agent.yaml:7:7: `model.id` must be"),
    (("base_url: http", "base_url: ftp"), "AC102 agent.yaml:8:13"),
    (("{env: OPENAI_API_KEY}", "{evn: OPENAI_API_KEY}"), "AC115 agent.yaml:9:13"),
    (("{env: OPENAI_API_KEY}", "{env: A, file: b}"), "AC102 agent.yaml:9:12"),
    (("{env: OPENAI_API_KEY}", "3"), "AC101 agent.yaml:9:12"),
    (("{env: OPENAI_API_KEY}", "sk-aaaa"), "AC202 agent.yaml:9:12"),
    (("{env: OPENAI_API_KEY}", "{env: sk-aaaa}"), "AC202 agent.yaml:9:18"),
    (("format: uri}", "format: uri, default: x y}"), "AC204 agent.yaml:5:53"),
    (("{{ input.since }}", "{{ input.since"), "AC205 agent.yaml:11:14"),
    (("{{ input.since }}", "{{ input.sinc }}"), "AC213 agent.yaml:11:14"),
    (("{{ input.since }}", "{{ since }}"), "AC213 agent.yaml:11:14"),
    (("{{ input.since }}", "{{ values.url }}"), "AC213 agent.yaml:11:14"),
    (("template: jinja", "template: mako"), "AC102 agent.yaml:11:51"),
    (("task: {text:", "task: {file: system-prompt.md, text:"), "AC102 agent.yaml:11:7"),
    (("type: object", "type: objct"), "AC206 agent.yaml:13:9"),
    (("{file: output.schema.json}", "3"), "AC102 agent.yaml:17:16: `output_schema` must be"),
    (("{file: output.schema.json}", "{file: output.schema.json, x: 1}"), "AC115 agent.yaml:17:43"),
    (("limits:", "subject: invoice\nlimits:"), "AC102 agent.yaml:22:10"),
    (("limits:", "network: {allow: ['http://x']}\nlimits:"), "AC209 agent.yaml:22:19"),
    (("limits:", "network: {allow: ['x:99999']}\nlimits:"), "AC209 agent.yaml:22:19"),
    (('deny: ["delete_*"]', "deny: [remove]"), "AC207 agent.yaml:21:22"),
    (('deny: ["delete_*"]', "deny: [{tool: x, when: {a: 1}}]"), "AC102 agent.yaml:21:22"),
    (('deny: ["delete_*"]', "unattended: park"), "AC110 agent.yaml:21:15"),
    (("limits:", "budget: {daily_usd: 5}\nlimits:"), "AC110 agent.yaml:22:1: `budget` is not"),
    (("limits:", "mcp_servers: {a: {command: [x]}}\nlimits:"), "AC110 agent.yaml:22:1"),
    (("limits:", "retry: {max_attempts: 3}\nlimits:"), "AC110 agent.yaml:22:1"),
    (("limits:", "on_failure: {pause_after: 3}\nlimits:"), "AC110 agent.yaml:22:1"),
    (("limits:", "fallback: [{id: a/b}]\nlimits:"), "AC110 agent.yaml:22:1"),
    (("{file: tools.yaml}", "{file: tools.yaml, server: x}"), "AC110 agent.yaml:18:27"),
]


@pytest.mark.parametrize(("change", "expected"), AGENT_CASES)
def test_a_mistake_in_agent_yaml_is_placed(
    broken: Broken, change: tuple[str, str], expected: str
) -> None:
    found = broken("agent.yaml", change)
    assert len(found) == 1, found
    assert found[0].startswith(expected), found


TOOL_CASES = [
    (("kind: http", "kind: htp"), "AC116 tools.yaml:11:11: `call.kind` must be one of"),
    (("    kind: http\n", ""), "AC103 tools.yaml:11:5"),
    (("kind: http", "kind: ask_person"), "AC110 tools.yaml:11:5"),
    (("kind: http", "kind: http\n    metod: GET"), "AC115 tools.yaml:12:5"),
    (("kind: http", "kind: http\n    method: FETCH"), "AC102 tools.yaml:12:13"),
    (("{var: tickets_url}", "{var: ticket_url}"), "AC203 tools.yaml:12:16"),
    (("{var: tickets_url}", "[x]"), "AC102 tools.yaml:12:10: `call.url` must be text or"),
    (("{var: tickets_url}", "{vra: x}"), "AC115 tools.yaml:12:11"),
    (("{var: tickets_url}", "tickets.example"), "AC310 tools.yaml:12:10"),
    (("{var: tickets_url}", "'http://{host}/x'"), "AC310 tools.yaml:12:10"),
    (("{var: tickets_url}", "'http://h/x?id={id}'"), "AC310 tools.yaml:12:10"),
    (("{var: tickets_url}", "'http://h/{id}'"), "AC308 tools.yaml:12:10"),
    (("{var: tickets_url}", "'http://h/{priority}'"), "AC308 tools.yaml:12:10"),
    (("kind: http", "kind: http\n    query: [invoice, page]"), "AC309 tools.yaml:12:22"),
    (("readOnlyHint: false, ", ""), "AC302 tools.yaml:9:3"),
    (("readOnlyHint: false", "readOnlyHint: no"), "AC101 tools.yaml:9:31"),
    (("type: object\n", "type: array\n"), "AC303 tools.yaml:3:3"),
    (("type: object\n", "type: objekt\n"), "AC303 tools.yaml:4:11"),
    (("outputSchema: {type: object", "outputSchema: {type: objekt"), "AC304 tools.yaml:8:24"),
    (('"{id: id}"', '"{id: "'), "AC305 tools.yaml:14:20"),
    (("{id: T-0}", "{no: T-0}"), "AC306 tools.yaml:15:21"),
    (("name: read_lines", "name: create_ticket"), "AC301 tools.yaml:16:9"),
    (("name: read_lines", "name: read lines"), "AC102 tools.yaml:16:9"),
    (("tools/read.sh", "tools/gone.sh"), "AC006 tools.yaml:20:32"),
    (("tools/read.sh", "../read.sh"), "AC007 tools.yaml:20:32"),
    (
        ("command, argv: [tools/read.sh]", "python, file: t.py, function: f"),
        "AC006 tools.yaml:20:30",
    ),
    (
        ("command, argv: [tools/read.sh]", "python, file: tools/read.sh, function: 'f()'"),
        "AC307 tools.yaml:20:55",
    ),
    (('{env: TICKETS_TOKEN, prefix: "Bearer "}', "Bearer aaaa"), "AC202 tools.yaml:13:30"),
    (("argv: [tools/read.sh]", "argv: [cat, tools/read.sh]"), "AC311 tools.yaml:20:37"),
    (("argv: [tools/read.sh]", "argv: [agent.yaml]"), "AC312 tools.yaml:20:32"),
    (("argv: [tools/read.sh]", "argv: []"), "AC102 tools.yaml:20:31"),
    (
        ("argv: [tools/read.sh]", "argv: [tools/read.sh], env: {API_TOKEN: aaaa}"),
        "AC202 tools.yaml:20:65",
    ),
    (("inputSchema:\n", "input_schema:\n"), "AC115 tools.yaml:3:3"),
]


@pytest.mark.parametrize(("change", "expected"), TOOL_CASES)
def test_a_mistake_in_a_tool_is_placed(
    broken: Broken, change: tuple[str, str], expected: str
) -> None:
    found = [line for line in broken("tools.yaml", change) if " examples.yaml:" not in line]
    assert len(found) == 1, found
    assert found[0].startswith(expected), found


def test_a_program_of_the_host_may_be_named_by_its_path(broken: Broken) -> None:
    assert broken("tools.yaml", ("argv: [tools/read.sh]", "argv: [/bin/cat]")) == []


SCHEDULE_CASES = [
    (("0 2 * * *", "0 2 30 2 *"), "AC401 schedules.yaml:3:9"),
    (("0 2 * * *", "@daily"), "AC401 schedules.yaml:3:9"),
    (("Europe/Berlin", "Europe/Brlin"), "AC402 schedules.yaml:4:13"),
    (("name: launch", "name: nightly"), "AC403 schedules.yaml:6:9"),
    (("from: last_success.slot", "from: last.slot"), "AC405 schedules.yaml:5:25"),
    (("default:", "defalt:"), "AC405 schedules.yaml:5:44"),
    (('default: "2026-01-01T00:00:00Z"', "default: 3"), "AC404 schedules.yaml:5:18"),
    (("2026-11-01T00:00:00Z", "november"), "AC404 schedules.yaml:9:18"),
    (("{since: {from", "{snice: {from"), "AC404 schedules.yaml:5:10"),
    (("+01:00", ""), "AC102 schedules.yaml:8:7: `at` must be an RFC 3339 time"),
    (("type: once", "type: sometimes"), "AC116 schedules.yaml:7:9"),
    (("type: once", "type: once\n  cron: '* * * * *'"), "AC115 schedules.yaml:8:3"),
]


@pytest.mark.parametrize(("change", "expected"), SCHEDULE_CASES)
def test_a_mistake_in_a_schedule_is_placed(
    broken: Broken, change: tuple[str, str], expected: str
) -> None:
    found = broken("schedules.yaml", change)
    assert found
    assert found[0].startswith(expected), found


EXAMPLE_CASES = [
    (("assistant: I open a ticket.", "assistant: 3"), "AC101 examples.yaml:3:18: `messages[1].as"),
    (("result: {id", "reslt: {id"), "AC115 examples.yaml:5:29"),
    (("    - {tool: create_ticket, result: {id: T-1}}\n", ""), "AC211 examples.yaml:5:7"),
    (("    - assistant: Ticket T-1 is open.\n", ""), "AC211 examples.yaml:5:7"),
    (("user: Invoice", "assistant: Invoice"), "AC211 examples.yaml:2:7"),
    (("tool: create_ticket", "tool: read_lines"), "AC211 examples.yaml:5:7"),
    (("name: create_ticket", "name: nothing"), "AC212 examples.yaml:4:27"),
    (('invoice: "7"', "invoice: 7"), "AC214 examples.yaml:4:53"),
    (("assistant: I open", "assistent: I open"), "AC115 examples.yaml:3:7"),
    (("user: Invoice 7 is twice in the list.", "user: 3"), "AC101 examples.yaml:2:13"),
]


@pytest.mark.parametrize(("change", "expected"), EXAMPLE_CASES)
def test_a_mistake_in_an_example_is_placed(
    broken: Broken, change: tuple[str, str], expected: str
) -> None:
    found = broken("examples.yaml", change)
    assert any(line.startswith(expected) for line in found), found


def test_a_literal_secret_is_never_shown(check: Any, good_files: dict[str, str]) -> None:
    secret = "sk-live-1234567890"
    for text in (
        good_files["agent.yaml"].replace("{env: OPENAI_API_KEY}", secret),
        good_files["agent.yaml"].replace("{env: OPENAI_API_KEY}", f"{{env: {secret}, x: 1}}"),
        good_files["agent.yaml"].replace("{env: OPENAI_API_KEY}", f"{secret}\n\tbroken: 1"),
        good_files["agent.yaml"].replace("{env: OPENAI_API_KEY}", f"'{secret}"),
        f"model: {{api_key: {secret}, foo: 1}}\n",
        f"model: {{api_key: {secret}, api_key: {secret}}}\n",
    ):
        found = check({"agent.yaml": text})[1]
        assert found
        assert not [d for d in found if secret in d.model_dump_json()], text


def test_a_misspelt_required_field_is_one_problem(broken: Broken) -> None:
    found = broken("agent.yaml", ("instructions:", "instrctions:"))
    assert [line[:22] for line in found] == ["AC115 agent.yaml:10:1:"]


def test_a_price_of_the_project_allows_a_money_limit(
    check: Any, good_files: dict[str, str]
) -> None:
    text = good_files["agent.yaml"].replace("timeout: 10m", "max_cost_usd: 1")
    prices = {"openai/gpt-5-mini-2025-08-07": Price(input=1, output=2)}
    spec, found = check({"agent.yaml": text}, prices)
    assert found == ()
    assert spec.agent.model.price == Price(input=1, output=2), "the runner charges by the spec"


def test_an_unmatched_rule_is_a_warning_that_does_not_stop(
    check: Any, good_files: dict[str, str]
) -> None:
    text = good_files["agent.yaml"].replace('"delete_*"', "nothing")
    spec, found = check({"agent.yaml": text})
    assert spec is not None
    assert [d.severity for d in found] == ["warning"]


def test_tools_may_be_a_dump_of_an_mcp_list(check: Any, good_files: dict[str, str]) -> None:
    tool = (
        '{"name": "create_ticket", "description": "x", "inputSchema": {"type": "object",'
        ' "additionalProperties": false, "properties": {"invoice":'
        ' {"type": "string", "description": "x"}}}, "annotations": {"readOnlyHint": true},'
        ' "call": {"kind": "command", "argv": ["cat", {"var": "tickets_url"}]}}'
    )
    agent = good_files["agent.yaml"].replace("tools.yaml", "tools.json")
    for text in (f"[{tool}]", f'{{"tools": [{tool}]}}'):
        spec, found = check({"agent.yaml": agent, "tools.json": text})
        assert found == ()
        assert spec.tools[0].name == "create_ticket"
    found = check({"agent.yaml": agent, "tools.json": f'{{"tools": [{tool[:-1]}, "x": 1}}]}}'})[1]
    assert [d.code for d in found] == ["AC115"]


def test_a_file_of_mistakes_is_checked_quickly(check: Any) -> None:
    text = "".join(f"field{n}: {n}\n" for n in range(20_000))
    start = time.process_time()
    assert check({"agent.yaml": text})[0] is None
    assert time.process_time() - start < 3
