"""The JSON Schemas of the files that people write, made from the models.

Source: JSON Schema 2020-12. Editors take them with a comment in the first line of a YAML file:
`# yaml-language-server: $schema=agent.schema.json`.
"""

import json
from typing import Any

from pydantic import TypeAdapter

from runner.config.examples import Exchange
from runner.config.ui_file import UiFile
from runner.domain.agent import AgentFile
from runner.domain.environment import Pointer, ProjectSettings
from runner.domain.events import Event
from runner.domain.schedule import Schedule
from runner.domain.tool import ToolSpec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
CHAIN = {
    "run": {"type": "string", "description": "ULID of the run."},
    "seq": {"type": "integer", "minimum": 0, "description": "Number of the line, from 0."},
    "ts": {"type": "string", "format": "date-time", "description": "RFC 3339 time in UTC."},
    "prev": {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "Hash of the line before; of line 0, the SHA-256 of the run id.",
    },
    "hash": {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "SHA-256 of every byte of the line before this field.",
    },
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return file name -> JSON Schema, for every file that a user writes and the journal's line."""
    models: dict[str, tuple[str, Any]] = {
        "agent.schema.json": ("agent.yaml", AgentFile),
        "tools.schema.json": ("tools.yaml or tools.json", tuple[ToolSpec, ...]),
        "schedules.schema.json": ("schedules.yaml", tuple[Schedule, ...]),
        "examples.schema.json": ("examples.yaml", tuple[Exchange, ...]),
        "pointer.schema.json": ("environments/<environment>/<agent>.yaml", Pointer),
        "project.schema.json": ("agentctl.yaml", ProjectSettings),
        "ui.schema.json": ("ui.yaml", UiFile),
    }
    made = {name: _schema(title, model) for name, (title, model) in models.items()}
    return {**made, "journal-event.schema.json": _event()}


def schema_bytes(schema: dict[str, Any]) -> bytes:
    """Return a schema as the bytes of its file."""
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _schema(title: str, model: Any) -> dict[str, Any]:
    body = TypeAdapter(model).json_schema(by_alias=True, mode="validation")
    return {"$schema": DRAFT, **body, "title": title}


def _event() -> dict[str, Any]:
    """One line of a journal: an event, and the fields of the chain around it."""
    body = TypeAdapter(Event).json_schema(by_alias=True, mode="serialization")
    definitions = body["$defs"]
    for reference in body["discriminator"]["mapping"].values():
        event = definitions[reference.rsplit("/", 1)[1]]
        event["properties"] = {**CHAIN, **event["properties"]}
        event["required"] = sorted({*event.get("required", []), *CHAIN, "type"})
    return {"$schema": DRAFT, **body, "title": "one line of a journal"}
