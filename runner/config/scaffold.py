"""A small agent to start from."""

from runner.domain.quantities import check_agent_name

AGENT = """\
# What this agent is, which model it asks and what one run may use.
# `agentctl validate NAME` checks it, `agentctl explain CODE` explains a finding.
spec_version: 1
name: NAME
description: Count the words of a text and say what the count means.
scope: {does: [Count words], does_not: [Change anything]}

model:
  id: openai/gpt-5-mini-2025-08-07     # provider/name, pinned
  base_url: http://127.0.0.1:8900/v1   # any OpenAI-compatible server
  # api_key: {env: OPENAI_API_KEY}     # for a server that wants a key: where it is kept
  settings: {max_output_tokens: 512}
  timeout: 60s

instructions: {file: system-prompt.md}
task:
  text: "Count the words of this text with `count_words`: {{ input.text }}"
  template: jinja

input_schema:
  type: object
  required: [text]
  additionalProperties: false
  properties:
    text: {type: string, minLength: 1, description: The text to count.}

tools: {file: tools.yaml}

limits: {max_iterations: 5, max_tool_calls: 5, max_tokens: 20000, timeout: 2m}
"""

PROMPT = """\
You count words. Call `count_words` with the user's text, and answer with the number and one short
sentence about it. Do not count yourself.
"""

TOOLS = """\
# MCP tools, each with our `call`: how it is called.
- name: count_words
  description: Count the words and lines of a text.
  inputSchema:
    type: object
    required: [text]
    additionalProperties: false
    properties:
      text: {type: string, description: The text to count.}
  outputSchema:
    type: object
    required: [words, lines]
    properties: {words: {type: integer}, lines: {type: integer}}
  annotations: {readOnlyHint: true}    # must be said: it decides what a dry run does
  call: {kind: python, file: tools/count.py, function: count_words, timeout: 10s}
"""

COUNT = '''\
"""A tool: one function, called with the arguments by name; what it returns goes to the model."""


def count_words(text: str) -> dict[str, int]:
    """Return how many words and lines a text has."""
    return {"words": len(text.split()), "lines": len(text.splitlines())}
'''


def new_agent(name: str) -> dict[str, bytes]:
    """Return the files of a new agent, by their path in its directory.

    Raises:
        ValueError: an agent cannot have this name.
    """
    check_agent_name(name)
    files = {
        "agent.yaml": AGENT.replace("NAME", name, 2),
        "system-prompt.md": PROMPT,
        "tools.yaml": TOOLS,
        "tools/count.py": COUNT,
    }
    return {path: text.encode() for path, text in files.items()}
