"""Check one journal with nothing but Python: `python verify_journal.py RUN_ID.jsonl`."""

import hashlib
import json
import re
import sys
from pathlib import Path


def verify(path: Path) -> str:
    """Return "" for an intact journal, else what is wrong with its first bad line."""
    prev = hashlib.sha256(path.stem.encode()).hexdigest()
    for seq, line in enumerate(path.read_bytes().splitlines(keepends=True)):
        end = re.fullmatch(rb',"hash":"([0-9a-f]{64})"\}\n', line[-76:])
        if end is None or hashlib.sha256(line[:-76]).hexdigest() != end[1].decode():
            return f"line {seq + 1} was changed or cut"
        event = json.loads(line)
        if (event["run"], event["seq"], event["prev"]) != (path.stem, seq, prev):
            return f"line {seq + 1} stands in the wrong place"
        prev = event["hash"]
    return "" if path.stat().st_size else "the journal is empty"


if __name__ == "__main__":
    sys.exit(verify(Path(sys.argv[1])) or 0)
