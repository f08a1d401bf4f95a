#!/usr/bin/env python3
"""Counts the errors of one day in a log: {"day": "YYYY-MM-DD"} on stdin, JSON on stdout.

The log's path comes in LOG_FILE. A line is `TIME LEVEL SERVICE MESSAGE`, TIME in ISO 8601. Numbers
of four digits or more are hidden, so that messages that differ only in an id count as one.
"""

import json
import os
import re
import sys
from collections import Counter

MAX_PROBLEMS = 10


def main() -> None:
    """Read the question, answer it."""
    day = json.load(sys.stdin)["day"]
    with open(os.environ["LOG_FILE"], encoding="utf-8", errors="replace") as log:
        json.dump(summary(log, day), sys.stdout)


def summary(log, day: str) -> dict:
    """Return how many lines a day has, and its problems."""
    lines, problems = 0, Counter()
    for line in log:
        time, level, service, message = (line.rstrip("\n").split(" ", 3) + [""] * 3)[:4]
        if time.startswith(day):
            lines += 1
            if level == "ERROR":
                problems[service, re.sub(r"\d{4,}", "#", message)] += 1
    ranked = sorted(problems.items(), key=lambda item: (-item[1], item[0]))
    return {
        "lines": lines,
        "problems": [
            {"service": service, "message": message, "count": count}
            for (service, message), count in ranked[:MAX_PROBLEMS]
        ],
    }


if __name__ == "__main__":
    main()
