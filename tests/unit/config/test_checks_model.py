"""Settings that a model takes, and limits that can be met."""

from typing import Any

import pytest

from runner.config.model_families import DATED, ignored_settings, moves
from runner.domain.agent import ModelSettings, ModelSpec

PINNED = "openai/gpt-5-mini-2025-08-07"
LIMITS = "limits: {max_iterations: 20, timeout: 10m}"
KEY = "  api_key: {env: OPENAI_API_KEY}"


def ignored(model: str, **settings: Any) -> list[str]:
    spec = ModelSpec(id=model, base_url="http://h/v1", settings=ModelSettings(**settings))
    return [name for name, _why in ignored_settings(spec)]


@pytest.mark.parametrize("name", ["o1", "o3-mini-2025-01-31", "o4-mini", "gpt-5", "gpt-5-nano"])
def test_a_reasoning_model_takes_no_sampling(name: str) -> None:
    wrong = ignored(f"openai/{name}", temperature=0, top_p=0.5, stop=("END",))
    assert wrong == ["temperature", "top_p", "stop"]
    assert ignored(f"openai/{name}", temperature=1, reasoning_effort="low") == []


@pytest.mark.parametrize("name", ["gpt-4o-2024-08-06", "gpt-4.1", "gpt-3.5-turbo-0125"])
def test_a_plain_model_takes_no_effort(name: str) -> None:
    assert ignored(f"openai/{name}", reasoning_effort="low", temperature=0) == ["reasoning_effort"]


def test_claude_behind_the_openai_interface_ignores_a_seed() -> None:
    wrong = ignored("anthropic/claude-opus-4-6", seed=1, reasoning_effort="low", temperature=1.5)
    assert wrong == ["seed", "reasoning_effort", "temperature"]
    assert ignored("anthropic/claude-opus-4-6", temperature=0, stop=("x",)) == []


@pytest.mark.parametrize(
    "name",
    ["openai/gpt-5.1", "openai/gpt-5-chat-latest", "local/o3", "openrouter/openai/o3", "x/y"],
)
def test_of_a_model_that_is_not_known_nothing_is_said(name: str) -> None:
    assert ignored(name, temperature=0, top_p=0.5, reasoning_effort="low", seed=1) == []


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-5",
        "openai/gpt-5-mini",
        "openai/gpt-4o",
        "openai/gpt-3.5-turbo",
        "openai/o3",
        "openai/gpt-5-chat-latest",
        "mistral/mistral-large-latest",
        "ollama/llama3:latest",
        "anthropic/claude-sonnet-4-5",
    ],
)
def test_a_name_that_moves_is_known(name: str) -> None:
    assert moves(name)


@pytest.mark.parametrize(
    "name",
    [
        *DATED.values(),
        "openai/gpt-4-0613",
        "openai/gpt-oss-20b",
        "anthropic/claude-opus-4-6",
        "local/qwen2.5-coder-1.5b-instruct-q4_k_m",
        "gemini/gemini-2.5-flash",
    ],
)
def test_a_name_that_stays_is_not_told(name: str) -> None:
    assert not moves(name)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((KEY, KEY + "\n  settings: {temperature: 0}"), "AC219 error agent.yaml:10:14"),
        ((PINNED, "openai/gpt-5-mini"), "AC220 warning agent.yaml:7:7"),
        ((LIMITS, "limits: {max_tokens: 4000}"), "AC222 error agent.yaml:22:22"),
        (
            (KEY, KEY + "\n  settings: {max_output_tokens: 300000}"),
            "AC222 error agent.yaml:10:33",
        ),
        ((LIMITS, "limits: {max_tool_calls: 0}"), "AC223 warning agent.yaml:22:26"),
        ((LIMITS, "limits: {max_iterations: 1}"), "AC223 warning agent.yaml:22:26"),
        (
            (LIMITS, "limits: {max_tool_calls: 3, max_identical_calls: 5}"),
            "AC223 warning agent.yaml:22:50",
        ),
        ((KEY, KEY + "\n  timeout: 20m"), "AC223 warning agent.yaml:10:12"),
    ],
)
def test_model_and_limits_are_held_against_each_other(
    check: Any, good_files: dict[str, str], change: tuple[str, str], expected: str
) -> None:
    (found,) = check({"agent.yaml": good_files["agent.yaml"].replace(*change)})[1]
    place = f"{found.place.file.rsplit('/', 1)[1]}:{found.place.line}:{found.place.column}"
    assert f"{found.code} {found.severity} {place}" == expected
    assert found.help


def test_a_first_turn_that_costs_too_much_is_an_error(broken: Any) -> None:
    price = "\n  price: {input: 1, output: 10}"
    (found,) = broken("agent.yaml", (KEY, KEY + price), (LIMITS, "limits: {max_cost_usd: 0.01}"))
    assert found.startswith("AC222 agent.yaml:23:24: a first turn may cost $0.0410, and the run")
    assert broken("agent.yaml", (KEY, KEY + price), (LIMITS, "limits: {max_cost_usd: 0.05}")) == []


def test_a_tool_that_may_outlast_the_run_is_a_warning(broken: Any) -> None:
    (found,) = broken("tools.yaml", ("argv: [tools/read.sh]", "argv: [tools/read.sh], timeout: 1h"))
    assert found.startswith("AC223 tools.yaml:20:")
    assert "1h, and the whole run 10m" in found


def test_defaults_are_not_held_against_what_is_stated(broken: Any) -> None:
    assert broken("agent.yaml", (LIMITS, "limits: {max_tool_calls: 2, timeout: 20s}")) == []


def test_parallel_calls_without_tools_are_an_error(check: Any, good_files: dict[str, str]) -> None:
    agent = good_files["agent.yaml"].replace("tools: {file: tools.yaml}\n", "")
    agent = agent.replace("examples: {file: examples.yaml}\n", "")
    agent = agent.replace(KEY, KEY + "\n  settings: {parallel_tool_calls: true}")
    found = check({"agent.yaml": agent})[1]
    assert [d.code for d in found] == ["AC219"]
