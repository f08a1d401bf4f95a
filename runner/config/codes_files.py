"""Codes AC001 to AC025: bytes, files, YAML and JSON."""

from runner.config.entry import Entry

FILES: dict[str, Entry] = {
    "AC001": Entry(
        "file too large",
        "A config file is read by people and goes to a model; one of over 1 MiB is a mistake.",
        "Keep data out of the agent's directory and let a tool read it.",
    ),
    "AC002": Entry(
        "not UTF-8",
        "Text has one encoding here, so that a file reads the same on every system.",
        "Save the file as UTF-8. The message names the first wrong byte.",
    ),
    "AC003": Entry(
        "byte order mark",
        "A BOM is invisible and would become a part of the first key or of the prompt.",
        "Save the file as UTF-8 without BOM.",
    ),
    "AC004": Entry(
        "carriage return",
        "Windows line ends give the same file another digest on another system.",
        "Save with LF line ends, and add `* text=auto eol=lf` to .gitattributes.",
    ),
    "AC005": Entry(
        "hidden character",
        "Control characters can hide text from a reviewer and reach a terminal.",
        "Delete the character, or write it as an escape in double quotes.",
        "text: a<U+0007>b",
        'text: "a\\u0007b"',
    ),
    "AC006": Entry(
        "file not found",
        "The config names a file that this version of the agent does not have.",
        "Create the file, or mend the path; it is relative to agent.yaml.",
        "tools: {file: tool.yaml}",
        "tools: {file: tools.yaml}",
    ),
    "AC007": Entry(
        "path leaves the directory",
        "A release is the files below agent.yaml; what lies outside is not versioned with it.",
        "Copy the file into the agent's directory.",
        "tools: {file: ../shared/tools.yaml}",
        "tools: {file: tools.yaml}",
    ),
    "AC010": Entry(
        "empty file",
        "The file has no data, or comments only.",
        "Write its content, or remove the file and the line that names it.",
    ),
    "AC011": Entry(
        "duplicate key",
        "Two values for one key: readers disagree about which of them counts.",
        "Keep one of them.",
        "timeout: 10s\ntimeout: 20s",
        "timeout: 20s",
    ),
    "AC012": Entry(
        "key is not text",
        "Keys of a config are names. YAML reads 200 as a number and true as a boolean.",
        "Quote the key.",
        "200: done",
        '"200": done',
    ),
    "AC013": Entry(
        "several documents",
        "A file holds one document; what follows `---` would be ignored silently.",
        "Move the second document into a file of its own.",
    ),
    "AC014": Entry(
        "anchor, alias, merge key or tag",
        "With them a small file can stand for a huge one, and a value is not where one reads it.",
        "Write the value out where it is used.",
        "a: &x 1\nb: *x",
        "a: 1\nb: 1",
    ),
    "AC015": Entry(
        "nested too deeply",
        "More than 50 levels is no config, and would exhaust those who read it.",
        "Write it flatter.",
    ),
    "AC016": Entry(
        "number out of range",
        "The number is infinite, no number, or larger than JSON readers keep exactly.",
        "Quote it when it is an identifier.",
        "account: 123456789012345678901234",
        'account: "123456789012345678901234"',
    ),
    "AC017": Entry(
        "tab in the indent",
        "YAML forbids tabs in indents: editors show them at different widths.",
        "Indent with spaces.",
        "model:\n<tab>id: openai/gpt-5",
        "model:\n  id: openai/gpt-5",
    ),
    "AC018": Entry(
        "not YAML",
        "The file cannot be read from here on.",
        "Look at the marked place and the line before it; quote text that has `: ` in it.",
        "description: Note: read only",
        'description: "Note: read only"',
    ),
    "AC019": Entry(
        "not JSON",
        "A .json file is read strictly: double quotes, no comments, no comma at the end.",
        "Mend the marked place.",
        '{"a": 1,}',
        '{"a": 1}',
    ),
    "AC020": Entry(
        "link or special file",
        "A release holds regular files; a link can lead out of the directory, or change later.",
        "Put a copy of the file in its place.",
    ),
    "AC021": Entry(
        "file of a release too large",
        "Every file of a release is kept, hashed and copied; data belongs elsewhere.",
        "Keep data out of the agent's directory and let a tool read it.",
    ),
    "AC022": Entry(
        "release too large",
        "The directory has too many files, or too many bytes, for one release.",
        "Move what is not the agent out of its directory, or let git ignore it.",
    ),
    "AC023": Entry(
        "name that is not the same everywhere",
        "A file's name must mean one file on every system: UTF-8 in Unicode form NFC, no newline "
        "or backslash, and no two names that differ in upper and lower case alone.",
        "Rename the file.",
    ),
    "AC024": Entry(
        "pointer of Git LFS",
        "The directory holds a pointer where the file's content should be.",
        "Fetch the content with `git lfs pull`, or keep the file out of LFS.",
    ),
    "AC025": Entry(
        "more problems than are shown",
        "Of one file the first hundred problems are told; further entries may not be checked.",
        "Mend those that are shown, and check again.",
    ),
}
