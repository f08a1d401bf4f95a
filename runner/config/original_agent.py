"""config.json of the original layout as the data of an agent.yaml.

A field may have several spellings and stand in `model`, its `settings` or at the top; the tables
below say which. What they do not name is not honoured by anything, and is told.
"""

import re

from runner.config.advice import near
from runner.config.moving import Moving, Remark
from runner.domain.durations import write_duration
from runner.notation.tree import Loc

PROMPT, TOOLS = "system-prompt.md", "tools.json"
DEFAULT_PROVIDER = "openai"
MODEL_NAME = ("name", "id", "model")
"""The model's own name, where `model` is an object."""
ASIS = (
    "description",
    "scope",
    "owners",
    "subject",
    "variables",
    "input_schema",
    "output_schema",
    "network",
    "permissions",
    "waivers",
)
MODEL: dict[str, tuple[str, ...]] = {
    "base_url": ("base_url", "api_base", "endpoint"),
    "timeout": ("timeout", "timeout_seconds"),
    "price": ("price",),
}
"""Its fields; a `timeout` at the top is that of the run."""
SETTINGS: dict[str, tuple[str, ...]] = {
    "max_output_tokens": ("max_tokens", "max_output_tokens"),
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "seed": ("seed",),
    "stop": ("stop", "stop_sequences"),
    "parallel_tool_calls": ("parallel_tool_calls",),
    "reasoning_effort": ("reasoning_effort",),
}
SETTINGS_AT: tuple[Loc, ...] = ((), ("model",), ("model", "settings"))
LIMITS: dict[str, tuple[str, ...]] = {
    "max_iterations": ("max_iterations", "max_turns"),
    "max_tool_calls": ("max_tool_calls",),
    "max_cost_usd": ("max_cost_usd",),
    "timeout": ("timeout", "timeout_seconds"),
}
KEY = ("api_key", "api_key_env")
OWN = ("name", "version", "model", "provider", "task", "limits", *KEY)
TOP = frozenset(
    {*OWN, *ASIS}.union(*MODEL.values(), *SETTINGS.values(), *LIMITS.values()),
)
IN_MODEL = frozenset(
    {*MODEL_NAME, "provider", "settings", *KEY}.union(*MODEL.values(), *SETTINGS.values())
)
IN_SETTINGS = frozenset[str]().union(*SETTINGS.values())
REFERENCE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?|(?:env|ENV):([A-Za-z_][A-Za-z0-9_]*)")
NO_TASK = "{{ input.task }}"
LISTED = "{% for name, value in input | items %}{{ name }}: {{ value }}\n{% endfor %}"
TASK_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["task"],
    "properties": {"task": {"type": "string", "minLength": 1, "description": "What to do."}},
}


def agent_data(config: Moving, agent: str, version: str) -> None:
    """Fill the moving with agent.yaml's data; `version` is the directory's, if it is one."""
    config.put(("spec_version",), 1)
    named = config.source.at(("name",))
    config.put(("name",), agent if isinstance(named, str | None) else named, ("name",))
    config.put(("description",), f"{agent}, as its config.json describes it.")
    _model(config)
    for name in ASIS:
        _first(config, (name,), [(name,)])
    config.put(("instructions",), {"file": PROMPT})
    config.put(("tools",), {"file": TOOLS})
    _task(config)
    _limits(config)
    _version(config, version)
    _unknown(config)


def _model(config: Moving) -> None:
    config.put(("model",), {}, ("model",))
    _model_id(config)
    for name, spellings in MODEL.items():
        tops = () if name == "timeout" else spellings
        inner: list[Loc] = [("model", word) for word in spellings]
        _first(config, ("model", name), [*((word,) for word in tops), *inner])
    if "base_url" not in config.data["model"]:
        message = "config.json does not say where the model is asked"
        advice = 'add `"base_url": "http://127.0.0.1:8900/v1"`: any OpenAI-compatible server'
        config.remark(Remark("AC233", message, ("model",), advice))
        config.put(("model", "base_url"), "http://127.0.0.1:8900/v1", ("model",))
    _api_key(config)
    for name, spellings in SETTINGS.items():
        found: list[Loc] = [(*at, word) for word in spellings for at in SETTINGS_AT]
        _first(config, ("model", "settings", name), found)


def _model_id(config: Moving) -> None:
    places: list[Loc] = [("model",), *(("model", word) for word in MODEL_NAME)]
    found = [at for at in places if isinstance(config.source.at(at), str) and config.source.at(at)]
    _once(config, found)
    provider = _provider(config)
    if not found:
        message = "config.json does not say which model is asked"
        advice = 'add `"model": "provider/name"`, pinned to a version'
        config.remark(Remark("AC233", message, ("model",), advice))
    name = config.source.at(found[0]) if found else "unknown"
    config.put(("model", "id"), _identity(name, provider), found[0] if found else ("model",))


