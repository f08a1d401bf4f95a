"""The chain: each line carries the hash of the line before it, and ends with its own.

A line is one strict JSON object. Its last 76 bytes are `,"hash":"`, 64 lower-case hex digits, `"}`
and a newline; the digits are the SHA-256 of all bytes before them. `prev` of line 0 is the SHA-256
of the chain's id, so that nobody needs canonical JSON to verify a file.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from runner.domain.errors import IntegrityError

SEAL = re.compile(rb',"hash":"([0-9a-f]{64})"\}\n')
SEAL_BYTES = 76
Kind = Literal["run", "ledger"]


class ChainError(IntegrityError):
    """A line that is not what the chain promised. Lines count from 1."""

    def __init__(self, line_number: int, reason: str) -> None:
        super().__init__(f"line {line_number}: {reason}")
        self.line_number = line_number
        self.reason = reason


@dataclass(frozen=True)
class SealedLine:
    """What one line holds: its fields without `prev` and `hash`, and these two."""

    fields: dict[str, Any]
    prev: str
    hash: str


def seal(fields: dict[str, Any], prev: str) -> tuple[bytes, str]:
    """Return the line for these fields, newline included, and its hash.

    Raises:
        ValueError: a number is not finite; JSON has none of these.
    """
    text = json.dumps(
        {**fields, "prev": prev}, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    body = without_surrogates(text)[:-1].encode()
    digest = hashlib.sha256(body).hexdigest()
    return body + f',"hash":"{digest}"}}\n'.encode(), digest


def read_line(line: bytes, number: int = 1) -> SealedLine:
    """Return what a line holds, after checking that it is whole and hashes to what it says.

    Raises:
        ChainError: it is not; `number` is named in it.
    """
    match = SEAL.fullmatch(line[-SEAL_BYTES:])
    if match is None:
        raise ChainError(number, 'the line does not end with ,"hash":"<64 hex digits>"}')
    stated, found = match[1].decode(), hashlib.sha256(line[:-SEAL_BYTES]).hexdigest()
    if stated != found:
        raise ChainError(number, f"the line hashes to {found}, but states {stated}")
    fields = _parsed(line, number)
    fields.pop("hash")
    return SealedLine(fields, fields.pop("prev"), stated)


@dataclass(frozen=True)
class Tip:
    """Where a chain stands: what the next line has to be."""

    kind: Kind
    id: str
    seq: int
    prev: str

    @classmethod
    def start(cls, kind: Kind, chain_id: str) -> "Tip":
        """Return the tip of a chain that has no line yet."""
        return cls(kind, chain_id, 0, hashlib.sha256(chain_id.encode()).hexdigest())

    def seal(self, ts: str, fields: dict[str, Any]) -> tuple[bytes, "Tip"]:
        """Return the next line, with `fields` (their `type` first), and the tip after it."""
        head = {self.kind: self.id, "seq": self.seq, "ts": ts}
        assert not fields.keys() & {*head, "prev", "hash"}, "the chain's own names"
        head["type"] = fields["type"]
        line, digest = seal({**head, **fields}, self.prev)
        return line, Tip(self.kind, self.id, self.seq + 1, digest)

    def read(self, line: bytes) -> tuple[SealedLine, "Tip"]:
        """Return what the next line holds and the tip after it.

        Raises:
            ChainError: the line is broken, or belongs to another place or another chain.
        """
        number = self.seq + 1
        sealed = read_line(line, number)
        if sealed.fields.get(self.kind) != self.id:
            found = sealed.fields.get(self.kind)
            raise ChainError(number, f"expected a line of {self.kind} {self.id}, found {found!r}")
        if sealed.fields.get("seq") != self.seq:
            found = sealed.fields.get("seq")
            raise ChainError(number, f"expected seq {self.seq}, found {found!r}")
        if sealed.prev != self.prev:
            raise ChainError(number, f"expected prev {self.prev}, found {sealed.prev}")
        return sealed, Tip(self.kind, self.id, self.seq + 1, sealed.hash)


def cut_short(line: bytes) -> bool:
    """Return whether a last line was cut while being written, as a crash leaves it.

    It has no newline, or holds NUL bytes: what a power cut leaves of blocks that never came. A
    whole line with other bytes than it was written with is damage.
    """
    return not line.endswith(b"\n") or b"\0" in line


def without_surrogates(text: str) -> str:
    """Return text that UTF-8 can hold: a lone surrogate becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(
            line.decode(), object_pairs_hook=_unique, parse_constant=_no_such_number
        )
    except (ValueError, RecursionError) as error:
        raise ChainError(number, f"not strict JSON in UTF-8: {error}") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("prev"), str):
        raise ChainError(number, "not a JSON object with `prev`")
    return fields


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return fields


def _no_such_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
