"""Secrets come from where they are kept, and leave no text in any encoding."""

import base64
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from runner.boundary.secrets import SecretBook, resolve, with_prefix
from runner.domain.errors import UsageError
from runner.domain.references import SecretRef

Encode = Callable[[str], str]


def lower_hex(quoted: str) -> str:
    first, *rest = quoted.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def in_base64(before: int, encode: Callable[[bytes], bytes]) -> Encode:
    """The whole of what carries the secret when so many bytes stand before it."""
    return lambda secret: encode(b"\x5a" * before + secret.encode() + b"~~~").decode()


def upper_escapes(secret: str) -> str:
    return "".join(f"\\u{ord(c):04X}" if ord(c) < 0x10000 else json.dumps(c)[1:-1] for c in secret)


ENCODINGS: dict[str, Encode] = {
    "plain": str,
    "json": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "json ascii": lambda secret: json.dumps(secret)[1:-1],
    "json in json": lambda secret: json.dumps(json.dumps(secret))[1:-1],
    "json all escaped": upper_escapes,
    "json with escaped slash": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "quote": quote,
    "quote all": lambda secret: quote(secret, safe=""),
    "quote_plus": quote_plus,
    "quote lower": lambda secret: lower_hex(quote(secret, safe="")),
    "percent everything": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    **{f"base64 at {n}": in_base64(n, base64.b64encode) for n in range(3)},
    **{f"urlsafe base64 at {n}": in_base64(n, base64.urlsafe_b64encode) for n in range(3)},
    "base64 in lines": in_base64(70, base64.encodebytes),
    "base64 in json": lambda s: json.dumps(in_base64(70, base64.encodebytes)(s)),
    "base64 in a query": lambda s: quote(in_base64(1, base64.b64encode)(s), safe=""),
}
characters = st.characters(exclude_categories=["Cs"])
secrets = st.text(characters, min_size=8, max_size=40)
awkward = st.text(st.sampled_from('\\"/+%&= \n\tna5Cu0é☃😀'), min_size=8, max_size=24)


def cores(secret: str) -> list[str]:
    """What of base64 the secret alone decides, at the three alignments."""
    found = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + secret.encode()).decode()
        found.append(text[(0, 2, 3)[before] : (before + len(secret.encode())) * 8 // 6])
    return found


@pytest.mark.parametrize("name", ENCODINGS)
@settings(max_examples=40, deadline=None)
@given(secret=secrets | awkward, before=st.text(characters), after=st.text(characters))
@example(secret="\\" * 20, before="", after="")
@example(secret="%25%25%25", before="", after="")
@example(secret="a\nb\tc d/e", before="\\", after="\\")
def test_no_encoding_of_a_secret_survives(name: str, secret: str, before: str, after: str) -> None:
    assume(secret not in "[redacted:S]" and secret not in before + after)
    carrier = ENCODINGS[name](secret)
    text = SecretBook({"S": secret}).redact(before + carrier + after)
    assert "[redacted:S]" in text
    if name.startswith(("base64", "urlsafe")):
        flat = text.replace("\n", "").replace("\\n", "").replace("-", "+").replace("_", "/")
        assert not any(core in flat for core in cores(secret))
    else:
        assert carrier not in text


def test_text_without_a_secret_stays_as_it_is() -> None:
    text = 'plain text, "json": "\\u00e9", 100% of it, [brackets] and YWJjZGVmZ2g='
    assert SecretBook({"S": "another secret"}).redact(text) == text
    assert SecretBook({}).redact(text) == text


def test_a_longer_secret_wins_over_its_own_beginning() -> None:
    book = SecretBook({"SHORT": "abcdefgh", "LONG": "abcdefghijkl"})
    assert book.redact("abcdefghijkl abcdefgh") == "[redacted:LONG] [redacted:SHORT]"


def test_a_mark_is_recognised() -> None:
    book = SecretBook({"S": "s3cret-value"})
    assert book.marked(book.redact("x s3cret-value y"))
    assert not book.marked("x y")


def test_json_is_redacted_in_names_values_lists_and_numbers() -> None:
    book = SecretBook({"S": "12345678"})
    value = {"12345678": ["a12345678b", {"n": 12345678, "ok": True, "none": None, "f": 1.5}]}
    assert book.redact_json(value) == {
        "[redacted:S]": [
            "a[redacted:S]b",
            {"n": "[redacted:S]", "ok": True, "none": None, "f": 1.5},
        ]
    }


def test_labels_with_odd_characters_are_shown_as_they_are() -> None:
    book = SecretBook({"/run/secrets/api key": "s3cret-value"})
    assert book.redact("s3cret-value") == "[redacted:/run/secrets/api key]"


@pytest.mark.parametrize(
    ("secret", "text"),
    [("\\" * 40 + "x", "\\" * 5000), ("%25" * 20 + "x", "%25" * 3000), ('"' * 30, '\\"' * 3000)],
)
def test_no_text_makes_the_search_explode(secret: str, text: str) -> None:
    before = time.process_time()
    SecretBook({"S": secret}).redact(text)
    assert time.process_time() - before < 5


def test_a_value_comes_from_the_environment(tmp_path: Path) -> None:
    ref = SecretRef(env="TOKEN", prefix="Bearer ")
    value = resolve(ref, {"TOKEN": "long enough"}, tmp_path)
    assert value == "long enough"
    assert with_prefix(ref, value) == "Bearer long enough"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_value_comes_from_a_file_without_its_line_end(tmp_path: Path, ending: str) -> None:
    (tmp_path / "token").write_bytes(b"long enough" + ending.encode())
    assert resolve(SecretRef(file="token"), {}, tmp_path) == "long enough"
    assert resolve(SecretRef(file=str(tmp_path / "token")), {}, Path("/")) == "long enough"


@pytest.mark.parametrize("environment", [{}, {"TOKEN": ""}])
def test_a_missing_variable_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="TOKEN is not set") as caught:
        resolve(SecretRef(env="TOKEN"), environment, tmp_path)
    assert "export TOKEN=" in caught.value.help


def test_nothing_waits_for_a_pipe_or_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    for file in (str(tmp_path / "token"), "/dev/zero"):
        with pytest.raises(UsageError, match="no regular file"):
            resolve(SecretRef(file=file), {}, tmp_path)


def test_a_file_that_is_too_large_for_a_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"x" * 70_000)
    with pytest.raises(UsageError, match="larger than 65,536 bytes"):
        resolve(SecretRef(file="token"), {}, tmp_path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(UsageError, match=str(tmp_path / "token")):
        resolve(SecretRef(file="token"), {}, tmp_path)


def test_a_short_secret_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="shorter than 8 characters") as caught:
        resolve(SecretRef(env="TOKEN"), {"TOKEN": "hunter2"}, tmp_path)
    assert "hunter2" not in caught.value.message + caught.value.help
