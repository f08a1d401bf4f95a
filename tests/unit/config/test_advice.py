"""What to write instead, for the mistakes that people make most."""

from typing import Any

import pytest

from runner.config.project import check_pointer, read_project
from runner.domain.diagnostics import ConfigError

MANY = [
    ("agent.yaml", "spec_version: 1", "spec_version: 1\nversion: 1.0.0", "AC115", "the directory"),
    ("agent.yaml", "spec_version: 1", "version: 1", "AC115", "did you mean `spec_version`?"),
    ("agent.yaml", "spec_version: 1", "spec_version: 2", "AC102", "needs a newer agentctl"),
    ("agent.yaml", "model:\n", "model:\n  base: x\n", "AC115", "known here: `settings`"),
    ("agent.yaml", "type: string,", "type: str,", "AC102", "did you mean `string`?"),
    ("agent.yaml", "{file: tools.yaml}", "tools.yaml", "AC101", "`tools: {file: tools.yaml}`"),
    ("agent.yaml", "{file: system-prompt.md}", "system-prompt.md", "AC101", "{file: system-pro"),
    ("agent.yaml", "{file: system-prompt.md}", "Triage.", "AC101", '`instructions: {text: "'),
    (
        *("agent.yaml", "{file: output.schema.json}", "out.json", "AC102"),
        "write `output_schema: {file: out.json}`",
    ),
    ("tools.yaml", "kind: http", "kind: http\n    method: get", "AC102", "did you mean `GET`?"),
    ("tools.yaml", "[tools/read.sh]", "ls -l 'a'", "AC101", """`argv: [ls, -l, "'a'"]`"""),
    ("tools.yaml", "[tools/read.sh]", "[head, -n, 05, 5]", "AC102", 'put it in quotes: "5"'),
    (
        *("tools.yaml", "  annotations: {readOnlyHint: true}\n", "", "AC302"),
        "add `annotations: {readOnlyHint: true}`",
    ),
    (
        *("examples.yaml", "user: Invoice 7 is twice in the list.", "{role: user, content: hi}"),
        *("AC115", "write `{user: hi}`"),
    ),
    (
        *("examples.yaml", "assistant: Ticket T-1 is open.", "{role: assistant, content: 'a: b'}"),
        *("AC115", "write `{assistant: TEXT}`"),
    ),
    ("examples.yaml", "user: Invoice", "usr: Invoice", "AC115", "did you mean `user`?"),
    (
        *("examples.yaml", "user: Invoice 7 is twice in the list.", "{role: system, content: x}"),
        *("AC115", "instructions stand in agent.yaml"),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "advice"), MANY)
def test_a_common_mistake_gets_what_to_write(
    check: Any, good_files: dict[str, str], file: str, old: str, new: str, code: str, advice: str
) -> None:
    assert old in good_files[file]
    found = check({file: good_files[file].replace(old, new, 1)})[1]
    (problem,) = [p for p in found if p.code == code and p.place.file.endswith(file)]
    assert advice in problem.help


def test_a_message_in_another_form_is_one_problem_that_names_every_form(
    check: Any, good_files: dict[str, str]
) -> None:
    text = """\
- messages:
    - {role: user, content: hi}
    - {role: assistant, content: null, tool_calls: [{id: a, type: function}]}
    - {role: tool, tool_call_id: a, content: x}
    - {assistant: 3}
"""
    found = check({"examples.yaml": text})[1]
    places = [("AC115", 2), ("AC115", 3), ("AC115", 4), ("AC101", 5)]
    assert [(p.code, p.place.line) for p in found] == places
    for form in ("{user: TEXT}", "{assistant: TEXT}", "tool_calls: [", "{tool: TOOL, result: ...}"):
        assert form in found[0].message


@pytest.mark.parametrize("reference", ["#/$defs/nope", "#nope", "other.json"])
def test_a_reference_that_leads_nowhere_is_placed_at_the_reference(
    broken: Any, reference: str
) -> None:
    old = "properties: {path: {type: string, description: Path}}"
    (found,) = broken("tools.yaml", (old, f"properties: {{path: {{$ref: '{reference}'}}}}"))
    assert found.startswith("AC303 tools.yaml:18:57"), found


DIGEST = "h1:" + "A" * 43 + "="


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("version: 1.0\n", "AC102", "write `version: v1.0.0`"),
        ("version: 1.10\n", "AC102", "write `version: v1.10.0`"),
        ("version: 1.2.3\n", "AC102", "write `version: v1.2.3`"),
        ("version: wortree\n", "AC102", "did you mean `worktree`?"),
        (f"version: v1.0.0\ndigest: '{DIGEST}'\ncommit: 1234567\n", "AC101", '"1234567"'),
        ("version: worktree\nschedules: nnoe\n", "AC102", "did you mean `none`?"),
    ],
)
def test_a_pointer_gets_what_to_write(text: str, code: str, advice: str) -> None:
    _, (problem,) = check_pointer(text.encode(), "p.yaml")
    assert problem.code == code
    assert advice in problem.help


def test_a_missing_digest_hides_no_other_problem_of_a_pointer() -> None:
    pointer, found = check_pointer(b"version: v1.0.0\nvalues: {a: 1}\n", "p.yaml")
    assert pointer is not None
    assert [problem.code for problem in found] == ["AC410"]
    _, found = check_pointer(b"version: v1.0.0\nvalus: {}\n", "p.yaml")
    assert {problem.code for problem in found} == {"AC115", "AC410"}


def test_a_misspelt_default_environment_gets_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError) as raised:
        read_project(b"default_environment: prd\nenvironments: {prod: {}}\n", "agentctl.yaml")
    assert raised.value.diagnostics[0].help == "did you mean `prod`?"
