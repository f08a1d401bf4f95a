"""Arguments in an address can name a thing, never another path or host."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.failure import FailureError
from runner.domain.tool import HttpCall
from runner.tools.address import Address, address

BASE = "http://host:81/api"


def at(template: str, arguments: dict[str, Any], method: str = "POST", **call: Any) -> Address:
    made = HttpCall.model_validate({"kind": "http", "method": method, "url": template, **call})
    return address(template, made, arguments)


def test_arguments_fill_the_path_and_the_rest_is_the_body() -> None:
    made = at(BASE + "/t/{id}/notes-{n}", {"id": "a b", "n": 3, "text": "x"})
    assert made == Address(BASE + "/t/a%20b/notes-3", {"text": "x"})


def test_named_arguments_go_into_the_query_of_a_post() -> None:
    made = at(BASE, {"dry": True, "text": "x"}, query=["dry", "absent"])
    assert made == Address(BASE + "?dry=true", {"text": "x"})


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_all_arguments_of_a_get_or_delete_go_into_the_query(method: str) -> None:
    arguments = {"a": "1&b=2", "list": ["x", 2], "none": None, "o": {"k": "v"}, "id": "7"}
    made = at(BASE + "/{id}?fixed=yes", arguments, method)
    assert parse_qsl(urlsplit(made.url).query) == [
        ("fixed", "yes"),
        ("a", "1&b=2"),
        ("list", "x"),
        ("list", "2"),
        ("o", '{"k": "v"}'),
    ]
    assert made.rest == {}


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "../x", "a\\b", "a\nb", "a\0b", None, {}, ["x"]]
)
def test_a_value_that_could_lead_elsewhere_is_refused(value: Any) -> None:
    with pytest.raises(FailureError) as caught:
        at(BASE + "/{id}", {"id": value})
    assert caught.value.failure.kind == "tool_failed"


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(FailureError, match="`id` is needed"):
        at(BASE + "/{id}", {})


def test_two_values_cannot_make_a_parent_directory_together() -> None:
    with pytest.raises(FailureError, match=r"`\.\.`"):
        at(BASE + "/{a}{b}", {"a": ".", "b": "."})


@pytest.mark.parametrize(
    "template",
    ["http://{host}/x", "{scheme}://host/x", "http://host/x?q={q}", "http:/{host}/x", "http://[x"],
)
def test_only_the_path_takes_arguments(template: str) -> None:
    with pytest.raises(FailureError, match="the tool's address"):
        at(template, {"host": "evil.example", "scheme": "file", "q": "1"})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_stays_one_segment_whatever_it_holds(value: str) -> None:
    try:
        made = at(BASE + "/t/{id}/end", {"id": value})
    except FailureError:
        return
    parts = urlsplit(made.url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("http", "host:81", "", "")
    before, segment, after = parts.path.rsplit("/", 2)
    assert (before, unquote(segment), after) == ("/api/t", value, "end")
