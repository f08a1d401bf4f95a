from hypothesis import given
from hypothesis import strategies as st

from runner.domain.effects import arguments_digest, idempotency_key, identity, own_key

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=5,
)
arguments = st.dictionaries(st.text(), values, max_size=5)


@given(arguments)
def test_the_order_of_arguments_does_not_matter(given_arguments: dict[str, object]) -> None:
    turned = dict(reversed(given_arguments.items()))
    assert arguments_digest(turned) == arguments_digest(given_arguments)


@given(arguments, st.text(min_size=1))
def test_other_arguments_are_another_call(given_arguments: dict[str, object], name: str) -> None:
    more = {**given_arguments, name: "changed", name + "x": 1}
    assert identity("t", more) != identity("t", given_arguments)


def test_a_key_names_job_tool_arguments_and_number() -> None:
    same = identity("pay", {"n": 1})
    assert idempotency_key("job", same, 2) == f"job:pay:{arguments_digest({'n': 1})}:2"


@given(st.text() | st.integers() | st.lists(st.text()))
def test_an_own_key_fits_into_a_header(value: object) -> None:
    key = own_key("agent", "tool", value)
    assert key.isascii()
    assert key.isprintable()
