"""What a word for how something stands is worth: good, bad, or worth a look.

The command line and the terminal UI colour by it; the word itself always stands there too.
"""

from typing import Literal

Tone = Literal[
    "plain",
    "good",
    "bad",
    "warning",
    "live",
    "dim",
    "strong",
    "accent",
    "added",
    "removed",
    "changed",
]

STATUS_TONES: dict[str, Tone] = {
    "running": "live",
    "succeeded": "good",
    "done": "good",
    "failed": "bad",
    "cancelled": "bad",
    "stopped": "warning",
    "limit": "warning",
    "parked": "warning",
    "in_doubt": "warning",
    "gone": "warning",
    "refused": "warning",
    "rejected": "warning",
    "interrupted": "warning",
}
"""How a run or a step ended."""
SYNC_TONES: dict[str, Tone] = {
    "synced": "good",
    "behind": "warning",
    "held": "warning",
    "drifted": "warning",
    "tampered": "bad",
}
HEALTH_TONES: dict[str, Tone] = {
    "healthy": "good",
    "running": "live",
    "late": "warning",
    "failing": "bad",
    "breaker": "bad",
    "paused": "warning",
}
