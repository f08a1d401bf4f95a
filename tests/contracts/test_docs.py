"""The documents are true: pages are in step, shown files validate, shown commands parse."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from docs.generator.commands import commands, examples
from docs.generator.events import WORDS, meaning
from docs.generator.notes import NOTES
from docs.generator.pages import DIRECTORY, PAGES, page
from docs.generator.tables import Fields
from runner.cli.main import cli
from runner.config.catalogue import CATALOGUE
from runner.config.examples import Exchange
from runner.config.load import check_spec
from runner.config.project import check_pointer, read_project
from runner.config.scaffold import new_agent
from runner.config.schemas import schemas
from runner.config.ui_file import UiFile, read_ui
from runner.domain.agent import AgentFile
from runner.domain.diagnostics import CHECKLIST, Diagnostic
from runner.domain.environment import Pointer, ProjectSettings
from runner.domain.errors import EXIT_CODES
from runner.domain.failure import RECOVERIES
from runner.domain.schedule import Once, Recurring
from runner.domain.snapshot import Snapshot
from runner.domain.tool import ToolSpec
from runner.notation.yaml_out import write_yaml
from runner.notation.yamlish import read_yaml
from runner.tui.actions import action_names

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES_OF_DOCS = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Shown:
    """A fenced block of a document."""

    path: Path
    line: int
    body: str

    def __str__(self) -> str:
        return f"{name(self.path)}:{self.line}"


def shown(kind: str) -> list[Shown]:
    found = []
    for path in PAGES_OF_DOCS:
        text = path.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            if fence["kind"] == kind:
                line = text.count("\n", 0, fence.start()) + 1
                found.append(Shown(path, line, fence["body"]))
    return found


# The reference


@pytest.mark.parametrize("file", PAGES)
def test_a_reference_page_is_what_the_code_says(file: str) -> None:
    assert (DIRECTORY / file).read_text(encoding="utf-8") == page(file), (
        "run `make docs` and commit what it writes"
    )


def test_no_other_page_lies_in_the_reference() -> None:
    assert {path.name for path in DIRECTORY.iterdir()} == set(PAGES)


@pytest.mark.parametrize(
    "model", [AgentFile, ToolSpec, Recurring, Once, Exchange, Pointer, ProjectSettings, UiFile]
)
def test_every_field_of_a_file_is_in_the_reference(model: Any) -> None:
    text = page("configuration.md")
    names = [field.alias or own for own, field in model.model_fields.items()]
    assert [own for own in names if not re.search(rf"`{own}\b", text)] == []


def test_every_command_has_an_example_and_every_note_is_of_a_command() -> None:
    with click.Context(cli, info_name="agentctl") as root:
        known = {own: context.command for own, context in commands(root)}
    assert [own for own, command in known.items() if not examples(own, command)] == [], (
        "show one in the command's help, or in docs/generator/notes.py"
    )
    assert set(NOTES) <= set(known)
    assert {code for note in NOTES.values() for code in note.ends} <= set(EXIT_CODES)


def test_every_code_is_in_the_reference() -> None:
    text = page("diagnostics.md")
    assert [code for code in CATALOGUE if f"## {code}\n" not in text] == []


def test_every_field_of_every_event_is_told_in_words() -> None:
    definitions = schemas()["journal-event.schema.json"]["$defs"]
    rows = [row for model in definitions.values() for row in Fields(definitions, {}).of(model)]
    assert sorted({row.path for row in rows if not meaning(row)}) == [], (
        "describe the field in its model, or in docs/generator/events.py"
    )
    assert WORDS


# Files that are shown


MARKED = re.compile(r"# (?P<file>[\w./-]+\.yaml)\n")
OF_A_FRAGMENT = {"AC207", "AC221"}
"""Rules for tools, and a prompt that names tools, which stand in a part that is not shown."""
DIGEST = "h1:" + "A" * 43 + "="


@pytest.mark.parametrize("block", shown("yaml"), ids=str)
def test_a_shown_file_is_valid(block: Shown) -> None:
    """A block says in its first line which file it is of; without one it is of agent.yaml."""
    marked = MARKED.match(block.body)
    assert [str(found) for found in problems(marked["file"] if marked else "", block.body)] == []


@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("agent.yaml", "limits: {max_turns: 3}"),
        ("tools.yaml", "- {name: a, description: b}"),
        ("environments/prod/hello.yaml", "version: v1.0.0"),
    ],
)
def test_a_file_that_is_shown_wrongly_is_found(file: str, body: str) -> None:
    assert problems(file, body)


def problems(file: str, body: str) -> list[Diagnostic]:
    if file == "agentctl.yaml":
        read_project(body.encode(), file)
        return []
    if file == "ui.yaml":
        read_ui(body.encode(), file, action_names())
        return []
    if file.startswith("environments/"):
        return check_pointer(body.replace("h1:…", DIGEST).encode(), file)[1]
    return findings_in(merged(file or "agent.yaml", read_yaml(body).data))


def merged(file: str, data: Any) -> dict[str, bytes]:
    """The files of the agent that `new` writes, with what is shown in its place."""
    files = new_agent("hello")
    agent = read_yaml(files["agent.yaml"].decode()).data
    if file == "agent.yaml":
        agent = {**agent, **data}
        files |= missing(agent)
    else:
        agent[file.removesuffix(".yaml")] = {"file": file}
        files[file] = write_yaml(data).encode()
    agent["name"] = "hello"
    agent["variables"] = {**declared(data), **agent.get("variables", {})}
    tools = data if file == "tools.yaml" else []
    return {**files, **programs(tools), "agent.yaml": write_yaml(agent).encode()}


def missing(agent: dict[str, Any]) -> dict[str, bytes]:
    """Small files for those that a shown agent.yaml names beyond the ones that are there."""
    made = {"examples": b"- messages: [{user: Hi}, {assistant: Hello}]\n"}
    made["schedules"] = b'- {type: recurring, name: nightly, cron: "0 2 * * *"}\n'
    made["output_schema"] = made["input_schema"] = b'{"type": "object"}\n'
    named = {field: agent[field]["file"] for field in made if "file" in agent.get(field, {})}
    return {path: made[field] for field, path in named.items()}


def programs(tools: list[dict[str, Any]]) -> dict[str, bytes]:
    """The scripts and functions that shown tools call."""
    made = {}
    for call in (tool.get("call", {"kind": ""}) for tool in tools):
        if call["kind"] == "python":
            made[call["file"]] = f"def {call['function']}(**arguments): ...\n".encode()
        if call["kind"] == "command" and "/" in call["argv"][0]:
            made[call["argv"][0]] = b"#!/bin/sh\n"
    return made


def declared(data: Any) -> dict[str, Any]:
    names = re.findall(r"'var': '(\w+)'", str(data))
    return {own: {"type": "string", "description": "A value."} for own in names}


def findings_in(files: dict[str, bytes]) -> list[Diagnostic]:
    _, found = check_spec(Snapshot(files), agent="hello", origin="hello")
    return [diagnostic for diagnostic in found if diagnostic.code not in OF_A_FRAGMENT]


# Commands that are shown


def typed() -> Iterator[tuple[Shown, list[str]]]:
    """Every `agentctl` that stands in a block of commands, with its arguments."""
    for block in shown("sh"):
        for line in joined(block.body).splitlines():
            for words in invocations(line):
                yield block, words


def joined(body: str) -> str:
    """The commands without what they write into files."""
    without_files = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", body, flags=re.M | re.S)
    return without_files.replace("\\\n", " ")


def invocations(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line.replace("$(", "\n("), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] | None = None
    for token in lexer:
        if set(token) <= set("();<>|&"):
            if words:
                yield words
            words = None
        elif words is not None:
            words.append(token)
        elif token.endswith("agentctl"):
            words = []
    if words:
        yield words


@pytest.mark.parametrize(
    ("block", "words"), list(typed()), ids=lambda value: str(value)[:40].replace("/", "_")
)
def test_a_shown_command_parses(block: Shown, words: list[str]) -> None:
    parse(words)


def parse(words: list[str]) -> None:
    """Parse as the command line would; whether a named file is there is not asked."""
    context = cli.make_context("agentctl", list(words))
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]
        own, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        try:
            context = command.make_context(own, list(rest), parent=context)
        except click.BadParameter as error:
            if "does not exist" not in error.message:
                raise
            return


def test_a_command_that_is_shown_wrongly_is_found() -> None:
    with pytest.raises(click.NoSuchOption):
        parse(["run", "hello", "--dry"])
    with pytest.raises(click.UsageError):
        parse(["show"])


def test_commands_in_running_text_exist() -> None:
    with click.Context(cli, info_name="agentctl") as root:
        names = {own for own, _context in commands(root)} | set(cli.list_commands(root))
    told = {
        (name(path), word)
        for path in PAGES_OF_DOCS
        for word in re.findall(r"`agentctl ([a-z][a-z-]*)", path.read_text(encoding="utf-8"))
    }
    assert {(path, word) for path, word in told if word not in names} == set()


# Pages as pages


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors that a page's headings get."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return frozenset(heading.replace(" ", "-") for heading in bare)


@pytest.mark.parametrize("path", PAGES_OF_DOCS, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_the_index_names_every_page() -> None:
    linked = set(LINK.findall((DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if not page.startswith("decisions/")} <= linked


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \|", (DOCS / "exit-codes.md").read_text(encoding="utf-8"), re.M)
    assert [int(row) for row in rows] == list(EXIT_CODES)


def test_every_kind_of_failure_is_explained_with_its_recovery() -> None:
    text = (DOCS / "failures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| `(\w+)` \|", text, re.M)
    assert dict(rows) == dict(RECOVERIES)


def test_every_item_of_the_checklist_is_explained() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", (DOCS / "checking.md").read_text("utf-8"), re.M)
    assert rows == list(CHECKLIST)
