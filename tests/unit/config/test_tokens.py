"""Secrets of a known shape: found in every text file, and never shown."""

import base64
from typing import Any

import pytest

from runner.config.project import check_pointer, read_project
from runner.config.tokens import leaked_in, without_tokens
from runner.domain.diagnostics import ConfigError


def part(length: int) -> str:
    return ("Ab1" * length)[:length]


JWT = (
    ".".join(base64.urlsafe_b64encode(b'{"alg":"%d"}' % n).decode().strip("=") for n in range(2))
    + "."
    + part(20)
)
SECRETS = {
    "openai": "sk-proj-" + part(40),
    "openai, old": "sk-" + part(48),
    "anthropic": "sk-ant-api03-" + part(60),
    "github": "ghp_" + part(36),
    "github, fine": "github_pat_" + part(60),
    "gitlab": "glpat-" + part(20),
    "aws": "AKIA" + "ABCD1234" * 2,
    "slack": "xoxb-" + "123456789012-" + part(24),
    "google": "AIza" + part(35),
    "stripe": "sk_live_" + part(24),
    "webhook": "whsec_" + part(32),
    "jwt": JWT,
    "pem": "-----BEGIN RSA PRIVATE KEY-----",
}
FILES = ["system-prompt.md", "tools/read.sh", "examples.yaml", "notes/any.txt"]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("file", FILES)
def test_a_secret_in_any_file_is_an_error_that_does_not_show_it(
    check: Any, good_files: dict[str, str], name: str, file: str
) -> None:
    text = good_files.get(file, "") + f"# key: {SECRETS[name]}\n"
    spec, found = check({file: text})
    assert spec is None
    (told,) = [d for d in found if d.code == "AC202"]
    assert told.severity == "error"
    assert (told.place.line, told.place.column) == (text.count("\n"), 8)
    assert SECRETS[name] not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn-is-a-library-with-a-very-long-name-indeed",
        "task-abcdefghijklmnopqrstuvwxyzabcdefghij",
        "the prefix ghp_ alone",
        "eyJ is how a JWT begins",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "sha256:" + "ab12" * 16,
    ],
)
def test_ordinary_text_is_no_secret(text: str) -> None:
    assert list(leaked_in(text.encode(), "x")) == []


def test_bytes_of_an_image_are_not_read() -> None:
    assert list(leaked_in(b"\0PNG " + SECRETS["github"].encode(), "x")) == []


def test_a_secret_that_is_told_already_is_told_once(check: Any, good_files: dict[str, str]) -> None:
    agent = good_files["agent.yaml"].replace("{env: OPENAI_API_KEY}", SECRETS["openai"])
    found = check({"agent.yaml": agent})[1]
    assert [(d.code, d.place.line) for d in found] == [("AC202", 9)]


def test_no_other_problem_of_the_line_shows_a_secret(
    check: Any, good_files: dict[str, str]
) -> None:
    token = SECRETS["github"]
    agent = good_files["agent.yaml"] + f"network: {{allow: ['{token} x']}}\n"
    found = check({"agent.yaml": agent})[1]
    assert {d.code for d in found} == {"AC202", "AC209"}
    assert token not in repr(found)


def test_the_lines_of_a_key_are_hidden() -> None:
    assert without_tokens(part(64)) == "*" * 64
    assert without_tokens("a plain line") == "a plain line"


def test_pointers_and_settings_are_looked_at() -> None:
    token = SECRETS["aws"]
    found = check_pointer(f"version: worktree\nvalues: {{x: {token}}}\n".encode(), "p.yaml")[1]
    assert [d.code for d in found] == ["AC202"]
    with pytest.raises(ConfigError) as raised:
        read_project(f"environments: {{}} # {token}\n".encode(), "agentctl.yaml")
    assert [d.code for d in raised.value.diagnostics] == ["AC202"]
    assert token not in repr(raised.value.diagnostics)
