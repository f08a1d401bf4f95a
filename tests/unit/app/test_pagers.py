import pytest

from runner.app.pagers import pagers


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
