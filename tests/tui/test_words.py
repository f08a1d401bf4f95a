"""The words after `:` are those of agentctl's commands."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.app.listing.query import parse_query
from runner.domain.errors import UsageError
from runner.tui.asking.words import VERBS, Command, query_of, read_command, verbs_with
from runner.tui.opening import Opening
from runner.tui.registry import SCREENS, Entry

GUIDE = Path(__file__).parents[2] / "docs/terminal-ui.md"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("   ", None),
        ("status", Command(Opening("fleet"))),
        ("agentctl status --env prod", Command(Opening("fleet"), "prod")),
        ("status hello --env=dev", Command(Opening("fleet"), "dev", "hello")),
        ("fleet", Command(Opening("fleet"))),
        ("schedules hello", Command(Opening("schedules"), None, "hello")),
        ("runs", Command(Opening("runs", ("",)))),
        ("runs status:failed", Command(Opening("runs", ("status:failed",)))),
        ("show last", Command(Opening("show", ("last",)))),
        ("logs last", Command(Opening("run", ("last",)))),
        ("compare last 8Q2M", Command(Opening("compare", ("last", "8Q2M")))),
        ("versions hello", Command(Opening("versions", ("hello",)))),
        ("versions", Command(Opening("versions"))),
        ("releases list hello", Command(Opening("versions", ("hello",)))),
        ("releases hello", Command(Opening("versions", ("hello",)))),
        ("diff hello v1.0.0", Command(Opening("diff", ("hello", "v1.0.0")))),
        ("diff hello prod worktree", Command(Opening("diff", ("hello", "prod", "worktree")))),
        ("env staging", Command(environment="staging")),
        (
            "promote hello v1.2.0 --to prod",
            Command(Opening("promote", ("hello", "v1.2.0")), "prod"),
        ),
        ("promote hello --from dev", Command(Opening("promote", ("hello", "dev")))),
        ("rollback hello", Command(Opening("rollback", ("hello",)))),
        (
            "rollback hello --to v1.0.0 --env prod",
            Command(Opening("rollback", ("hello", "v1.0.0")), "prod"),
        ),
        ("run hello@v1.0.0 --dry-run", Command(Opening("dry-run", ("hello", "v1.0.0")))),
        ("dry-run hello", Command(Opening("dry-run", ("hello",)))),
        ("q", Command(does="quit")),
        ("quit", Command(does="quit")),
        ("help", Command(does="help")),
    ],
)
def test_a_command_says_which_screen_is_meant(typed, expected):
    assert read_command(typed) == expected


@pytest.mark.parametrize("name", [entry.name for entry in SCREENS])
def test_every_screen_of_the_table_is_a_command(name):
    command = read_command(name)
    assert command is not None
    assert command.opening is not None
    assert command.opening.name == name


def test_a_screen_that_is_new_in_the_table_is_a_command():
    verbs = verbs_with((*SCREENS, Entry("5", "environments", "Environments", "module:Page")))
    assert verbs["environments"].form == "environments"
    assert {**verbs, **VERBS} == verbs  # the others are as they were


def test_what_the_guide_types_after_a_colon_is_understood():
    typed = re.findall(r"`:([a-z][^`]+)`", GUIDE.read_text(encoding="utf-8"))
    assert len(typed) >= 3
    for each in typed:
        command = read_command(each)
        assert command is not None
        if command.opening is not None and command.opening.name == "runs":
            parse_query(*command.opening.words)


@pytest.mark.parametrize(
    ("typed", "said", "advice"),
    [
        ("rns", "no command `rns` has a screen", "did you mean `runs`?"),
        ("xyzzy", "no command `xyzzy` has a screen", "commands: fleet, status"),
        ("show", "`show` takes other words", "write `show RUN|AGENT[@REF]`"),
        ("diff hello", "`diff` takes other words", "write `diff AGENT A [B]`"),
        ("diff a b c d", "`diff` takes other words", "write `diff AGENT A [B]`"),
        ("promote hello", "`promote` takes other words", "write `promote AGENT REF"),
        ("rollback a b --to c", "`rollback` takes other words", "write `rollback AGENT"),
        ("run hello", "only dry runs are started here", "write `run AGENT[@REF] --dry-run`"),
        ("status --limit 3", "`status` has no --limit here", "write `status [AGENT]"),
        ("status --env", "--env needs a value", "write `status [AGENT]"),
        ("show 'last", "no closing quotation", "close the quote"),
        ("runs --limit 3", "`runs` has no --limit here", "write `runs [QUERY]"),
    ],
)
def test_what_is_no_command_is_refused_with_what_to_type(typed, said, advice):
    with pytest.raises(UsageError) as caught:
        read_command(typed)
    assert caught.value.message == said
    assert caught.value.help.startswith(advice)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("status:failed  -agent:hello", "status:failed  -agent:hello"),
        ('subject:"a b" cost>0.10', 'subject:"a b" cost>0.10'),
        ("--query 'cost>0.10 -status:succeeded'", "cost>0.10 -status:succeeded"),
        ("--agent a --agent b --status failed", "agent:a,b status:failed"),
        ("--since 2d invoice", "age<2d invoice"),
        ("--subject 'two words' agent:x", 'subject:"two words" agent:x'),
        ("--status failed subject:'two words' 'free text'", None),
    ],
)
def test_runs_takes_the_query_language_and_the_options_of_the_command(typed, query):
    made = query_of(typed)
    expected = query or 'status:failed subject:"two words" "free text"'
    assert made == expected
    parse_query(made)


@settings(max_examples=200, deadline=None)
@given(
    typed=st.text(max_size=40)
    | st.builds(
        lambda verb, rest: f"{verb} {rest}",
        st.sampled_from([*VERBS]),
        st.text(alphabet="ab -='\"@:\x1b[", max_size=20),
    )
)
def test_whatever_is_typed_is_a_command_or_a_usage_error(typed):
    with suppress(UsageError):
        read_command(typed)
