"""What `promote` and `rollback` share: their options, the plan on a screen, and carrying it out."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from runner.app.moves.moving import Applied, Wish, apply_move, plan_move
from runner.app.moves.words import after_words, done_words
from runner.boundary.files import write_atomically
from runner.cli.consent import agreed, agreed_by_name, yes_option
from runner.cli.main import Shell
from runner.cli.move_text import move_text
from runner.cli.output import API_VERSION, emit_one, narrate, output_option
from runner.domain.errors import UsageError
from runner.domain.plan import PLAN_KIND, Plan
from runner.domain.pointing import WriteOptions

LARGEST = 1 << 22
FILE = click.Path(path_type=Path, dir_okay=False)
SHARED_FILE = 0o644
OPTIONS = (
    click.option("--reason", metavar="TEXT", help="Why; kept in the commit."),
    click.option(
        "--set", "values", multiple=True, metavar="NAME=VALUE", help="Write a value there."
    ),
    click.option("--unset", multiple=True, metavar="NAME", help="Take a value out there."),
    click.option("--push", is_flag=True, help="Push: it moves there and here, or nowhere."),
    click.option("--branch", metavar="NAME", help="Commit on a new branch, for a review."),
    click.option("--plan", "plan_file", type=FILE, help="Write the plan, and do nothing."),
    click.option("--apply", "apply_file", type=FILE, help="Do exactly what a written plan says."),
    click.option("--dry-run", is_flag=True, help="Show the plan, and do nothing."),
    yes_option,
    output_option,
)
Command = Callable[..., int]


def move_options(command: Command) -> Command:
    """Give a command the options that every move of a pointer has."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Said:
    """The options of a move, as they were said."""

    plan_file: Path | None
    apply_file: Path | None
    dry_run: bool
    yes: bool
    form: str
    options: WriteOptions


def said_of(words: Mapping[str, Any]) -> Said:
    """Return the options of a move."""
    return Said(
        words["plan_file"],
        words["apply_file"],
        words["dry_run"],
        words["yes"],
        words["form"],
        WriteOptions(push=words["push"], branch=words["branch"]),
    )


def move(shell: Shell, wish: Wish | None, said: Said, action: str) -> int:
    """Plan a move, or read a plan; show it, ask, carry it out; return the exit code.

    `wish` is None when the plan comes from a file.
    """
    plan = _planned(shell, wish, said, action)
    only_shown = said.dry_run or said.plan_file is not None
    if said.form == "table" and (only_shown or not shell.quiet):
        click.echo(move_text(shell, plan, narrated=not only_shown), err=not only_shown)
    if said.plan_file is not None:
        return _kept(shell, plan, said.plan_file)
    if said.dry_run:
        if said.form != "table":
            emit_one(PLAN_KIND, plan.model_dump(mode="json"), said.form, str)
        narrate(shell, "nothing was done: this was a dry run")
        return 0
    if plan.changes and not _agreed(plan, yes=said.yes):
        narrate(shell, "nothing was done")
        return 1
    applied = apply_move(shell.project, shell.state_dir, plan, said.options)
    emit_one("Move", applied.as_json(), said.form, lambda: done_words(applied))
    for line in _after(applied, said.options):
        narrate(shell, line)
    return 0


def _planned(shell: Shell, wish: Wish | None, said: Said, action: str) -> Plan:
    if wish is not None:
        return plan_move(shell.project, shell.state_dir, wish)
    assert said.apply_file is not None
    plan = _read(said.apply_file)
    if plan.action != action:
        raise UsageError(
            f"{said.apply_file} is the plan of a {plan.action}",
            help=f"agentctl {plan.action} --apply {said.apply_file}",
        )
    return plan


def _read(path: Path) -> Plan:
    advice = f"`agentctl promote ... --plan {path}` writes one"
    try:
        with path.open("rb") as file:
            fields = json.loads(file.read(LARGEST))
        if (fields.pop("apiVersion"), fields.pop("kind")) != (API_VERSION, PLAN_KIND):
            raise UsageError(f"{path} is no plan of this version", help=advice)
        return Plan.model_validate(fields)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", help=advice) from error
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no plan", help=advice) from error
    except RecursionError as error:
        raise UsageError(f"{path} is no plan", help=advice) from error


def _kept(shell: Shell, plan: Plan, path: Path) -> int:
    document = {"apiVersion": API_VERSION, "kind": PLAN_KIND, **plan.model_dump(mode="json")}
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no directory", help="make it, or name another place")
    write_atomically(path, json.dumps(document, indent=2).encode() + b"\n", SHARED_FILE)
    narrate(shell, f"nothing was done; the plan is kept: agentctl {plan.action} --apply {path}")
    return 0


def _agreed(plan: Plan, *, yes: bool) -> bool:
    if plan.protected:
        return agreed_by_name(f"{plan.environment} is protected.", plan.environment, yes=yes)
    return agreed("Apply?", yes=yes)


def _after(applied: Applied, options: WriteOptions) -> Iterator[str]:
    yield from after_words(applied, options)
    undo = applied.plan.undo
    if applied.written and undo and not options.branch:
        yield f"to undo: {undo}"
