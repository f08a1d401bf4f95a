"""The table: rows built when seen, and a cursor, marks and a place that keep to their keys."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runner.domain.errors import AgentctlError
from runner.tui.look import Look
from runner.tui.widgets.table import Column, VirtualTable
from tests.tui.bare import HOSTILE, Bare, ListedRows, rows

SIZE = (40, 11)
"""Ten rows under the titles."""


def table_of(**more) -> VirtualTable:
    return VirtualTable([Column("KEY", 10, grow=True)], **more)


def lines(table: VirtualTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


def shown(table: VirtualTable) -> list[str]:
    """The keys in view, in order."""
    return [line[2:].strip() for line in lines(table)[1:] if line[2:].strip()]


async def test_only_the_rows_that_are_seen_are_built():
    table, many = table_of(), ListedRows([f"r{number}" for number in range(100_000)])
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(many)
        await pilot.pause()
        assert set(many.built) == set(range(10))
        many.built.clear()
        await pilot.press("j", "j")
        assert set(many.built) <= {0, 1, 2}
        many.built.clear()
        await pilot.press("G")
        assert set(many.built) <= set(range(99_990, 100_000))


async def test_a_row_that_was_painted_is_not_built_again():
    table, some = table_of(), ListedRows([f"r{number}" for number in range(100)])
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(some)
        await pilot.press("pagedown", "g")
        some.built.clear()
        await pilot.press("pagedown")
        assert len(some.built) <= 2


async def test_a_key_takes_less_than_five_milliseconds_in_a_hundred_thousand_rows():
    table = table_of(newest="bottom")
    keys = [f"r{number}" for number in range(100_000)]
    async with Bare(table).run_test(size=(120, 41)) as pilot:
        table.show(ListedRows(keys, "a", ("b", "good"), (("c", "bad"), ("d", "dim"))))
        await pilot.pause()
        took = []
        for _ in range(20):
            before = process_time()
            table.action_page(1)
            table.action_step(1)
            took.append(process_time() - before)
        assert min(took) < 0.005
        again = ListedRows([*keys, "new"])
        before = process_time()
        table.show(again)
        assert process_time() - before < 0.05


async def test_keys_move_the_cursor_and_the_view_follows():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 50))
        for keys, expected in [
            (("j", "down"), "r2"),
            (("k", "up", "k"), "r0"),
            (("G",), "r49"),
            (("g",), "r0"),
            (("end",), "r49"),
            (("home",), "r0"),
            (("pagedown",), "r9"),
            (("ctrl+f",), "r18"),
            (("ctrl+b", "pageup"), "r0"),
        ]:
            await pilot.press(*keys)
            assert table.cursor_key == expected
            assert expected in shown(table)


async def test_the_cursor_is_told_by_a_glyph_and_by_reverse_video_over_the_whole_row():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["a", "b"]))
        await pilot.press("j")
        strip = table.render_line(2)
        assert strip.text.startswith("▌ b")
        assert all(segment.style.reverse for segment in strip if segment.text)
        assert not any(segment.style.reverse for segment in table.render_line(1) if segment.style)
        table.screen.set_focus(None)
        await pilot.pause()
        assert table.render_line(2).text.startswith("▌ b")
        assert not any(segment.style.reverse for segment in table.render_line(2))


async def test_with_ascii_the_glyphs_are_ascii():
    table = VirtualTable([Column("A LONG TITLE", 60), Column("B", 9)])
    async with Bare(table, Look(ascii=True)).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["x" * 80, "y"] + [f"{n}" for n in range(30)], "\x1b[2J\x1b[H..."))
        await pilot.press("space", "j", "right")
        text = "\n".join(lines(table))
        assert text.isascii()
        assert lines(table)[2].startswith("> ")
        assert lines(table)[1].startswith(" *")


async def test_without_colour_there_is_no_colour_and_tones_keep_their_weight():
    table = VirtualTable([Column("K", 5), Column("S", 8)])
    async with Bare(table, Look(colour=False)).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["a", "b"], ("failed", "bad")))
        await pilot.pause()
        styles = [segment.style for y in range(11) for segment in table.render_line(y)]
        assert not any(style and (style.color or style.bgcolor) for style in styles)
        assert any(segment.style.bold for segment in table.render_line(2) if segment.text.strip())


async def test_a_tone_has_the_colour_of_the_theme():
    table = VirtualTable([Column("K", 5), Column("S", 8)])
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["a", "b"], ("failed", "bad")))
        colours = []
        for theme in ("textual-dark", "nord"):
            pilot.app.theme = theme
            await pilot.pause()
            found = [part.style.color for part in table.render_line(2) if "failed" in part.text]
            colours += found
        assert len(colours) == 2
        assert colours[0] != colours[1]


async def test_the_cursor_keeps_its_key_in_another_order_and_under_a_filter():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 50))
        table.go_to("r30")
        table.show(rows(49, -1, -1))
        assert (table.cursor_key, table.cursor) == ("r30", 19)
        table.show(rows(0, 50, 10))
        assert (table.cursor_key, table.cursor) == ("r30", 3)
        assert "r30" in shown(table)
        assert [key for what, key in pilot.app.heard if what == "moved"][-1:] in ([], ["r30"])


async def test_where_the_row_is_gone_the_cursor_takes_the_next_one_that_is_left():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 5))
        await pilot.press("j", "j")
        table.show(ListedRows(["new", "r0", "r1", "r3", "r4"]))
        assert table.cursor_key == "r3"
        table.show(ListedRows(["r0", "r1"]))
        assert table.cursor_key == "r1"
        table.show(ListedRows(["other", "than", "those"]))
        assert table.cursor_key == "than"
        table.show(ListedRows([]))
        assert (table.cursor_key, table.cursor) == (None, 0)
        await pilot.press("j", "G", "enter", "space", "pagedown")
        table.show(rows(0, 3))
        assert table.cursor_key == "r0"


async def test_the_row_under_the_eye_stays_where_it_is_when_rows_come_above_it():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(10, 60))
        await pilot.press("pagedown", "pagedown", "k", "k")
        await pilot.pause()
        before = shown(table)
        table.show(rows(0, 60))
        assert shown(table) == before
        table.show(rows(0, 90))
        assert shown(table) == before


async def test_at_the_top_of_a_table_that_does_not_follow_a_new_first_row_is_seen():
    table = table_of()
    async with Bare(table).run_test(size=SIZE):
        table.show(rows(1, 40))
        table.show(rows(0, 40))
        assert shown(table)[0] == "r0"
        assert table.cursor_key == "r1"


@pytest.mark.parametrize("newest", ["top", "bottom"])
async def test_a_table_that_follows_stays_at_the_newest_row_until_it_is_moved_away(newest):
    away, back = ("j", "g") if newest == "top" else ("k", "G")
    table = table_of(newest=newest)

    def at(count):
        keys = [f"r{number}" for number in range(count)]
        return ListedRows(keys[::-1] if newest == "top" else keys)

    async with Bare(table).run_test(size=SIZE) as pilot:
        table.follow = True
        table.show(at(30))
        table.show(at(31))
        assert (table.follow, table.cursor_key, table.unseen) == (True, "r30", 0)
        assert "r30" in shown(table)
        await pilot.press(away)
        assert (table.follow, table.cursor_key) == (False, "r29")
        before = shown(table)
        table.show(at(36))
        table.show(at(38))
        assert (table.cursor_key, table.unseen, shown(table)) == ("r29", 7, before)
        await pilot.press(back)
        assert (table.follow, table.cursor_key, table.unseen) == (True, "r37", 0)
        table.show(at(39))
        assert table.cursor_key == "r38"


async def test_a_table_that_nobody_told_to_follow_keeps_its_key_at_the_edge_too():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(1, 20))
        await pilot.press("j", "g")
        table.show(rows(0, 20))
        assert (table.follow, table.cursor_key) == (False, "r1")


async def test_scrolling_with_the_wheel_takes_the_cursor_along_and_ends_following():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.follow = True
        table.show(rows(0, 60))
        await pilot.pause()
        table.scroll_to(y=5, animate=False)
        await pilot.pause()
        assert (table.cursor_key, table.follow) == ("r5", False)
        table.scroll_to(y=0, animate=False)
        await pilot.pause()
        assert table.cursor_key == "r5"


async def test_marks_are_kept_in_their_order_over_a_refresh():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 20))
        await pilot.press("j", "j", "space", "k", "space", "j", "j", "space", "space")
        assert table.marks == ["r2", "r1"]
        assert lines(table)[2].startswith(" ●r1")
        table.show(rows(0, 3))
        table.show(rows(0, 30))
        assert table.marks == ["r2", "r1"]
        assert ("marked", ["r2", "r1"]) in pilot.app.heard
        table.clear_marks()
        assert table.marks == []
        assert "●" not in "".join(lines(table))


async def test_it_says_where_the_cursor_is_and_what_is_opened():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 20))
        await pilot.press("j", "enter", "k", "k")
        table.show(ListedRows([]))
        await pilot.pause()
        assert pilot.app.heard == [
            ("moved", "r0"),
            ("moved", "r1"),
            ("opened", "r1"),
            ("moved", "r0"),
            ("moved", None),
        ]


async def test_a_click_moves_the_cursor_and_a_second_one_opens():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(rows(0, 50))
        await pilot.pause()
        await pilot.click(VirtualTable, offset=(5, 4))
        assert table.cursor_key == "r3"
        await pilot.click(VirtualTable, offset=(5, 0))
        assert table.cursor_key == "r3"
        await pilot.click(VirtualTable, offset=(5, 6), times=2)
        await pilot.pause()
        assert pilot.app.heard[-1] == ("opened", "r5")


async def test_a_row_can_be_asked_for_before_it_is_there():
    table = table_of()
    async with Bare(table).run_test(size=SIZE) as pilot:
        assert table.go_to("r40") is False
        table.show(rows(0, 10))
        assert table.cursor_key == "r0"
        table.show(rows(0, 50))
        assert table.cursor_key == "r40"
        assert "r40" in shown(table)
        assert table.go_to("r1") is True
        await pilot.press("j")
        assert table.cursor_key == "r2"


async def test_columns_go_when_the_terminal_is_narrow_and_come_back():
    table = VirtualTable([Column("AGENT", 14), Column("WHY", 20, rank=2, grow=True)])
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["invoice-triage", "b"], "because"))
        await pilot.pause()
        assert "WHY" in lines(table)[0]
        await pilot.resize_terminal(30, 11)
        await pilot.pause()
        assert "WHY" not in lines(table)[0]
        assert "invoice-triage" in lines(table)[1]
        await pilot.resize_terminal(60, 11)
        await pilot.pause()
        assert "because" in lines(table)[1]
        table.columns_are([Column("NAME", 14), Column("THEN", 8)])
        assert "THEN" in lines(table)[0]


async def test_columns_that_must_stay_can_be_scrolled_to_the_side():
    table = VirtualTable([Column("FIRST", 30), Column("LAST", 30)])
    async with Bare(table).run_test(size=SIZE) as pilot:
        table.show(ListedRows(["a", "b"], "the end of it"))
        await pilot.pause()
        assert lines(table)[0].rstrip().endswith("»")
        await pilot.press("right")
        table.action_side(9)
        assert "the end of it" in lines(table)[1]
        assert lines(table)[0].startswith("«")
        await pilot.press("left")
        table.action_side(-9)
        assert lines(table)[1].startswith("▌ a")


async def test_the_cursor_stays_in_view_when_the_terminal_shrinks():
    table = table_of()
    async with Bare(table).run_test(size=(40, 30)) as pilot:
        table.show(rows(0, 100))
        table.go_to("r25")
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert table.cursor_key == "r25"
        assert "r25" in shown(table)


async def test_every_line_is_as_wide_as_the_widget_whatever_is_in_the_cells():
    columns = [Column("A", 6), Column("B", 9, right=True), Column("C", 4, grow=True, rank=1)]
    table = VirtualTable(columns)
    part = st.tuples(
        st.text(max_size=20) | st.sampled_from(HOSTILE), st.sampled_from(["plain", "good", "dim"])
    )
    cell = st.text(max_size=20) | part | st.lists(part, max_size=3).map(tuple)
    async with Bare(table).run_test(size=(33, 6)) as pilot:

        @settings(max_examples=150, deadline=None)
        @given(first=cell, second=cell, left=st.booleans())
        def holds(first, second, left):
            table.show(ListedRows(["k\x1b[0m", "漢字漢字漢字"], first, second))
            table.action_side(1 if left else -1)
            for y in range(6):
                strip = table.render_line(y)
                assert strip.cell_length == table.room
                assert cell_len(strip.text) == table.room
                assert "\x1b" not in strip.text
                assert "\n" not in strip.text

        holds()
        await pilot.pause()


async def test_a_cell_of_a_megabyte_is_painted_at_once():
    table = VirtualTable([Column("K", 8), Column("TEXT", 10, grow=True)])
    async with Bare(table).run_test(size=(120, 41)) as pilot:
        table.show(ListedRows([f"r{n}" for n in range(40)], "\x1b[31m漢" * 200_000))
        await pilot.pause()
        before = process_time()
        table.columns_are([Column("K", 8), Column("TEXT", 20, grow=True)])
        lines(table)
        assert process_time() - before < 0.1


class Unreadable(ListedRows):
    """Rows whose journal went away after they were listed."""

    def cells(self, index):
        if index == 1:
            raise FileNotFoundError(2, "No such file or directory", "events.jsonl")
        if index == 2:
            raise AgentctlError("the journal is torn\x1b[31m", help="")
        return super().cells(index)


async def test_a_row_that_cannot_be_read_says_so_and_the_others_are_shown():
    table = VirtualTable([Column("K", 30, grow=True)])
    async with Bare(table).run_test(size=(60, 6)) as pilot:
        table.show(Unreadable(["a", "b", "c", "d"]))
        await pilot.pause()
        said = lines(table)
        assert "a" in said[1]
        assert "cannot be read" in said[2]
        assert "the journal is torn␛[31m" in said[3]
        assert "d" in said[4]
