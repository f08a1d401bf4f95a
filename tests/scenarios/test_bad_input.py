"""What bad input gets: a located message, exit code 2, nothing run, never a traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOOD_START = b"spec_version: 1\nname: opener\n"


def written(project: Any, data: bytes) -> None:
    (project.agent / "agent.yaml").write_bytes(data)


def original(project: Any) -> bytes:
    return bytes((project.agent / "agent.yaml").read_bytes())


def link_out(project: Any) -> None:
    (project.agent / "system.md").symlink_to("/etc/passwd")


def huge(project: Any) -> None:
    with (project.agent / "agent.yaml").open("wb") as file:
        file.truncate(100 << 20)


BAD: dict[str, Callable[[Any], None]] = {
    "unknown field": lambda p: written(p, original(p) + b"limit: {}\n"),
    "wrong type": lambda p: written(p, original(p).replace(b"30s", b"[1]")),
    "duplicate key": lambda p: written(p, original(p) + b"name: opener\n"),
    "tab": lambda p: written(p, GOOD_START + b"model:\n\tid: a/b\n"),
    "bad utf-8": lambda p: written(p, original(p) + b"# \xff\xfe\n"),
    "byte order mark": lambda p: written(p, b"\xef\xbb\xbf" + original(p)),
    "crlf": lambda p: written(p, original(p).replace(b"\n", b"\r\n")),
    "empty": lambda p: written(p, b""),
    "missing": lambda p: (p.agent / "agent.yaml").unlink(),
    "missing tools": lambda p: (p.agent / "tools.yaml").unlink(),
    "a hundred megabytes": huge,
    "alias bomb": lambda p: written(
        p, b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c,*c]\n"
    ),
    "brackets": lambda p: written(p, b"a: " + b"[" * 100_000),
    "nested blocks": lambda p: written(p, b"- " * 100_000),
    "json brackets": lambda p: (
        (p.agent / "tools.json").write_bytes(b"[" * 100_000),
        written(p, original(p).replace(b"tools.yaml", b"tools.json")),
    ),
    "a path that leaves": lambda p: written(p, original(p).replace(b"tools.yaml", b"../../x")),
    "an absolute path": lambda p: written(p, original(p).replace(b"tools.yaml", b"/etc/passwd")),
    "a link that leaves": link_out,
    "a literal secret": lambda p: written(
        p, original(p).replace(b"  timeout: 5s", b"  api_key: abcdefgh-12345678\n  timeout: 5s")
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_config_is_located_and_nothing_runs(project: Any, provider: Any, case: str) -> None:
    BAD[case](project)
    checked = project.agentctl("validate", "opener")
    assert checked.code == 1
    assert "error[AC" in checked.out
    assert " --> agent-configs/opener" in checked.out
    assert "abcdefgh-12345678" not in checked.out
    ran = project.agentctl("run", "opener")
    assert ran.code == 2
    assert "error[AC" in ran.err
    assert provider.requests == []
    assert project.journals() == []


def test_all_problems_of_all_files_come_at_once(project: Any) -> None:
    written(project, original(project) + b"limit: {}\nowner: me\n")
    tools = project.agent / "tools.yaml"
    tools.write_text(tools.read_text().replace("readOnlyHint: true", "readOnlyHint: yes"))
    found = project.agentctl("validate", "-o", "json").json
    places = [(Path(item["place"]["file"]).name, item["place"]["line"]) for item in found["items"]]
    assert len(places) >= 3
    assert {file for file, _line in places} == {"agent.yaml", "tools.yaml"}
    assert places == sorted(places)


def test_a_pointer_is_held_against_its_version(project: Any) -> None:
    project.write(
        "agent-configs/environments/dev/opener.yaml", "version: worktree\nvalues: {x: 1}\n"
    )
    found = project.agentctl("validate", "opener")
    assert "`x` is not a variable of the agent" in found.out
    assert "`tickets_url` has no value" in found.out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "opner"], "did you mean"),
        (["run", "opener@"], "no REF"),
        (["run", "opener@v9.9.9"], "v9.9.9"),
        (["run", "opener@nowhere"], "nowhere"),
        (["run", "opener", "-i", "x"], "KEY=VALUE"),
        (["run", "opener", "--set", "x"], "NAME=VALUE"),
        (["run", "opener", "--set", "nope=1"], "nope"),
        (["run", "opener", "--key", "a b"], "--key"),
        (["run", "opener", "--input", "none.json"], "none.json"),
        (["run", "opener", "--cassette", "list.txt"], "list.txt"),
        (["show", "NOSUCHRUN"], "NOSUCHRUN"),
        (["show", "last"], "no runs"),
        (["resume", "last"], "no runs"),
        (["explain", "AC999"], "AC999"),
        (["new", "Opener"], "not an agent name"),
        (["new", "opener"], "exists"),
        (["validate", "./nowhere"], "nowhere"),
        (["audit", "anchor"], "no ledger"),
        (["audit", "verify", "--anchor", "x"], "anchor"),
    ],
)
def test_a_wrong_word_is_exit_code_2_and_says_what_to_do(
    project: Any, args: list[str], words: str
) -> None:
    done = project.agentctl(*args)
    assert done.code == 2, done.out + done.err
    assert words in done.err


def test_without_a_project_the_way_to_one_is_told(project: Any, tmp_path: Path) -> None:
    project.root = tmp_path / "empty"
    project.root.mkdir()
    assert "agentctl new" in project.agentctl("runs").err
    assert project.agentctl("new", "hello").code == 0
    assert project.agentctl("validate").code == 0


def test_a_version_that_changed_after_it_ran_is_a_security_error(
    project: Any, provider: Any, tickets: Any
) -> None:
    version = project.agent / "v1.0.0"
    for name in ("agent.yaml", "tools.yaml"):
        project.write(f"agent-configs/opener/v1.0.0/{name}", (project.agent / name).read_bytes())
    url = f"tickets_url={tickets.url}"
    assert project.agentctl("run", "opener@v1.0.0", "--set", url).code == 0
    (version / "agent.yaml").write_bytes((version / "agent.yaml").read_bytes() + b"# more\n")
    done = project.agentctl("run", "opener@v1.0.0", "--set", url)
    assert done.code == 4
    assert "SECURITY ERROR" in done.err
    assert len(provider.requests) == 1


def test_a_protected_environment_takes_only_its_pointer(project: Any, provider: Any) -> None:
    project.write(
        "agentctl.yaml",
        "default_environment: dev\nenvironments: {dev: {protected: true}}\n",
    )
    done = project.agentctl("run", "opener")
    assert done.code == 5
    assert "protected" in done.err
    assert provider.requests == []


def test_what_nobody_reads_is_told(project: Any) -> None:
    for path in (
        "agent-configs/My_Agent/agent.yaml",
        "agent-configs/opener/v1.1/agent.yaml",
        "agent-configs/opener/schedules.yaml",
        "agent-configs/opener/output.yml",
        "agent-configs/environments/dev/nosuch.yaml",
        "agent-configs/environments/dev/opener.yml",
    ):
        project.write(path, "x: 1\n")
    done = project.agentctl("validate")
    assert done.code == 0, done.out
    assert done.out.count("warning[AC416]") == 6
    for words in ("My_Agent", "v1.1", "schedules: {file:", "output.yaml", "nosuch", "opener.yaml"):
        assert words in done.out


@pytest.mark.parametrize(
    "path",
    [
        "agent-configs/opener",
        "agent-configs/opener/",
        "agent-configs/opener/tools.yaml",
        "agent-configs/environments/dev/opener.yaml",
        "agent-configs/",
        "agentctl.yaml",
        ".",
    ],
)
def test_any_path_of_a_project_can_be_checked(project: Any, path: str) -> None:
    done = project.agentctl("validate", path)
    assert done.code == 0, done.out + done.err
    assert done.err.startswith("ok  ")


def test_a_typing_error_in_an_environment_does_not_lift_its_protection(
    project: Any, provider: Any
) -> None:
    pointer = project.root / "agent-configs/environments/dev/opener.yaml"
    project.write("agent-configs/environments/dve/opener.yaml", pointer.read_bytes())
    ran = project.agentctl("run", "opener@dve")
    assert ran.code == 2
    assert "did you mean `dev`" in ran.err
    assert "AC417" in project.agentctl("validate").out
    assert provider.requests == []


def test_broken_settings_hide_nothing_else(project: Any, provider: Any) -> None:
    assert project.agentctl("run", "opener").code == 0
    project.write("agentctl.yaml", "defualt_environment: dev\n")
    written(project, original(project) + b"limit: {}\n")
    found = project.agentctl("validate", "-o", "json").json
    files = {item["place"]["file"] for item in found["items"]}
    assert files == {"agentctl.yaml", "agent-configs/opener/agent.yaml"}
    assert len(project.agentctl("runs", "-o", "json").json["items"]) == 1


def test_another_pointers_mistake_blocks_no_run(project: Any, provider: Any) -> None:
    project.write("agentctl.yaml", "default_environment: dev\n")
    project.write("agent-configs/environments/prod/opener.yaml", "versoin: v1.0.0\n")
    assert project.agentctl("run", "opener").code == 0


def test_a_held_release_does_not_run_but_can_be_looked_at(project: Any, provider: Any) -> None:
    for name in ("agent.yaml", "tools.yaml"):
        project.write(f"agent-configs/opener/v1.0.0/{name}", (project.agent / name).read_bytes())
    digest = project.agentctl("show", "opener@v1.0.0", "-o", "json").json["digest"]
    pointer = project.root / "agent-configs/environments/dev/opener.yaml"
    values = pointer.read_text().split("\n")[1]
    pointer.write_text(
        f'version: v1.0.0\ndigest: "{digest}"\n{values}\n'
        f'hold: {{blocked: [{{version: v1.0.0, digest: "{digest}"}}], '
        'reason: wrong tone, by: ops, at: "2026-01-01T00:00:00Z"}\n'
    )
    done = project.agentctl("run", "opener")
    assert done.code == 5, done.err
    assert "wrong tone" in done.err
    assert project.agentctl("show", "opener@dev").code == 0
    assert provider.requests == []
