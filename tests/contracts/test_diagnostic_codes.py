"""Every diagnostic code is explained, is told by a test, and its examples are what they say."""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from runner.app.checking import check
from runner.cli.main import cli
from runner.config.catalogue import CATALOGUE
from runner.notation.jsonish import read_json
from runner.notation.problems import NotationError
from runner.notation.yamlish import read_yaml
from tests.corpus_case import AGENT, BASE, Case, cases

TOLD = {line.partition(" ")[0] for case in cases() for line in case.expected}

NOTATION = ("AC011", "AC012", "AC014", "AC016", "AC017", "AC018", "AC019")
"""Codes of the file's own language: their examples are read as they stand."""


@dataclass(frozen=True)
class Home:
    """Where the example of a code belongs in the right project."""

    file: str
    loc: tuple[Any, ...] = ()
    without: tuple[tuple[Any, ...], ...] = ()
    more: dict[str, str] = field(default_factory=dict)


TASK = (("task", "text"), ("task", "template"))
SINCE = (("input_schema", "properties", "since"),)
PRIORITY = ((0, "inputSchema", "properties", "priority"),)
STEPS = ("AC320", "AC321", "AC322", "AC323", "AC324", "AC325", "AC326", "AC328")
POINTER = "/agent-configs/environments/dev/triage.yaml"
HOMES = {
    "AC006": Home("agent.yaml"),
    "AC007": Home("agent.yaml"),
    "AC101": Home("agent.yaml", ("limits",)),
    "AC102": Home("agent.yaml", ("model",)),
    "AC110": Home("agent.yaml"),
    "AC115": Home("agent.yaml"),
    "AC116": Home("tools.yaml", (2,), without=((2, "call"),)),
    "AC202": Home("agent.yaml", ("model",), without=(("model", "api_key"),)),
    "AC203": Home("tools.yaml", (0, "call")),
    "AC204": Home("agent.yaml", ("variables",)),
    "AC205": Home("agent.yaml", ("task",)),
    "AC206": Home("agent.yaml", without=(("input_schema",),)),
    "AC208": Home("agent.yaml", without=(("model", "price"),)),
    "AC209": Home("agent.yaml", ("network",)),
    "AC210": Home("agent.yaml", ("model",)),
    "AC211": Home("examples.yaml"),
    "AC213": Home("agent.yaml", ("task", "text")),
    "AC215": Home("agent.yaml", without=TASK),
    "AC207": Home("agent.yaml", ("permissions",)),
    "AC216": Home("agent.yaml", without=(("subject",),)),
    "AC217": Home("agent.yaml", without=(("input_schema",),)),
    "AC219": Home("agent.yaml"),
    "AC220": Home("agent.yaml", ("model",)),
    "AC221": Home("agent.yaml", ("task", "text")),
    "AC222": Home("agent.yaml", without=(("limits",),), more={"system-prompt.md": "x " * 4000}),
    "AC223": Home("agent.yaml", without=(("limits",),)),
    "AC224": Home("agent.yaml", without=(("input_schema",),)),
    "AC225": Home("agent.yaml", ("input_schema", "properties"), without=SINCE),
    "AC226": Home("agent.yaml", ("permissions",)),
    "AC227": Home("agent.yaml", ("waivers",)),
    "AC230": Home("agent.yaml"),
    "AC302": Home("tools.yaml", (3,), without=((3, "annotations"),)),
    "AC303": Home("tools.yaml", (3,), without=((3, "inputSchema"),)),
    "AC305": Home("tools.yaml", (0, "result")),
    "AC307": Home("tools.yaml", (3, "call")),
    "AC310": Home("tools.yaml", (1, "call")),
    "AC311": Home("tools.yaml", (2, "call"), more={"tools/report.py": "#!/usr/bin/python3\n"}),
    "AC313": Home("tools.yaml", (3,)),
    "AC315": Home("tools.yaml", (0, "inputSchema", "properties"), without=PRIORITY),
    "AC316": Home("tools.yaml", (3,), without=((3, "inputSchema"),)),
    "AC317": Home("tools.yaml", (2, "call")),
    "AC318": Home("tools.yaml", (2,), without=((2, "inputSchema"),)),
    "AC319": Home("tools.yaml", (0,)),
    **dict.fromkeys(STEPS, Home("tools.yaml", (3,), without=((3, "call"),))),
    "AC329": Home("tools.yaml", (2,)),
    "AC401": Home("schedules.yaml", (0,)),
    "AC402": Home("schedules.yaml", (0,)),
    "AC405": Home("schedules.yaml", (0, "input"), without=((0, "input", "since"),)),
    "AC410": Home(POINTER, without=(("version",),)),
    "AC411": Home("/agentctl.yaml"),
    "AC413": Home(POINTER, without=(("values",),)),
}
UNCHECKED: dict[str, str] = {
    "AC005": "the example names a character that no Python file may hold",
    **dict.fromkeys(
        ("AC231", "AC232", "AC233", "AC234", "AC235", "AC236", "AC237", "AC239"),
        "the example is of the original layout: tests/unit/config/test_original.py checks it",
    ),
}
"""Examples that are no part of a file, and why."""


