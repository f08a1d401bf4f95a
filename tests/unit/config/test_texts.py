"""Instructions and tasks: templates that are none, and places inside blocks of text."""

from typing import Any

import pytest

TASK = 'task: {text: "Since {{ input.since }}", template: jinja}'


def test_a_template_that_is_not_rendered_is_a_warning(
    check: Any, good_files: dict[str, str]
) -> None:
    text = good_files["agent.yaml"].replace(", template: jinja", "")
    spec, (problem,) = check({"agent.yaml": text})
    assert spec is not None
    assert (problem.code, problem.severity) == ("AC215", "warning")
    assert (problem.place.line, problem.place.column) == (11, 14)
    assert "add `template: jinja`" in problem.help


@pytest.mark.parametrize("mark", ["{{ values.x }}", "{{values.x}}", "{% if input.x %}"])
def test_a_template_in_a_file_is_placed_in_the_file(check: Any, mark: str) -> None:
    _, (problem,) = check({"system-prompt.md": f"You triage.\nMind {mark}.\n"})
    assert problem.code == "AC215"
    assert problem.place.file.endswith("system-prompt.md")
    assert (problem.place.line, problem.place.column, problem.place.length) == (2, 6, len(mark))


@pytest.mark.parametrize("text", ["a { b } c\n", '{"a": {"b": 1}}\n', "{{\n}}\n", "100 %}\n"])
def test_braces_alone_are_no_template(check: Any, text: str) -> None:
    assert check({"system-prompt.md": text})[1] == ()


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    # jinja2 sees a mark that is not closed on the line after it.
    [("{{ input.sinc }}", "AC213", (15, 12)), ("{{ input.since", "AC205", (16, 5))],
)
def test_a_problem_in_a_block_of_text_is_placed_on_its_own_line(
    check: Any, good_files: dict[str, str], wrong: str, code: str, place: tuple[int, int]
) -> None:
    block = f"task:\n  text: |\n    One.\n\n    Two {wrong}\n    Three.\n  template: jinja"
    _, found = check({"agent.yaml": good_files["agent.yaml"].replace(TASK, block)})
    (problem,) = found
    assert (problem.code, problem.place.line, problem.place.column) == (code, *place)
