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


SETTINGS = """\
# The project's settings. Agents lie below agent-configs/, and below agent-configs/environments/
# one file for each environment and agent says which release runs there: its pointer.
default_environment: dev
environments:
  dev: {}
  staging: {}
  prod: {protected: true}       # released versions only, with the pointer's values alone
"""
DEV_POINTER = """\
# What runs in dev: the files as they are on disk.
version: worktree
"""
POINTER = """\
# What runs in ENVIRONMENT: a release, and the digest that its files must have.
# `agentctl promote` and `agentctl rollback` write this file.
version: VERSION
digest: "DIGEST"
commit: COMMIT
"""
IGNORED = ".agentctl/\n"
ATTRIBUTES = "agent-configs/** text eol=lf\nagentctl.yaml text eol=lf\n"
PROJECT_FILES = {
    "agentctl.yaml": SETTINGS,
    ".gitignore": IGNORED,
    ".gitattributes": ATTRIBUTES,
}
"""What every project has beside its agents, by path."""


def release_pointer(environment: str, version: str, digest: str, commit: str) -> bytes:
    """Return the file of a pointer to a release."""
    words = {"ENVIRONMENT": environment, "VERSION": version, "DIGEST": digest, "COMMIT": commit}
    text = POINTER
    for word, said in words.items():
        text = text.replace(word, said, 1)
    return text.encode()