def test_every_code_is_told_by_a_case_or_another_test() -> None:
    assert sorted(set(CATALOGUE) - TOLD) == []
    assert sorted(TOLD - set(CATALOGUE)) == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_is_explained_in_full(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.title
    assert not entry.title.endswith(".")
    assert entry.why.endswith((".", "?"))
    assert entry.mend.endswith((".", "?"))


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_command_explains_it(code: str) -> None:
    done = CliRunner().invoke(cli, ["explain", code])
    assert done.exit_code == 0
    for text in (code, CATALOGUE[code].title, CATALOGUE[code].why, CATALOGUE[code].mend):
        assert text in done.stdout


def test_every_example_is_checked_or_the_reason_is_told() -> None:
    examples = {code for code, entry in CATALOGUE.items() if entry.wrong}
    assert sorted(examples ^ {*HOMES, *NOTATION, *UNCHECKED}) == []


@pytest.mark.parametrize("code", NOTATION)
def test_an_example_of_a_language_is_wrong_and_its_right_form_is_right(code: str) -> None:
    entry = CATALOGUE[code]
    read = read_json if entry.wrong.startswith("{") else read_yaml
    with pytest.raises(NotationError) as raised:
        read(entry.wrong.replace("<tab>", "\t") + "\n")
    assert code in {problem.code for problem in raised.value.problems}
    assert read(entry.right + "\n").data


@pytest.mark.parametrize("code", HOMES)
def test_an_example_gets_its_code_and_the_right_form_does_not(code: str, tmp_path: Path) -> None:
    entry = CATALOGUE[code]
    assert code in told(tmp_path / "wrong", HOMES[code], entry.wrong)
    assert code not in told(tmp_path / "right", HOMES[code], entry.right)


def told(root: Path, home: Home, snippet: str) -> set[str]:
    """The codes that the right project gets with a snippet in its home."""
    Case("", "", (), ()).write(root)
    path = home.file[1:] if home.file.startswith("/") else AGENT + home.file
    data = read_yaml((BASE / path).read_text()).data
    for loc in home.without:
        del at(data, loc[:-1])[loc[-1]]
    value = snippet if home.loc[-1:] == ("text",) else read_yaml(snippet).data
    (root / path).write_text(json.dumps(put(data, home.loc, value)))
    for name, text in home.more.items():
        (root / AGENT / name).write_text(text)
    return {diagnostic.code for diagnostic in check(root, None, []).diagnostics}


def at(data: Any, loc: tuple[Any, ...]) -> Any:
    for part in loc:
        data = data[part]
    return data


def put(data: Any, loc: tuple[Any, ...], value: Any) -> Any:
    """The data with a value merged into what stands at a place."""
    data = copy.deepcopy(data)
    if loc:
        parent = at(data, loc[:-1])
        parent[loc[-1]] = merged(
            parent.get(loc[-1]) if isinstance(parent, dict) else parent[loc[-1]], value
        )
        return data
    return merged(data, value)


def merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
