"""Composite tools: what is wrong with their steps is said before anything runs."""

from collections.abc import Callable

import pytest

from runner.domain.diagnostics import Diagnostic

Check = Callable[..., tuple[object, tuple[Diagnostic, ...]]]
COMPOSITE = """\
- name: open_and_notify
  description: Open a ticket and tell the channel.
  inputSchema:
    type: object
    additionalProperties: false
    required: [invoice]
    properties:
      invoice: {type: string, description: Number}
      remark: {type: string, description: What to add}
  annotations: {readOnlyHint: false, destructiveHint: false}
  call:
    kind: composite
    steps:
      - {name: lines, tool: read_lines, arguments: {path: {from: input.invoice}}}
      - name: ticket
        tool: create_ticket
        arguments: {invoice: {from: input.invoice}, priority: P1}
      - name: note
        tool: post_note
        arguments: {text: {from: "join(' ', [steps.ticket.id, 'x'])"}}
    output: "{ticket: steps.ticket.id}"
- name: post_note
  offered: false
  description: Post a note.
  inputSchema:
    type: object
    additionalProperties: false
    required: [text]
    properties:
      text: {type: string, minLength: 1, description: What to say}
      to: {type: object, description: Whom, properties: {name: {type: string, description: Who}}}
  annotations: {readOnlyHint: false, destructiveHint: false, idempotentHint: true}
  call: {kind: command, argv: [tools/read.sh]}
"""
NOTE = """{text: {from: "join(' ', [steps.ticket.id, 'x'])"}}"""


@pytest.fixture
def found(check: Check, good_files: dict[str, str]) -> Callable[..., list[str]]:
    """Replace texts in the tools file; return `code: underlined: message / help` of each."""

    def run(*changes: tuple[str, str]) -> list[str]:
        text = good_files["tools.yaml"] + COMPOSITE
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        diagnostics = check({"tools.yaml": text})[1]
        shown = []
        for d in diagnostics:
            if not "AC320" <= d.code <= "AC329":
                assert d.severity == "warning", d
                continue
            start = d.place.column - d.place.source_column
            under = d.place.source[start : start + d.place.length]
            shown.append(f"{d.code}: {under}: {d.message}" + (f" / {d.help}" if d.help else ""))
        return shown

    return run


