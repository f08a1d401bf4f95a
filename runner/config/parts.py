"""The parts of an agent as they were read: each with the place it came from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from runner.config.examples import Exchange
from runner.config.files import Files, Reference
from runner.config.findings import ADVICE, MAX_SHOWN
from runner.config.messages import in_our_form
from runner.config.secrets import hide_secrets
from runner.config.source import Source
from runner.config.structure import parse
from runner.config.unsupported import call_kind, without_agent_fields
from runner.domain.agent import AgentFile, Price
from runner.domain.diagnostics import Diagnostic
from runner.domain.schedule import Schedule
from runner.domain.tool import ToolSpec
from runner.notation.tree import Loc
from runner.notation.yamlish import kind_of

T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """A value and where it stands. A text file has a source without paths."""

    value: T
    source: Source
    loc: Loc = ()


class Parts(NamedTuple):
    """What could be read. `None` and left out entries are those that have a problem already.

    `tool_names` are all that the tools file gives, of broken entries too; None when it is broken.
    """

    files: Files
    name: str
    prices: Mapping[str, Price]
    main: Source
    agent: AgentFile | None = None
    instructions: Part[str] | None = None
    task: Part[str] | None = None
    input_schema: Part[dict[str, Any]] | None = None
    output_schema: Part[dict[str, Any]] | None = None
    tools: tuple[Part[ToolSpec], ...] = ()
    tool_names: frozenset[str] | None = None
    schedules: tuple[Part[Schedule], ...] = ()
    examples: tuple[Part[Exchange], ...] = ()


Found = list[Diagnostic]


def read_parts(files: Files, name: str, prices: Mapping[str, Price]) -> tuple[Parts | None, Found]:
    """Return the parts of an agent, and every problem of reading them."""
    source, found = files.first("agent.yaml")
    if source is None:
        return None, found
    main, secrets = hide_secrets(source)
    data, unsupported = without_agent_fields(main)
    agent, broken = parse(main, AgentFile, data)
    found = [*secrets, *unsupported, *broken]
    parts = Parts(
        files=files,
        name=name,
        prices=prices,
        main=main,
        agent=agent,
        instructions=_text(files, main, "instructions", found),
        task=_text(files, main, "task", found),
        input_schema=_schema(files, main, "input_schema", found),
        output_schema=_schema(files, main, "output_schema", found),
        tools=_list(files, main, "tools", _tool, found),
        tool_names=_tool_names(files, main),
        schedules=_list(files, main, "schedules", _entry(Schedule), found),
        examples=_list(files, main, "examples", _exchange, found),
    )
    return parts, found


def _text(files: Files, main: Source, field: str, found: Found) -> Part[str] | None:
    path = main.at((field, "file"))
    if isinstance(path, str):
        source, problems = files.text(path, Reference(main, (field, "file")))
        found += problems
        return Part("\n".join(source.lines), source) if source else None
    text = main.at((field, "text"))
    return Part(text, main, (field, "text")) if isinstance(text, str) else None


def _schema(files: Files, main: Source, field: str, found: Found) -> Part[dict[str, Any]] | None:
    source = main
    loc: Loc = (field,)
    data = main.at(loc)
    path = data.get("file") if isinstance(data, dict) else None
    if isinstance(path, str):
        others = [key for key in data if key != "file"]
        found += [
            main.key_problem("AC115", f"unknown field `{key}` beside `file`", (field, key))
            for key in others
        ]
        read, problems = files.data(path, Reference(main, (field, "file")))
        found += problems
        if read is None:
            return None
        data, source, loc = read.data, read, ()
        if not isinstance(data, dict):
            found.append(source.problem("AC101", f"a schema is a mapping, not {kind_of(data)}"))
    return Part(data, source, loc) if isinstance(data, dict) else None


def _list(
    files: Files,
    main: Source,
    field: str,
    entry: Callable[[Source, Loc, Found], T | None],
    found: Found,
) -> tuple[Part[T], ...]:
    """Read the file of a list entry by entry, so that a broken one does not hide the others."""
    path = main.at((field, "file"))
    if not isinstance(path, str):
        return ()
    read, problems = files.data(path, Reference(main, (field, "file")))
    found += problems
    if read is None:
        return ()
    source, secrets = hide_secrets(read)
    found += secrets
    items: Any = source.data
    prefix: Loc = ()
    if isinstance(items, dict) and field == "tools" and list(items) == ["tools"]:
        items, prefix = items["tools"], ("tools",)
    if not isinstance(items, list):
        message = f"the {field} are a list, not {kind_of(items)}"
        found.append(source.problem("AC101", message, prefix, "begin each entry with `- `"))
        return ()
    return tuple(_entries(source, prefix, len(items), entry, found))


def _entries(
    source: Source,
    prefix: Loc,
    number: int,
    entry: Callable[[Source, Loc, Found], T | None],
    found: Found,
) -> Iterator[Part[T]]:
    """Yield the entries that are right; stop after more problems than are shown."""
    before = len(found)
    for index in range(number):
        loc = (*prefix, index)
        if len(found) - before >= MAX_SHOWN:
            message = f"{number - index} more entries of this file were not checked"
            found.append(source.problem("AC025", message, loc, ADVICE))
            return
        value = entry(source, loc, found)
        if value is not None:
            yield Part(value, source, loc)


def _tool_names(files: Files, main: Source) -> frozenset[str] | None:
    path = main.at(("tools", "file"))
    if not isinstance(path, str):
        return None if main.at(("tools",)) is not None else frozenset()
    source, _ = files.data(path, Reference(main, ("tools", "file")))
    items = source.data if source else None
    entries = items.get("tools") if isinstance(items, dict) else items
    if not isinstance(entries, list):
        return None
    named = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    return frozenset(name for name in named if isinstance(name, str))


def _entry(model: Any) -> Callable[[Source, Loc, Found], Any]:
    def read(source: Source, loc: Loc, found: Found) -> Any:
        value, problems = parse(source, model, source.at(loc), loc)
        found += problems
        return value

    return read


def _exchange(source: Source, loc: Loc, found: Found) -> Exchange | None:
    data, foreign = in_our_form(source, loc)
    value, problems = parse(source, Exchange, data, loc)
    found += [*foreign, *problems]
    return None if foreign else value


def _tool(source: Source, loc: Loc, found: Found) -> ToolSpec | None:
    if problem := call_kind(source, loc):
        found.append(problem)
        return None
    tool: ToolSpec | None = _entry(ToolSpec)(source, loc, found)
    return tool
