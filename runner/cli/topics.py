"""`agentctl help TOPIC`."""

from collections.abc import Callable

import click

from runner.cli.main import Shell
from runner.cli.paging import no_pager_option, show_text
from runner.domain.errors import EXIT_CODES, UsageError

TOPICS = {
    "exit-codes": "what each exit code means",
    "query": "the language of `runs --query` and `cost --query`",
}
QUERY = """\
agentctl runs --query EXPR and agentctl cost --query EXPR

  agentctl runs --query 'agent:invoice-* status:failed,stopped age<2d'
  agentctl runs --query 'cost>0.10 -status:succeeded "INV-7"'

A space means and. `,` between values means or. `-` before a term negates it. `*` and `?` are
globs; texts are compared in any case. A text with a space, a comma or a quote goes into "...".

  field:value     is one of: status:failed,stopped    !=   is none of them
  field>value     compares: > >= < <=                 :none  it has none
  word  "a text"  is a part of the run's id, job, agent, version, environment or subject

Amounts are USD (0.10 or $0.10), counts may end in k or m (10k), durations have a unit: s, m, h, d.

"""


@click.command("help")
@click.argument("topic", required=False, metavar="[TOPIC|COMMAND]")
@no_pager_option
@click.pass_context
def command(ctx: click.Context, topic: str | None, *, pager: bool) -> int:
    """Explain a topic or a command.

    \b
    Topics:
      exit-codes  what each exit code means
      query       the language of `runs --query` and `cost --query`

    \b
    agentctl help query
    agentctl help run
    """
    shell = ctx.find_object(Shell)
    assert shell is not None
    root = ctx.find_root()
    text = root.get_help() if topic is None else _text(root, topic)
    show_text(shell, text, pager=pager)
    return 0


def _text(root: click.Context, name: str) -> str:
    tell: Callable[[], str] | None = {"exit-codes": _exit_codes, "query": _query}.get(name)
    return tell() if tell else _help_of(root, name)


def _exit_codes() -> str:
    return "\n".join(f"{code:>4}  {meaning}" for code, meaning in EXIT_CODES.items())


def _query() -> str:
    from runner.app.listing.query_fields import FIELDS  # noqa: PLC0415  only for this topic

    rows = [("field", "for instance", "what it is")]
    rows += [(field.name, field.example, field.says) for field in FIELDS.values()]
    return QUERY + "\n".join(f"  {name:<9} {example:<25} {says}" for name, example, says in rows)


def _help_of(root: click.Context, name: str) -> str:
    group = root.command
    found = group.get_command(root, name) if isinstance(group, click.Group) else None
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415  only for a mistyped name

        assert isinstance(group, click.Group)
        close = get_close_matches(name, [*TOPICS, *group.list_commands(root)], n=1)
        topics = f"topics: {', '.join(TOPICS)}; `agentctl --help` lists the commands"
        advice = f"did you mean `{close[0]}`?" if close else topics
        raise UsageError(f"no topic and no command {name!r}", help=advice)
    return found.get_help(click.Context(found, info_name=name, parent=root))
