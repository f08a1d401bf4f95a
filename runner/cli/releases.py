"""`agentctl releases`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from runner.app.project import open_project
from runner.app.released.listing import list_versions
from runner.app.released.verifying import Verified, VerifyOptions, verify
from runner.app.releasing.importing import Imported, ImportOptions, Report, import_agent
from runner.app.repository import unread_note
from runner.cli.main import Shell
from runner.cli.output import Column, emit_list, emit_one, narrate, output_option
from runner.cli.summary import counted
from runner.cli.terminal import Colour
from runner.domain.errors import UsageError

COLUMNS = (
    Column("VERSION", lambda item: item["version"] + (" (current)" if item["current"] else "")),
    Column("DATE", lambda item: (item["created"] or "")[:10]),
    Column("TAG", lambda item: _tag(item)),
    Column("SIGNED", lambda item: item["signature"] or ""),
    Column("COMMIT", lambda item: (item["commit"] or "")[:12]),
    Column("BY", lambda item: item["by"].partition(" <")[0], may_shrink=True),
    Column("DIGEST", lambda item: item["digest"] or "unreadable", may_shrink=True),
    Column("ORIGIN", lambda item: item["origin"], may_shrink=True),
)
WITHOUT_TAGS = tuple(
    column for column in COLUMNS if column.title in {"VERSION", "DIGEST", "ORIGIN"}
)
IN_BUNDLE = (
    Column("VERSION", lambda item: f"{item['agent']}@{item['version']}"),
    Column("COMMIT", lambda item: (item["commit"] or "")[:12]),
    Column("DIGEST", lambda item: item["digest"]),
)
FOUND = (
    Column("VERSION", lambda item: f"{item['agent']}@{item['version']}"),
    Column("RESULT", lambda item: item["result"], colour=lambda item: RESULTS[item["result"]]),
    Column("SIGNATURE", lambda item: item["signature"]["state"]),
    Column("AGREE", lambda item: str(len(item["agreeing"]) + 1), right=True),
    Column("DIGEST", lambda item: item["digest"] or "", may_shrink=True),
)
RESULTS: dict[str, Colour | None] = {"verified": "green", "tampered": "red", "unreadable": "yellow"}
INTEGRITY, NEGATIVE = 4, 1
MOST_LEFT = 20


@click.group("releases")
def command() -> None:
    """List and verify an agent's versions; import an agent from the original layout.

    \b
    agentctl releases list invoice-triage
    agentctl releases verify --all
    agentctl releases bundle --env prod -o prod.zip
    agentctl releases import --dry-run
    """


@command.command("list", short_help="List an agent's versions, newest first.")
@click.argument("agent", required=False)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0 for all.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What a bundle pins instead, of AGENT or of all.",
)
@output_option
@click.pass_obj
def list_command(
    shell: Shell, /, *, agent: str | None, limit: int, bundle: Path | None, form: str
) -> int:
    """List the versions of an agent, newest first, each with its digest.

    A version is a tag, a directory, or both. SIGNED is the kind of signature that a tag carries;
    `releases verify` checks it.

    \b
    agentctl releases list invoice-triage
    agentctl releases list invoice-triage -o json
    agentctl releases list --bundle prod.zip
    """
    if bundle is not None:
        from runner.app.bundled import list_bundled  # noqa: PLC0415  only when asked for

        emit_list("ReleaseList", list_bundled(bundle, agent), form, IN_BUNDLE, shell)
        return 0
    if agent is None:
        raise UsageError("say AGENT, or --bundle FILE", help="agentctl releases list AGENT")
    items, total = list_versions(shell.project, shell.state_dir, agent, limit)
    columns = COLUMNS if any(item["commit"] for item in items) else WITHOUT_TAGS
    emit_list("ReleaseList", items, form, columns, shell)
    for item in items:
        if item["problem"]:
            narrate(shell, f"{item['version']}: {item['problem']}")
    if total > len(items):
        narrate(shell, f"note: the newest {len(items)} of {total}; --limit 0 shows all")
    _tell_unread(shell)
    if not items:
        narrate(shell, f"{agent} has no versions yet, only its worktree")
    return 0


@command.command("verify", short_help="Hold versions against all that is known of them.")
@click.argument("target", required=False, metavar="[AGENT[@REF]]")
@click.option("--all", "everything", is_flag=True, help="Every version of every agent.")
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="SSH keys that count, instead of `signers` in agentctl.yaml.",
)
@click.option("--signed", is_flag=True, help="Exit 1 where no signature of a signer was found.")
@output_option
@click.pass_obj
def verify_command(shell: Shell, /, *, signed: bool, form: str, **options: Any) -> int:
    """Hold released versions against every digest, commit and name that is known of them.

    These come from tags and their messages, version directories, pointers and the ledger. The
    signature of a tag is checked by ssh-keygen against the keys of `signers`, and no others. Exit
    code 4: something contradicts what was promised.

    \b
    agentctl releases verify invoice-triage@v1.1.0
    agentctl releases verify --all --signers .allowed-signers --signed
    """
    found = verify(shell.project, shell.state_dir, VerifyOptions(**options))
    emit_list("Verification", [each.as_json() for each in found], form, FOUND, shell)
    _tell_unread(shell)
    for each in found:
        for line in _verdict(each, signed=signed):
            narrate(shell, line)
    return _verify_code(found, signed=signed)


def _tell_unread(shell: Shell) -> None:
    if note := unread_note(open_project(shell.project, shell.state_dir)):
        narrate(shell, note)


def _verdict(each: Verified, *, signed: bool) -> Iterator[str]:
    """Yield what a person should know of one version beside its row."""
    name = f"{each.version.agent}@{each.version.version}"
    for problem in each.problems:
        security = "" if problem.kind == "unreadable" or "SECURITY" in problem.message else SECURITY
        yield f"{name}: {security}{problem.message}"
        yield f"help: {problem.help}"
    if signed and each.signature.state not in {"good", "unknown"}:
        yield f"{name}: {each.signature.said}"


def _verify_code(found: Sequence[Verified], *, signed: bool) -> int:
    if any(each.broken for each in found):
        return INTEGRITY
    unread = any(each.problems for each in found)
    unsigned = signed and any(each.signature.state != "good" for each in found)
    return NEGATIVE if unread or unsigned else 0


def _tag(item: Mapping[str, Any]) -> str:
    """Return what kind of tag a version has: only one with an object can say who and be signed."""
    if item["tag"]:
        return "annotated"
    return "plain" if item["commit"] else ""


@command.command("bundle", short_help="Write an environment's pinned releases into one file.")
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
@click.option(
    "-o",
    "--output",
    "path",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; one that is there is replaced.",
)
@click.pass_obj
def bundle_command(
    shell: Shell, /, *, agents: tuple[str, ...], environment: str, path: Path
) -> int:
    """Write the releases that ENV's pointers name, with values and rules, into one file.

    For hosts without git: `agentctl run AGENT --bundle FILE` needs nothing else. Without AGENT,
    every agent that has a pointer in ENV. The same releases and pointers give the same bytes; the
    line on stdout is one for `sha256sum --check`.

    \b
    agentctl releases bundle --env prod -o prod.zip
    agentctl releases bundle --env prod invoice-triage -o triage.zip
    """
    from runner.app.releasing.bundling import make_bundle  # noqa: PLC0415  not for help and completion

    if click.get_current_context().find_root().params.get("read_only"):
        raise UsageError("--read-only: nothing is written", help="leave --read-only out")
    packed = make_bundle(shell.project, shell.state_dir, environment, agents, path)
    for release in packed.releases:
        name = f"{release.agent}@{release.version}"
        narrate(shell, f"{name}  {release.digest}  {release.origin}")
    number = counted(len(packed.releases), "release")
    narrate(shell, f"{packed.path}: {number} of {environment}, {packed.size_bytes:,} bytes")
    click.echo(f"{packed.sha256}  {packed.path}")
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
    lines += [f"note: {one}" for one in report.left[:MOST_LEFT]]
    if len(report.left) > MOST_LEFT:
        lines.append(f"and {len(report.left) - MOST_LEFT} more; `-o json` lists them all")
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
SECURITY = "SECURITY ERROR: "
