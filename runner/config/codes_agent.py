"""Codes AC101 to AC215: the shape of the files, and what must fit together in an agent."""

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
        "token in an address counts as well.",
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
        "A permission for a tool that does not exist does nothing. This is a warning.",
        "Mend the tool's name, or remove the rule.",
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
        "- messages: [{assistant: Hi}]",
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
}
