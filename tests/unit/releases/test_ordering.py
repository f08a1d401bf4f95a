"""SemVer's order, with its own example."""

import random

import pytest

from runner.domain.quantities import VERSION
from runner.releases.ordering import precedence


def test_versions_sort_as_semver_says() -> None:
    before = ["alpha", "alpha.1", "alpha.beta", "beta", "beta.2", "beta.11", "rc.1"]
    ordered = ["v0.9.0", *(f"v1.0.0-{pre}" for pre in before), "v1.0.0", "v1.2.0", "v1.10.0"]
    shuffled = random.Random(1).sample(ordered, len(ordered))
    assert sorted(shuffled, key=precedence) == ordered


@pytest.mark.parametrize("text", [f"v{'9' * 5000}.0.0", f"v1.0.0-{'9' * 5000}"])
def test_what_is_too_long_to_be_counted_is_no_version(text: str) -> None:
    assert VERSION.fullmatch(text) is None
