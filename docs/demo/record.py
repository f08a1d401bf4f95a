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
import releasing
from stage import ROOT, DemoError, Stage, expect, say, typed

CASSETTES = (demo.DRY_CASSETTE, demo.LIVE_CASSETTE, releasing.CASSETTE)
PATIENCE_S = 900


def main() -> int:
    """Record every cassette; return 1 when a run does not go as it should."""
    with TemporaryDirectory(prefix="agentctl-record-") as directory, demo.ticket_service() as url:
        first, second = (Stage(Path(directory) / part, url) for part in ("first", "second"))
        try:
            record(first)
            record_change(first, second)
        except DemoError as error:
            sys.stderr.write(f"nothing was replaced: {error}\n")
            return 1
        for stage, cassettes in ((first, CASSETTES), (second, (releasing.CHANGED_CASSETTE,))):
            for cassette in cassettes:
                shutil.copyfile(stage.project / cassette, ROOT / cassette)
    return 0


def record(stage: Stage) -> None:
    """Record what the example project's versions do, in a copy of it."""
    demo.set_up(stage)
    for cassette in CASSETTES:
        (stage.project / cassette).unlink()
    log, reports = stage.project / "docs/demo/data/shop.log", stage.project / "reports"
    values = (f"--set=log_file={log}", f"--set=reports_dir={reports}")
    digest = ("agentctl", "run", "log-digest@staging", "-i", "day=2026-11-19", *values)
    for run, cassette in zip(((*demo.RUN, "--dry-run"), demo.RUN, digest), CASSETTES, strict=True):
        typed(stage, *run, "--record", cassette, within_s=PATIENCE_S)
        check(stage, cassette)


def record_change(first: Stage, second: Stage) -> None:
    """Record what the changed agent does after the one that it came from, as the story goes."""
    releasing.set_up(second)
    shutil.copyfile(first.project / releasing.CASSETTE, second.project / releasing.CASSETTE)
    (second.project / releasing.CHANGED_CASSETTE).unlink()
    releasing.begin(second)
    releasing.promote_a_change(second)
    changed = releasing.CHANGED_CASSETTE
    typed(second, *releasing.RUN, "--record", changed, within_s=PATIENCE_S)
    check(second, changed)


def check(stage: Stage, cassette: str) -> None:
    """Raise DemoError when a cassette holds what differs from run to run."""
    text = (stage.project / cassette).read_text(encoding="utf-8")
    for leak in (str(stage.project), stage.tickets_url):
        expect(leak not in text, f"{cassette} holds {leak}, which differs in every run")
    say(f"{cassette}: {json.loads(text.splitlines()[0])}")


if __name__ == "__main__":
    sys.exit(main())
