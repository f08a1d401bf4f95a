"""A bundle holds what could run in its environment, and nothing that could not."""

from pathlib import Path
from typing import Any

import pytest

from runner.app.bundled import open_with
from runner.app.released.versions import load_release, load_version
from runner.app.releasing.bundling import make_bundle
from runner.domain.errors import AgentctlError, IntegrityError, RefusedError, UsageError

DECLARED = "environments: {dev: {}, prod: {protected: true}, staging: {}}\n"
VARIABLE = "variables: {url: {type: string, description: Where.}}\n"
HOLD = """\
hold: {blocked: [{version: v1.0.0, digest: "DIGEST"}], reason: wrong tone, by: ann, at: AT}
""".replace("AT", "2026-11-20T09:00:00Z")


class Released:
    """The small project with opener v1.0.0, pinned in prod."""

    def __init__(self, small: Any) -> None:
        self.small = small
        self.root: Path = small.root
        small.change("agent.yaml", "scope:", f"{VARIABLE}scope:")
        small.release("v1.0.0")
        (self.root / "agentctl.yaml").write_text(DECLARED)
        self.digest = load_version(open_with(self.root, None, None), "opener@v1.0.0").digest
        self.point("prod", self.pinned)
        self.point("dev", "version: worktree\nvalues: {url: b}\n")

    @property
    def pinned(self) -> str:
        return f'version: v1.0.0\ndigest: "{self.digest}"\nvalues: {{url: a}}\n'

    def point(self, environment: str, text: str) -> None:
        path = self.root / f"agent-configs/environments/{environment}/opener.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def bundle(self, environment: str = "prod", *agents: str) -> bytes:
        path = self.root / "p.zip"
        make_bundle(self.root, None, environment, agents, path)
        return path.read_bytes()


@pytest.fixture
def released(small: Any) -> Released:
    return Released(small)


def test_the_same_releases_make_the_same_bytes(released: Released) -> None:
    data = released.bundle()
    backwards = "\n".join(reversed(released.pinned.splitlines()))
    released.point("prod", f"# said in another order\n{backwards}\n")
    released.small.write("agent.yaml", "changed: since\n")
    released.point("dev", "version: worktree\nvalues: {url: c}\n")
    assert released.bundle("prod", "opener", "opener") == data


def test_a_bundle_knows_its_own_environment_alone(released: Released) -> None:
    released.bundle()
    project = open_with(released.root, None, released.root / "p.zip")
    assert list(project.settings.environments) == ["prod"]
    release = load_release(project, "opener", {})
    assert (release.environment, release.values) == ("prod", {"url": "a"})
    assert release.digest == released.digest
    with pytest.raises(RefusedError, match="protected"):
        load_release(project, "opener", {"url": "b"})


def test_a_held_release_of_a_bundle_does_not_run(released: Released) -> None:
    """One that was made before the hold was is another matter: the bundle is what it is."""
    released.point("prod", released.pinned + HOLD.replace("DIGEST", released.digest))
    with pytest.raises(RefusedError, match="wrong tone"):
        released.bundle()


@pytest.mark.parametrize(
    ("environment", "agents", "kind", "told"),
    [
        ("dev", (), RefusedError, "its pointer says `worktree`"),
        ("staging", (), UsageError, "no agent has a pointer in staging"),
        ("prd", (), UsageError, "no agent has a pointer in prd"),
        ("../prod", (), UsageError, "no agent has a pointer in"),
        ("prod", ("opner",), UsageError, "no agent 'opner'"),
        ("staging", ("opener",), UsageError, "no pointer"),
    ],
)
def test_what_cannot_run_there_is_not_bundled(
    released: Released,
    environment: str,
    agents: tuple[str, ...],
    kind: type[AgentctlError],
    told: str,
) -> None:
    with pytest.raises(kind, match=told):
        released.bundle(environment, *agents)
    assert not (released.root / "p.zip").exists()


def test_a_release_that_was_changed_is_not_bundled(released: Released) -> None:
    released.small.write("system-prompt.md", "You close tickets.\n", "v1.0.0")
    with pytest.raises(IntegrityError) as caught:
        released.bundle()
    assert released.digest in caught.value.message
    assert "agent-configs/opener/v1.0.0" in caught.value.message
    assert "agent-configs/environments/prod/opener.yaml" in caught.value.message


def test_a_value_that_is_missing_is_told_before_the_host_meets_it(released: Released) -> None:
    released.point("prod", released.pinned.replace("{url: a}", "{}"))
    with pytest.raises(UsageError, match="`url` has no value"):
        released.bundle()


def test_a_directory_that_is_missing_is_told(released: Released) -> None:
    with pytest.raises(UsageError, match="no directory"):
        make_bundle(released.root, None, "prod", (), released.root / "missing/p.zip")
