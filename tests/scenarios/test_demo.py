"""`make demo` as a stranger sees it: an empty HOME, a pipe, no network but 127.0.0.1."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "docs" / "demo"
CASSETTES = sorted(DEMO.glob("*.cassette.jsonl"))
STEPS = [
    "$ agentctl validate",
    "$ cat agent-configs/environments/staging/invoice-triage.yaml",
    '"model":"local/qwen2.5-coder-1.5b-instruct-q4_k_m"',
    "--dry-run --cassette",
    '{"tickets": []}',
    "$ agentctl run invoice-triage@staging -i since=2026-11-01 --cassette",
    '{"id": "T-1", "invoice": "INV-2038", "priority": "P2"',
    '{"id": "T-2", "invoice": "INV-2042", "priority": "P1"',
    '{"id": "T-3", "invoice": "INV-2044", "priority": "P2"',
    "$ agentctl show last",
    "$ agentctl audit verify",
    "$ sed -i",
    "$ agentctl audit verify",
    "(exit code 4)",
    "$ git init -q -b main",
    "$ agentctl release log-digest v1.1.0 --yes",
    "log-digest@v1.1.0  live  (prod: log-digest/v1.1.0",
    "$ git apply docs/demo/log-digest.severity.patch",
    "$ agentctl diff log-digest prod",
    "! breaking   tools write_report",
    "suggested bump: major",
    "$ agentctl release log-digest --minor --yes",
    "(exit code 1)",
    "$ agentctl -q release log-digest --major --yes",
    "log-digest/v2.0.0",
    "--to staging --yes",
    "--to prod --yes",
    "log-digest@v2.0.0  live  (prod: log-digest/v2.0.0",
    "$ agentctl rollback log-digest --env prod --reason",
    "holds    v2.0.0",
    "log-digest@v1.1.0  live  (prod: log-digest/v1.1.0",
    "$ agentctl promote log-digest v2.0.0 --to prod --yes",
    "(exit code 5)",
    "$ agentctl runs",
    "$ agentctl history log-digest --env prod",
    "$ agentctl status",
    "$ git tag -fam",
    "SECURITY ERROR: log-digest@v1.1.0 is not what it was",
    "(exit code 4)",
    "with a live model",
]
RELEASES = "# Releases."


def surroundings(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": str(home)}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, str(DEMO / "demo.py")],
        cwd=home,
        env=surroundings(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert list(home.iterdir()) == []
    return done.stdout


def part(story: str, start: str, end: str) -> str:
    """The text from one command up to the next mark."""
    after = story[story.index(start) :]
    return after[: after.index(end)]


def test_the_demo_tells_its_story_in_order(story: str) -> None:
    at = 0
    for step in STEPS:
        found = story.find(step, at)
        assert found >= 0, f"{step!r} does not come after {story[:at][-300:]!r}"
        at = found + len(step)


def test_the_dry_run_lists_every_effect_in_full(story: str) -> None:
    dry = part(
        story, "$ agentctl run invoice-triage@staging -i since=2026-11-01 --dry-run", "# Did"
    )
    for invoice, words in (
        ("INV-2038", "billed 4860.00 EUR, ordered 4680.00 EUR"),
        ("INV-2042", "PO-760 was already billed by INV-2040"),
        ("INV-2044", "no purchase order"),
    ):
        assert invoice in dry
        assert words in dry


def test_the_verified_journal_is_broken_by_one_byte(story: str) -> None:
    whole, broken = re.split(r"\$ sed -i .*\n", story[: story.index(RELEASES)])
    assert "exit code" not in whole
    assert re.search(r"\.jsonl:\d+: the line hashes to", broken), broken


def test_the_journals_name_the_version_that_was_live_before_after_and_since(story: str) -> None:
    journals = part(story, "$ grep -ohE", "$ agentctl history")
    pinned = re.findall(r'"version":"(v[0-9.]+)","released":true,"digest":"(h1:[^"]+)"', journals)
    assert [version for version, _digest in pinned] == ["v1.1.0", "v2.0.0", "v1.1.0"]
    assert pinned[0] == pinned[2]
    assert pinned[0][1] != pinned[1][1]


def test_a_release_by_tag_has_the_digest_of_its_version_directory(story: str) -> None:
    released = part(story, "$ agentctl release log-digest v1.1.0", "$ agentctl run log-digest")
    pointer = ROOT / "agent-configs/environments/staging/log-digest.yaml"
    digest = re.search(r"h1:[^\"]+", pointer.read_text(encoding="utf-8"))
    assert digest
    assert f"digest  {digest[0]}\n" in released


def test_a_moved_tag_is_refused_with_both_digests_and_where_each_came_from(story: str) -> None:
    refused = part(story, "SECURITY ERROR", "(exit code 4)")
    digests = re.findall(r"^  (\S+): (h1:\S+)$", refused, re.M)
    assert len({digest for _origin, digest in digests}) == 2
    assert [origin.split(":")[-1] for origin, _digest in digests] == [
        "./agent-configs/log-digest",
        "agent-configs/environments/prod/log-digest.yaml",
    ]


def test_a_pipe_gets_no_control_characters(story: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", story)


def test_a_step_that_goes_wrong_fails_the_demo_loudly(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    source = (DEMO / "demo.py").read_text(encoding="utf-8")
    broken.write_text(
        source.replace("since=2026-11-01", "since=yesterday"),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(broken)],
        env={**surroundings(tmp_path), "PYTHONPATH": str(DEMO)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "THE DEMO FAILED: exit code 2 where 0 was expected" in done.stdout


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.name)
def test_a_cassette_says_which_model_and_server_it_came_from(path: Path) -> None:
    header: dict[str, Any] = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert header["model"] == "local/qwen2.5-coder-1.5b-instruct-q4_k_m"
    assert header["server"].startswith("http://127.0.0.1:")


def test_there_is_a_cassette_for_each_run_of_the_demo() -> None:
    assert [path.name.removesuffix(".cassette.jsonl") for path in CASSETTES] == [
        "invoice-triage",
        "invoice-triage.dry-run",
        "log-digest",
        "log-digest.index",
        "log-digest.severity",
    ]


def test_the_second_agent_writes_its_report_from_its_cassette(tmp_path: Path) -> None:
    values = {"log_file": DEMO / "data" / "shop.log", "reports_dir": tmp_path / "reports"}
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "agentctl"),
            *("--project", str(ROOT), "--state-dir", str(tmp_path / "state")),
            *("run", "log-digest@v1.1.0", "-i", "day=2026-11-19", "-o", "json"),
            *("--cassette", str(DEMO / "log-digest.cassette.jsonl")),
            *(f"--set={name}={value}" for name, value in values.items()),
        ],
        env=surroundings(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "reports" / "2026-11-19.md").read_text(encoding="utf-8")
    assert "card gateway timed out" in report
