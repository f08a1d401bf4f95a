import pytest

from runner.cli.paging import fits, pagers


@pytest.mark.parametrize(
    ("env", "tried"),
    [
        ({}, [["less"], ["more"]]),
        ({"PAGER": "most -w"}, [["most", "-w"], ["less"], ["more"]]),
        ({"PAGER": "most", "AGENTCTL_PAGER": "bat -p"}, [["bat", "-p"], ["less"], ["more"]]),
        ({"PAGER": "cat"}, []),
        ({"PAGER": ""}, []),
        ({"PAGER": "most", "AGENTCTL_PAGER": ""}, []),
        ({"PAGER": 'broken "quote'}, [["less"], ["less"], ["more"]]),
    ],
)
def test_the_persons_pager_comes_first(env: dict[str, str], tried: list[list[str]]) -> None:
    assert list(pagers(env)) == tried


def test_a_text_fits_when_it_leaves_a_line_for_the_prompt() -> None:
    assert fits("a\n" * 3)
    assert not fits("a\n" * 500)
    assert not fits("a" * 100_000)
