"""The Diff page: what changes mean, texts in one column and in two, and what its keys do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from runner.app.comparing.diff_view import Compared
from runner.app.comparing.side_by_side import file_diff
from runner.domain.errors import UsageError
from runner.tui.look import Look
from runner.tui.screens.diff import DiffPage
from runner.tui.screens.diff_lines import Laid, Manner, lay_out
from runner.tui.screens.diff_refs import RefsDialog, asked_for
from runner.tui.tints import pieces
from runner.tui.widgets.lines import LineView
from tests.tui.screens import assert_within, drive, press, screen_text, settled
from tests.tui.world import UiWorld

OPENING = "diff:invoice-triage:v1.1.0:v1.2.0"
BEFORE = b"You are the agent.\nAlways ask before sending a receipt.\n" + b"Same.\n" * 20
AFTER = BEFORE.replace(b"ask before", b"consider")
WIDE = (160, 60)


@asynccontextmanager
async def shown(
    world: UiWorld, size: tuple[int, int] = WIDE, look: Look | None = None, opening: str = OPENING
) -> AsyncIterator[Pilot[Any]]:
    async with drive(world, size, look, opening=opening) as pilot:
        yield pilot


def page(pilot: Pilot[Any]) -> DiffPage:
    assert isinstance(pilot.app.screen, DiffPage)
    return pilot.app.screen


def text(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app)


def laid(manner: Manner, look: Look | None = None, after: bytes | None = AFTER) -> Laid:
    file = file_diff("prompt.md", BEFORE, after, lambda data: data)
    return lay_out((), (file,), manner, look or Look())


def rows(found: Laid) -> list[str]:
    return ["".join(part for part, _tone in pieces(cell)).rstrip() for cell in found.cells]


async def test_the_meaning_stands_before_the_texts(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        told = text(pilot)
        meaning, place = (
            told.index("+ widening   tools send_email"),
            told.index("agent.yaml  +2 -2"),
        )
        assert meaning < told.index("suggested bump: minor (declared: minor)") < place
        assert "14    -   settings: {max_output_tokens: 2048, temperature: 0.2}" in told


async def test_no_row_ends_under_the_scroll_bar(ui_world: UiWorld) -> None:
    async with drive(ui_world, (62, 16), opening=OPENING) as pilot:
        view = pilot.app.screen.query_one(LineView)
        rows = [view._lines[at] for at in range(len(view._lines))]
        sizes = [sum(cell_len(part) for part, _tone in pieces(row)) for row in rows]
        assert max(sizes) <= view.room


async def test_s_shows_two_columns_and_u_one(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "s")
        (line,) = (line for line in text(pilot).splitlines() if "temperature: 0.2}" in line)
        assert "│ 14 +   settings: {max_output_tokens: 2048, temperature: 0.7}" in line
        assert "side by side" in page(pilot).crumbs()[-1]
        await press(pilot, "u")
        assert "temperature: 0.2}" in text(pilot)
        assert "│" not in text(pilot)


async def test_two_columns_need_a_hundred_and_twenty(ui_world: UiWorld) -> None:
    async with shown(ui_world, (100, 40)) as pilot:
        await press(pilot, "s")
        assert "unified" in page(pilot).crumbs()[-1]
        assert "side by side needs 120 columns" in text(pilot)
        await pilot.resize_terminal(140, 40)
        await settled(pilot)
        assert "side by side" in page(pilot).crumbs()[-1]


async def test_w_takes_the_marks_inside_lines_away_and_brings_them_back(ui_world: UiWorld) -> None:
    look = Look(colour=False)
    async with shown(ui_world, look=look) as pilot:
        assert "temperature: [-0.2}-]" in text(pilot)
        await press(pilot, "w")
        assert "temperature: 0.2}" in text(pilot)
        assert "no words" in page(pilot).crumbs()[-1]
        await press(pilot, "w")
        assert "temperature: {+0.7}+}" in text(pilot)


async def test_braces_change_how_much_is_shown_around_a_change(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        assert "⋯ 10 lines alike ⋯" in text(pilot)
        await press(pilot, "right_curly_bracket")
        assert "⋯ 9 lines alike ⋯" in text(pilot)
        await press(pilot, "left_curly_bracket", "left_curly_bracket")
        assert "⋯ 11 lines alike ⋯" in text(pilot)
        await press(pilot, *["left_curly_bracket"] * 4)
        assert "context 0" in page(pilot).crumbs()[-1]
        await press(pilot, "a")
        assert "lines alike" not in text(pilot)
        assert "all lines" in page(pilot).crumbs()[-1]
        await press(pilot, "left_curly_bracket")
        assert "context 2" in page(pilot).crumbs()[-1]
        await press(pilot, "a", "a")
        assert "context 3" in page(pilot).crumbs()[-1]


async def test_n_goes_from_change_to_change_and_back(ui_world: UiWorld) -> None:
    async with shown(ui_world, (120, 24)) as pilot:
        view = pilot.app.screen.query_one(LineView)
        await press(pilot, "n")
        assert text(pilot).splitlines()[1].startswith("14    -   settings:")
        first = view.here
        await press(pilot, "n")
        assert text(pilot).splitlines()[1].startswith("29    - limits:")
        await press(pilot, "N")
        assert view.here == first


async def test_the_place_in_the_text_stays_when_it_is_shown_otherwise(ui_world: UiWorld) -> None:
    async with shown(ui_world, (150, 24)) as pilot:
        await press(pilot, "n", "n")
        for key in ("s", "right_curly_bracket", "w", "u"):
            await press(pilot, key)
            assert "max_iterations: 12" in text(pilot).splitlines()[1], key
        await pilot.resize_terminal(100, 24)
        await settled(pilot)
        assert "max_iterations: 12" in "".join(text(pilot).splitlines()[1:3])


async def test_x_swaps_what_is_compared(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "X")
        assert "v1.2.0 → v1.1.0" in text(pilot)
        assert "- breaking" in text(pilot) or "! breaking" in text(pilot)
        assert page(pilot).command() == "agentctl diff invoice-triage v1.2.0 v1.1.0 -v"


async def test_w_asks_for_other_refs_and_stays_until_both_are_found(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        await press(pilot, "W", "ctrl+u", *"v1.0.0", "space", *"prdo", "enter")
        assert isinstance(pilot.app.screen, RefsDialog)
        assert "declares no environment 'prdo'" in text(pilot)
        assert "did you mean `prod`?" in text(pilot)
        await press(pilot, *["backspace"] * 2, *"od", "enter")
        assert "invoice-triage  v1.0.0 → prod (v1.2.0)" in text(pilot)
        await press(pilot, "W", "escape")
        assert page(pilot).command() == "agentctl diff invoice-triage v1.0.0 prod -v"


async def test_one_ref_is_compared_with_the_worktree(ui_world: UiWorld) -> None:
    prompt = ui_world.root / "agent-configs/invoice-triage/system-prompt.md"
    async with shown(ui_world, opening="diff:invoice-triage:v1.2.0") as pilot:
        assert "no difference" in text(pilot)
        prompt.write_text(prompt.read_text() + "Be brief.\n")
        await press(pilot, "ctrl+r")
        assert "+ Be brief." in text(pilot)


async def test_what_cannot_be_loaded_says_why_and_the_page_stays(ui_world: UiWorld) -> None:
    async with shown(ui_world, opening="diff:invoice-triage:v9.0.0:v1.2.0") as pilot:
        assert "invoice-triage has no version v9.0.0" in text(pilot)
        await press(pilot, "W", "ctrl+u", *"v1.0.0", "enter")
        assert "v1.0.0 → worktree" in text(pilot)
        assert "no version v9.0.0" not in text(pilot)


async def test_what_can_be_done_with_the_versions_opens_its_dialog(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        for key, name in (("R", "MoveDialog"), ("p", "MoveDialog"), ("t", "DryRunDialog")):
            await press(pilot, key)
            assert type(pilot.app.screen).__name__ == name
            await press(pilot, "escape")
            assert isinstance(pilot.app.screen, DiffPage)


async def test_read_only_offers_nothing_that_moves(ui_world: UiWorld) -> None:
    async with shown(ui_world, look=Look(read_only=True)) as pilot:
        for key in ("R", "p", "t"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, DiffPage)


async def test_both_digests_can_be_copied(ui_world: UiWorld) -> None:
    async with shown(ui_world) as pilot:
        words = dict(page(pilot).yanks())
        assert words.keys() == {"digest before", "digest after"}
        assert all(digest.startswith("h1:") for digest in words.values())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_ascii_has_nothing_else_and_no_line_is_too_wide(
    ui_world: UiWorld, size: tuple[int, int]
) -> None:
    async with shown(ui_world, size, Look(ascii=True)) as pilot:
        for key in ("u" if size[0] < 120 else "s", "a", "n"):
            await press(pilot, key)
            assert_within(text(pilot), size[0])
            assert text(pilot).isascii(), [x for x in text(pilot).splitlines() if not x.isascii()]


async def test_hostile_texts_steer_nothing(ui_world: UiWorld) -> None:
    script = ui_world.root / "agent-configs/invoice-triage/tools/x.sh"
    script.parent.mkdir()
    script.write_text("\x1b]0;owned\x07 [/red] \u202eabc \U0001f468\u200d\U0001f469 \ud7ff\n" * 3)
    async with shown(ui_world, opening="diff:invoice-triage:v1.2.0") as pilot:
        assert not {"\x1b", "\x07", "\u202e"} & set(text(pilot))
        assert "[/red]" in text(pilot)
        await press(pilot, "s", "a")
        assert_within(text(pilot), WIDE[0])


def test_marks_are_colours_or_brackets() -> None:
    coloured = laid(Manner(100))
    tones = [pieces(cell) for cell in coloured.cells]
    assert ("ask before", "removed") in [piece for row in tones for piece in row]
    assert "    2 + Always {+consider+} sending a receipt." in "\n".join(
        rows(laid(Manner(100), Look(colour=False)))
    ).replace("   2 +", "    2 +")


def test_a_line_that_is_too_long_goes_on_under_its_own_side() -> None:
    long = BEFORE.replace(b"sending", b"sending " + b"word " * 30)
    told = rows(laid(Manner(120, sides=True), after=long))
    at = next(at for at, row in enumerate(told) if "Always" in row)
    assert told[at].startswith(" 2 - Always ask before sending a receipt.")
    assert told[at + 1].index("word") > 60
    assert told[at + 1].index("│") == told[at].index("│")


def test_no_row_is_wider_than_the_screen() -> None:
    for width in (40, 80, 120, 133):
        for sides in (False, True):
            told = rows(laid(Manner(width, sides=sides, context=None)))
            assert max(map(len, told)) <= width, (width, sides)


def test_two_refs_are_asked_for_in_a_few_ways() -> None:
    compared = Compared("hello", "a", "b", "prod")
    for typed, refs in (
        ("v1.0.0 prod", ("v1.0.0", "prod")),
        ("v1.0.0..v1.1.0", ("v1.0.0", "v1.1.0")),
        (" staging ", ("staging", "worktree")),
    ):
        found = asked_for(compared, typed)
        assert (found.before, found.after, found.environment) == (*refs, "prod")
    for wrong in ("", "a b c"):
        with pytest.raises(UsageError):
            asked_for(compared, wrong)


def test_the_command_says_the_environment_where_a_ref_needs_it() -> None:
    found = Compared("hello", "previous", "v1.1.0", "prod")
    assert found.command() == "agentctl diff hello previous v1.1.0 --env prod"
    assert found.swapped().command() == "agentctl diff hello v1.1.0 previous --env prod"
    assert Compared("hello", "v1.0.0", None).command() == "agentctl diff hello v1.0.0"
    assert Compared("hello", "v1.0.0", "v1.1.0").stays
    assert not Compared("hello", "v1.0.0", "prod").stays
