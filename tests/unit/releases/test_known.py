"""One version has one digest."""

import pytest

from runner.domain.errors import IntegrityError
from runner.domain.snapshot import Snapshot
from runner.releases.known import KnownDigest, check_known


def test_equal_digests_pass() -> None:
    check_known("a@v1.0.0", KnownDigest("h1:x", "here"), [KnownDigest("h1:x", "there")])


def test_another_digest_stops_everything_and_names_both_sources() -> None:
    known = [KnownDigest("h1:x", "pointer prod"), KnownDigest("h1:y", "ledger line 7")]
    with pytest.raises(IntegrityError) as caught:
        check_known("a@v1.0.0", KnownDigest("h1:x", "agent-configs/a/v1.0.0"), known)
    assert caught.value.message.startswith("SECURITY ERROR: a@v1.0.0")
    for part in ("agent-configs/a/v1.0.0: h1:x", "ledger line 7: h1:y"):
        assert part in caught.value.message


def test_line_ends_alone_are_told_as_such() -> None:
    unix, windows = Snapshot({"a": b"x\ny\n"}), Snapshot({"a": b"x\r\ny\r\n"})
    found, known = KnownDigest(windows.digest, "here"), [KnownDigest(unix.digest, "there")]
    with pytest.raises(IntegrityError) as caught:
        check_known("a@v1.0.0", found, known, windows)
    assert "line ends alone (CRLF)" in caught.value.help
    with pytest.raises(IntegrityError) as caught:
        check_known("a@v1.0.0", found, [KnownDigest("h1:other", "there")], windows)
    assert "CRLF" not in caught.value.help
