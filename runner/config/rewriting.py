"""A version in the original layout, written with the files of the present one."""

import json
from typing import Any

from runner.config.files import Reference
from runner.config.original import CONFIG, OriginalFiles, present_form
from runner.config.original_agent import PROMPT, TOOLS
from runner.domain.errors import UsageError
from runner.domain.snapshot import Snapshot
from runner.notation.text import HIDDEN
from runner.notation.yaml_out import write_config

ORDER = (
    "spec_version",
    "name",
    "description",
    "scope",
    "owners",
    "subject",
    "variables",
    "model",
    "instructions",
    "task",
    "input_schema",
    "output_schema",
    "tools",
    "network",
    "permissions",
    "limits",
    "waivers",
)
SCHEMAS = ("input_schema", "output_schema")


def rewritten(snapshot: Snapshot, agent: str, origin: str) -> Snapshot:
    """Return the same agent under the name `agent` as agent.yaml, tools.yaml and its other files.

    The snapshot was checked before. A prompt with Windows line ends stands in agent.yaml, because
    a file of the present layout has none.

    Raises:
        UsageError: a value that no YAML file can hold.
    """
    files, _told = present_form(snapshot, origin, agent)
    assert isinstance(files, OriginalFiles)
    main, _problems = files.first(CONFIG)
    assert main is not None
    tools, _problems = files.data(TOOLS, Reference(main, ("tools",)))
    assert tools is not None
    made = {path: data for path, data in snapshot.files.items() if path not in {CONFIG, TOOLS}}
    data = {key: main.data[key] for key in ORDER if key in main.data}
    prompt = snapshot.files[PROMPT]
    if b"\r" in prompt:
        data["instructions"] = {"text": prompt.decode()}
        del made[PROMPT]
    data["tools"] = {"file": _add(made, "tools", tools.data)}
    made["agent.yaml"] = _agent_file(made, data, origin)
    return Snapshot(dict(sorted(made.items())))


def _agent_file(made: dict[str, bytes], data: dict[str, Any], origin: str) -> bytes:
    """Return agent.yaml; a schema that YAML cannot hold goes into a file of its own."""
    for name in SCHEMAS:
        if name in data and write_config(data[name]) is None:
            data[name] = {"file": _add(made, name.replace("_", "."), data[name])}
    text = write_config(data)
    if text is None:
        raise UsageError(
            f"{origin}/{CONFIG} holds a value that no YAML file can hold",
            help="a number of more than 18 digits, perhaps: write it as a text, or remove it",
        )
    return f"# Written from {origin} by `agentctl releases import`.\n{text}".encode()


def _add(made: dict[str, bytes], stem: str, data: Any) -> str:
    """Add data as a YAML file, else as JSON; return the name it got."""
    text = write_config(data)
    suffix = "json" if text is None else "yaml"
    name = f"{stem}.{suffix}" if f"{stem}.{suffix}" not in made else f"{stem}.imported.{suffix}"
    made[name] = (text or _json(data)).encode()
    return name


def _json(data: Any) -> str:
    """Return JSON in which characters that no file of a config may have are escaped."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
