"""Tool names as providers accept them, and back."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.reasoning.toolnames import provider_names

PROVIDERS = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def test_a_name_that_providers_accept_stays() -> None:
    assert provider_names(["read_log", "A-1"]) == {"read_log": "read_log", "A-1": "A-1"}


def test_a_name_with_a_server_is_still_readable() -> None:
    assert re.fullmatch(
        r"ledger_list_invoices_[0-9a-f]{8}",
        provider_names(["ledger/list_invoices"])["ledger/list_invoices"],
    )


def test_names_that_would_fold_into_one_stay_apart() -> None:
    names = provider_names(["a/b", "a.b", "a_b"])
    assert len(set(names.values())) == 3
    assert names["a_b"] == "a_b"


def test_a_name_does_not_depend_on_the_others() -> None:
    assert provider_names(["x", "a/b"])["a/b"] == provider_names(["a/b", "y/z"])["a/b"]


def test_a_tool_that_is_called_like_a_mapped_name_is_not_mistaken_for_it() -> None:
    mapped = provider_names(["a/b"])["a/b"]
    names = provider_names(["a/b", mapped])
    assert names[mapped] == mapped
    assert names["a/b"] != mapped


@settings(max_examples=100)
@given(st.lists(st.text(max_size=130) | st.from_regex(r"[a-z./_-]{1,130}", fullmatch=True)))
def test_every_list_of_names_maps_to_distinct_accepted_ones(names: list[str]) -> None:
    mapped = provider_names(names)
    assert set(mapped) == set(names)
    assert len(set(mapped.values())) == len(mapped)
    assert all(PROVIDERS.fullmatch(name) for name in mapped.values())
