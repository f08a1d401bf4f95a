"""Codes AC320 to AC329: composite tools and their steps."""

from runner.config.entry import Entry


def _call(*steps: str, output: str = "") -> str:
    """Return the `call` of a composite tool with these steps, for an example."""
    lines = ["call:", "  kind: composite", "  steps:", *(f"    - {{{step}}}" for step in steps)]
    return "\n".join([*lines, f"  output: {output}"] if output else lines)


LINES = "name: lines, tool: read_lines"
TICKET = "name: ticket, tool: create_ticket, arguments: {invoice: {from: input.text}, priority: P1}"

STEPS: dict[str, Entry] = {
    "AC320": Entry(
        "two steps of one name",
        "Later steps take a result by the name of its step; one name must mean one step.",
        "Rename one of them.",
        _call(LINES, LINES),
        _call(LINES, "name: again, tool: read_lines"),
    ),
    "AC321": Entry(
        "a step that cannot be called",
        "A step calls a tool of the same file that is not composite itself.",
        "Mend the name, or list the steps of the other composite tool here.",
        _call("name: lines, tool: raed_lines"),
        _call(LINES),
    ),
    "AC322": Entry(
        "wrong JMESPath in a composite tool",
        "`from` and `output` are JMESPath; this expression cannot be read.",
        "Mend the expression at the place that is named.",
        _call(LINES, output="'{lines: steps.lines'"),
        _call(LINES, output="'{lines: steps.lines}'"),
    ),
    "AC323": Entry(
        "an expression that reads nothing",
        "There are `input`, with the properties of inputSchema, and `steps`, with the results of "
        "the steps before. Anything else is always null.",
        "Mend the name, or move the step behind the one that it needs.",
        _call(LINES, output="lines.total"),
        _call(LINES, output="steps.lines.total"),
    ),
    "AC324": Entry(
        "`from` beside other keys",
        "`{from: ...}` with this key alone is an expression. With others beside it, it is not "
        "clear whether the mapping is meant as it stands.",
        "Write the whole mapping as one expression.",
        _call("name: lines, tool: read_lines, arguments: {path: {from: input.text, to: x}}"),
        _call("name: lines, tool: read_lines, arguments: {path: {from: input.text}}"),
    ),
    "AC325": Entry(
        "arguments that the step's tool refuses",
        "Each step is checked as a call of the model is. This one would be refused every time, or "
        "whenever an optional input is absent.",
        "Make the arguments fit the inputSchema of the tool that the step calls.",
        _call("name: ticket, tool: create_ticket, arguments: {invoice: {from: input.text}}"),
        _call(TICKET),
    ),
    "AC326": Entry(
        "a promise that a step breaks",
        "Dry runs, permissions and retries go by annotations. What a composite tool says of itself "
        "must hold for each of its steps.",
        "Correct the annotation, of this tool or of the one that the step calls.",
        "annotations: {readOnlyHint: true}\n" + _call(TICKET),
        "annotations: {readOnlyHint: false, destructiveHint: false}\n" + _call(TICKET),
    ),
    "AC327": Entry(
        "a dry run could not go on",
        "In a dry run a writing step is simulated with its tool's `dry_run` result. What reads the "
        "result of this one would find none.",
        "Add `dry_run: {result: ...}` to the tool that the step calls.",
    ),
    "AC328": Entry(
        "a field that means nothing for a composite tool",
        "Each step is simulated and keyed by its own tool; nothing would honour this field.",
        "Remove it.",
        "dry_run: {result: {id: T-0}}\n" + _call(LINES),
        _call(LINES),
    ),
    "AC329": Entry(
        "a tool that nobody can call",
        "`offered: false` hides a tool from the model, and no composite tool has it as a step.",
        "Use it in a composite tool, or remove `offered: false`.",
        "offered: false",
        "offered: true",
    ),
}
