"""Addresses: which hosts are ones, and what in them is a secret."""

from typing import Any

import pytest

from runner.config.addresses import host_problem, names_a_secret, without_secrets
from runner.config.project import read_pointer
from runner.domain.diagnostics import ConfigError

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8900/v1",
        "https://models.example",
        "https://models.example./v1/",
        "http://my_server:1/x",
        "http://[::1]:8900/v1",
        "https://münchen.example/v1",
        "http://host/@scope/package",
    ],
)
def test_an_address_with_a_host_is_one(address: str) -> None:
    assert host_problem(address) is None
    assert without_secrets(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/",
        "http://",
        "http:///v1",
        "http://my host/v1",
        "http://host:0/v1",
        "http://host:65536/v1",
        "http://host:port/v1",
        "http://host:/v1",
        "http://a..b/v1",
        "http://host/v 1",
        "http://-host/v1",
    ],
)
def test_an_address_without_a_host_or_port_is_none(address: str) -> None:
    assert host_problem(address) is not None


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        (f"http://user:{SECRET}@host/v1", "http://host/v1"),
        (f"http://{SECRET}@host/v1", "http://host/v1"),
        (f"user:{SECRET}@host/v1", "host/v1"),
        (f"htp://user:{SECRET}@host/v1", "htp://host/v1"),
        (f"http://user:{SECRET}/x@host/v1", "http://host/v1"),
        (f"http://host/x?a=1&api_key={SECRET}&b=2", "http://host/x?a=1&api_key=HIDDEN&b=2"),
        (f"http://host/x?X-Amz-Signature={SECRET}", "http://host/x?X-Amz-Signature=HIDDEN"),
        (f"/x?access-key={SECRET}#y", "/x?access-key=HIDDEN#y"),
        (f"http://host/x?PASSWORD={SECRET}", "http://host/x?PASSWORD=HIDDEN"),
        ("http://host/x?token={token}&max_tokens=20", "http://host/x?token={token}&max_tokens=20"),
    ],
)
def test_a_secret_in_an_address_is_taken_out(address: str, clean: str) -> None:
    assert without_secrets(address) == clean


@pytest.mark.parametrize(
    "name",
    ["Authorization", "PRIVATE-TOKEN", "X-Vault-Token", "X-API-Token", "Cookie", "x-api-key"],
)
def test_a_name_says_that_its_value_is_secret(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["Accept", "X-Max-Tokens", "Idempotency-Key", "X-Token-Type"])
def test_other_names_do_not(name: str) -> None:
    assert not names_a_secret(name)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("agent.yaml", "http://127.0.0.1:8900/v1", f"http://user:{SECRET}@127.0.0.1:8900/v1"),
        ("agent.yaml", "http://127.0.0.1:8900/v1", f"http://user:{SECRET}@127.0.0.1:99999/v1"),
        ("agent.yaml", "http://127.0.0.1:8900/v1", f"http://127.0.0.1:8900/v1?token={SECRET}"),
        ("tools.yaml", "{var: tickets_url}", f"http://user:{SECRET}@host/x"),
        ("tools.yaml", "{var: tickets_url}", f"http://host/x?api-key={SECRET}"),
        ("tools.yaml", "{var: tickets_url}", f"{{var: tickets_url, suffix: '/x?token={SECRET}'}}"),
        ("tools.yaml", "Authorization: {env: TICKETS_TOKEN, ", f"PRIVATE-TOKEN: {SECRET}, x: {{"),
        ("tools.yaml", "url: {var: tickets_url}", f"url: http://u:{SECRET}@host/x\n\tbroken: 1"),
        ("tools.yaml", "url: {var: tickets_url}", f"url: http://u:{SECRET}@host/x 'y': z: 1"),
    ],
)
def test_a_secret_in_an_address_is_a_problem_and_never_shown(
    check: Any, good_files: dict[str, str], file: str, old: str, new: str
) -> None:
    assert old in good_files[file]
    spec, found = check({file: good_files[file].replace(old, new)})
    assert spec is None
    codes = {problem.code for problem in found}
    assert codes & {"AC202", "AC017", "AC018"}, found
    assert not [problem for problem in found if SECRET in problem.model_dump_json()]


@pytest.mark.parametrize(
    "field",
    [
        f"fallback: [{{id: a/b, api_key: {SECRET}}}]",
        f"fallback: [{{id: a/b, base_url: 'http://u:{SECRET}@host/v1'}}]",
        f"mcp_servers: {{a: {{command: [x], env: {{API_TOKEN: {SECRET}}}}}}}",
        f"on_failure: {{webhook: {{url: 'http://host/?token={SECRET}', secret: {SECRET}}}}}",
    ],
)
def test_a_secret_in_a_field_that_is_not_supported_is_not_shown(
    check: Any, good_files: dict[str, str], field: str
) -> None:
    found = check({"agent.yaml": f"{good_files['agent.yaml']}{field}\n"})[1]
    assert {problem.code for problem in found} == {"AC110", "AC202"}
    assert not [problem for problem in found if SECRET in problem.model_dump_json()]


def test_a_secret_in_the_value_of_a_variable_is_a_problem_and_never_shown() -> None:
    text = f"version: worktree\nvalues: {{tickets_url: 'http://u:{SECRET}@host/x'}}\n"
    with pytest.raises(ConfigError) as raised:
        read_pointer(text.encode(), "prod/triage.yaml")
    (problem,) = raised.value.diagnostics
    assert problem.code == "AC202"
    assert SECRET not in problem.model_dump_json()


@pytest.mark.parametrize("value", ["ops@example.com", "mailto:ops@example.com", "a token=x: @b"])
def test_a_value_that_is_no_address_holds_no_secret(value: str) -> None:
    text = f"version: worktree\nvalues: {{note: '{value}'}}\n"
    assert read_pointer(text.encode(), "prod/triage.yaml").values == {"note": value}


def test_a_model_needs_a_host_that_exists(broken: Any) -> None:
    for address in ("http://my host/v1", "http://127.0.0.1:99999/v1", "http:///v1"):
        (found,) = broken("agent.yaml", ("http://127.0.0.1:8900/v1", address))
        assert found.startswith("AC210 agent.yaml:8:13"), found


def test_a_tool_needs_a_port_that_exists(broken: Any) -> None:
    (found,) = broken("tools.yaml", ("{var: tickets_url}", "http://host:99999/x"))
    assert found.startswith("AC310 tools.yaml:12:10"), found


def test_a_number_of_tokens_is_shown_in_a_file_that_cannot_be_read(check: Any) -> None:
    text = "limits: {max_tokens: 20000, api_token: abcdef\n"
    (problem,) = [p for p in check({"agent.yaml": text})[1] if p.place.file.endswith("agent.yaml")]
    assert "max_tokens: 20000" in problem.place.source
    assert "abcdef" not in problem.place.source
