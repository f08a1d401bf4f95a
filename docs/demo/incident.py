"""A night on call, in a repository of its own: a release that passed staging fails in prod.

The stage of `terminal.py`. The model's answers are recordings of a real one; all else is real.
"""

import subprocess  # noqa: TID251  the demo types commands as a user does

import releasing
from stage import Stage, expect, surroundings, typed

AGENT = releasing.AGENT
CHANGE = "docs/demo/log-digest.index.patch"
CASSETTE = "docs/demo/log-digest.index.cassette.jsonl"
BROKEN = "v1.2.0"
STOPPED = 5


def prepare(stage: Stage) -> None:
    """Make the repository up to the night: v1.1.0 has run in prod, v1.2.0 takes its place."""
    releasing.set_up(stage)
    releasing.begin(stage)
    typed(stage, "git", "apply", CHANGE)
    typed(stage, "git", "commit", "-qam", "Name the worst first, and list reports in an index")
    typed(stage, "agentctl", "-q", "release", AGENT, "--minor", "--yes")
    typed(stage, "agentctl", "-q", "promote", AGENT, BROKEN, "--to", "staging", "--yes")
    there = ("--from", "staging", "--to", "prod")
    typed(stage, "agentctl", "-q", "promote", AGENT, *there, "--yes")


def fail(stage: Stage) -> None:
    """Run what is live in prod now; it stops, because its tool refuses what the model asks."""
    typed(stage, *releasing.RUN, "--cassette", CASSETTE, code=STOPPED)


def succeed(stage: Stage) -> None:
    """Run what is live in prod after the rollback."""
    typed(stage, *releasing.RUN, "--cassette", releasing.CASSETTE)


def live_in_prod(stage: Stage) -> str:
    """Return the pointer of prod as it is committed."""
    path = f"agent-configs/environments/prod/{AGENT}.yaml"
    done = subprocess.run(  # noqa: S603  git alone, with words of ours
        ["git", "show", f"main:{path}"],  # noqa: S607
        cwd=stage.project,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    expect(done.returncode == 0, f"git show says: {done.stderr.strip()}")
    return done.stdout
