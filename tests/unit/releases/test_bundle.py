"""A bundle is the same file for the same releases, and is believed in nothing."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.bundle import Manifest
from runner.domain.errors import AgentctlError, IntegrityError, UsageError
from runner.domain.snapshot import Snapshot
from runner.releases.archive import write_archive
from runner.releases.bundle import BundleStore, pack, unpack

FILES = {"agent.yaml": b"name: triage\n", "tools/hi.sh": b"#!/bin/sh\n"}
SNAPSHOT = Snapshot(FILES)


def manifest(**pinned: Any) -> Manifest:
    pointer = {"version": "v1.2.0", "digest": SNAPSHOT.digest, "values": {"url": "http://x"}}
    agent = {"pointer": pointer, **pinned}
    return Manifest.model_validate(
        {
            "environment": "prod",
            "settings": {"environments": {"prod": {"protected": True}}},
            "agents": {"triage": agent},
        }
    )


def packed(**pinned: Any) -> bytes:
    return pack(manifest(**pinned), {"triage": SNAPSHOT})


def changed(document: Any, files: dict[str, bytes] | None = None) -> bytes:
    """A well-formed bundle with another manifest or other files."""
    files = {f"triage/v1.2.0/{path}": data for path, data in FILES.items()} | (files or {})
    return write_archive({"bundle.json": json.dumps(document).encode(), **files})


def document() -> Any:
    return {"format": "agentctl-bundle/1", **manifest().model_dump(mode="json", exclude_unset=True)}


def test_what_was_packed_is_read_again() -> None:
    bundle = unpack(packed(tag="abc"), "prod.zip")
    assert bundle.manifest == manifest(tag="abc")
    store = BundleStore(bundle)
    assert store.load("triage", "v1.2.0").files == FILES
    assert store.versions("triage")[0].tag == "abc"
    assert store.locate("triage", "v1.2.0") == "bundle:prod.zip"


def test_the_order_of_files_and_of_values_does_not_count() -> None:
    backwards = Snapshot(dict(reversed(FILES.items())))
    assert pack(manifest(), {"triage": backwards}) == packed()
    one, other = ({"a": 1, "b": [2.5]}, {"b": [2.5], "a": 1})
    pointer = {"version": "v1.2.0", "digest": SNAPSHOT.digest}
    assert packed(pointer={**pointer, "values": one}) == packed(
        pointer={**pointer, "values": other}
    )


@given(st.integers(min_value=0), st.integers(1, 255))
@settings(max_examples=150)
def test_no_flipped_byte_gets_through(at: int, by: int) -> None:
    data = bytearray(packed())
    data[at % len(data)] ^= by
    with pytest.raises(AgentctlError) as caught:
        unpack(bytes(data), "prod.zip")
    assert caught.value.exit_code in {2, 4}


def test_a_changed_file_is_told_with_both_digests_and_sources() -> None:
    tampered = changed(document(), {"triage/v1.2.0/agent.yaml": b"name: triage # and more\n"})
    with pytest.raises(IntegrityError) as caught:
        unpack(tampered, "prod.zip")
    found = Snapshot({**FILES, "agent.yaml": b"name: triage # and more\n"}).digest
    assert f"files in prod.zip: {found}" in caught.value.message
    assert f"bundle.json in prod.zip: {SNAPSHOT.digest}" in caught.value.message


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("triage/v1.2.0/../../../etc/passwd", "leaves the agent's directory"),
        ("triage/v1.2.0//etc/passwd", "leaves the agent's directory"),
        ("triage/v1.2.0/a\\b", "backslash"),
        ("triage/v1.2.0/AGENT.yaml", "upper and lower case"),
        ("triage/v1.2.0/", "belongs to none of its releases"),
        ("triage/v9.9.9/a", "belongs to none of its releases"),
        ("other/v1.2.0/a", "belongs to none of its releases"),
        ("/etc/passwd", "belongs to none of its releases"),
        ("../x", "belongs to none of its releases"),
    ],
)
def test_a_file_that_belongs_nowhere_is_damage(name: str, told: str) -> None:
    with pytest.raises(IntegrityError, match=told):
        unpack(changed(document(), {name: b"x"}), "prod.zip")


def test_sizes_are_limited_as_everywhere() -> None:
    large = {"triage/v1.2.0/large": b"x" * (1 << 20) + b"x"}
    with pytest.raises(IntegrityError, match="at most 1,048,576"):
        unpack(changed(document(), large), "prod.zip")
    many = {f"triage/v1.2.0/{number}": b"" for number in range(2_001)}
    with pytest.raises(IntegrityError, match="more than 2,000 files"):
        unpack(changed(document(), many), "prod.zip")
    heavy = {f"triage/v1.2.0/{number}": b"x" * (1 << 20) for number in range(17)}
    with pytest.raises(IntegrityError, match="more than 16,777,216 bytes"):
        unpack(changed(document(), heavy), "prod.zip")


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_no_bundle(data: bytes) -> None:
    with pytest.raises(UsageError, match="is no bundle"):
        unpack(data, "prod.zip")


def test_another_archive_is_no_bundle() -> None:
    with pytest.raises(UsageError, match=r"has no bundle\.json"):
        unpack(write_archive({"a": b"x"}), "prod.zip")


def test_another_format_is_told_before_anything_else_of_it() -> None:
    with pytest.raises(UsageError, match="another format: 'agentctl-bundle/2'") as caught:
        unpack(changed({"format": "agentctl-bundle/2", "news": 1}), "prod.zip")
    assert "agentctl-bundle/1" in caught.value.help


def test_a_rule_that_this_runner_does_not_know_is_not_passed_over() -> None:
    known = document()
    known["settings"]["environments"]["prod"]["four_eyes"] = True
    with pytest.raises(IntegrityError, match="four_eyes"):
        unpack(changed(known), "prod.zip")


@pytest.mark.parametrize("pointer", [{"version": "worktree"}, {"version": "v1.2.0"}])
def test_only_pinned_releases_are_in_a_bundle(pointer: Any) -> None:
    known = document()
    known["agents"]["triage"]["pointer"] = pointer
    with pytest.raises(IntegrityError, match="released versions, each with its digest"):
        unpack(changed(known), "prod.zip")


def test_a_snapshot_that_is_not_the_pinned_one_is_not_packed() -> None:
    with pytest.raises(IntegrityError, match=r"SECURITY ERROR: triage@v1\.2\.0"):
        pack(manifest(), {"triage": Snapshot({"agent.yaml": b""})})


def test_another_version_than_the_pinned_one_is_told_with_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        BundleStore(unpack(packed(), "prod.zip")).load("triage", "v9.9.9")
    assert caught.value.help == "it holds triage@v1.2.0, for prod"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["version", "digest", "environments", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["agents", "settings", "environment", "triage", "pointer"]), JSON)
@settings(max_examples=100)
def test_whatever_stands_in_the_manifest_is_told_as_an_error_or_fits(part: str, value: Any) -> None:
    known = document()
    agent = known["agents"]["triage"]
    holder = {"triage": known["agents"], "pointer": agent}.get(part, known)
    holder[part] = value
    with suppress(UsageError, IntegrityError):
        unpack(changed(known), "prod.zip")


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_whatever_stands_in_the_file_is_told_as_an_error(data: bytes) -> None:
    for content in (data, packed()[:30] + data, write_archive({"bundle.json": data})):
        with pytest.raises(AgentctlError):
            unpack(content, "prod.zip")
