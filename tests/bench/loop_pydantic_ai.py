"""`python -m tests.bench.loop_pydantic_ai SERVER` in the peers' environment."""

import sys

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.bench.loop import measure
from tests.bench.model_server import INSTRUCTIONS, MODEL

provider = OpenAIProvider(base_url=f"{sys.argv[1]}/v1", api_key="unused")
agent = Agent(OpenAIChatModel(MODEL, provider=provider), instructions=INSTRUCTIONS)


@agent.tool_plain
def note(text: str, rank: int) -> dict[str, int]:
    """Note one thing down."""
    return {"noted": rank}


measure("pydantic-ai-slim", lambda task: agent.run_sync(task).output)
