"""`agentctl diff`."""

from typing import TYPE_CHECKING, cast

import click

from runner.cli.main import Shell
from runner.cli.output import emit_list, emit_one, output_option
from runner.cli.paging import no_pager_option, show_text
from runner.cli.refs import environment_option

if TYPE_CHECKING:
    from runner.domain.change import Level

RISING = ("note", "behaviour", "widening", "breaking")


@click.command("diff")
@click.argument("agent")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option("-v", "--verbose", is_flag=True, help="Every change, then the text of every file.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything differs.")
@click.option(
    "--fail-on",
    type=click.Choice(RISING),
    help="Exit with 1 from this level up.",
)
@environment_option
@no_pager_option
@output_option
@click.pass_obj
def command(
    shell: Shell, /, agent: str, before: str, after: str | None, *, pager: bool, **said: object
) -> int:
    """Compare two versions of an agent by what they mean: A before, B after.

    A and B are REFs: a version, an environment, worktree, or previous (the last other good release
    of --env); without B it is the worktree.
    Changes are breaking (what fitted fits no longer), widening (more may happen than before),
    behaviour (the agent acts otherwise) or notes. Between environments their values are compared
    as well.

    \b
    agentctl diff invoice-triage v1.1.0
    agentctl diff invoice-triage staging prod -v
    agentctl diff invoice-triage prod worktree --fail-on breaking
    """
    from runner.app.comparing.diffing import diff  # noqa: PLC0415  not for help and completion

    named = said["environment"]
    environment = str(named) if named else None
    found = diff(shell.project, shell.state_dir, agent, before, after, environment=environment)
    form = str(said["form"])
    if form == "table":
        from runner.cli.diff_text import diff_text  # noqa: PLC0415  not for a program

        text = diff_text(shell, found, verbose=bool(said["verbose"]))
        show_text(shell, text, pager=pager, safe=True)
    elif form == "jsonl":
        emit_list("Comparison", found.as_json()["changes"], form, ())
    else:
        emit_one("Comparison", found.as_json(), form, str)
    level = "note" if said["exit_code"] else said["fail_on"]
    return int(level is not None and found.comparison.reaches(cast("Level", level)))
