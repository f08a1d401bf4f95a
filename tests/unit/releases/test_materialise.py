"""A snapshot's files on disk: once, read-only, checked at every call."""

import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.domain.errors import IntegrityError, StateError
from runner.domain.snapshot import Snapshot
from runner.releases.materialise import materialise

SNAPSHOT = Snapshot({"agent.yaml": b"a", "tools/hi.sh": b"#!/bin/sh\n", "tools/data.txt": b"d"})


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cache"
    for path in sorted(tmp_path.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_written_read_only_and_programs_executable(cache: Path) -> None:
    target = materialise(SNAPSHOT, cache)
    assert target.parent == cache
    assert target.name.startswith("h1-")
    assert {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} == set(
        SNAPSHOT.files
    )
    assert mode(target / "agent.yaml") == 0o444
    assert mode(target / "tools/hi.sh") == 0o555
    assert mode(target) == mode(target / "tools") == 0o555


def test_a_second_call_writes_nothing(cache: Path) -> None:
    first = materialise(SNAPSHOT, cache)
    before = (first / "agent.yaml").stat()
    assert materialise(SNAPSHOT, cache) == first
    assert (first / "agent.yaml").stat() == before
    assert [path.name for path in cache.iterdir()] == [first.name]


def change(target: Path) -> None:
    (target / "agent.yaml").chmod(0o600)
    (target / "agent.yaml").write_bytes(b"b")


def add(target: Path) -> None:
    (target / "tools/extra.py").touch()


def drop(target: Path) -> None:
    (target / "tools/data.txt").unlink()


def link(target: Path) -> None:
    (target / "agent.yaml").unlink()
    (target / "agent.yaml").symlink_to("/etc/hostname")


def link_directory(target: Path) -> None:
    (target / "more").symlink_to("/etc")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (change, "agent.yaml: was changed"),
        (add, "tools/extra.py: does not belong there"),
        (drop, "tools/data.txt: is missing"),
        (link, "agent.yaml: was changed"),
        (link_directory, "more: does not belong there"),
    ],
)
def test_damage_is_named_with_what_to_do(
    cache: Path, damage: Callable[[Path], None], words: str
) -> None:
    target = materialise(SNAPSHOT, cache)
    target.chmod(0o700)
    (target / "tools").chmod(0o700)
    damage(target)
    with pytest.raises(IntegrityError, match=words) as caught:
        materialise(SNAPSHOT, cache)
    assert f"rm -r {target}" in caught.value.help


def test_callers_that_race_get_one_whole_directory(cache: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        targets = list(pool.map(lambda _n: materialise(SNAPSHOT, cache), range(16)))
    assert len(set(targets)) == 1
    assert [path.name for path in cache.iterdir()] == [targets[0].name]


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(StateError, match="cannot"):
        materialise(SNAPSHOT, tmp_path / "cache")
