"""`agentctl init`."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from runner.cli.main import Shell
from runner.cli.output import narrate


@click.command("init")
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--agent", metavar="NAME", help="What the agent is called (default: hello).")
@click.option("--existing", is_flag=True, help="Add what is missing in a repository that is there.")
@click.pass_obj
def command(shell: Shell, directory: Path | None, agent: str | None, existing: bool) -> int:
    """Make a repository with one working agent, three environments and a first release.

    The directory (default: this one) must be empty. dev runs the files as they are on disk,
    staging and prod the release v0.1.0. With --existing nothing is overwritten, and what is new is
    left for you to commit.

    \b
    agentctl init agents && cd agents
    agentctl init --existing --agent invoice-triage
    """
    from runner.app.initialising import add_missing, begin  # noqa: PLC0415  not for help

    where = directory or shell.project or Path()
    begun = add_missing(where, agent) if existing else begin(where, agent)
    for path in begun.files:
        click.echo(where / path)
    for line in begun.advice:
        narrate(shell, line)
    lines = _left(begun.agent, begun.files) if existing else _next(begun.agent, where)
    if begun.version:
        narrate(shell, f"released {begun.agent} {begun.version}, {begun.digest}")
    for line in lines:
        narrate(shell, line)
    return 0


def _next(agent: str | None, where: Path) -> Iterator[str]:
    go = f"cd {shlex.quote(str(where))} && " if where.resolve() != Path.cwd() else ""
    yield f"next: name your model in {where / 'agent-configs' / str(agent) / 'agent.yaml'}, then"
    yield f"      {go}agentctl validate {agent}"
    yield f'      agentctl run {agent} -i text="one two three" --dry-run'
    yield f"      agentctl releases list {agent}"


def _left(agent: str | None, files: tuple[str, ...]) -> Iterator[str]:
    if not files:
        yield "nothing was missing"
        return
    yield "nothing was committed; next:"
    yield f"      git add {shlex.join(files)}"
    yield "      git commit -m 'Begin with agentctl'"
    if agent:
        yield f"      agentctl release {agent}"
