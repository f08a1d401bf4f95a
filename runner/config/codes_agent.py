"""Codes AC101 to AC230: the shape of the files, and what must fit together in an agent."""

from runner.config.entry import Entry

AGENT: dict[str, Entry] = {
    "AC101": Entry(
        "wrong type",
        "Nothing is converted in silence: `'20'` is text and 20 is a number.",
        "Write a value of the type that the message names.",
        "max_iterations: '20'",
        "max_iterations: 20",
    ),
    "AC102": Entry(
        "wrong value",
        "The type is right, but the value is none that the field takes.",
        "Write one of the values that the message names.",
        "timeout: 60",
        "timeout: 60s",
    ),
    "AC103": Entry(
        "missing field",
        "Without the field the agent cannot run as meant; it has no safe default.",
        "Add the field.",
    ),
    "AC110": Entry(
        "not supported by this version",
        "The format has this field, and this version of agentctl would not honour it.",
        "Remove it, so that nobody relies on it, or use a version that knows it.",
        "budget: {daily_usd: 5}",
        "limits: {max_cost_usd: 0.5}",
    ),
    "AC115": Entry(
        "unknown field",
        "A field that nobody reads is a typing error, and what it was to set is not set.",
        "Take the name that the help line offers, or remove the field.",
        "shcedules: {file: schedules.yaml}",
        "schedules: {file: schedules.yaml}",
    ),
    "AC116": Entry(
        "unknown kind",
        "The field says which of several forms the entry has, and the word is none of them.",
        "Write one of the words that the message names.",
        "call: {kind: shell}",
        "call: {kind: command, argv: [tools/list.sh]}",
    ),
    "AC201": Entry(
        "name and directory differ",
        "An agent is found by its directory; two names for it would mix up journals and pointers.",
        "Make `name` the directory's name.",
    ),
    "AC202": Entry(
        "literal secret",
        "What stands in git is known to everyone who can read it, for ever. So a password or a "
        "token in an address counts as well, and in every text file what has the shape of a key.",
        "Name where the secret is kept, and change the secret, because it was written down.",
        "api_key: <the key itself>",
        "api_key: {env: OPENAI_API_KEY}",
    ),
    "AC203": Entry(
        "undeclared variable",
        "A pointer gives values for declared variables only.",
        "Declare it in agent.yaml under `variables`, or mend the name.",
        "url: {var: ticket_url}",
        "url: {var: tickets_url}",
    ),
    "AC204": Entry(
        "default does not fit its variable",
        "The default breaks the type or the format that the variable declares.",
        "Change the default or the type.",
        "port: {type: integer, default: '80'}",
        "port: {type: integer, default: 80}",
    ),
    "AC205": Entry(
        "wrong template",
        "The text cannot be rendered. Templates know output, conditions, loops and filters; no "
        "macros, imports or calls.",
        "Mend the line, or remove `template: jinja` to take the text as it is.",
        "text: 'Since {{ input.since'",
        "text: 'Since {{ input.since }}'",
    ),
    "AC206": Entry(
        "not a JSON Schema",
        "input_schema and output_schema are checked against JSON Schema 2020-12, or the draft that "
        "`$schema` names. References lead nowhere else: nothing is fetched.",
        "Mend the marked keyword.",
        "input_schema: {type: objct}",
        "input_schema: {type: object}",
    ),
    "AC207": Entry(
        "rule that matches no tool",
        "A permission for a tool that does not exist does nothing. A `deny` with a glob may guard "
        "against tools to come, so it is only told when it nearly names one. This is a warning.",
        "Mend the tool's name, or remove the rule.",
        "deny: [create_tickets]",
        "deny: [create_ticket]",
    ),
    "AC208": Entry(
        "money limit without a price",
        "A limit in USD cannot be kept when nobody knows what a token costs.",
        "State `model.price`, or `prices` in agentctl.yaml, or remove the limit.",
        "limits: {max_cost_usd: 0.5}",
        "model: {price: {input: 0.25, output: 2.0}}",
    ),
    "AC209": Entry(
        "not a host",
        "`network.allow` lists hosts, with a port where one is meant.",
        "Write `host`, `host:port` or `*.domain`.",
        'allow: ["https://tickets.example/api"]',
        "allow: [tickets.example]",
    ),
    "AC210": Entry(
        "wrong address of the model",
        "The model is asked at `base_url`; without a host and a port that exist every run fails.",
        "Write http(s)://host:port/path, without a space.",
        "base_url: http://127.0.0.1:89000/v1",
        "base_url: http://127.0.0.1:8900/v1",
    ),
    "AC211": Entry(
        "example out of order",
        "Models accept a user's message, answers, and after calls the result of each call.",
        "Put the messages in order; end with a text of the assistant.",
        "- messages: [{assistant: Hi}, {user: Hello}]",
        "- messages: [{user: Hello}, {assistant: Hi}]",
    ),
    "AC212": Entry(
        "example calls an unknown tool",
        "The model would learn to call a tool that the agent does not have.",
        "Mend the name, or add the tool.",
    ),
    "AC213": Entry(
        "unknown name in a template",
        "A template knows `input` and `values`; a run would stop at this name.",
        "Mend the name, or add it to input_schema or variables.",
        "{{ since }}",
        "{{ input.since }}",
    ),
    "AC214": Entry(
        "example with wrong arguments",
        "The model would learn to make calls that the tool's inputSchema refuses.",
        "Make the arguments fit.",
    ),
    "AC215": Entry(
        "text with the marks of a template",
        "Templating is off unless it is asked for, so the model is sent the marks themselves. "
        "This is a warning.",
        "Add `template: jinja`, or leave it when the marks are meant as text.",
        "task: {text: 'Since {{ input.since }}'}",
        "task: {text: 'Since {{ input.since }}', template: jinja}",
    ),
    "AC216": Entry(
        "input that nothing uses",
        "A run must give it, and neither the task, the instructions nor `subject` reads it. This "
        "is a warning.",
        "Use it in a template, or remove it from input_schema.",
        "task: {text: Triage the invoices.}",
        "task: {text: 'Triage the invoices since {{ input.since }}.', template: jinja}",
    ),
    "AC217": Entry(
        "input that nothing declares",
        "A template reads it, and nothing promises that a run has it; without it the run stops. "
        "This is a warning.",
        "Declare it in input_schema, and close the schema.",
        "input_schema: {type: object}",
        "input_schema: {type: object, additionalProperties: false, required: [since], properties: "
        "{since: {type: string, description: First day to look at.}}}",
    ),
    "AC218": Entry(
        "variable that nothing uses",
        "Every environment must give it a value, and nothing changes with it. This is a warning.",
        "Use it with `{var: NAME}` or `{{ values.NAME }}`, or remove it.",
    ),
    "AC219": Entry(
        "setting that the model does not take",
        "The provider would refuse the request, or ignore the setting in silence; then the file "
        "says something that is not so. Only models that are known for sure are judged.",
        "Remove the setting.",
        "model: {id: openai/gpt-5-mini-2025-08-07, settings: {temperature: 0}}",
        "model: {id: openai/gpt-5-mini-2025-08-07, settings: {reasoning_effort: low}}",
    ),
    "AC220": Entry(
        "model without a fixed version",
        "The provider moves such a name to a new model; then what was tried is not what runs. "
        "This is a warning.",
        "Name a version that does not move.",
        "id: openai/gpt-5-mini",
        "id: openai/gpt-5-mini-2025-08-07",
    ),
    "AC221": Entry(
        "text that names a tool the agent lacks",
        "The model is told to call it, tries, and wastes turns. This is a warning.",
        "Mend the name in the text, or add the tool.",
        "Call `create_tickets` for each exception.",
        "Call `create_ticket` for each exception.",
    ),
    "AC222": Entry(
        "limits that no first turn can meet",
        "A turn begins only when its worst case fits: the prompt and an answer of "
        "`max_output_tokens`. Here it never does, so every run stops before it begins.",
        "Raise the limit, or lower `model.settings.max_output_tokens`.",
        "limits: {max_tokens: 4000}",
        "limits: {max_tokens: 40000}",
    ),
    "AC223": Entry(
        "limit without effect",
        "Another limit always ends the run first, so this one says something that is not so. This "
        "is a warning.",
        "Make the two agree.",
        "limits: {max_identical_calls: 5, max_tool_calls: 3}",
        "limits: {max_identical_calls: 2, max_tool_calls: 3}",
    ),
    "AC224": Entry(
        "loose input_schema",
        "What the schema leaves open, a typing error in a run's input passes through. This is a "
        "warning.",
        "List every property with its type, and close the object.",
        "input_schema: {type: object, properties: {since: {}}}",
        "input_schema: {type: object, additionalProperties: false, properties: {since: "
        "{type: string, description: First day to look at.}}}",
    ),
    "AC225": Entry(
        "input without a description",
        "Whoever starts a run, or writes a schedule, has to guess what belongs there. This is a "
        "warning.",
        "Add a `description` in one line, with the unit or the form.",
        "since: {type: string}",
        "since: {type: string, description: 'First day to look at, YYYY-MM-DD.'}",
    ),
    "AC226": Entry(
        "rule on an argument that the tool does not have",
        "The tool's inputSchema is closed and lists no such argument: `ask` and `allow` then never "
        "match, and `deny` always does. This is a warning.",
        "Mend the JSON pointer.",
        "ask: [{tool: create_ticket, when: {/prioritty: P1}}]",
        "ask: [{tool: create_ticket, when: {/priority: P1}}]",
    ),
    "AC227": Entry(
        "waiver of what cannot be waived",
        "Warnings and items of `validate --production` can be accepted for a while. An error "
        "cannot: with it the agent does not run.",
        "Name a warning's code or an item of the checklist; mend errors.",
        "- {check: AC999, reason: The service names them so., until: 2027-01-31}",
        "- {check: AC315, reason: The service names them so., until: 2027-01-31}",
    ),
    "AC228": Entry(
        "expired waiver",
        "Its last day is over, so what it covered is told again. This is a warning.",
        "Mend what it covers, or decide anew: another day, and a reason that holds today.",
    ),
    "AC229": Entry(
        "waiver of nothing",
        "There is no such finding, so the waiver would hide the next one that somebody makes. "
        "This is a warning.",
        "Remove it, or mend its `check` or `file`.",
    ),
    "AC230": Entry(
        "subject that no input has",
        "`subject` says what a run is about, so that it can be found; the input has no such "
        "property. This is a warning.",
        "Name a property of input_schema.",
        "subject: /sinse",
        "subject: /since",
    ),
}
