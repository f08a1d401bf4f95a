"""The example agents as the repository keeps them: sound, and pointed at by the right digest."""

from pathlib import Path

import pytest

from runner.config.load import check_spec
from runner.config.project import read_pointer, read_project
from runner.domain.environment import Pointer
from runner.releases.directories import DirStore
from runner.releases.worktree import WorktreeStore

ROOT = Path(__file__).parents[3]
AGENTS = ROOT / "agent-configs"
NAMES = ("invoice-triage", "log-digest")
POINTERS = sorted(AGENTS.glob("environments/*/*.yaml"))


def pointer_at(path: Path) -> Pointer:
    return read_pointer(path.read_bytes(), str(path))


@pytest.mark.parametrize("agent", NAMES)
def test_an_agent_has_two_versions_that_differ(agent: str) -> None:
    store = DirStore(AGENTS)
    digests = {v.version: store.load(agent, v.version).digest for v in store.versions(agent)}
    assert list(digests) == ["v1.0.0", "v1.1.0"]
    assert len(set(digests.values())) == 2


@pytest.mark.parametrize("agent", NAMES)
@pytest.mark.parametrize("version", ["v1.0.0", "v1.1.0", "worktree"])
def test_every_version_is_sound(agent: str, version: str) -> None:
    store = WorktreeStore(AGENTS) if version == "worktree" else DirStore(AGENTS)
    spec, problems = check_spec(store.load(agent, version), agent=agent, origin=version)
    assert [(problem.code, problem.message) for problem in problems] == []
    assert spec is not None
    assert {"input_schema", "output_schema"} <= spec.model_fields_set
    assert spec.examples
    assert spec.schedules


@pytest.mark.parametrize("path", POINTERS, ids=lambda path: "-".join(path.parts[-2:]))
def test_a_pointer_names_its_version_by_the_digest_that_it_has(path: Path) -> None:
    pointer, agent = pointer_at(path), path.stem
    if pointer.version == "worktree":
        assert pointer.digest is None
        return
    assert pointer.digest == DirStore(AGENTS).load(agent, pointer.version).digest


def test_every_agent_has_a_pointer_in_every_environment_and_prod_is_protected() -> None:
    settings = read_project((ROOT / "agentctl.yaml").read_bytes(), "agentctl.yaml")
    expected = {f"{env}/{agent}" for env in settings.environments for agent in NAMES}
    assert {f"{path.parent.name}/{path.stem}" for path in POINTERS} == expected
    assert settings.environments["prod"].protected
    assert settings.default_environment == "dev"
    assert all(pointer_at(p).version == "worktree" for p in POINTERS if p.parent.name == "dev")


@pytest.mark.parametrize("path", POINTERS, ids=lambda path: "-".join(path.parts[-2:]))
def test_a_pointer_gives_every_variable_a_value(path: Path) -> None:
    pointer, agent = pointer_at(path), path.stem
    store = WorktreeStore(AGENTS) if pointer.version == "worktree" else DirStore(AGENTS)
    spec, _problems = check_spec(store.load(agent, pointer.version), agent=agent, origin="")
    assert spec is not None
    assert set(pointer.values) == set(spec.agent.variables)
