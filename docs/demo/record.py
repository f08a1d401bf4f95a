"""Records the demo's cassettes anew, from the live model that the agents' v1.1.0 names.

Needed when the words that a model sees change: instructions, examples, tools, or how agentctl
shows a result. The model's server must be up; the cassettes are replaced when all went well.
"""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import demo

LOG_CASSETTE = "docs/demo/log-digest.cassette.jsonl"
CASSETTES = (demo.DRY_CASSETTE, demo.LIVE_CASSETTE, LOG_CASSETTE)
PATIENCE_S = 900


def main() -> int:
    """Record every cassette; return 1 when a run does not go as it should."""
    with TemporaryDirectory(prefix="agentctl-record-") as directory, demo.ticket_service() as url:
        stage = demo.Stage(Path(directory), url)
        try:
            demo.set_up(stage)
            record(stage)
        except demo.DemoError as error:
            sys.stderr.write(f"nothing was replaced: {error}\n")
            return 1
        for cassette in CASSETTES:
            shutil.copyfile(stage.project / cassette, demo.ROOT / cassette)
    return 0


def record(stage: demo.Stage) -> None:
    """Record into the copy of the project, and look at what was recorded."""
    for cassette in CASSETTES:
        (stage.project / cassette).unlink(missing_ok=True)
    log, reports = stage.project / "docs/demo/data/shop.log", stage.project / "reports"
    values = (f"--set=log_file={log}", f"--set=reports_dir={reports}")
    digest = ("agentctl", "run", "log-digest@staging", "-i", "day=2026-11-19", *values)
    for run, cassette in zip(((*demo.RUN, "--dry-run"), demo.RUN, digest), CASSETTES, strict=True):
        demo.agentctl(stage, *run, "--record", cassette, within_s=PATIENCE_S)
        check(stage, cassette)


def check(stage: demo.Stage, cassette: str) -> None:
    """Raise DemoError when a cassette holds what differs from run to run."""
    text = (stage.project / cassette).read_text(encoding="utf-8")
    for leak in (str(stage.project), stage.tickets_url):
        demo.expect(leak not in text, f"{cassette} holds {leak}, which differs in every run")
    demo.say(f"{cassette}: {json.loads(text.splitlines()[0])}")


if __name__ == "__main__":
    sys.exit(main())
