"""The message of a release's tag: what changed, for people, and trailers for programs."""

from runner.app.comparing.diffing import Difference
from runner.domain.errors import UsageError
from runner.domain.snapshot import Snapshot

MOST_CHANGES = 20
DIGEST = "Agentctl-Digest"
ACCEPTED = "Agentctl-Accepted"
BEGINS_SIGNATURE = "-----BEGIN "


def check_message(text: str) -> str:
    """Return a message that a person gave, without the space around it.

    Raises:
        UsageError: it is empty, or git could not keep it as it is.
    """
    text = text.strip()
    if not text:
        raise UsageError("the message is empty", help="leave -m out, and it is written for you")
    bad = any(line.startswith(BEGINS_SIGNATURE) for line in text.splitlines())
    if bad or any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise UsageError(
            "the message has a control character, or a line that begins a signature",
            help="a release's message is plain text",
        )
    return text


def tag_message(
    title: str, text: str | None, found: Difference | None, snapshot: Snapshot, accepted: str | None
) -> str:
    """Return the whole message; `text` is a person's, `accepted` why too small a step was taken."""
    body = [text] if text else [title, *_summary(found)]
    trailers = [f"{DIGEST}: {snapshot.digest}"]
    if accepted:
        trailers.append(f"{ACCEPTED}: {' '.join(accepted.split())}")
    return "\n\n".join([*body, "\n".join(trailers)]) + "\n"


def _summary(found: Difference | None) -> list[str]:
    if found is None or not found.comparison.changes:
        return []
    changes = found.comparison.changes
    counts = ", ".join(f"{count} {level}" for level, count in found.counts().items() if count)
    lines = [f"- {' '.join(f'{c.area} {c.name}'.split())}: {c.text}" for c in changes]
    lines = [" ".join(line.split())[:200] for line in lines[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        lines.append(f"- and {len(changes) - MOST_CHANGES} more")
    return [f"Changes since {found.comparison.before.version}: {counts}.", "\n".join(lines)]
