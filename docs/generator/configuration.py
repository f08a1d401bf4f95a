"""docs/reference/configuration.md: every field of every file that a person writes."""

from docs.generator.tables import Fields, Schema, reference, table
from runner.config.schemas import schemas

HEAD = ("field", "type", "default", "meaning")
SHARED = {
    "SecretRef": "secret",
    "VariableRef": "variable reference",
    "FileRef": "file",
    "TextSource": "text source",
    "Rule": "permission rule",
}
TOOLS_WORDS = (
    "A list of tools, in the file that `tools: {file: ...}` names. A `.json` file has the same "
    "fields. `name`, `title`, `description`, `inputSchema`, `outputSchema` and `annotations` are "
    "those of MCP's `Tool`."
)
UI_WORDS = (
    "What one person chose for `agentctl ui`: `$XDG_CONFIG_HOME/agentctl/ui.yaml`, else "
    "`~/.config/agentctl/ui.yaml`. It is no part of a project, and may be absent."
)
FILES = (
    ("agent.yaml", "agent.schema.json", "One agent: `agent-configs/<agent>/agent.yaml`."),
    ("tools.yaml", "tools.schema.json", TOOLS_WORDS),
    (
        "schedules.yaml",
        "schedules.schema.json",
        "A list of schedules. They are checked, and nothing fires them yet.",
    ),
    ("examples.yaml", "examples.schema.json", "A list of exchanges, shown before the task."),
    (
        "The pointer of an environment",
        "pointer.schema.json",
        "`agent-configs/environments/<environment>/<agent>.yaml`: what runs there.",
    ),
    ("agentctl.yaml", "project.schema.json", "Settings of the project. The file may be absent."),
    (
        "ui.yaml",
        "ui.schema.json",
        UI_WORDS,
    ),
)
OPENING = """\
# Configuration

Every field of every file that you write. A field that is not in these tables is an error, and so
is a value of another type: nothing is converted in silence.

- A *duration* is a number with a unit: `500ms`, `30s`, `5m`, `72h`, `7d`. Money is in USD.
- `a[].b` is the field `b` of each entry of the list `a`; `a.NAME.b` the field `b` of each entry of
  the mapping `a`, whose names you choose.
- No default means: absent, or empty.
- An editor with a YAML language server completes and checks these files with the
  [JSON Schemas](../../schemas/) that `agentctl schema` writes.
"""


def configuration_page() -> str:
    """Return the page."""
    made = schemas()
    lines = [OPENING]
    for title, name, words in FILES:
        lines += [f"## {title}", "", words, "", *_file(made[name]), ""]
    lines += ["## Shared forms", ""]
    definitions = {
        key: model for schema in made.values() for key, model in schema.get("$defs", {}).items()
    }
    for model, word in SHARED.items():
        lines += [f"### {word}", "", definitions[model]["description"], ""]
        lines += [*_rows(Fields(definitions, SHARED), definitions[model]), ""]
    return "\n".join(lines)


def _file(schema: Schema) -> list[str]:
    fields = Fields(schema.get("$defs", {}), SHARED)
    if "properties" in schema:
        return _rows(fields, schema)
    entry = schema["items"]
    if "discriminator" in entry:
        return _kinds(fields, schema["$defs"], entry)
    model = schema["$defs"][str(reference(entry))]
    lines = _rows(fields, model)
    for name, field in model["properties"].items():
        if "discriminator" in field:
            lines += ["", *_kinds(fields, schema["$defs"], field, f"{name}.")]
    return lines


def _kinds(
    fields: Fields, definitions: dict[str, Schema], union: Schema, prefix: str = ""
) -> list[str]:
    """Return a section for each form of a tagged union."""
    tag = union["discriminator"]["propertyName"]
    lines: list[str] = []
    for word, target in union["discriminator"]["mapping"].items():
        model = definitions[target.rsplit("/", 1)[1]]
        lines += [f"### {prefix}{tag}: {word}", "", model["description"], ""]
        lines += [*_rows(fields, model, prefix), ""]
    return lines


def _rows(fields: Fields, model: Schema, prefix: str = "") -> list[str]:
    rows = [(row.path, row.type, row.default, row.words) for row in fields.of(model, prefix)]
    return table(HEAD, rows) if rows else []
