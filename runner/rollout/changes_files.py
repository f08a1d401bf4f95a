"""Files: programs and data beside the config, and configs that are only laid out anew."""

from collections.abc import Iterator

from runner.domain.agent import AgentSpec
from runner.domain.change import Change, Level
from runner.domain.references import FileRef, TextSource
from runner.domain.release import Release
from runner.domain.tool import CommandCall, PythonCall
from runner.rollout.findings import written
from runner.rollout.plain import Told, as_json, dumped
from runner.rollout.sequences import stretches

WHOLE = {"agent.yaml": "agent", "config.json": ""}
FOR_PEOPLE = (".md", ".txt", ".rst")


def file_changes(before: Release, after: Release) -> Iterator[Change]:
    """Yield what differs in files that are not told about as parts of the config."""
    old, new = before.snapshot.files, after.snapshot.files
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            yield from _file(before, after, path)


def _file(before: Release, after: Release, path: str) -> Iterator[Change]:
    old, new = before.snapshot.files.get(path), after.snapshot.files.get(path)
    meaning = {**_parts(before.spec), **_parts(after.spec)}
    if path in meaning:
        if _same(before.spec, after.spec, meaning[path]):
            text = "written otherwise (comments, order, layout); it means the same"
            if old is None or new is None:
                text = f"{'added' if old is None else 'removed'}; its content means the same"
            yield _told("file-rewritten", "note", path, text, old, new)
        return
    level = _level(after.spec if new is not None else before.spec, path)
    if old is None or new is None:
        word = "added" if old is None else "removed"
        text = f"{word}, {_lines(old or new or b''):,} lines"
        yield _told(f"file-{word}", level, path, text, old, new)
    else:
        rule = "script-changed" if level == "behaviour" else "file-changed"
        yield _told(rule, level, path, lines_changed(old, new), old, new)


def _told(
    rule: str, level: Level, path: str, text: str, old: bytes | None, new: bytes | None
) -> Change:
    sizes = [None if data is None else {"bytes": len(data)} for data in (old, new)]
    return Told("files").change(rule, level, text, (path, sizes[0], sizes[1]))


def _parts(spec: AgentSpec) -> dict[str, str]:
    """Return the files that make the spec, each with the part of it that it makes."""
    parts = dict(WHOLE)
    agent = spec.agent
    for name in ("instructions", "task", "input_schema", "output_schema"):
        source = getattr(agent, name)
        if isinstance(source, FileRef | TextSource) and source.file:
            parts[source.file] = name
    for name in ("tools", "examples", "schedules"):
        source = getattr(agent, name)
        if source is not None:
            parts[source.file] = name
    return parts


def _same(before: AgentSpec, after: AgentSpec, part: str) -> bool:
    """Return whether a part of two specs is equal; the empty name is all of it."""
    return _meaning(before, part) == _meaning(after, part)


def _meaning(spec: AgentSpec, part: str) -> list[str]:
    """Return a part as text: order means something in schemas alone, which the model reads."""
    data = dumped(spec)
    tools = [(tool["inputSchema"], tool["outputSchema"]) for tool in data["tools"]]
    schemas = {name: data[name] for name in ("input_schema", "output_schema")}
    schemas |= {"agent": [data["agent"][name] for name in schemas], "tools": tools}
    if not part:
        return [as_json(data), written(schemas)]
    return [as_json(data[part]), written(schemas.get(part))]


def _level(spec: AgentSpec, path: str) -> Level:
    """Words for people and evals change no run; anything else a tool may read."""
    if path in _programs(spec):
        return "behaviour"
    return "note" if path.endswith(FOR_PEOPLE) or path.startswith("evals/") else "behaviour"


def _programs(spec: AgentSpec) -> set[str]:
    named: set[str] = set()
    for tool in spec.tools:
        if isinstance(tool.call, PythonCall):
            named.add(tool.call.file)
        elif isinstance(tool.call, CommandCall):
            named |= {part for part in tool.call.argv if isinstance(part, str)}
    return named


def lines_changed(before: bytes, after: bytes) -> str:
    """Return how many lines came and went: `+3 -1 lines`; of other files their sizes."""
    try:
        old, new = before.decode().split("\n"), after.decode().split("\n")
    except UnicodeDecodeError:
        return f"{len(before):,} → {len(after):,} bytes"
    parts = [part for part in stretches(old, new) if not part.same]
    added, removed = sum(len(p.after) for p in parts), sum(len(p.before) for p in parts)
    return f"+{added:,} -{removed:,} lines"


def _lines(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
