"""Which version comes next, and whether a step is big enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.change import Bump
from runner.releases.ordering import precedence
from runner.rollout.bumping import (
    baseline,
    demanded,
    is_enough,
    newest,
    next_version,
    read_version,
    step_between,
)

NUMBERS = st.integers(min_value=0, max_value=30)
VERSIONS = st.builds(
    lambda major, minor, patch, pre: f"v{major}.{minor}.{patch}{pre}",
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(["", "", "-rc.1", "-rc.2", "-alpha"]),
)
STEPS = st.sampled_from(["patch", "minor", "major"])


@pytest.mark.parametrize(
    ("known", "step", "following"),
    [
        ([], "major", "v0.1.0"),
        (["v1.2.3"], "patch", "v1.2.4"),
        (["v1.2.3"], "minor", "v1.3.0"),
        (["v1.2.3"], "major", "v2.0.0"),
        (["v1.9.0", "v1.10.0"], "minor", "v1.11.0"),
        (["v1.2.0", "v1.3.0-rc.1"], "patch", "v1.3.0"),
        (["v1.2.0", "v1.3.0-rc.1"], "minor", "v1.3.0"),
        (["v1.2.0", "v1.3.0-rc.1"], "major", "v2.0.0"),
        (["v1.2.0", "v2.0.0-rc.1"], "major", "v2.0.0"),
        (["v1.2.0", "v2.0.1-rc.1"], "minor", "v2.1.0"),
    ],
)
def test_a_step_leads_to_the_next_version(known: list[str], step: Bump, following: str) -> None:
    assert next_version(known, step) == following


@given(st.lists(VERSIONS, min_size=1, max_size=8), STEPS)
def test_the_next_version_is_above_all_others(known: list[str], step: Bump) -> None:
    following = next_version(known, step)
    assert all(precedence(following) > precedence(version) for version in known)


@given(VERSIONS.filter(lambda version: "-" not in version), STEPS)
def test_the_suggested_step_is_enough(before: str, suggested: Bump) -> None:
    following = next_version([before], demanded(before, suggested))
    assert is_enough(before, following, suggested)


@pytest.mark.parametrize(
    ("before", "after", "suggested", "enough"),
    [
        ("v1.0.0", "v1.0.1", "patch", True),
        ("v1.0.0", "v1.0.1", "minor", False),
        ("v1.0.0", "v1.1.0", "minor", True),
        ("v1.0.0", "v1.1.0", "major", False),
        ("v1.0.0", "v2.0.0-rc.1", "major", True),
        ("v0.1.0", "v0.2.0", "major", True),
        ("v0.1.0", "v0.1.1", "major", False),
        ("v1.0.0", "v1.0.1", "none", True),
    ],
)
def test_a_step_must_be_as_big_as_the_changes(
    before: str, after: str, suggested: Bump, enough: bool
) -> None:
    assert is_enough(before, after, suggested) is enough


def test_steps_are_told_apart() -> None:
    steps = [step_between("v1.2.3", after) for after in ("v1.2.4", "v1.3.0", "v2.0.0-rc.1")]
    assert steps == ["patch", "minor", "major"]


def test_a_release_is_compared_with_the_newest_that_is_no_pre_release() -> None:
    known = ["v1.0.0", "v2.0.0-rc.2", "v1.10.0", "v1.9.0"]
    assert baseline(known) == "v1.10.0"
    assert newest(known) == "v2.0.0-rc.2"
    assert baseline(["v0.1.0-rc.1", "v0.1.0-rc.2"]) == "v0.1.0-rc.2"
    assert baseline([]) is None


@pytest.mark.parametrize("text", ["1.2.0", "v1.2.0", "1.2.0-rc.1", "v1.2.0-alpha"])
def test_a_version_may_have_its_v_or_not(text: str) -> None:
    assert read_version(text) == "v" + text.removeprefix("v")


@pytest.mark.parametrize(
    "text", ["", "1.2", "v01.2.0", "v1.2.0-", "v1.2.0-rc..1", "v1.2.0-01", "1.2.0+x", "vv1.2.0"]
)
def test_what_is_no_semver_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version"):
        read_version(text)
