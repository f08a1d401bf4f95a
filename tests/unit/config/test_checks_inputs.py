"""What is declared is used, and what is used is declared."""

from typing import Any

import pytest

TASK = 'task: {text: "Since {{ input.since }}", template: jinja}'
CLOSED = "  additionalProperties: false\n  properties: {since"
URL = "tickets_url: {type: string, format: uri}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((TASK, "task: {text: Go.}"), "AC216 agent.yaml:16:16: nothing uses the input `since`"),
        (
            (URL, URL + "\n  team: {description: Which team.}"),
            "AC218 agent.yaml:6:3: nothing uses the variable `team`",
        ),
        (
            ("name: triage\n", "name: triage\nsubject: /invoice\n"),
            "AC230 agent.yaml:3:10: `subject` names `/invoice`",
        ),
    ],
)
def test_what_fits_nothing_is_a_warning(
    broken: Any, change: tuple[str, str], expected: str
) -> None:
    (found,) = broken("agent.yaml", change)
    assert found.startswith(expected), found


def test_an_input_that_an_open_schema_does_not_list_is_a_warning(broken: Any) -> None:
    found = broken("agent.yaml", (CLOSED, "  properties: {since"), ("input.since", "input.day"))
    assert found[0].startswith("AC217 agent.yaml:11:14: `input.day` is declared nowhere")
    assert [line[:5] for line in found[1:]] == ["AC224", "AC216"]


def test_an_input_without_any_schema_is_a_warning(check: Any, good_files: dict[str, str]) -> None:
    agent = good_files["agent.yaml"]
    start, end = agent.index("input_schema:"), agent.index("output_schema:")
    found = check({"agent.yaml": agent[:start] + agent[end:]})[1]
    assert [(d.code, d.severity) for d in found] == [("AC217", "warning")]


def test_a_template_in_a_file_is_marked_at_the_name(check: Any, good_files: dict[str, str]) -> None:
    agent = good_files["agent.yaml"].replace(
        "{file: system-prompt.md}", "{file: system-prompt.md, template: jinja}"
    )
    agent = agent.replace(CLOSED, "  properties: {since")
    found = check({"agent.yaml": agent, "system-prompt.md": "You.\nFor {{ input.team }}.\n"})[1]
    marked = next(d for d in found if d.code == "AC217")
    assert (marked.place.line, marked.place.column, marked.place.length) == (2, 8, 10)


@pytest.mark.parametrize(
    "text",
    [
        "{{ input['since'] }}",
        "{{ input | tojson }}",
        "{% for key in input.keys() %}{{ key }}{% endfor %}",
        "{% if input.since %}x{% endif %}",
    ],
)
def test_every_way_to_use_an_input_counts(broken: Any, text: str) -> None:
    assert broken("agent.yaml", ("Since {{ input.since }}", text)) == []


@pytest.mark.parametrize("text", ["{{ values.team }}", "{{ values | tojson }}"])
def test_a_variable_may_be_used_by_a_text(broken: Any, text: str) -> None:
    changes = ((URL, URL + "\n  team: {}"), ("Since ", f"For {text} since "))
    assert broken("agent.yaml", *changes) == []


def test_the_subject_is_a_use(broken: Any) -> None:
    assert broken("agent.yaml", (TASK, "subject: /since\ntask: {text: Go.}")) == []


def test_an_error_hides_what_it_may_have_caused(broken: Any) -> None:
    found = broken("tools.yaml", ("{var: tickets_url}", "{var: ticket_url}"))
    assert [line[:5] for line in found] == ["AC203"]
