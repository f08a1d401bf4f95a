"""The command line's root. Each command is imported when it is called, so `--help` stays light."""

import gc
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.boundary.surroundings import environment
from runner.domain.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": ("runner.cli.init", "Make a repository with one working, released agent."),
    "new": ("runner.cli.new", "Write a small agent that validates and runs."),
    "validate": ("runner.cli.validate", "Check agents; every problem of every file at once."),
    "doctor": ("runner.cli.doctor", "Look for everything that an agent needs to run here."),
    "explain": ("runner.cli.explain", "Explain a diagnostic code."),
    "release": ("runner.cli.release", "Release an agent: one tag, after every gate."),
    "releases": ("runner.cli.releases", "List an agent's versions; import the original layout."),
    "status": ("runner.cli.status", "Show what is live where, and whether it is well."),
    "promote": ("runner.cli.promote", "Point an environment at a release."),
    "rollback": ("runner.cli.rollback", "Point back at a good release, and hold the bad one."),
    "history": ("runner.cli.history", "List what was live in an environment, when and why."),
    "schedules": ("runner.cli.schedules", "List when agents would run, and where that is live."),
    "schema": ("runner.cli.schema", "Write the JSON Schemas of every file."),
    "run": ("runner.cli.run", "Run an agent, live or dry."),
    "resume": ("runner.cli.resume", "Go on with a run that was interrupted or is in doubt."),
    "runs": ("runner.cli.runs", "List runs, newest first."),
    "show": ("runner.cli.show", "Show one run as a timeline, or one version of an agent."),
    "diff": ("runner.cli.diff", "Compare two versions of an agent by what they mean."),
    "ui": ("runner.cli.ui", "Watch agents and runs on screens; promote and roll back there."),
    "cost": ("runner.cli.cost", "Add up what runs cost, by agent, version or day."),
    "logs": ("runner.cli.logs", "Print a run's journal, line by line."),
    "audit": ("runner.cli.audit", "Verify journals and the ledger."),
    "help": ("runner.cli.topics", "Explain a topic: exit-codes, query."),
    "completion": ("runner.cli.completion", "Print the completion script of a shell."),
}
GROUPS = {
    "Author": ("init", "new", "validate", "doctor", "explain", "schema", "release", "releases"),
    "Move": ("status", "promote", "rollback", "history"),
    "Run": ("run", "resume"),
    "Look": ("runs", "show", "diff", "schedules", "logs", "ui", "cost"),
    "Prove": ("audit",),
    "More": ("help", "completion"),
}
"""Where a command stands in the list of `--help`; one that is not named stands under More."""
COMPLETE_VARIABLE = "_AGENTCTL_COMPLETE"
CHANGING = frozenset({"init", "new", "schema", "release", "promote", "rollback", "run", "resume"})


@dataclass(frozen=True)
class Shell:
    """What was said before the command's name."""

    project: Path | None
    state_dir: Path | None
    debug: bool
    quiet: bool
    color: str


class LazyGroup(click.Group):
    """A group whose commands are modules with a `command`, imported when called."""

    def main(self, *args: Any, **extra: Any) -> Any:
        if environment().get(COMPLETE_VARIABLE):
            from runner.cli.completing import answer  # noqa: PLC0415  only for a shell's TAB

            return answer(self)
        return super().main(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        hidden = CHANGING if ctx.params.get("read_only") else frozenset()
        return [name for name in COMMANDS if name not in hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the commands that begin so, from the table: none is imported for it."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  only for a shell's TAB

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items = [CompletionItem(name, help=COMMANDS[name][1]) for name in names]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            raise _unknown(args[0], known)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        known = self.list_commands(ctx)
        grouped = {name for names in GROUPS.values() for name in names}
        width = max(len(name) for name in known)
        for title, names in GROUPS.items():
            rest = [name for name in known if name not in grouped] if title == "More" else []
            rows = [(n.ljust(width), COMMANDS[n][1]) for n in (*names, *rest) if n in known]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def stay() -> None:
    """Look for garbage again: this command may go on for hours."""
    gc.enable()


def _unknown(name: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistyped command

    close = get_close_matches(name, known, n=1)
    if name in COMMANDS:
        return UsageError(f"no command {name!r} with --read-only", help="it changes something")
    advice = f"did you mean `{close[0]}`?" if close else "see `agentctl --help`"
    return UsageError(f"no command {name!r}", help=advice)


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415  only when asked for

        python = ".".join(str(part) for part in sys.version_info[:3])
        click.echo(f"agentctl {version('agentctl')} (Python {python})")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="AGENTCTL_PROJECT",
    help="The project's directory (default: this one, or the nearest above with agent-configs/).",
)
@click.option(
    "--state-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="AGENTCTL_STATE_DIR",
    help="Where journals and the ledger are kept (default: .agentctl in the project).",
)
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
@click.option("-q", "--quiet", is_flag=True, help="No narration on stderr, only errors.")
@click.option("--read-only", is_flag=True, is_eager=True, help="Hide every changing command.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour; `auto` asks NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, then the terminal.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the versions of agentctl and Python.",
)
@click.pass_context
def cli(
    ctx: click.Context, /, *, project: Path | None, state_dir: Path | None, **options: object
) -> None:
    """Run unattended AI agents: versioned, limited, journaled.

    An agent is a directory below agent-configs/. `agentctl new AGENT` writes one.

    \b
    agentctl new hello
    agentctl run hello -i text="one two three" --dry-run
    agentctl show last
    """
    ctx.color = True  # what is written is coloured on purpose or not at all; click strips nothing
    ctx.obj = Shell(
        project,
        state_dir,
        debug=bool(options["debug"]),
        quiet=bool(options["quiet"]),
        color=str(options["color"]),
    )
