"""Codes AC301 to AC417: tools, schedules, project settings and pointers."""

from runner.config.entry import Entry

TOOLS: dict[str, Entry] = {
    "AC301": Entry(
        "duplicate tool",
        "The model calls a tool by its name; two of one name cannot be told apart.",
        "Rename one of them.",
    ),
    "AC302": Entry(
        "readOnlyHint is not stated",
        "Whether a tool writes decides over dry runs, permissions and retries. It is not guessed.",
        "State it in the tool's annotations.",
        "annotations: {}",
        "annotations: {readOnlyHint: true}",
    ),
    "AC303": Entry(
        "wrong inputSchema",
        "A model's arguments are an object, and every call is checked against this schema.",
        "Make it a valid JSON Schema with `type: object`.",
        "inputSchema: {properties: {id: {type: string}}}",
        "inputSchema: {type: object, properties: {id: {type: string}}}",
    ),
    "AC304": Entry(
        "wrong outputSchema",
        "Every result is checked against this schema, so it must be one.",
        "Mend the marked keyword.",
    ),
    "AC305": Entry(
        "wrong JMESPath",
        "`result.select` chooses what the model sees; this expression cannot be read.",
        "Mend the expression.",
        'select: "{id: id, url"',
        'select: "{id: id, url: url}"',
    ),
    "AC306": Entry(
        "dry-run result does not fit",
        "A simulated result must look like a real one, or the dry run proves nothing.",
        "Make `dry_run.result` fit `outputSchema`.",
    ),
    "AC307": Entry(
        "not a function's name",
        "A python tool calls one function of its file by name.",
        "Write the name alone, without module, brackets or arguments.",
        "function: 'report.read()'",
        "function: read",
    ),
    "AC308": Entry(
        "argument in the path",
        "`{name}` in an address takes an argument, which every call must then give.",
        "Declare the argument in inputSchema and list it under `required`.",
    ),
    "AC309": Entry(
        "argument in the query",
        "`query` names arguments; this one is not declared.",
        "Declare it in inputSchema, or mend the name.",
    ),
    "AC310": Entry(
        "wrong address",
        "The host is fixed in the config, so that a model cannot choose where a call goes.",
        "Write http(s)://host/path; arguments in the path as `{name}`, others under `query`.",
        'url: "http://{host}/items?id={id}"',
        'url: "http://127.0.0.1:8900/items/{id}"',
    ),
    "AC311": Entry(
        "argument names a file of the agent",
        "A command runs in a private scratch directory; only argv[0] is looked up in the agent. "
        "AGENTCTL_RELEASE_DIR tells a running tool where the agent's files lie.",
        "Name the script as argv[0], and let its first line say what runs it.",
        "argv: [python3, tools/report.py]",
        "argv: [tools/report.py]",
    ),
    "AC312": Entry(
        "program that cannot be started",
        "A file of the agent is made executable when it starts with `#!`.",
        "Begin the file with `#!` and the program that runs it.",
    ),
    "AC313": Entry(
        "function that the file does not define",
        "A python tool calls one function of its file; every call of the tool would fail.",
        "Mend the name, or define the function at the top level of the file.",
        "call: {kind: python, file: tools/count.py, function: count_wordz}",
        "call: {kind: python, file: tools/count.py, function: count_words}",
    ),
    "AC314": Entry(
        "not Python",
        "The file of a python tool cannot be read as Python, so no call of the tool can run. It is "
        "only parsed here, never executed.",
        "Mend the marked line.",
    ),
    "AC315": Entry(
        "argument without a description",
        "The model has to guess what belongs there, and guesses differ. This is a warning.",
        "Add a `description` in one line, with the unit or the form.",
        "priority: {enum: [P1, P2]}",
        "priority: {enum: [P1, P2], description: P1 pages someone}",
    ),
    "AC316": Entry(
        "loose inputSchema",
        "What the schema leaves open, the model may fill with anything, and every call of it is "
        "made. This is a warning.",
        "List every property with its type, say what lists hold, and close the objects.",
        "inputSchema: {type: object, properties: {lines: {type: array}}}",
        "inputSchema: {type: object, additionalProperties: false, properties: {lines: {type: "
        "array, items: {type: string}, description: Lines to write}}}",
    ),
    "AC317": Entry(
        "program without a fixed version",
        "The command fetches whatever is newest on that day: what was tried is not what runs, and "
        "whoever takes over the package runs on your machine. This is a warning.",
        "Name an exact version; of an image, best its digest.",
        "argv: [npx, -y, ledger-tool]",
        "argv: [npx, -y, ledger-tool@1.4.2]",
    ),
    "AC318": Entry(
        "schema that nothing can meet",
        "An object must have a property that it may not have: every call, or every run, would be "
        "refused.",
        "List it under `properties`, or take it out of `required`.",
        "inputSchema: {type: object, additionalProperties: false, required: [path], properties: "
        "{file: {type: string, description: What to read}}}",
        "inputSchema: {type: object, additionalProperties: false, required: [file], properties: "
        "{file: {type: string, description: What to read}}}",
    ),
    "AC319": Entry(
        "idempotency_key that leads nowhere",
        "The key is taken from an argument of the call, and no call can have that argument: what "
        "was to happen once might happen twice.",
        "Write the JSON pointer of an argument that inputSchema lists.",
        "idempotency_key: /invoce",
        "idempotency_key: /invoice",
    ),
    "AC401": Entry(
        "wrong cron expression",
        "Five fields: minute, hour, day of month, month, day of week; lists, ranges, steps, and "
        "names of months and days. It must happen at some time.",
        "Mend the field that the message names.",
        'cron: "0 0 30 2 *"',
        'cron: "0 0 28 2 *"',
    ),
    "AC402": Entry(
        "unknown time zone",
        "Times are local to an IANA time zone, which knows summer time.",
        "Write a name such as Europe/Berlin, or UTC.",
        "timezone: CEST",
        "timezone: Europe/Berlin",
    ),
    "AC403": Entry(
        "duplicate schedule",
        "Slots are counted by the schedule's name.",
        "Rename one of them.",
    ),
    "AC404": Entry(
        "schedule with wrong input",
        "Each run of the schedule would be refused for its input.",
        "Make `input` fit input_schema.",
    ),
    "AC405": Entry(
        "wrong `from`",
        "`from` takes a time that the schedule knows: slot.time, slot.previous or "
        "last_success.slot, and beside it only `default`.",
        "Write one of the three.",
        "since: {from: last.slot}",
        'since: {from: last_success.slot, default: "2026-01-01T00:00:00Z"}',
    ),
    "AC410": Entry(
        "pointer and digest",
        "A release is what its digest says; a pointer without one could mean anything. The "
        "worktree has none, because it changes.",
        "Add the release's digest, or remove it from a pointer to the worktree.",
        "version: v1.1.0",
        'version: v1.1.0\ndigest: "h1:..."',
    ),
    "AC411": Entry(
        "wrong regular expression",
        "A redaction pattern that cannot be read hides nothing.",
        "Mend the pattern; in YAML, put it in single quotes.",
        "redact: ['acct_[0-9+']",
        "redact: ['acct_[0-9]+']",
    ),
    "AC412": Entry(
        "unknown default environment",
        "`default_environment` names none of the declared environments.",
        "Mend the name, or declare the environment.",
    ),
    "AC413": Entry(
        "values do not fit",
        "A pointer gives the values that the agent's `variables` declare: no more, no fewer.",
        "Add what is missing, remove what nobody declares, and write values of the right type.",
        "values: {ticket_url: https://tickets.example}",
        "values: {tickets_url: https://tickets.example}",
    ),
    "AC414": Entry(
        "not the release's digest",
        "The files of the version that the pointer names have another digest.",
        "Find out who changed which of the two, and put it back; nothing runs until they agree.",
    ),
    "AC416": Entry(
        "overlooked",
        "It looks like a part of the project, and nobody reads it.",
        "Give it the name that is read, name it in agent.yaml, or remove it.",
    ),
    "AC417": Entry(
        "undeclared environment",
        "agentctl.yaml declares environments, and this is none of them: no rule protects it.",
        "Declare it under `environments`, or move the pointer to the one that was meant.",
    ),
}
