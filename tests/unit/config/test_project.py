"""agentctl.yaml and pointers."""

import pytest

from runner.config.project import read_pointer, read_project
from runner.domain.diagnostics import ConfigError
from runner.domain.environment import ProjectSettings

DIGEST = "h1:" + "A" * 43 + "="


def project_places(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(ConfigError) as raised:
        read_project(text.encode(), "agentctl.yaml")
    return [(d.code, d.place.line, d.place.column) for d in raised.value.diagnostics]


def pointer_places(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(ConfigError) as raised:
        read_pointer(text.encode(), "environments/prod/a.yaml")
    return [(d.code, d.place.line, d.place.column) for d in raised.value.diagnostics]


@pytest.mark.parametrize("data", [None, b"", b"# comments alone\n"])
def test_every_setting_has_a_default(data: bytes | None) -> None:
    assert read_project(data, "agentctl.yaml") == ProjectSettings()


def test_settings_are_read() -> None:
    settings = read_project(
        b"default_environment: dev\nenvironments: {dev: {}, prod: {protected: true}}\n"
        b"redact: ['acct_[0-9]+']\nprices: {a/b: {input: 1, output: 2}}\n",
        "agentctl.yaml",
    )
    assert settings.environments["prod"].protected
    assert settings.prices["a/b"].output == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("default_enviroment: dev\n", ("AC115", 1, 1)),
        ("default_environment: v1\n", ("AC102", 1, 22)),
        ("default_environment: x\nenvironments: {dev: {}}\n", ("AC412", 1, 22)),
        ("environments: {worktree: {}}\n", ("AC102", 1, 26)),
        ("environments: {dev: {protected: yes}}\n", ("AC101", 1, 33)),
        ("environments: {dev: {runner: x}}\n", ("AC110", 1, 22)),
        ("environments: {dev: {}, prod: {requires: dve}}\n", ("AC102", 1, 42)),
        ("environments: {prod: {requires: prod}}\n", ("AC102", 1, 33)),
        ("environments: {prod: {min_runs: 2}}\n", ("AC102", 1, 22)),
        ("environments: {dev: {}, prod: {requires: dev, min_runs: -1}}\n", ("AC102", 1, 57)),
        ("tag_format: x\n", ("AC102", 1, 13)),
        ("signers: ''\n", ("AC102", 1, 10)),
        ("redact: ['[']\n", ("AC411", 1, 10)),
        ("- a\n", ("AC101", 1, 1)),
        ("a: 1\r\n", ("AC004", 1, 5)),
    ],
)
def test_a_mistake_in_the_settings_is_placed(text: str, place: tuple[str, int, int]) -> None:
    assert project_places(text) == [place]


def test_pointers_are_read() -> None:
    pointer = read_pointer(
        (
            f'version: v1.1.0\ndigest: "{DIGEST}"\nvalues: {{a: 1}}\nschedules: [nightly]\n'
            f'hold: {{blocked: [{{version: v1.2.0, digest: "{DIGEST}"}}], reason: r, by: b, '
            "at: 2026-11-20T09:00:00Z}\n"
        ).encode(),
        "p.yaml",
    )
    assert pointer.values == {"a": 1}
    assert pointer.schedules == ("nightly",)
    assert pointer.hold is not None
    assert read_pointer(b"version: worktree\nschedules: none\n", "p.yaml").digest is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ("AC010", 1, 1)),
        ("version: v1.1.0\n", ("AC410", 1, 10)),
        (f'version: worktree\ndigest: "{DIGEST}"\n', ("AC410", 2, 1)),
        ("version: '1.1'\n", ("AC102", 1, 10)),
        ("version: 1.1\n", ("AC102", 1, 10)),
        ("values: {}\n", ("AC103", 1, 1)),
        ("version: worktree\nschedules: some\n", ("AC102", 2, 12)),
        ("version: worktree\nschedules: 3\n", ("AC102", 2, 12)),
        ("version: v1.0.0\ndigest: abc\n", ("AC102", 2, 9)),
        ("version: worktree\nvalus: {}\n", ("AC115", 2, 1)),
        ("version: worktree\nhold: {blocked: [], reason: r, by: b, at: x}\n", ("AC102", 2, 17)),
    ],
)
def test_a_mistake_in_a_pointer_is_placed(text: str, place: tuple[str, int, int]) -> None:
    assert place in pointer_places(text)