def test_a_right_composite_tool_has_no_problem(found: Callable[..., list[str]]) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: note", "name: lines", "AC320: lines: a step `lines` stands before it already"),
        (
            "tool: post_note",
            "tool: post_notes",
            "AC321: post_notes: there is no tool `post_notes` / did you mean `post_note`?",
        ),
        (
            "tool: post_note",
            "tool: open_and_notify",
            "AC321: open_and_notify: `open_and_notify` is composite itself",
        ),
        (
            "{from: input.invoice}, priority",
            "{from: 'input.['}, priority",
            "AC322: 'input.[': this is not JMESPath",
        ),
        ('"{ticket: steps.ticket.id}"', '"{ticket: "', "AC322: "),
        (
            "{from: input.invoice}, priority",
            "{from: invoice}, priority",
            "AC323: invoice: `invoice` is neither `input` nor `steps` / did you mean `input.inv",
        ),
        (
            "{from: input.invoice}, priority",
            "{from: stepz.lines}, priority",
            "AC323: stepz.lines: `stepz` is neither `input` nor `steps` / did you mean `steps`?",
        ),
        (
            "{from: input.invoice}, priority",
            "{from: input.invoise}, priority",
            "AC323: input.invoise: `invoise` is not a property of inputSchema / did you mean `inv",
        ),
        (
            "{from: input.invoice}, priority",
            "{from: steps.note.id}, priority",
            "AC323: steps.note.id: the step `note` is not done by then",
        ),
        (
            "{from: input.invoice}, priority",
            "{from: steps.lins}, priority",
            "AC323: steps.lins: there is no step `lins` / did you mean `lines`?",
        ),
        (
            '"{ticket: steps.ticket.id}"',
            "steps.tickt",
            "AC323: steps.tickt: there is no step `tickt` / did you mean `ticket`?",
        ),
        (
            NOTE,
            "{text: x, to: {from: input.invoice, name: x}}",
            "AC324: from: `from` stands alone, and here it has other keys beside it",
        ),
        (NOTE, "{text: x, to: {from: 5}}", "AC324: 5: `from` takes a JMESPath expression"),
        (NOTE, "{}", "AC325: {}: `post_note` requires the argument `text` / add `text: ...`"),
        (
            NOTE,
            "{text: x, too: {}}",
            "AC325: {}: `too` is not an argument of `post_note` / did you mean `to`?",
        ),
        (NOTE, "{text: ''}", "AC325: '': the value does not fit `post_note`: "),
        (NOTE, "{text: x, to: {name: 5}}", "AC325: 5: the value does not fit `post_note`: 5 is"),
        (
            NOTE,
            "{text: {from: input.remark}}",
            "AC325: input.remark: `post_note` requires `text`, and `input.remark` may be absent / ",
        ),
        (
            "annotations: {readOnlyHint: false, destructiveHint: false}\n  call:\n    kind: comp",
            "annotations: {readOnlyHint: true}\n  call:\n    kind: comp",
            "AC326: true: its step calls `create_ticket`, which writes",
        ),
        (
            "destructiveHint: false}\n  call:\n    kind: comp",
            "destructiveHint: false, idempotentHint: true}\n  call:\n    kind: comp",
            "AC326: true: its step calls `create_ticket`, which is not idempotent",
        ),
        (
            "destructiveHint: false, idempotentHint: true",
            "idempotentHint: true",
            "AC326: false: its step calls `post_note`, which may destroy",
        ),
        (
            '"{ticket: steps.ticket.id}"',
            "steps.note",
            "AC327: steps.note: in a dry run `steps.note` would be no result of `post_note`",
        ),
        (
            '    output: "{ticket: steps.ticket.id}"\n',
            "  dry_run: {result: 1}\n",
            "AC328: dry_run: `dry_run` means nothing here",
        ),
        (
            '    output: "{ticket: steps.ticket.id}"\n',
            "  idempotency_key: /invoice\n",
            "AC328: idempotency_key: `idempotency_key` means nothing here",
        ),
        (
            "      - name: note\n        tool: post_note\n        arguments: " + NOTE + "\n",
            "",
            "AC329: false: nobody can call `post_note`: it is not offered, and in no step",
        ),
    ],
)
def test_each_problem_is_named_at_its_place(
    found: Callable[..., list[str]], old: str, new: str, expected: str
) -> None:
    [told] = found((old, new))
    assert told.startswith(expected)


def test_whole_results_and_absent_inputs_may_be_read(found: Callable[..., list[str]]) -> None:
    assert found((NOTE, "{text: {from: \"to_string(steps) || input.remark || 'x'\"}}")) == []


def test_an_unknown_input_of_an_open_schema_is_no_problem(found: Callable[..., list[str]]) -> None:
    opened = ("additionalProperties: false\n    required: [invoice]\n    properties:\n      inv",)
    text = opened[0].replace("additionalProperties: false\n    ", "")
    assert found((opened[0], text), ("{from: input.invoice}, pri", "{from: input.x}, pri")) == []


def test_a_result_of_a_tool_that_nothing_is_behind_is_none(
    found: Callable[..., list[str]],
) -> None:
    unbound = (
        "annotations: {readOnlyHint: true}\n  call: {kind: command, argv: [tools/read.sh]}",
        "annotations: {readOnlyHint: true}\n  call: {kind: unbound}",
    )
    assert found(unbound) == []
    read = ('"{ticket: steps.ticket.id}"', "steps.lines")
    [told] = found(unbound, read)
    assert told.startswith("AC327: steps.lines: in a dry run `steps.lines` would be no result of")
