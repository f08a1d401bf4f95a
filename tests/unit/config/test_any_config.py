"""Whatever stands in a config, the answer is a spec or problems inside its files."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.config.load import check_spec
from runner.config.report import render
from runner.domain.snapshot import Snapshot
from runner.notation.yamlish import read_yaml

FILES = ("agent.yaml", "tools.yaml", "schedules.yaml", "examples.yaml")
WORDS = st.sampled_from(
    [
        "",
        "a",
        "file",
        "../x",
        "env",
        "http",
        "{x}",
        "/",
        "jinja",
        "{{ x",
        "tools.yaml",
        "10m",
        "$ref",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("value", [None, 3, "x", [], {"a": 1}], ids=str)
def test_every_place_can_hold_any_kind_of_value(
    good_files: dict[str, str], name: str, value: Any
) -> None:
    document = read_yaml(good_files[name])
    for loc in document.spans:
        text = json.dumps(changed(document.data, loc, value, "replace"))
        spec, found = checked({**good_files, name: text})
        assert spec is not None or found


def checked(files: dict[str, str]) -> Any:
    snapshot = Snapshot({path: content.encode() for path, content in files.items()})
    return check_spec(snapshot, "triage", "agent-configs/triage")


def changed(data: Any, loc: tuple[Any, ...], value: Any, how: str) -> Any:
    data = copy.deepcopy(data)
    if not loc:
        return value
    parent = data
    for part in loc[:-1]:
        parent = parent[part]
    if how == "remove":
        del parent[loc[-1]]
    elif how == "add" and isinstance(parent, dict):
        parent[f"{loc[-1]}x"] = value
    else:
        parent[loc[-1]] = value
    return data


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_change_of_a_config_crashes_the_check(good_files: dict[str, str], data: Any) -> None:
    name = data.draw(st.sampled_from(FILES))
    document = read_yaml(good_files[name])
    loc = data.draw(st.sampled_from(sorted(document.spans, key=str)))
    how = data.draw(st.sampled_from(["replace", "remove", "add"]))
    value = data.draw(VALUES)
    text = json.dumps(changed(document.data, loc, value, how), indent=1, ensure_ascii=False)
    files = {**good_files, name: text}
    spec, found = checked(files)
    assert spec is not None or found
    for problem in found:
        lines = files[problem.place.file.removeprefix("agent-configs/triage/")].split("\n")
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
    assert bool(render(found)) == bool(found)
