"""What is known for sure about models by their names; of any other name nothing is said.

Sources (read 2026-11):
- OpenAI, "Reasoning models" and the errors of its API as its users report them
  (openai/openai-python#2104, openai/openai-node#1318, #1491): o1, o3, o4 and the first gpt-5 family
  refuse `temperature` and `top_p` other than 1, and `stop`. From gpt-5.1 on they are taken without
  reasoning (vercel/ai#10932), so nothing is said of those.
- OpenAI, "Chat completions": `reasoning_effort` is for reasoning models; others refuse it.
  `parallel_tool_calls` is refused where no tools are sent.
- Anthropic, "OpenAI SDK compatibility": `seed` and `reasoning_effort` are ignored, `temperature`
  above 1 is capped.
- OpenAI, "Models": a name without a date is an alias that moves to the next snapshot.
- Anthropic, "Models overview": the same up to version 4.5; later names have no date and do not
  move.
"""

import re
from collections.abc import Iterator

from runner.domain.agent import ModelSettings, ModelSpec

OPENAI_REASONING = re.compile(r"openai/(o[134](-.+)?|gpt-5(-(mini|nano|pro|codex))?(-\d{4}-.+)?)")
OPENAI_PLAIN = re.compile(r"openai/(gpt-3\.5|gpt-4|chatgpt-4o).*")
CLAUDE = re.compile(r"anthropic/claude-.+")
MOVING = (
    re.compile(r".+[-:]latest"),
    re.compile(r"openai/gpt-(3\.5|4|4o|4\.1|4\.5|5(\.\d+)?)(-(mini|nano|turbo|pro))*"),
    re.compile(r"openai/o[134](-(mini|pro))?"),
    re.compile(r"anthropic/claude-(opus|sonnet|haiku)-4(-[0-5])?"),
)
DATED = {
    "openai": "openai/gpt-5-mini-2025-08-07",
    "anthropic": "anthropic/claude-sonnet-4-5-20250929",
}


def ignored_settings(model: ModelSpec) -> Iterator[tuple[str, str]]:
    """Yield each setting that the model would refuse or ignore, and why."""
    settings = model.settings
    if OPENAI_REASONING.fullmatch(model.id):
        yield from _of_reasoning(settings)
    elif OPENAI_PLAIN.fullmatch(model.id) and settings.reasoning_effort is not None:
        yield "reasoning_effort", "it does not reason, and refuses the setting"
    elif CLAUDE.fullmatch(model.id):
        yield from _of_claude(settings)


def moves(identifier: str) -> bool:
    """Return whether a model's id is an alias whose model changes without notice."""
    return any(pattern.fullmatch(identifier) for pattern in MOVING)


def _of_reasoning(settings: ModelSettings) -> Iterator[tuple[str, str]]:
    for name in ("temperature", "top_p"):
        if getattr(settings, name) not in {None, 1}:
            yield name, "it reasons, and takes no value but its default of 1"
    if settings.stop:
        yield "stop", "it reasons, and takes no stop texts"


def _of_claude(settings: ModelSettings) -> Iterator[tuple[str, str]]:
    for name in ("seed", "reasoning_effort"):
        if getattr(settings, name) is not None:
            yield name, "its OpenAI-compatible interface ignores it"
    if settings.temperature is not None and settings.temperature > 1:
        yield "temperature", "its OpenAI-compatible interface takes every value above 1 as 1"
