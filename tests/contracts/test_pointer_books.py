"""What every PointerBook promises, whatever it keeps pointers in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.boundary.clock import SystemClock
from runner.config.project import read_pointer
from runner.domain.errors import StalePlanError
from runner.domain.pointing import PointerBook
from runner.releases.file_pointers import FilePointers
from runner.releases.git_pointers import GitPointers
from tests.pointer_world import DIGESTS, World, content, git, make_world, settle_in

Book = Callable[[], GitPointers | FilePointers]


@pytest.fixture(params=["git", "git, bare", "files"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """A maker of books over the same pointers: each is a process of its own, so to speak."""
    before = dict(os.environ)
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    world = World(tmp_path, tmp_path)
    if request.param == "files":
        yield lambda: FilePointers(tmp_path, read_pointer, SystemClock(), lambda: "ann@host")
    else:
        made = make_world(tmp_path)
        world = World(made.bare if request.param == "git, bare" else made.root, made.bare)
        settle_in(world.root)
        yield world.pointers
    world.close()
    os.environ.clear()
    os.environ.update(before)


def move(book: PointerBook, version: str, reason: str = "why") -> None:
    found = book.read("test", "triage")
    book.replace("test", "triage", found.token if found else None, content(version), reason)


def test_a_pointer_is_read_as_it_was_written(book: Book) -> None:
    assert book().read("test", "triage") is None
    move(book(), "v1.1.0")
    found = book().read("test", "triage")
    assert found is not None
    assert (found.pointer.version, found.pointer.digest) == ("v1.1.0", DIGESTS["v1.1.0"])
    assert "environments/test/triage.yaml" in found.source


def test_moves_come_newest_first_with_who_when_and_why(book: Book) -> None:
    assert book().moves("test", "triage") == []
    for version in ("v1.0.0", "v1.1.0", "v1.2.0"):
        move(book(), version, f"Move to {version}\n\nBecause.")
    moves = book().moves("test", "triage")
    assert [m.pointer.version for m in moves if m.pointer] == ["v1.2.0", "v1.1.0", "v1.0.0"]
    assert moves[0].reason == "Move to v1.2.0\n\nBecause."
    assert all(m.by and m.at.tzinfo for m in moves)
    assert [m.at for m in moves] == sorted((m.at for m in moves), reverse=True)


def test_the_token_changes_with_the_content_alone(book: Book) -> None:
    tokens = []
    for version in ("v1.0.0", "v1.1.0", "v1.0.0"):
        move(book(), version)
        found = book().read("test", "triage")
        assert found is not None
        tokens.append(found.token)
    assert tokens[0] == tokens[2] != tokens[1]


def test_every_pointer_that_is_there_can_be_listed(book: Book) -> None:
    before = book().places()
    for place in (("test", "triage"), ("live", "triage"), ("live", "a")):
        book().replace(*place, None, content("v1.0.0"), "why")
    assert book().places() == sorted(
        [*before, ("live", "a"), ("live", "triage"), ("test", "triage")]
    )


def test_a_token_that_is_no_longer_there_is_a_stale_plan_and_nothing_is_done(book: Book) -> None:
    move(book(), "v1.0.0")
    found = book().read("test", "triage")
    assert found is not None
    move(book(), "v1.1.0")
    for expected in (found.token, None):
        with pytest.raises(StalePlanError, match="stale plan") as caught:
            book().replace("test", "triage", expected, content("v1.2.0"), "late")
        assert caught.value.exit_code == 7
    assert len(book().moves("test", "triage")) == 2
    with pytest.raises(StalePlanError):
        book().replace("test", "other", found.token, content("v1.2.0"), "late")


def test_a_plan_applied_twice_changes_nothing_the_second_time(book: Book) -> None:
    move(book(), "v1.0.0")
    move(book(), "v1.0.0")
    assert len(book().moves("test", "triage")) == 1


def test_other_pointers_do_not_make_a_plan_stale(book: Book) -> None:
    move(book(), "v1.0.0")
    found = book().read("test", "triage")
    assert found is not None
    for place in (("test", "other"), ("prod", "third")):
        book().replace(*place, None, content("v1.5.0"), "other")
    book().replace("test", "triage", found.token, content("v1.1.0"), "mine")
    assert [m.reason for m in book().moves("test", "triage")] == ["mine", "why"]


@pytest.mark.parametrize("names", [("../x", "triage"), ("test", "../x"), ("test", ""), ("v1", "a")])
def test_a_name_that_leaves_its_place_is_refused(book: Book, names: tuple[str, str]) -> None:
    for act in (book().read, book().moves):
        with pytest.raises(ValueError, match="name"):
            act(*names)
    with pytest.raises(ValueError, match="name"):
        book().replace(*names, None, content("v1.0.0"), "x")


def test_git_is_there() -> None:
    assert git(Path(), "--version").startswith("git version")
