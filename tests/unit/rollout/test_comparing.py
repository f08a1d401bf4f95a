"""Two releases: each part of an agent has its rules, and nothing that differs is left out."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.domain.change import LEVELS, Change
from runner.domain.diagnostics import ConfigError
from runner.domain.release import Release
from runner.rollout.comparing import compare

ROWS = re.findall(
    r"^\| `[a-z-]+` \|", (Path(__file__).parents[3] / "docs/diff.md").read_text(), re.M
)
Changes = Callable[..., tuple[Change, ...]]
NEW_TOOL = """\
- name: list_vendors
  description: List vendors.
  inputSchema: {type: object, properties: {}, additionalProperties: false}
  annotations: {readOnlyHint: true}
  call: {kind: command, argv: [tools/read.sh]}
"""
NEW_SCHEDULE = """\
- {name: x, type: recurring, cron: "0 1 * * *", input: {since: "2026-11-01T00:00:00Z"}}
"""
LAST_EXAMPLE = """\
- messages:
    - user: No invoices.
    - assistant: Nothing to do.
"""
WAIVER = """\
waivers: [{check: alerts, reason: Nobody is awake at night, until: 2030-01-01}]
"""
TEMPLATED = "instructions-template-changed"
AGENT, TOOLS, CRON = "agent.yaml", "tools.yaml", "schedules.yaml"
NETWORK = (AGENT, "limits:", "network: {allow: [x.example]}\nlimits:")
CASES: list[tuple[tuple[str, str, str], str, str, str, str]] = [
    # the edit, the rule forth with its level, the rule back with its level
    (
        (AGENT, "gpt-5-mini-2025-08-07", "gpt-5-2025-08-07"),
        *("model-changed", "behaviour", "model-changed", "behaviour"),
    ),
    (
        (AGENT, "8900/v1", "8901/v1"),
        *("model-address-changed", "behaviour", "model-address-changed", "behaviour"),
    ),
    (
        (AGENT, "input: 0.25", "input: 0.50"),
        *("model-price-changed", "note", "model-price-changed", "note"),
    ),
    (
        (AGENT, "  price:", "  timeout: 90s\n  price:"),
        *("model-timeout-changed", "behaviour", "model-timeout-changed", "behaviour"),
    ),
    (
        (AGENT, "  price:", "  settings: {max_output_tokens: 2048}\n  price:"),
        *("setting-changed", "behaviour", "setting-changed", "behaviour"),
    ),
    (
        (AGENT, "max_iterations: 20", "max_iterations: 40"),
        *("limit-raised", "behaviour", "limit-lowered", "behaviour"),
    ),
    (
        (AGENT, ", max_cost_usd: 0.5", ""),
        *("limit-removed", "behaviour", "limit-added", "behaviour"),
    ),
    (
        (AGENT, 'deny: ["delete_*"]', "deny: []"),
        *("deny-rule-removed", "widening", "deny-rule-added", "behaviour"),
    ),
    (
        (AGENT, 'deny: ["delete_*"]', 'deny: ["delete_*"], default: ask'),
        *("permission-narrowed", "behaviour", "permission-widened", "widening"),
    ),
    (NETWORK, "network-widened", "widening", "network-narrowed", "behaviour"),
    (
        (AGENT, "tone: {type", "name: {type: string}\n  tone: {type"),
        *("variable-required-added", "breaking", "variable-removed", "breaking"),
    ),
    (
        (AGENT, "tone: {type", "name: {type: string, default: x}\n  tone: {type"),
        *("variable-added", "behaviour", "variable-removed", "breaking"),
    ),
    (
        (AGENT, ", default: kind", ""),
        *("variable-default-removed", "breaking", "variable-default-added", "behaviour"),
    ),
    (
        (AGENT, "format: uri}", "format: uri, description: Where.}"),
        *("variable-described", "note", "variable-described", "note"),
    ),
    (
        (AGENT, "Sort invoices", "Sort"),
        *("description-changed", "note", "description-changed", "note"),
    ),
    ((AGENT, "team-finops", "team-a"), "owners-changed", "note", "owners-changed", "note"),
    (
        (AGENT, "required: [since]", "required: []"),
        *("input-required-removed", "widening", "input-required-added", "breaking"),
    ),
    (
        ("output.schema.json", "}", ', "required": ["id"]}'),
        *("output-required-added", "widening", "output-required-removed", "breaking"),
    ),
    (
        (TOOLS, "{type: string, description: Number}", "{type: string, description: The number}"),
        *("tool-input-words-changed", "behaviour", "tool-input-words-changed", "behaviour"),
    ),
    (
        (TOOLS, "Open one ticket", "Open a ticket"),
        *("tool-description-changed", "behaviour", "tool-description-changed", "behaviour"),
    ),
    (
        (TOOLS, "destructiveHint: false", "destructiveHint: false, idempotentHint: true"),
        *("tool-annotation-changed", "behaviour", "tool-annotation-changed", "behaviour"),
    ),
    (
        (TOOLS, "kind: http", "kind: http\n    method: PUT"),
        *("tool-call-changed", "behaviour", "tool-call-changed", "behaviour"),
    ),
    (
        (TOOLS, "  dry_run: {result: {id: T-0}}\n", ""),
        *("tool-dry-run-removed", "note", "tool-dry-run-added", "note"),
    ),
    (
        (TOOLS, '"{id: id}"', '"{id: id, x: x}"'),
        *("tool-result-changed", "behaviour", "tool-result-changed", "behaviour"),
    ),
    (
        (TOOLS, "- name: read_lines", f"{NEW_TOOL}- name: read_lines"),
        *("tool-added", "widening", "tool-removed", "breaking"),
    ),
    (
        (TOOLS, "- name: read_lines", "- name: read_lines\n  title: Lines"),
        *("tool-title-changed", "note", "tool-title-changed", "note"),
    ),
    (
        (CRON, "0 2 * * *", "*/15 * * * *"),
        *("schedule-cron-changed", "behaviour", "schedule-cron-changed", "behaviour"),
    ),
    (
        (CRON, "Europe/Berlin", "UTC"),
        *("schedule-zone-changed", "behaviour", "schedule-zone-changed", "behaviour"),
    ),
    (
        (CRON, "2026-12-01T09", "2026-12-02T09"),
        *("schedule-time-changed", "behaviour", "schedule-time-changed", "behaviour"),
    ),
    (
        (CRON, '{since: "2026-11-01', '{since: "2026-11-02'),
        *("schedule-input-changed", "behaviour", "schedule-input-changed", "behaviour"),
    ),
    (
        (CRON, "  cron:", "  overlap: queue\n  cron:"),
        *("schedule-policy-changed", "behaviour", "schedule-policy-changed", "behaviour"),
    ),
    (
        (CRON, "- name: launch", f"{NEW_SCHEDULE}- name: launch"),
        *("schedule-added", "behaviour", "schedule-removed", "behaviour"),
    ),
    (
        ("system-prompt.md", "You triage", "You sort"),
        *("instructions-changed", "behaviour", "instructions-changed", "behaviour"),
    ),
    (
        (AGENT, "Since {{", "From {{"),
        *("task-changed", "behaviour", "task-changed", "behaviour"),
    ),
    (
        ("examples.yaml", "Nothing to do", "All done"),
        *("example-changed", "behaviour", "example-changed", "behaviour"),
    ),
    (
        ("examples.yaml", LAST_EXAMPLE, ""),
        *("example-removed", "behaviour", "example-added", "behaviour"),
    ),
    (
        ("tools/read.sh", "cat", "tac"),
        *("script-changed", "behaviour", "script-changed", "behaviour"),
    ),
    (("README.md", "An agent", "The agent"), "file-changed", "note", "file-changed", "note"),
    (
        (AGENT, 'deny: ["delete_*"]', 'deny: ["delete_*"], ask: [x_*]'),
        *("ask-rule-added", "behaviour", "ask-rule-removed", "widening"),
    ),
    (
        (AGENT, 'deny: ["delete_*"]', 'deny: ["delete_*"], allow: [read_lines]'),
        *("allow-rule-added", "widening", "allow-rule-removed", "behaviour"),
    ),
    (
        (AGENT, 'deny: ["delete_*"]', 'deny: ["delete_*"], default: deny'),
        *("permission-default-changed", "behaviour", "permission-default-changed", "widening"),
    ),
    (
        (CRON, 'once\n  at: "2026-12-01T09:00:00+01:00"', 'recurring\n  cron: "1 1 * * *"'),
        *("schedule-type-changed", "behaviour", "schedule-type-changed", "behaviour"),
    ),
    (
        (TOOLS, "kind: command, argv: [tools/read.sh]", "kind: unbound"),
        *("tool-kind-changed", "behaviour", "tool-kind-changed", "behaviour"),
    ),
    (
        (TOOLS, "- name: read_lines", "- name: read_lines\n  offered: false"),
        *("tool-hidden", "breaking", "tool-offered", "widening"),
    ),
    (
        (TOOLS, "  dry_run:", "  idempotency_key: /invoice\n  dry_run:"),
        *("tool-idempotency-key-changed", "behaviour", "tool-idempotency-key-changed", "behaviour"),
    ),
    (
        (TOOLS, "{result: {id: T-0}}", "{result: {id: T-1}}"),
        *("tool-dry-run-changed", "note", "tool-dry-run-changed", "note"),
    ),
    (
        (AGENT, "owners:", "scope: {does: [Sort]}\nowners:"),
        *("scope-changed", "note", "scope-changed", "note"),
    ),
    (
        (AGENT, "variables:", "subject: /since\nvariables:"),
        *("subject-changed", "behaviour", "subject-changed", "behaviour"),
    ),
    (
        (AGENT, "variables:", f"{WAIVER}variables:"),
        *("waivers-changed", "note", "waivers-changed", "note"),
    ),
    (
        (AGENT, "tone: {type: string", "tone: {type: string, format: hostname"),
        *("variable-format-changed", "breaking", "variable-format-changed", "breaking"),
    ),
    (
        (AGENT, "tone: {type: string, default: kind", "tone: {type: integer, default: 3"),
        *("variable-type-changed", "breaking", "variable-type-changed", "breaking"),
    ),
    (
        (AGENT, "system-prompt.md, template: jinja", "system-prompt.md"),
        *(TEMPLATED, "behaviour", TEMPLATED, "behaviour"),
    ),
    (
        (TOOLS, "    headers:", "    timeout: 5s\n    headers:"),
        *("tool-call-changed", "behaviour", "tool-call-changed", "behaviour"),
    ),
    ((TOOLS, "- name: read", "\n- name: read"), "file-rewritten", "note", "file-rewritten", "note"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "forth", "level", "turned", "turned_level"), CASES)
def test_each_part_has_its_rules_in_either_direction(
    changes: Changes,
    back: Changes,
    edit: tuple[str, str, str],
    forth: str,
    level: str,
    turned: str,
    turned_level: str,
) -> None:
    assert _documented(forth)
    assert _documented(turned)
    assert (forth, level) in [(c.rule, c.level) for c in changes(edit)]
    assert (turned, turned_level) in [(c.rule, c.level) for c in back(edit)]


def only(found: tuple[Change, ...], rule: str) -> Change:
    (change,) = (change for change in found if change.rule == rule)
    return change


def test_a_release_compared_with_itself_has_no_changes(release: Callable[..., Release]) -> None:
    made = compare(release(), release())
    assert (made.changes, made.bump, made.level) == ((), "none", None)


def test_the_weightiest_stands_first_and_asks_for_the_step(changes: Changes) -> None:
    found = changes(
        (AGENT, "Sort invoices", "Sort"),
        (TOOLS, "required: [invoice]", "required: []"),
        (AGENT, "tone: {type", "name: {type: string}\n  tone: {type"),
        (AGENT, "max_iterations: 20", "max_iterations: 40"),
    )
    assert [c.level for c in found] == ["breaking", "widening", "behaviour", "note"]


@pytest.mark.parametrize(
    ("edit", "bump"),
    [
        ((AGENT, "Sort invoices", "Sort"), "patch"),
        (("system-prompt.md", "You triage", "You sort"), "minor"),
        ((TOOLS, "required: [invoice]", "required: []"), "minor"),
        ((AGENT, "tone: {type", "name: {type: string}\n  tone: {type"), "major"),
    ],
)
def test_the_step_follows_the_highest_level(
    release: Callable[..., Release], edit: tuple[str, str, str], bump: str
) -> None:
    assert compare(release(), release(edit)).bump == bump


def test_limits_say_by_how_much(changes: Changes) -> None:
    found = changes(
        (AGENT, "max_iterations: 20", "max_iterations: 40"),
        (AGENT, "max_cost_usd: 0.5", "max_cost_usd: 1.2"),
        (AGENT, "timeout: 10m", "timeout: 90s"),
    )
    assert [c.text for c in found] == [
        "max_cost_usd $0.50 → $1.20 (+140 %)",
        "max_iterations 20 → 40 (+100 %)",
        "timeout 10m → 1m30s (-85 %)",
    ]


def test_a_schedule_says_how_often_it_runs(changes: Changes) -> None:
    (change,) = changes((CRON, "0 2 * * *", "*/15 * * * *"))
    assert change.text == "0 2 * * * → */15 * * * *: 1 run a day → 96 runs a day"


def test_a_ruling_is_told_for_each_tool_that_it_changes_for(changes: Changes) -> None:
    found = changes((AGENT, 'deny: ["delete_*"]', 'allow: ["read_*"], deny: ["delete_*"]'))
    narrowed = only(found, "permission-narrowed")
    assert (narrowed.name, narrowed.text) == (
        "create_ticket",
        "allow → deny (not in permissions.allow)",
    )


def test_a_rule_with_a_condition_changes_no_ruling(changes: Changes) -> None:
    rule = 'deny: ["delete_*", {tool: create_ticket, when: {/invoice: "IC-*"}}]'
    (change,) = changes((AGENT, 'deny: ["delete_*"]', rule))
    assert (change.rule, change.level) == ("deny-rule-added", "behaviour")
    assert "IC-*" in change.text


def test_a_secret_that_is_new_must_be_there_first(changes: Changes) -> None:
    found = changes((AGENT, "OPENAI_API_KEY", "OTHER_KEY"))
    assert [(c.rule, c.level) for c in found] == [
        ("secret-added", "widening"),
        ("model-key-changed", "note"),
        ("secret-removed", "note"),
    ]


def test_a_default_that_changes_shows_in_the_rendered_text(changes: Changes) -> None:
    found = changes((AGENT, "default: kind", "default: firm"))
    assert [c.rule for c in found] == ["instructions-rendered-changed", "variable-default-changed"]
    # nightly, launch, and one made up from input_schema, which nightly's default equals
    assert "rendered with 2 inputs: 2 differ" in found[0].text


def test_a_value_of_a_pointer_hides_a_default_that_changed(
    release: Callable[..., Release],
) -> None:
    before = replace(release(), environment="prod", values={"tone": "calm"})
    found = compare(before, release((AGENT, "default: kind", "default: firm"))).changes
    assert [c.rule for c in found] == ["variable-default-changed"]


def test_values_are_compared_between_environments_alone(release: Callable[..., Release]) -> None:
    made = release()
    staging = replace(made, environment="staging", values={"tone": "calm", "a": 1})
    prod = replace(made, environment="prod", values={"tone": "firm", "b": 1})
    found = compare(staging, prod)
    assert [(c.rule, c.level) for c in found.changes] == [
        ("value-removed", "note"),
        ("value-added", "note"),
        ("value-changed", "note"),
    ]
    assert found.bump == "none"
    assert compare(staging, replace(prod, environment=None)).changes == ()


def test_an_example_that_moved_is_no_other_example(changes: Changes) -> None:
    first = "- messages:\n    - user: Hello.\n    - assistant: Hello.\n"
    second = "- messages:\n    - user: Inv"
    (change,) = changes(("examples.yaml", second, first + second))
    assert (change.rule, change.text) == ("example-added", "example 1 added: “Hello.”")


def test_tools_in_another_order_stand_otherwise_before_the_model(
    release: Callable[..., Release],
) -> None:
    tools = release().snapshot.files["tools.yaml"].decode()
    first, second = tools.split("- name: read_lines")
    turned = "- name: read_lines" + second + first
    (change,) = compare(release(), release(files={"tools.yaml": turned})).changes
    assert (change.rule, change.level) == ("tools-reordered", "behaviour")


PROPERTIES = "properties: {invoice: {type: string, description: Number}}"
TURNED = "properties: {invoice: {description: Number, type: string}}"
CONST = "properties: {invoice: {type: string, description: Number}, all: {const: %s}}"


def test_a_schema_in_another_order_is_another_text_for_the_model(changes: Changes) -> None:
    (change,) = changes((TOOLS, PROPERTIES, TURNED))
    assert (change.rule, change.level) == ("tool-input-schema-rewritten", "behaviour")
    turned = "  required: [since]\n  type: object"
    (change,) = changes((AGENT, "  type: object\n  required: [since]", turned))
    assert (change.rule, change.level) == ("input-schema-rewritten", "behaviour")


def test_true_is_not_one(release: Callable[..., Release]) -> None:
    one, other = (release((TOOLS, PROPERTIES, CONST % word)) for word in ("1", "true"))
    found = compare(one, other).changes
    assert {change.level for change in found} == {"breaking", "widening"}
    when = "deny: [{tool: x, when: {/all: %s}}]"
    one, other = (release((AGENT, 'deny: ["delete_*"]', when % word)) for word in ("1", "true"))
    rules = [change.rule for change in compare(one, other).changes]
    assert rules == ["deny-rule-removed", "deny-rule-added"]
    given = "input: {since: %s}"
    old = 'input: {since: "2026-11-01T00:00:00Z"}'
    loose = (
        AGENT,
        "properties: {since: {type: string, format: date-time, ",
        "properties: {since: {",
    )
    one, other = (release(loose, (CRON, old, given % word)) for word in ("1", "true"))
    (change,) = compare(one, other).changes
    assert change.rule == "schedule-input-changed"


def test_long_values_are_shown_where_they_differ(release: Callable[..., Release]) -> None:
    url = "http://127.0.0.1:8900/" + "v" * 100
    one, other = (
        release((AGENT, "http://127.0.0.1:8900/v1", url + end)) for end in ("/one", "/two")
    )
    (change,) = compare(one, other).changes
    assert change.text == f"base_url …{'v' * 19}/one → …{'v' * 19}/two"


def test_a_config_that_is_only_laid_out_anew_is_told_beside_what_changed(
    changes: Changes,
) -> None:
    found = changes((AGENT, "spec_version", "# new\nspec_version"), (TOOLS, "Open one", "Open a"))
    assert [(c.rule, c.name) for c in found] == [
        ("tool-description-changed", "create_ticket"),
        ("file-rewritten", "agent.yaml"),
    ]


def test_a_file_that_comes_or_goes_is_told(changes: Changes) -> None:
    found = changes(files={"README.md": None, "tools/data.csv": "a\n", "evals/x.yaml": "a: 1\n"})
    assert [(c.rule, c.level, c.name) for c in found] == [
        ("file-added", "behaviour", "tools/data.csv"),
        ("file-removed", "note", "README.md"),
        ("file-added", "note", "evals/x.yaml"),
    ]


def test_a_file_that_is_no_text_is_told_by_its_size(release: Callable[..., Release]) -> None:
    old, new = release(files={"x.bin": b"\xff\x00"}), release(files={"x.bin": b"\xff\x00\x00"})
    (change,) = compare(old, new).changes
    assert change.text == "2 → 3 bytes"


EDITS = [edit for edit, *_ in CASES]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, len(EDITS) - 1), max_size=4))
def test_digests_differ_exactly_where_something_changed(
    release: Callable[..., Release], chosen: set[int]
) -> None:
    edits: dict[tuple[str, str], Any] = {EDITS[at][:2]: EDITS[at] for at in chosen}
    try:
        after = release(*edits.values())
    except (AssertionError, ConfigError):
        return  # one edit took the text that another one looks for, or said the same once more
    before = release()
    found = compare(before, after)
    assert all(_documented(change.rule) for change in found.changes)
    assert (found.changes != ()) == (before.digest != after.digest)
    assert [LEVELS.index(c.level) for c in found.changes] == sorted(
        (LEVELS.index(c.level) for c in found.changes), reverse=True
    )
    assert all("\n" not in c.text for c in found.changes)


def _documented(rule: str) -> bool:
    """A rule about a schema is documented without the name of the schema that it is about."""
    bare = re.sub(r"^(tool-input|tool-output|input|output)-", "", rule)
    return bool({f"| `{rule}` |", f"| `{bare}` |"} & {*ROWS})


def test_a_hidden_tool_comes_and_goes_without_the_model(changes: Changes, back: Changes) -> None:
    hidden = NEW_TOOL.replace("description: List", "offered: false\n  description: List")
    edit = (TOOLS, "- name: read_lines", f"{hidden}- name: read_lines")
    assert [(c.rule, c.level) for c in changes(edit)] == [("tool-added", "behaviour")]
    assert [(c.rule, c.level) for c in back(edit)] == [("tool-removed", "behaviour")]


def test_a_question_is_what_lets_a_call_through_where_the_default_denies(
    release: Callable[..., Release],
) -> None:
    closed = 'deny: ["delete_*"], default: deny'
    before = release((AGENT, 'deny: ["delete_*"]', closed))
    after = release((AGENT, 'deny: ["delete_*"]', f"{closed}, ask: [create_ticket]"))
    found = compare(before, after).changes
    assert [(c.rule, c.level) for c in found] == [
        ("permission-widened", "widening"),
        ("ask-rule-added", "widening"),
    ]
