"""How one version of an agent is told."""

from typing import Any

from runner.cli.summary import counted


def agent_text(agent: dict[str, Any]) -> str:
    """Return a version of an agent for a person; every line starts with what it is about."""
    size = sum(agent["files"].values())
    where = f" in {agent['environment']}" if agent["environment"] else ""
    lines = [
        f"{agent['agent']}@{agent['version']}{where}: {agent['description']}",
        f"origin   {agent['origin']}  ({counted(len(agent['files']), 'file')}, {size:,} bytes)",
        f"digest   {agent['digest']}",
        f"model    {agent['model']['id']} at {agent['model']['base_url']}",
        "limits   " + _pairs(agent["limits"]),
        "values   " + (_pairs(agent["values"]) or "none"),
    ]
    lines += [f"tool     {_tool(tool)}" for tool in agent["tools"]]
    if agent["schedules"]:
        lines.append("runs at  " + ", ".join(agent["schedules"]) + "  (schedules)")
    return "\n".join(lines)


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def _tool(tool: dict[str, Any]) -> str:
    effect = "writes" if tool["writes"] else "reads"
    again = ", idempotent" if tool["writes"] and tool["idempotent"] else ""
    return (
        f"{tool['name']}: {tool['kind']}, {effect}{again}; {tool['permission']}: {tool['because']}"
    )
