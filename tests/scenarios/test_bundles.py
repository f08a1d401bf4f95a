"""A host without git, repository or agent-configs runs what a bundle pins, and nothing else."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.app.releasing.bundling import make_bundle
from runner.releases.archive import read_archive, write_archive
from runner.releases.reading import read_directory
from tests.terminal import on_terminal

Opens = Callable[..., Any]
SETTINGS = "prices: {test/scripted: {input: 1.0, output: 2.0}}\nenvironments: {prod: RULES}\n"


@pytest.fixture
def released(project: Any, tickets: Any) -> Any:
    """The project with opener v1.0.0 as a directory, pinned in prod, its price in agentctl.yaml."""
    text = (project.agent / "agent.yaml").read_text()
    project.write("agent-configs/opener/agent.yaml", text.replace("  price: {", "  # price: {"))
    shutil.copytree(project.agent, project.agent / "v1.0.0")
    project.write("agentctl.yaml", SETTINGS.replace("RULES", "{protected: true}"))
    pin(project, tickets.url)
    return project


def pin(project: Any, url: str) -> None:
    digest = read_directory(project.agent / "v1.0.0", "").digest
    project.write(
        "agent-configs/environments/prod/opener.yaml",
        f'version: v1.0.0\ndigest: "{digest}"\nvalues: {{tickets_url: "{url}"}}\n',
    )


@pytest.fixture
def host(released: Any, tmp_path: Path) -> Any:
    """A directory with a bundle of prod in it and nothing else, on a machine without git."""
    root = tmp_path / "host"
    root.mkdir()
    make_bundle(released.root, None, "prod", (), root / "prod.zip")
    return type(released)(root, {**released.environment, "PATH": str(tmp_path / "nothing")})


def test_a_host_runs_from_the_bundle_alone(
    host: Any, released: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    shutil.rmtree(released.root / "agent-configs")
    provider.answer = model_opens("one")
    done = host.agentctl("run", "opener", "--bundle", "prod.zip")
    assert done.code == 0, done.err
    assert tickets.effects == [{"title": "one"}]
    start, *_rest, end = host.events()
    assert (start["origin"], start["environment"]) == ("bundle:prod.zip", "prod")
    assert (start["version"], start["released"]) == ("v1.0.0", True)
    assert start["values"] == {"tickets_url": tickets.url}
    assert (start["price"]["input"], end["cost_usd"] > 0) == (1.0, True)
    assert sorted(path.name for path in host.root.iterdir()) == [".agentctl", "prod.zip"]


def test_runs_of_a_host_can_be_looked_at_where_they_were_made(
    host: Any, tmp_path: Path, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    host.environment["AGENTCTL_BUNDLE"] = "prod.zip"
    assert host.agentctl("run", "opener@prod").code == 0
    shown = host.agentctl("show", "opener", "-o", "json")
    assert shown.json["origin"] == "bundle:prod.zip", shown.err
    del host.environment["AGENTCTL_BUNDLE"]
    assert host.agentctl("runs", "-o", "json").json["items"][0]["agent"] == "opener"
    assert "v1.0.0" in host.agentctl("show", "last").out
    assert host.agentctl("audit", "verify").code == 0
    elsewhere = type(host)(tmp_path, host.environment)
    assert "v1.0.0" in elsewhere.agentctl("--state-dir", str(host.state), "show", "last").out


def test_a_run_that_was_cut_short_goes_on_without_the_bundle(
    host: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    answer = model_opens("one", "two")
    provider.answer = lambda request: 500 if tickets.effects else answer(request)
    child = host.start("run", "opener", "--bundle", "prod.zip")
    while not tickets.effects:
        assert child.poll() is None
    child.kill()
    child.communicate()
    (host.root / "prod.zip").unlink()
    provider.answer = answer
    done = host.agentctl("resume", "last")
    assert done.code == 0, done.err
    assert [effect["title"] for effect in tickets.effects] == ["one", "two"]
    assert host.events()[-1]["cost_usd"] > 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("opener", "--set", "tickets_url=http://x"), 5, "prod is protected"),
        (("opener@v9.9.9",), 2, "prod.zip holds opener for prod alone"),
        (("opener@previous", "--env", "prod"), 2, "prod.zip holds opener for prod alone"),
        (("opener", "--env", "staging"), 2, "prod.zip holds opener for prod alone"),
        (("opner",), 2, "did you mean opener?"),
    ],
)
def test_only_what_the_bundle_pins_runs_by_its_rules(
    host: Any, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = host.agentctl("run", *arguments, "--bundle", "prod.zip")
    assert (done.code, told in done.err) == (code, True), done.err


def test_a_tampered_bundle_stops_with_both_digests(host: Any) -> None:
    path = host.root / "prod.zip"
    files = read_archive(path.read_bytes())
    pinned = json.loads(files["bundle.json"])["agents"]["opener"]["pointer"]["digest"]
    files["opener/v1.0.0/agent.yaml"] += b"# one more line\n"
    path.write_bytes(write_archive(files))
    done = host.agentctl("run", "opener", "--bundle", "prod.zip")
    assert done.code == 4
    assert "SECURITY ERROR: opener@v1.0.0 is not what it was" in done.err
    assert f"bundle.json in prod.zip: {pinned}" in done.err
    assert done.err.count("h1:") == 2
    assert not host.state.exists()


def test_a_version_that_ran_here_with_another_digest_stops_a_bundle(
    host: Any, released: Any, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens()
    assert host.agentctl("run", "opener", "--bundle", "prod.zip").code == 0
    released.write("agent-configs/opener/v1.0.0/notes.md", "new")
    pin(released, tickets.url)
    make_bundle(released.root, None, "prod", (), host.root / "prod.zip")
    done = host.agentctl("run", "opener", "--bundle", "prod.zip")
    assert done.code == 4
    assert "the ledger" in done.err
    assert "bundle:prod.zip" in done.err


def test_the_command_tells_digests_and_a_line_for_sha256sum(released: Any) -> None:
    done = released.agentctl("releases", "bundle", "--env", "prod", "-o", "p.zip")
    data = (released.root / "p.zip").read_bytes()
    assert done.out == f"{hashlib.sha256(data).hexdigest()}  p.zip\n"
    assert f"opener@v1.0.0  {read_directory(released.agent / 'v1.0.0', '').digest}" in done.err
    listed = released.agentctl("releases", "list", "--bundle", "p.zip", "-o", "json").json["items"]
    assert [(item["agent"], item["version"]) for item in listed] == [("opener", "v1.0.0")]
    hidden = released.agentctl("--read-only", "releases", "bundle", "--env", "prod", "-o", "q.zip")
    assert (hidden.code, (released.root / "q.zip").exists()) == (2, False)


@pytest.mark.parametrize("content", [None, b"no bundle at all"])
def test_a_file_that_is_no_bundle_is_told(host: Any, content: bytes | None) -> None:
    if content is not None:
        host.write("other", content)
    done = host.agentctl("run", "opener", "--bundle", "other")
    assert (done.code, "releases bundle" in done.err) == (2, True)


def test_a_bundle_is_looked_at_where_no_project_is_and_hides_what_its_project_hides(
    released: Any, tmp_path: Path, provider: Any, tickets: Any, model_opens: Opens
) -> None:
    settings = released.root / "agentctl.yaml"
    settings.write_text(settings.read_text() + "redact: ['Open tic[a-z]+']\n")
    root = tmp_path / "bare"
    root.mkdir()
    make_bundle(released.root, None, "prod", (), root / "prod.zip")
    host = type(released)(root, released.environment)
    done = host.agentctl("show", "opener", "--bundle", "prod.zip")
    assert (done.code, done.err) == (0, "")
    assert "opener@v1.0.0 in prod: [redacted]." in done.out


def test_a_first_run_from_a_bundle_can_be_watched_on_a_terminal(
    host: Any, provider: Any, model_opens: Opens
) -> None:
    provider.answer = model_opens("one")
    words = ["run", "opener", "--bundle", "prod.zip", "--dry-run"]
    env = {**os.environ, **host.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert on_terminal(host.root, words, env, "") == 0
