"""What git's plumbing writes, read into nouns: references, tags, trees, commits."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

REF_FIELDS = (
    "refname",
    "objectname",
    "objecttype",
    "*objectname",
    "*objecttype",
    "creatordate:unix",
    "taggername",
    "taggeremail:trim",
    "tag",
    "contents",
)
REF_FORMAT = "".join(f"%({field})%00" for field in REF_FIELDS)
COMMIT_FIELDS = ("%H", "%ct", "%an", "%ae", "%s", "%b")
COMMIT_FORMAT = "%x00" + "".join(f"{field}%x00" for field in COMMIT_FIELDS)
SIGNATURES = {
    "-----BEGIN SSH SIGNATURE-----": "ssh",
    "-----BEGIN PGP SIGNATURE-----": "openpgp",
    "-----BEGIN PGP MESSAGE-----": "openpgp",
    "-----BEGIN SIGNED MESSAGE-----": "x509",
}
FILE_MODES = frozenset({"100644", "100755", "100664"})
KINDS = {"120000": "a link", "160000": "a submodule"}
DIGEST_TRAILER = re.compile(r"^Agentctl-Digest:[ \t]*(h1:\S+)[ \t]*$", re.MULTILINE)


class Ref(NamedTuple):
    """One reference, and what it comes to: `target` is the object behind a tag object."""

    name: str
    oid: str
    kind: str
    target: str
    target_kind: str
    at: datetime | None
    by: str
    """`Name <address>` of who made the tag; empty where there is no tag object."""
    tag: str
    """What the tag object calls itself; empty where there is none."""
    message: str
    """The whole message, its signature at the end."""

    @property
    def annotated(self) -> bool:
        """Whether it is a tag object of its own, and not just another name of a commit."""
        return self.kind == "tag"


class Object(NamedTuple):
    """One object of the repository."""

    oid: str
    kind: str
    data: bytes


class Entry(NamedTuple):
    """One line of a tree."""

    mode: str
    name: str
    oid: str


class TagObject(NamedTuple):
    """The content of a tag object."""

    target: str
    name: str
    message: str


class Commit(NamedTuple):
    """One commit of a log."""

    oid: str
    at: datetime
    by: str
    email: str
    subject: str
    body: str


def refs_in(text: str) -> list[Ref]:
    """Return the references that `for-each-ref` wrote with REF_FORMAT."""
    return [_ref(fields) for fields in _records(text, len(REF_FIELDS))]


def commits_in(text: str) -> list[Commit]:
    """Return the commits that `rev-list` wrote with COMMIT_FORMAT."""
    return [
        Commit(oid, moment(seconds), by, email, subject, body)
        for _line, oid, seconds, by, email, subject, body in _records(text, 7)
    ]


def entries_of(data: bytes) -> Iterator[Entry]:
    """Yield the lines of a tree of SHA-1 names."""
    at = 0
    while at < len(data):
        space, zero = data.index(b" ", at), data.index(b"\0", at)
        name = data[space + 1 : zero].decode("utf-8", "surrogateescape")
        yield Entry(data[at:space].decode(), name, data[zero + 1 : zero + 21].hex())
        at = zero + 21


def kind_of(mode: str) -> str | None:
    """Return what an entry of a tree is that cannot be released; None for a regular file."""
    return None if mode in FILE_MODES else KINDS.get(mode, f"an entry of mode {mode}")


def tag_of(data: bytes) -> TagObject:
    """Return the content of a tag object."""
    head, _, message = data.decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.partition(" ")[::2] for line in reversed(head.split("\n")))
    return TagObject(fields.get("object", ""), fields.get("tag", ""), message)


def signature_kind(message: str) -> str | None:
    """Return the kind of the signature at the end of a tag's message, None when it has none.

    As git does: the last line that begins one counts.
    """
    begins = _signatures(message)
    return begins[-1][1] if begins else None


def promised_digests(message: str) -> tuple[str, ...]:
    """Return the digests that the trailers of a tag's message promise, in their order."""
    return tuple(DIGEST_TRAILER.findall(_unsigned(message).rstrip().rpartition("\n\n")[2]))


def moment(seconds: str) -> datetime:
    """Return the time of so many seconds since 1970; the first one where that is no time."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _unsigned(message: str) -> str:
    begins = _signatures(message)
    return "\n".join(message.split("\n")[: begins[-1][0]]) if begins else message


def _signatures(message: str) -> list[tuple[int, str]]:
    """Return the number of each line that begins a signature, and its kind."""
    return [
        (number, kind)
        for number, line in enumerate(message.split("\n"))
        for begin, kind in SIGNATURES.items()
        if line.startswith(begin)
    ]


def _records(text: str, width: int) -> Iterator[list[str]]:
    """Yield fields that each end with a NUL; a record's end adds a newline before the next."""
    fields = [_shown(field) for field in text.split("\0")[:-1]]
    for start in range(0, len(fields) - width + 1, width):
        yield [fields[start].removeprefix("\n"), *fields[start + 1 : start + width]]


def _shown(text: str) -> str:
    """Return a text that can be written anywhere: names in git need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _ref(fields: list[str]) -> Ref:
    name, oid, kind, target, target_kind, at, by, email, tag, message = fields
    return Ref(
        name=name,
        oid=oid,
        kind=kind,
        target=target or oid,
        target_kind=target_kind or kind,
        at=moment(at) if at else None,
        by=f"{by} <{email}>" if email else by,
        tag=tag,
        message=message,
    )
