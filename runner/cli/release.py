"""`agentctl release`."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from runner.app.plain_text import plain
from runner.app.releasing.releasing import Made, ReleasePlan, make_release, plan_release
from runner.app.releasing.version import Wish
from runner.cli.consent import agreed, yes_option
from runner.cli.main import Shell
from runner.cli.output import emit_one, narrate, output_option
from runner.domain.errors import UsageError


@click.command("release")
@click.argument("agent")
@click.argument("version", required=False)
@click.option("--major", "step", flag_value="major", help="What fitted before fits no longer.")
@click.option("--minor", "step", flag_value="minor", help="The agent acts otherwise.")
@click.option("--patch", "step", flag_value="patch", help="Nothing acts otherwise.")
@click.option("-m", "--message", metavar="TEXT", help="The tag's message, instead of a summary.")
@click.option("--accept-breaking", is_flag=True, help="Take a smaller step than changes ask for.")
@click.option("--reason", metavar="TEXT", help="Why; kept in the tag.")
@click.option("--sign", is_flag=True, help="Sign the tag, also where tag.gpgSign is not set.")
@click.option("--vendor", is_flag=True, help="Also write the version directory.")
@click.option("--push", is_flag=True, help="Push just that tag.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and do nothing.")
@yes_option
@output_option
@click.pass_obj
def command(shell: Shell, /, *, dry_run: bool, yes: bool, form: str, **said: Any) -> int:
    """Release an agent: one annotated tag AGENT/vX.Y.Z of the commit that is checked out.

    Without VERSION and step, the step is the one that the changes since the newest release ask
    for. Refused, with exit code 1: errors in the config, changes in the agent's directory that no
    commit holds, a HEAD that is not in the default branch, a version that is not above all others,
    a step smaller than the changes ask for. Without git, --vendor alone writes a version directory.

    \b
    agentctl release invoice-triage
    agentctl release invoice-triage v1.2.0 --dry-run
    agentctl release invoice-triage --major --push --yes
    """
    plan = plan_release(shell.project, shell.state_dir, _wish(said))
    if form == "table" and (dry_run or not shell.quiet):
        _show(shell, plan, narrated=not dry_run)
    if dry_run:
        if form != "table":
            emit_one("ReleasePlan", plan.as_json(), form, str)
        narrate(shell, "nothing was done: this was a dry run")
        return 0
    if not agreed(f"Release {plan.agent} {plan.version}?", yes=yes):
        narrate(shell, "nothing was done")
        return 1
    made = make_release(plan)
    emit_one("Release", made.as_json(), form, lambda: _name(plan))
    for line in _after(made):
        narrate(shell, line)
    return 0


def _wish(said: Mapping[str, Any]) -> Wish:
    accept, reason = said["accept_breaking"], (said["reason"] or "").strip()
    if accept and not reason:
        raise UsageError(
            "--accept-breaking needs a reason, which is kept in the tag", help='--reason "..."'
        )
    if reason and not accept:
        raise UsageError("--reason says why --accept-breaking", help="say both, or neither")
    return Wish(
        agent=said["agent"],
        version=said["version"],
        step=said["step"],
        accepted=reason or None,
        message=said["message"],
        sign=said["sign"],
        vendor=said["vendor"],
        push=said["push"],
    )


def _show(shell: Shell, plan: ReleasePlan, *, narrated: bool) -> None:
    if plan.difference is not None:
        from runner.cli.diff_text import diff_text  # noqa: PLC0415  not for a first release

        text = diff_text(shell, plan.difference, verbose=False)  # made plain, then coloured
        click.echo(f"{text}\n", err=narrated)
    for line in _lines(plan):
        click.echo(plain(line), err=narrated)


def _lines(plan: ReleasePlan) -> Iterator[str]:
    yield f"release  {plan.agent} {plan.version}"
    if plan.tag is not None:
        signed = ", signed" if plan.tag.sign else ""
        yield f"  tag     {plan.tag.name}{signed}"
        yield f"  commit  {plan.tag.commit[:12]} in {plan.source.branch}"
    yield f"  digest  {plan.digest}"
    if plan.vendor:
        yield f"  writes  {plan.project.shown(plan.directory)}/"
    if plan.remote:
        yield f"  pushes  the tag to {plan.remote}"
    for note in _notes(plan):
        yield f"  note    {note}"


def _notes(plan: ReleasePlan) -> Iterator[str]:
    yield from plan.notes
    number = plan.source.warnings
    if number:
        verb = "warning is" if number == 1 else "warnings are"
        yield f"{number} {verb} released as well; `agentctl validate {plan.agent}` tells"


def _name(plan: ReleasePlan) -> str:
    return plan.tag.name if plan.tag else plan.project.shown(plan.directory)


def _after(made: Made) -> Iterator[str]:
    plan = made.plan
    directory = plan.project.shown(plan.directory)
    if plan.vendor and plan.tag is not None:
        yield f"to do: git add {directory} && git commit -m 'Keep {plan.agent} {plan.version}'"
    yield f"next: agentctl promote {plan.agent} {plan.version} --to {_first(plan)}"
    if plan.tag is None:
        yield f"to undo, while nobody runs it: rm -r {directory}"
    elif plan.remote is None:
        yield f"      git push origin refs/tags/{plan.tag.name}"
        also = f" && rm -r {directory}" if plan.vendor else ""
        yield f"to undo, only while it is not pushed: git tag -d {plan.tag.name}{also}"
    else:
        yield "it is pushed, so it stays; what is wrong is mended in the next version"


def _first(plan: ReleasePlan) -> str:
    """Return the environment that a release goes to first: one that is not for development."""
    settings = plan.project.settings
    others = [name for name in settings.environments if name != settings.default_environment]
    return others[0] if others else "ENVIRONMENT"
