#!/usr/bin/env python3
"""Writes one report: {"day", "headline", "findings"} on stdin, {"report": file name} on stdout.

The directory comes in REPORTS_DIR. The first report of a day is DAY.md, a different one DAY-2.md
and so on; the same report again is found and named, so that the same call twice is one effect.
"""

import json
import os
import sys
from pathlib import Path

MAX_REPORTS = 20
"""Reports of one day; more of them means that something is wrong."""


def main() -> None:
    """Read the report, write it."""
    report = json.load(sys.stdin)
    name = write(Path(os.environ["REPORTS_DIR"]), report["day"], text(report))
    json.dump({"report": name}, sys.stdout)


def text(report: dict) -> str:
    """Return the report as Markdown."""
    findings = "".join(f"- {finding}\n" for finding in report["findings"])
    return f"# {report['day']}: {report['headline']}\n\n{findings}"


def write(directory: Path, day: str, content: str) -> str:
    """Return the name of the file that holds the content, written now unless it was there."""
    directory.mkdir(parents=True, exist_ok=True)
    for number in range(1, MAX_REPORTS + 1):
        path = directory / (f"{day}.md" if number == 1 else f"{day}-{number}.md")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(content)
        except FileExistsError:
            if path.read_text(encoding="utf-8") != content:
                continue
        return path.name
    sys.exit(f"{day} has {MAX_REPORTS} reports already; look at them first")


if __name__ == "__main__":
    main()
