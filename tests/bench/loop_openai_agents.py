"""`python -m tests.bench.loop_openai_agents SERVER` in the peers' environment."""

import sys

from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

from tests.bench.loop import TURNS, measure
from tests.bench.model_server import INSTRUCTIONS, MODEL

set_tracing_disabled(True)


@function_tool
def note(text: str, rank: int) -> dict[str, int]:
    """Note one thing down."""
    return {"noted": rank}


client = AsyncOpenAI(base_url=f"{sys.argv[1]}/v1", api_key="unused")
agent = Agent(
    name="bench",
    instructions=INSTRUCTIONS,
    model=OpenAIChatCompletionsModel(MODEL, client),
    tools=[note],
)

measure(
    "openai-agents",
    lambda task: Runner.run_sync(agent, task, max_turns=TURNS + 1).final_output,
)
