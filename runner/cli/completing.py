"""How a shell's TAB is answered: by words from the project, quickly, and without a single error."""

import sys
from collections.abc import Iterable

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from runner.app.completing import (
    Source,
    agent_names,
    agent_refs,
    codes,
    offers,
    runs,
    runs_and_agents,
)
from runner.app.plain_text import one_line
from runner.boundary.surroundings import environment
from runner.cli.main import COMMANDS, COMPLETE_VARIABLE
from runner.cli.topics import TOPICS

SOURCES: dict[str, Source] = {
    "agent": agent_refs,
    "agents": agent_names,
    "target": runs_and_agents,
    "targets": agent_refs,
    "run": runs,
    "code": codes,
}
"""What is offered for a parameter, by the parameter's name."""
FILES = frozenset({"source"})
HELP_CHARS = 100
BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line="${COMP_LINE:0:COMP_POINT}" response type value word cut
    response=$(COMP_LINE="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    # bash ends a word at @, = and : as well, so the part before them is taken off again.
    word="${line##*[[:space:]]}"
    cut="${word%%"${word##*[@=:]}"}"
    COMPREPLY=()
    for value in $response; do
        type="${value%%%%,*}"
        value="${value#*,}"
        if [[ $type == dir ]]; then
            compopt -o dirnames 2>/dev/null
        elif [[ $type == file ]]; then
            compopt -o default 2>/dev/null
        else
            COMPREPLY+=("${value#"$cut"}")
        fi
    done
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
    complete -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash by its whole line: its own words break at `@`, which a REF has."""

    source_template = BASH

    def source(self) -> str:
        return self.source_template % self.source_vars()

    def get_completion_args(self) -> tuple[list[str], str]:
        line = environment()["COMP_LINE"]
        words = split_arg_string(line)
        begun = "" if line[-1:].isspace() or not words else words.pop()
        return words[1:], begun


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": ZshComplete, "fish": FishComplete}


def script(root: click.Command, shell: str) -> str:
    """Return the script that a shell sources."""
    return SHELLS[shell](root, {}, "agentctl", COMPLETE_VARIABLE).source()


def answer(root: click.Command) -> int:
    """Write the words for a half-typed command; when anything fails, nothing."""
    try:
        shell, _, _instruction = environment()[COMPLETE_VARIABLE].partition("_")
        told = _Told(root, SHELLS[shell])
        sys.stdout.write(told.text())
    except Exception:  # noqa: BLE001, S110  an error here would stand in the middle of a prompt
        pass
    return 0


class _Told:
    """One question of a shell and the words for it."""

    def __init__(self, root: click.Command, kind: type[ShellComplete]) -> None:
        self.root = root
        self.shell = kind(root, {}, "agentctl", COMPLETE_VARIABLE)

    def text(self) -> str:
        """Return the words in the form that the shell's script reads."""
        args, begun = self.shell.get_completion_args()
        items = self.items(args, begun)
        return "".join(self.shell.format_completion(item) + "\n" for item in items)

    def items(self, args: list[str], begun: str) -> Iterable[CompletionItem[str]]:
        """Return the words that can stand here."""
        from click.shell_completion import (  # noqa: PLC0415  click has no public name for them
            _resolve_context,
            _resolve_incomplete,
        )

        ctx = _resolve_context(self.root, {}, "agentctl", args)
        at, begun = _resolve_incomplete(ctx, args, begun)
        if isinstance(at, click.Parameter) and (own := _own(ctx, at, begun)) is not None:
            return own
        return at.shell_complete(ctx, begun)


def _own(ctx: click.Context, at: click.Parameter, begun: str) -> list[CompletionItem[str]] | None:
    name = at.name or ""
    if name in FILES:
        return [CompletionItem(begun, type="file")]
    if name == "topic":
        known = {**TOPICS, **{command: told for command, (_m, told) in COMMANDS.items()}}
        return [CompletionItem(n, help=says) for n, says in known.items() if n.startswith(begun)]
    if name not in SOURCES or isinstance(at.type, click.Choice):
        return None
    shell = ctx.find_root().params
    found = offers(SOURCES[name], shell.get("project"), shell.get("state_dir"), begun)
    return [CompletionItem(word, help=one_line(says, HELP_CHARS)) for word, says in found]
