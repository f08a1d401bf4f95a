from runner.cli.paging import fits


def test_a_text_fits_when_it_leaves_a_line_for_the_prompt() -> None:
    assert fits("a\n" * 3)
    assert not fits("a\n" * 500)
    assert not fits("a" * 100_000)
