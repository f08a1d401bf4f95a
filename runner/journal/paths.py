"""Where a state directory keeps the ledger. Nothing heavy is imported for it."""

from pathlib import Path

LEDGER = "ledger.jsonl"


def ledger_path(state_root: Path) -> Path:
    """Return the ledger of a state directory; it may not be there yet."""
    return state_root / LEDGER