def _provider(config: Moving) -> str | None:
    found = _present(config, [("provider",), ("model", "provider")])
    _once(config, found)
    value = config.source.at(found[0]) if found else None
    if value is not None and not isinstance(value, str):
        config.remark(Remark("AC101", "`provider` must be text", found[0]))
        return None
    return value


def _identity(name: str, provider: str | None) -> str:
    """Return `provider/name`; a name without a provider is OpenAI's."""
    if provider:
        return name if name.startswith(f"{provider}/") else f"{provider}/{name}"
    return name if "/" in name else f"{DEFAULT_PROVIDER}/{name}"


def _api_key(config: Moving) -> None:
    places: list[Loc] = [at for word in KEY for at in ((word,), ("model", word))]
    found = _present(config, places)
    _once(config, found)
    for at in found[1:]:
        config.hide(at)
    if not found:
        return
    value = config.source.at(found[0])
    reference = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    to: Loc = ("model", "api_key")
    if found[0][-1] == "api_key_env" and isinstance(value, str):
        config.put(to, {"env": value}, found[0])
        config.spans[*to, "env"] = config.source.span(found[0])
    elif reference:
        config.put(to, {"env": reference[1] or reference[2]}, found[0])
    else:
        config.move(found[0], to)
        if isinstance(value, str):
            config.hide(found[0])


def _task(config: Moving) -> None:
    task = config.source.at(("task",))
    if isinstance(task, str):
        config.put(("task",), {"text": task}, ("task",))
        config.spans["task", "text"] = config.source.span(("task",))
    elif task is not None:
        config.move(("task",), ("task",))
    elif "input_schema" not in config.data:
        config.put(("task",), {"text": NO_TASK, "template": "jinja"})
        config.put(("input_schema",), TASK_SCHEMA)
    else:
        properties = config.source.at(("input_schema", "properties"))
        asked = isinstance(properties, dict) and "task" in properties
        config.put(("task",), {"text": NO_TASK if asked else LISTED, "template": "jinja"})


def _limits(config: Moving) -> None:
    given = config.source.at(("limits",))
    if given is not None and not isinstance(given, dict):
        config.move(("limits",), ("limits",))
        return
    for name in given or ():
        config.move(("limits", name), ("limits", name))
    for name, spellings in LIMITS.items():
        _first(config, ("limits", name), [("limits", name), *((word,) for word in spellings)])


def _first(config: Moving, to: Loc, places: list[Loc]) -> None:
    """Move the one place that is there; a second spelling of the same is an error."""
    found = _present(config, places)
    _once(config, found)
    if not found:
        return
    value = config.source.at(found[0])
    seconds = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if to[-1] == "timeout" and seconds:
        config.put(to, write_duration(value), found[0])
    elif to[-1] == "stop" and isinstance(value, str):
        config.put(to, [value], found[0])
    else:
        config.move(found[0], to)


def _present(config: Moving, places: list[Loc]) -> list[Loc]:
    return [at for at in places if config.source.at(at) is not None]


def _once(config: Moving, found: list[Loc]) -> None:
    for at in found[1:]:
        message = f"`{_path(at)}` says again what `{_path(found[0])}` says"
        config.remark(Remark("AC234", message, at, "keep one of them", key=True))


def _version(config: Moving, version: str) -> None:
    said = config.source.at(("version",))
    if said is None or not version:
        return
    if not isinstance(said, str) or said.removeprefix("v") != version.removeprefix("v"):
        message = f"`version` is not that of the directory, which is {version}"
        advice = "the directory counts; say the same, or remove `version`"
        config.remark(Remark("AC235", message, ("version",), advice, "warning"))


def _unknown(config: Moving) -> None:
    for prefix, known in (
        ((), TOP),
        (("model",), IN_MODEL),
        (("model", "settings"), IN_SETTINGS),
    ):
        data = config.source.at(prefix)
        for name in data if isinstance(data, dict) else ():
            if name not in known:
                config.remark(unhonoured((*prefix, name), known))
                config.hide((*prefix, name))


def unhonoured(loc: Loc, known: frozenset[str]) -> Remark:
    """Return the remark about a key that nothing reads."""
    advice = near(str(loc[-1]), sorted(known)) or "remove it, or write it as a key that is read"
    message = f"nothing honours `{_path(loc)}`"
    return Remark("AC232", message, loc, advice, "warning", key=True)


def _path(loc: Loc) -> str:
    return ".".join(map(str, loc))
