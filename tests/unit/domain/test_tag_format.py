"""Names of tags: from a version and back, without two meanings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.domain.quantities import AGENT_NAME, RESERVED_AGENTS, VERSION
from runner.domain.tag_format import (
    TAG_FORMAT,
    agent_in,
    check_tag_format,
    tag_name,
    tag_pattern,
    version_in,
)

FORMATS = (TAG_FORMAT, "release/{agent}-{version}", "{agent}-v{version}", "x/{agent}/y/{version}")
NAMES = st.from_regex(AGENT_NAME, fullmatch=True).filter(lambda name: name not in RESERVED_AGENTS)
VERSIONS = st.from_regex(VERSION, fullmatch=True)


@given(st.sampled_from(FORMATS), NAMES, VERSIONS)
def test_a_name_tells_its_version(text: str, agent: str, version: str) -> None:
    name = tag_name(check_tag_format(text), agent, version)
    assert version_in(text, agent, name) == version
    assert agent_in(text, name) == agent


@given(st.sampled_from(FORMATS), NAMES, NAMES, VERSIONS)
def test_a_name_is_one_agents(text: str, agent: str, other: str, version: str) -> None:
    name = tag_name(text, agent, version)
    assert version_in(text, other, name) is None or other == agent


@pytest.mark.parametrize(
    "text",
    [
        "v{version}",
        "{agent}{version}",
        "{version}/{agent}",
        "{agent}/{version}/x",
        "-{agent}/{version}",
        "{agent}//{version}",
        "{agent}/../{version}",
        "{agent}/ {version}",
        "{agent}/{version}{version}",
        "/{agent}/{version}",
        "{agent.x}/{version}",
        ".x/{agent}/{version}",
        "x.lock/{agent}/{version}",
        "{agent}*/{version}",
    ],
)
def test_a_format_that_git_or_a_reader_would_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no format of tags"):
        check_tag_format(text)


def test_a_pattern_ends_where_the_version_begins() -> None:
    assert tag_pattern(TAG_FORMAT, "triage") == "triage/v*"
    assert tag_pattern("x/{agent}/{version}", "triage") == "x/triage/"


def test_another_agents_or_other_tags_have_no_version() -> None:
    for name in ("other/v1.0.0", "triage/v1", "triage/1.0.0", "triage/v1.0.0/x", "v1.0.0"):
        assert version_in(TAG_FORMAT, "triage", name) is None
    assert agent_in(TAG_FORMAT, "triage/v1") is agent_in(TAG_FORMAT, "Triage/v1.0.0") is None
