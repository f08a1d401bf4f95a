"""The digest: equal to what sha256sum and base64 give, and to itself wherever files lie."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.domain.snapshot import Snapshot, digest_of
from runner.releases.directories import DirStore
from runner.releases.worktree import WorktreeStore

FILES = {
    "agent.yaml": b"spec_version: 1\n",
    "system-prompt.md": b"Be kind.\n",
    "tools/hi.sh": b"#!/bin/sh\necho hi\n",
    "Zo\u00eb.txt": b"x",
}
# In a directory with these files, in a shell:
#   LC_ALL=C find . -type f | sed 's|^\./||' | LC_ALL=C sort | while IFS= read -r f; do
#     sha256sum "$f"; done | openssl dgst -sha256 -binary | base64
GOLDEN = "h1:rMOAK8dBavCV8J3c/8R+gHHOblS2hRZ3AsKubC+L9rU="
EMPTY = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # printf '' | openssl dgst ... | base64


def write(directory: Path) -> None:
    for name, data in FILES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_the_digest_is_what_standard_tools_give() -> None:
    assert digest_of(FILES) == GOLDEN
    assert digest_of({}) == EMPTY


def test_worktree_and_version_directory_have_one_digest(tmp_path: Path) -> None:
    write(tmp_path / "triage")
    write(tmp_path / "triage" / "v1.0.0")
    (tmp_path / "triage" / "current").symlink_to("v1.0.0")
    assert WorktreeStore(tmp_path).load("triage", "worktree").digest == GOLDEN
    assert DirStore(tmp_path).load("triage", "v1.0.0").digest == GOLDEN
    shutil.copytree(tmp_path / "triage", tmp_path / "copy", symlinks=True)
    assert WorktreeStore(tmp_path).load("copy", "worktree").digest == GOLDEN


NAMES = st.text("abcdefgh.-_0", min_size=1, max_size=6).filter(lambda n: n not in {".", ".."})
SETS = st.dictionaries(NAMES, st.binary(max_size=8), min_size=1, max_size=5)


@given(SETS, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_files_does_not_matter(files: dict[str, bytes], random: object) -> None:
    names = list(files)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert Snapshot({name: files[name] for name in names}).digest == digest_of(files)


@given(SETS, st.data())
@settings(max_examples=50, deadline=None)
def test_any_other_byte_or_path_is_another_digest(
    files: dict[str, bytes], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    assert digest_of({**files, name: files[name] + b"!"}) != digest_of(files)
    moved = {**files, f"{name}~": files[name]}
    del moved[name]
    assert digest_of(moved) != digest_of(files)


@pytest.mark.parametrize("path", ["a\nb", "../a", "/a", "a//b", "a\\b", "e\u0301"])
def test_a_path_that_is_not_portable_has_no_digest(path: str) -> None:
    with pytest.raises(ValueError, match=r"leaves|newline"):
        digest_of({path: b""})
