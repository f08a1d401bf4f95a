"""The command line's root. Each command is imported when it is called, so `--help` stays light."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "new": ("runner.cli.new", "Write a small agent that validates and runs."),
    "validate": ("runner.cli.validate", "Check agents; every problem of every file at once."),
    "explain": ("runner.cli.explain", "Explain a diagnostic code."),
    "schema": ("runner.cli.schema", "Write the JSON Schemas of every file."),
    "run": ("runner.cli.run", "Run an agent, live or dry."),
    "resume": ("runner.cli.resume", "Go on with a run that was interrupted or is in doubt."),
    "runs": ("runner.cli.runs", "List runs, newest first."),
    "show": ("runner.cli.show", "Show one run as a timeline, or one version of an agent."),
    "logs": ("runner.cli.logs", "Print a run's journal, line by line."),
    "audit": ("runner.cli.audit", "Verify journals and the ledger."),
    "help": ("runner.cli.topics", "Explain a topic: exit-codes."),
}
CHANGING = frozenset({"new", "schema", "run", "resume"})


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

    def list_commands(self, ctx: click.Context) -> list[str]:
        hidden = CHANGING if ctx.params.get("read_only") else frozenset()
        return [name for name in COMMANDS if name not in hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            ctx.fail(_unknown(args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _unknown(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistyped command

    close = get_close_matches(name, known, n=1)
    return f"no command {name!r}" + (f"; did you mean `{close[0]}`?" if close else "")


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
    help="Colour on stdout and stderr (NO_COLOR is honoured).",
)
@click.version_option(package_name="agentctl")
@click.pass_context
def cli(
    ctx: click.Context, /, *, project: Path | None, state_dir: Path | None, **options: object
) -> None:
    """Run unattended AI agents: versioned, limited, journaled.

    An agent is a directory below agent-configs/. `agentctl new AGENT` writes one.
    """
    ctx.obj = Shell(
        project,
        state_dir,
        debug=bool(options["debug"]),
        quiet=bool(options["quiet"]),
        color=str(options["color"]),
    )
