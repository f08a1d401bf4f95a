"""The generated schemas are in step with the models, valid, and described."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from runner.config.examples import Exchange
from runner.config.scaffold import new_agent
from runner.config.schemas import schema_bytes, schemas
from runner.config.ui_file import UiFile
from runner.domain.agent import AgentFile
from runner.domain.environment import Pointer, ProjectSettings
from runner.domain.schedule import Once, Recurring
from runner.domain.tool import ToolSpec
from runner.notation.schema import check_schema, compile_schema
from runner.notation.yamlish import read_yaml

DIRECTORY = Path(__file__).parents[2] / "schemas"
WRITTEN_BY_PEOPLE = (
    AgentFile,
    ToolSpec,
    Recurring,
    Once,
    Exchange,
    Pointer,
    ProjectSettings,
    UiFile,
)


@pytest.mark.parametrize("name", schemas())
def test_the_file_is_what_the_models_say(name: str) -> None:
    assert (DIRECTORY / name).read_bytes() == schema_bytes(schemas()[name]), (
        "run `agentctl schema` and commit what it writes"
    )


def test_no_other_file_lies_there() -> None:
    assert {path.name for path in DIRECTORY.iterdir()} == set(schemas())


@pytest.mark.parametrize("name", schemas())
def test_each_is_a_valid_schema(name: str) -> None:
    assert check_schema(schemas()[name]) == []


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    seen: list[type[BaseModel]] = []
    waiting: list[Any] = [model]
    while waiting:
        item = waiting.pop()
        if isinstance(item, type) and issubclass(item, BaseModel) and item not in seen:
            seen.append(item)
            waiting += [field.annotation for field in item.model_fields.values()]
        waiting += getattr(item, "__args__", ())
    yield from seen


@pytest.mark.parametrize("model", WRITTEN_BY_PEOPLE)
def test_every_field_that_a_person_writes_is_described(model: type[BaseModel]) -> None:
    silent = [
        f"{found.__name__}.{name}"
        for found in models(model)
        for name, field in found.model_fields.items()
        if not field.description
    ]
    assert silent == []


@pytest.mark.parametrize("model", WRITTEN_BY_PEOPLE)
def test_every_model_that_a_person_writes_is_frozen_and_closed(model: type[BaseModel]) -> None:
    for found in models(model):
        assert found.model_config.get("frozen"), found
        assert found.model_config.get("extra") == "forbid", found


def test_a_new_agent_keeps_to_the_schemas() -> None:
    files = new_agent("a")
    for file, name in (("agent.yaml", "agent"), ("tools.yaml", "tools")):
        data = read_yaml(files[file].decode()).data
        assert compile_schema(schemas()[f"{name}.schema.json"]).problems(data) == ()


def test_an_unknown_field_breaks_the_schema() -> None:
    data = read_yaml(new_agent("a")["agent.yaml"].decode()).data
    validator = compile_schema(schemas()["agent.schema.json"])
    assert "budget" in str(validator.problems({**data, "budget": {}}))


def test_a_line_of_a_journal_keeps_to_its_schema() -> None:
    line = {
        "run": "01K0000000000000000000000",
        "seq": 3,
        "ts": "2026-11-20T09:00:00Z",
        "type": "run.progress",
        "step": "t1.model",
        "active_s": 60.0,
        "prev": "0" * 64,
        "hash": "f" * 64,
    }
    validator = compile_schema(schemas()["journal-event.schema.json"])
    assert validator.problems(json.loads(json.dumps(line))) == ()
    assert validator.problems({**line, "prev": "x"}) != ()
