"""What git's plumbing writes, read into nouns."""

from datetime import UTC, datetime

from runner.releases.git_objects import (
    commits_in,
    entries_of,
    moment,
    promised_digests,
    refs_in,
    signature_kind,
    tag_of,
)

SSH = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"


def test_a_digest_is_promised_in_the_last_paragraph_alone() -> None:
    text = "Release\n\nAgentctl-Digest: h1:old=\n\nmore\n\nAgentctl-Digest: h1:new=\nReason: x\n"
    assert promised_digests(text) == ("h1:new=",)
    assert promised_digests(text + SSH) == ("h1:new=",)
    assert promised_digests("Release\n\nSee Agentctl-Digest: h1:x=\n") == ()
    assert promised_digests("") == ()


def test_two_promises_are_both_kept() -> None:
    assert promised_digests("R\n\nAgentctl-Digest: h1:a\nAgentctl-Digest: h1:b\n") == (
        "h1:a",
        "h1:b",
    )


def test_the_last_signature_says_its_kind_as_in_git() -> None:
    assert signature_kind("Release\n" + SSH) == "ssh"
    assert signature_kind(f"R\n{SSH}-----BEGIN PGP SIGNATURE-----\n") == "openpgp"
    assert signature_kind("about -----BEGIN SSH SIGNATURE-----\n") is None


def test_a_tag_objects_first_name_counts_and_its_message_does_not() -> None:
    data = b"object 1\ntype commit\ntag a/v1.0.0\ntag a/v2.0.0\n\ntag a/v3.0.0\n"
    assert (tag_of(data).name, tag_of(data).target) == ("a/v1.0.0", "1")
    assert tag_of(b"nonsense").name == ""


def test_a_tree_keeps_names_that_are_not_utf_8() -> None:
    [entry] = entries_of(b"100644 \xff\0" + b"\x01" * 20)
    assert (entry.mode, entry.name, entry.oid) == ("100644", "\udcff", "01" * 20)


def test_messages_with_newlines_stay_in_their_records() -> None:
    fields = ["refs/tags/a", "1", "tag", "2", "commit", "60", "Ann", "ann@x", "a", "one\n\ntwo\n"]
    record = "".join(f"{field}\0" for field in fields)
    first, second = refs_in(f"{record}\n{record}")
    assert first == second
    assert (first.by, first.message, first.annotated) == ("Ann <ann@x>", "one\n\ntwo\n", True)
    assert first.at == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)


def test_commits_are_read_whatever_their_bodies_hold() -> None:
    one = "commit 1\n\x001\x0060\x00Ann\x00a@x\x00Subject\x00body\ncommit 2\n\x00"
    two = "commit 2\n\x002\x0060\x00Ann\x00a@x\x00Other\x00\x00"
    assert [(c.oid, c.subject, c.body) for c in commits_in(f"{one}\n{two}")] == [
        ("1", "Subject", "body\ncommit 2\n"),
        ("2", "Other", ""),
    ]
    assert commits_in("") == []


def test_a_time_that_is_none_is_the_first() -> None:
    assert moment("x") == moment("99999999999999999") == datetime(1970, 1, 1, tzinfo=UTC)
