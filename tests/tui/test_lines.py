"""The text view: lines built when seen, wrapped where they are few, and stops to go to."""

from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runner.tui.look import Look
from runner.tui.widgets.lines import LineView
from tests.tui.bare import HOSTILE, Bare

SIZE = (40, 10)


def seen(view: LineView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def numbered(count: int) -> list[str]:
    return [f"line {number}" for number in range(count)]


class Counted:
    """A hundred thousand lines that are made when they are asked for."""

    def __init__(self) -> None:
        self.asked: set[int] = set()

    def __len__(self) -> int:
        return 100_000

    def __getitem__(self, index: int) -> str:
        self.asked.add(index)
        return f"line {index}"


async def test_only_the_lines_that_are_seen_are_asked_for():
    view, many = LineView(), Counted()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(many)
        await pilot.pause()
        assert many.asked == set(range(10))
        await pilot.press("G")
        assert seen(view)[-1] == "line 99999"
        assert len(many.asked) <= 20


async def test_keys_scroll():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(numbered(100))
        for keys, top in [
            (("j", "down"), 2),
            (("k",), 1),
            (("pagedown",), 10),
            (("ctrl+f",), 19),
            (("pageup", "ctrl+b"), 1),
            (("G",), 90),
            (("j",), 90),
            (("g",), 0),
            (("k",), 0),
            (("end",), 90),
            (("home",), 0),
        ]:
            await pilot.press(*keys)
            assert view.top == top
        assert view.at_end is False
        await pilot.press("G")
        assert view.at_end is True


async def test_n_goes_from_stop_to_stop_and_marks_where_it_is():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(numbered(100), stops=[5, 40, 98])
        await pilot.press("n")
        assert (view.here, view.top) == (5, 5)
        await pilot.press("n", "n")
        assert (view.here, view.top) == (98, 90)
        strip = view.render_line(8)
        assert strip.text.strip() == "line 98"
        assert all(segment.style.reverse for segment in strip if segment.text.strip())
        await pilot.press("n")
        assert view.here == 98
        await pilot.press("N", "N", "N")
        assert view.here == 5
        view.stops_are([7])
        assert view.here is None
        await pilot.press("n")
        assert view.here == 7


async def test_a_stop_on_the_first_line_is_gone_to():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(numbered(50), stops=[0, 20])
        await pilot.press("n")
        assert view.here == 0
        await pilot.press("n")
        assert view.here == 20


async def test_a_refresh_keeps_the_place_unless_it_is_another_text():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(numbered(100))
        await pilot.press("pagedown", "pagedown")
        view.show(numbered(120))
        assert view.top == 18
        view.show(numbered(120), keep=False)
        assert view.top == 0
        await pilot.press("G")
        view.show(numbered(5))
        assert (view.top, seen(view)[0]) == (0, "line 0")


async def test_a_view_that_follows_stays_at_the_end_until_it_is_scrolled_up():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.follow = True
        view.show(numbered(50))
        view.show(numbered(60))
        assert (seen(view)[-1], view.follow) == ("line 59", True)
        await pilot.press("k")
        view.show(numbered(70))
        assert (seen(view)[-1], view.follow) == ("line 58", False)
        await pilot.press("G")
        view.show(numbered(80))
        assert (seen(view)[-1], view.follow) == ("line 79", True)


async def test_a_view_that_nobody_told_to_follow_does_not():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(numbered(50))
        await pilot.press("G")
        view.show(numbered(60))
        assert seen(view)[-1] == "line 49"


async def test_wrapped_lines_break_between_words_and_again_at_another_width():
    view = LineView()
    text = [("one two three four five six seven eight nine ten", "good"), "end"]
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(text, wrap=True)
        await pilot.pause()
        assert seen(view)[:3] == ["one two three four five six seven eight", "nine ten", "end"]
        await pilot.resize_terminal(21, 10)
        await pilot.pause()
        assert seen(view)[:4] == ["one two three four", "five six seven eight", "nine ten", "end"]


async def test_wrapping_again_keeps_the_line_at_the_top():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(["word " * 30] * 40, wrap=True)
        await pilot.pause()
        view.go_to(20)
        for width in (25, 90, 40):
            await pilot.resize_terminal(width, 10)
            await pilot.pause()
            assert view.top == 20


async def test_stops_are_lines_however_they_are_wrapped():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(["word " * 30, "stop here"] * 10, wrap=True, stops=[3, 9])
        await pilot.press("n", "n")
        assert (view.here, view.top) == (9, 9)
        assert seen(view)[0] == "stop here"


async def test_a_text_that_is_too_long_to_wrap_is_cut_and_can_be_scrolled_to_the_side():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(["a" * 60 + "end"] * 6_000, wrap=True)
        await pilot.pause()
        await pilot.pause()
        assert seen(view)[0] == "a" * (view.room - 1) + "…"
        await pilot.press("right")
        assert not seen(view)[0].endswith("end")
        for _ in range(20):
            view.action_side(1)
            seen(view)
        assert seen(view)[0].endswith("end")
        await pilot.press("left")
        view.action_side(-20)
        assert seen(view)[0] == "a" * (view.room - 1) + "…"


async def test_a_very_long_line_shows_its_beginning_its_size_and_its_end():
    view = LineView()
    async with Bare(view).run_test(size=SIZE) as pilot:
        view.show(["head " + "x" * 100_000 + " tail"], wrap=True)
        await pilot.pause()
        assert seen(view)[0].startswith("head")
        rows = []
        while not view.at_end:
            rows += seen(view)
            view.action_page(1)
        text = " ".join([*rows, *seen(view)])
        assert text.endswith("tail")
        assert "… 94,890 characters not shown …" in " ".join(text.split())


async def test_every_line_is_as_wide_as_the_widget_whatever_it_says():
    view = LineView()
    part = st.tuples(
        st.text(max_size=60) | st.sampled_from(HOSTILE), st.sampled_from(["plain", "added"])
    )
    cells = st.lists(
        st.text(max_size=60) | part | st.lists(part, max_size=3).map(tuple), max_size=6
    )
    async with Bare(view).run_test(size=(31, 6)) as pilot:

        @settings(max_examples=150, deadline=None)
        @given(lines=cells, wrap=st.booleans(), steps=st.integers(0, 3))
        def holds(lines, wrap, steps):
            view.show(lines, wrap=wrap, keep=False, stops=range(len(lines)))
            view.action_stop(1)
            for y in range(6):
                view.render_line(y)
            view.action_side(steps)
            for y in range(6):
                strip = view.render_line(y)
                assert strip.cell_length == cell_len(strip.text) == view.room
                assert not set(strip.text) & {"\x1b", "\n", "\x9b", "\u202e"}

        holds()
        await pilot.pause()


async def test_half_a_megabyte_is_wrapped_in_less_than_a_tenth_of_a_second():
    view = LineView()
    async with Bare(view).run_test(size=(120, 40)) as pilot:
        text = ["some words of a prompt that is long " * 5] * 2_900
        took = []
        for _ in range(3):
            before = process_time()
            view.show(text, wrap=True)
            took.append(process_time() - before)
        assert min(took) < 0.1
        await pilot.pause()


async def test_with_ascii_nothing_else_is_added():
    view = LineView()
    async with Bare(view, Look(ascii=True)).run_test(size=SIZE) as pilot:
        view.show(["x" * 90, "\x1b[31m", "y" * 70_000, *numbered(30)])
        await pilot.pause()
        assert "".join(seen(view)).isascii()


class Torn(list):
    """Lines of a journal that is being rotated."""

    def __getitem__(self, index):
        if index == 1:
            raise OSError(116, "Stale file handle")
        return super().__getitem__(index)


async def test_a_line_that_cannot_be_read_says_so():
    view = LineView()
    async with Bare(view).run_test(size=(60, 10)) as pilot:
        view.show(Torn(["a", "b", "c"]))
        await pilot.pause()
        assert seen(view)[0] == "a"
        assert "Stale file handle" in seen(view)[1]
        assert seen(view)[2] == "c"
