"""The reference pages, made from the code: `make docs` writes them, a test holds them in step."""

from collections.abc import Callable
from pathlib import Path

from docs.generator.commands import commands_page
from docs.generator.configuration import configuration_page
from docs.generator.diagnostics import diagnostics_page
from docs.generator.events import events_page
from docs.generator.keys import keys_page

DIRECTORY = Path(__file__).resolve().parents[1] / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "configuration.md": configuration_page,
    "commands.md": commands_page,
    "diagnostics.md": diagnostics_page,
    "events.md": events_page,
    "keys.md": keys_page,
}
NOTICE = "<!-- Written by `make docs` from the code. Do not edit it here. -->"


def page(name: str) -> str:
    """Return the text of a reference page."""
    title, _, rest = PAGES[name]().partition("\n")
    return f"{title}\n\n{NOTICE}\n{rest.rstrip()}\n"


def main() -> None:
    """Write every page."""
    DIRECTORY.mkdir(exist_ok=True)
    for name in PAGES:
        (DIRECTORY / name).write_text(page(name), encoding="utf-8")
