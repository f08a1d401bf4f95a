"""`agentctl releases`."""

from collections.abc import Mapping
from typing import Any

import click

from runner.app.importing import Imported, ImportOptions, Report, import_agent
from runner.app.version_list import list_versions
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, emit_one, narrate, output_option
from runner.cli.summary import counted
from runner.domain.errors import UsageError

COLUMNS = (
    Column("VERSION", lambda item: item["version"] + (" (current)" if item["current"] else "")),
    Column("DIGEST", lambda item: item["digest"] or "unreadable"),
    Column("ORIGIN", lambda item: item["origin"], may_shrink=True),
)


@click.group("releases")
def command() -> None:
    """List an agent's versions; import an agent from the original layout.

    \b
    agentctl releases list invoice-triage
    agentctl releases import --dry-run
    """


@command.command("list", short_help="List an agent's versions, newest first.")
@click.argument("agent")
@output_option
@click.pass_obj
def list_command(shell: Shell, *, agent: str, form: str) -> int:
    """List the versions of an agent, newest first, each with its digest.

    \b
    agentctl releases list invoice-triage
    agentctl releases list invoice-triage -o json
    """
    items = list_versions(shell.project, shell.state_dir, agent)
    emit_list("ReleaseList", items, form, COLUMNS)
    for item in items:
        if item["problem"]:
            narrate(shell, f"{item['version']}: {item['problem']}")
    if not items:
        narrate(shell, f"{agent} has no versions yet, only its worktree")
    return 0


@command.command("import", short_help="Rewrite the original layout into the present one.")
@click.argument("name", required=False)
@click.option("--to", metavar="NAME", help="What the agent is called in the present layout.")
@click.option("--keep-versions", is_flag=True, help="Copy released versions byte for byte.")
@click.option("--dry-run", is_flag=True, help="Compare and tell, but write nothing.")
@click.option("-i", "pairs", multiple=True, metavar="KEY=VALUE", help="An input to compare with.")
@output_option
@click.pass_obj
def import_command(shell: Shell, /, *, form: str, **options: Any) -> int:
    """Write the agent of the original layout as agent-configs/NAME/, with all its versions.

    What the model sees does not change: the first request of both forms is compared byte for byte
    before anything is written. Nothing is overwritten, and the old directories stay.

    \b
    agentctl releases import --dry-run
    agentctl releases import --to invoice-triage
    """
    if click.get_current_context().find_root().params.get("read_only"):
        raise UsageError("--read-only: nothing is imported", help="leave --read-only out")
    report = import_agent(shell.project, shell.state_dir, _options(options))
    emit_one("Import", report.as_json(), form, lambda: _paths(report))
    for line in _told(report):
        narrate(shell, line)
    return 0


def _options(options: Mapping[str, Any]) -> ImportOptions:
    return ImportOptions(
        name=options["name"],
        to=options["to"],
        keep_versions=options["keep_versions"],
        dry_run=options["dry_run"],
        pairs=tuple(options["pairs"]),
    )


def _paths(report: Report) -> str:
    return "\n".join(path for version in report.versions for path in version.paths())


def _told(report: Report) -> list[str]:
    agent, released = report.agent, report.versions[1:]
    lines = [_proved(report), *(_version(version) for version in released)]
    if report.unbound:
        tools = ", ".join(report.unbound)
        lines.append(f"to do by hand: give a `call` to {tools} in {AGENT_DIR}/{agent}/tools.yaml")
    if not report.written:
        return [*lines, "nothing was written: this was a dry run"]
    left = "stay as they are, and are still read"
    if report.hides:
        left = f"are not read any more, {agent} is: remove them and `current` when you are content"
    return [
        *lines,
        f"the old version directories {left}",
        f"next: agentctl validate {agent}",
        f"to undo: rm -r {AGENT_DIR}/{agent}",
    ]


def _proved(report: Report) -> str:
    number = counted(len(report.versions) - 1, "version")
    return (
        f"the first request is the same, byte for byte: {number}, and the worktree, which is "
        f"{report.current} ({report.versions[0].request_bytes:,} bytes)"
    )


def _version(version: Imported) -> str:
    if version.kept:
        return f"{version.version}: copied byte for byte, and keeps its digest"
    return f"{version.version}: other files, so another digest: {version.snapshot.digest}"


AGENT_DIR = "agent-configs"
