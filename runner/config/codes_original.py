"""Codes AC231 to AC239: the original layout, and tools that nothing is behind."""

from runner.config.entry import Entry

ORIGINAL: dict[str, Entry] = {
    "AC231": Entry(
        "tool that nothing is behind",
        "The model is offered the tool, a dry run simulates it, and a live run is refused at its "
        "start. This is a warning.",
        "Say under `call` how the tool is called.",
        '[{"name": "look_up", "description": "Look up.", "inputSchema": {"type": "object"}}]',
        '[{"name": "look_up", "description": "Look up.", "inputSchema": {"type": "object"},\n'
        '  "call": {"kind": "command", "argv": ["look-up"]}}]',
    ),
    "AC232": Entry(
        "key that nothing honours",
        "A file of the original layout has a key that agentctl does not read, so what it asks for "
        "does not happen. This is a warning.",
        "Mend its spelling, or remove it. docs/original-layout.md lists every key that is read.",
        '{"temprature": 0}',
        '{"temperature": 0}',
    ),
    "AC233": Entry(
        "model that cannot be asked",
        "config.json says no model, or not at which server it is asked.",
        "Add `model` and `base_url`.",
        '{"model": "openai/gpt-5-mini-2025-08-07"}',
        '{"model": "openai/gpt-5-mini-2025-08-07", "base_url": "https://api.example/v1"}',
    ),
    "AC234": Entry(
        "one thing said twice",
        "Two spellings of one thing, or the same key at two places: nobody knows which counts.",
        "Keep one of them.",
        '{"max_tokens": 100, "max_output_tokens": 200}',
        '{"max_tokens": 200}',
    ),
    "AC235": Entry(
        "version that is not the directory's",
        "The directory's name is the version; another one in config.json misleads who reads it. "
        "This is a warning. The example lies in the directory v1.0.0.",
        "Say the same, or remove `version`.",
        '{"version": "1.1.0"}',
        '{"version": "1.0.0"}',
    ),
    "AC236": Entry(
        "tool of the original layout that does not say whether it writes",
        "It counts as writing: a dry run simulates it, and a live run asks a person, who may not "
        "be there. This is a warning.",
        "Add `annotations` with `readOnlyHint`.",
        '[{"name": "look_up", "description": "Look up.", "inputSchema": {"type": "object"}}]',
        '[{"name": "look_up", "description": "Look up.", "inputSchema": {"type": "object"},\n'
        '  "annotations": {"readOnlyHint": true}}]',
    ),
    "AC237": Entry(
        "`current` names no version",
        "In the original layout `current` says which version runs: it is a link to a version "
        "directory beside it, or a text file that holds the directory's name.",
        "Let it name a version directory that is there.",
        "v9.9.9",
        "v1.0.0",
    ),
    "AC238": Entry(
        "Windows line ends in the original layout",
        "A prompt keeps them, and the model is sent them; git on another system may change them, "
        "and the digest with them. This is a warning.",
        "Save the file with LF line ends, as a new version.",
    ),
    "AC239": Entry(
        "not a tool",
        "tools.json is a list of tools, or an object with one list `tools`. An entry has MCP's "
        "form, Anthropic's or OpenAI's; tools that run at a provider cannot be called from here.",
        "Write each entry in one of the three forms.",
        '[{"type": "web_search_20250305", "name": "web_search"}]',
        '[{"name": "search", "description": "Search.", "inputSchema": {"type": "object"}}]',
    ),
}
