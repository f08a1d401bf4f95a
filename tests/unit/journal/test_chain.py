"""The chain: its exact bytes, and that nothing passes for a line that is none."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.journal.chain import ChainError, Tip, read_line, seal

TEXT = st.text(max_size=30)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def test_a_line_ends_with_76_bytes_that_seal_everything_before_them() -> None:
    line, digest = seal({"run": "r", "seq": 0}, "p")
    assert line[-76:] == b',"hash":"' + digest.encode() + b'"}\n'
    assert hashlib.sha256(line[:-76]).hexdigest() == digest
    assert line.startswith(b'{"run":"r","seq":0,"prev":"p"')
    assert json.loads(line)["hash"] == digest


def test_the_first_prev_is_the_hash_of_the_id() -> None:
    assert Tip.start("run", "abc").prev == hashlib.sha256(b"abc").hexdigest()


def test_fields_come_in_the_promised_order() -> None:
    line, _tip = Tip.start("run", "abc").seal("now", {"step": "t1", "type": "x"})
    assert list(json.loads(line)) == ["run", "seq", "ts", "type", "step", "prev", "hash"]


def test_a_lone_surrogate_becomes_a_replacement_mark() -> None:
    line, _digest = seal({"text": "a\ud800b"}, "p")
    assert read_line(line).fields["text"] == "a\ufffdb"


def test_a_number_that_json_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        seal({"x": float("inf")}, "p")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2,"prev":"p"',
        b'{"a":NaN,"prev":"p"',
        b'{"a":"\xff","prev":"p"',
        b'{"a":1',
        b"[" * 100_000,
    ],
)
def test_a_sealed_line_that_is_no_strict_json_is_refused(body: bytes) -> None:
    line = body + f',"hash":"{hashlib.sha256(body).hexdigest()}"}}\n'.encode()
    with pytest.raises(ChainError):
        read_line(line)


@given(st.dictionaries(st.sampled_from(["a", "b", "ü"]), VALUES, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_unicode_comes_back(fields: dict[str, object]) -> None:
    line, digest = seal(fields, "p")
    sealed = read_line(line)
    assert (sealed.fields, sealed.prev, sealed.hash) == (fields, "p", digest)
    assert line.count(b"\n") == 1


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_changed_byte_breaks_the_line(data: st.DataObject) -> None:
    line, _digest = seal({"run": "r", "text": "Grüße"}, "p")
    at = data.draw(st.integers(0, len(line) - 1))
    bit = data.draw(st.integers(1, 255))
    changed = line[:at] + bytes([line[at] ^ bit]) + line[at + 1 :]
    with pytest.raises(ChainError):
        read_line(changed)


def test_a_line_of_another_place_or_chain_is_refused() -> None:
    first, after = Tip.start("run", "a").seal("now", {"type": "x"})
    second, _end = after.seal("now", {"type": "x"})
    foreign, _other = Tip.start("run", "b").seal("now", {"type": "x"})
    with pytest.raises(ChainError, match="expected seq 0"):
        Tip.start("run", "a").read(second)
    with pytest.raises(ChainError, match="expected a line of run a"):
        Tip.start("run", "a").read(foreign)
    with pytest.raises(ChainError, match="line 2: expected seq 1"):
        after.read(first)
