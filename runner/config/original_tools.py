"""tools.json of the original layout as the data of a tools.yaml.

An entry is an MCP tool (`inputSchema`), a tool of Anthropic's form (`input_schema`) or of OpenAI's
(`{type: function, function: {name, description, parameters}}`), with or without our `call`.
"""

from typing import Any

from runner.config.moving import Moving, Remark
from runner.config.original_agent import unhonoured
from runner.notation.tree import Loc
from runner.notation.yamlish import kind_of

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "offered": ("offered",),
    "title": ("title",),
    "description": ("description",),
    "inputSchema": ("inputSchema", "input_schema", "parameters"),
    "outputSchema": ("outputSchema", "output_schema"),
    "annotations": ("annotations",),
    "call": ("call",),
    "result": ("result",),
    "dry_run": ("dry_run",),
    "idempotency_key": ("idempotency_key",),
}
KNOWN = frozenset({"type", "function"}).union(*FIELDS.values())
TYPES = (None, "function", "custom")
NO_ARGUMENTS = {"type": "object", "properties": {}}
FORMS = (
    "write `[{name, description, inputSchema}]`, or the form of Anthropic (`input_schema`) or "
    "OpenAI (`function`)"
)


def tools_data(tools: Moving) -> None:
    """Fill the moving, which begins with an empty list, with tools.yaml's data."""
    data: Any = tools.source.data
    prefix: Loc = ()
    if isinstance(data, dict) and isinstance(data.get("tools"), list):
        for key in [name for name in data if name != "tools"]:
            tools.remark(unhonoured((key,), frozenset({"tools"})))
            tools.hide((key,))
        data, prefix = data["tools"], ("tools",)
    if not isinstance(data, list):
        message = f"the tools are a list, not {kind_of(data)}"
        tools.remark(Remark("AC239", message, prefix, FORMS))
        return
    for index, entry in enumerate(data):
        _tool(tools, (*prefix, index), entry)


def _tool(tools: Moving, at: Loc, entry: Any) -> None:
    kind = entry.get("type") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or kind not in TYPES:
        what = f"a tool of the type `{kind}`" if kind else kind_of(entry)
        message = f"{what} is no tool that can be called here"
        tools.remark(Remark("AC239", message, at, FORMS))
        return
    to: Loc = (len(tools.data),)
    tools.put(to, {}, at)
    places = [at, (*at, "function")] if isinstance(entry.get("function"), dict) else [at]
    for name, spellings in FIELDS.items():
        _field(tools, [(*p, word) for p in places for word in spellings], (*to, name))
    named = next(((*p, "name") for p in places if "name" in tools.source.at(p)), at)
    _unsaid(tools, to, named)
    for place in places:
        for key in tools.source.at(place):
            if key not in KNOWN:
                tools.remark(unhonoured((*place, key), KNOWN))
                tools.hide((*place, key))


def _field(tools: Moving, places: list[Loc], to: Loc) -> None:
    found = [at for at in places if tools.source.at(at) is not None]
    for at in found[1:]:
        message = f"`{at[-1]}` says again what `{found[0][-1]}` says"
        tools.remark(Remark("AC234", message, at, "keep one of them", key=True))
    if found:
        tools.move(found[0], to)


def _unsaid(tools: Moving, to: Loc, named: Loc) -> None:
    """Say what the original forms leave unsaid; `named` is where the tool's name stands."""
    tool = tools.data[to[0]]
    if "inputSchema" not in tool:
        tools.put((*to, "inputSchema"), NO_ARGUMENTS, named)
    hints = tool.setdefault("annotations", {})
    if isinstance(hints, dict) and hints.get("readOnlyHint") is None:
        tool["annotations"] = {**hints, "readOnlyHint": False}
        message = f"`{tool.get('name')}` does not say whether it writes, so it counts as writing"
        advice = 'add `"annotations": {"readOnlyHint": true}` when it only reads'
        tools.remark(Remark("AC236", message, named, advice, "warning"))
    if "call" not in tool:
        tools.put((*to, "call"), {"kind": "unbound"}, named)
