"""The second part of the demo: one agent's releases in a git repository of its own.

Released by tag, changed, compared, promoted, rolled back; and a tag that somebody moved. What git
does is done by git.
"""

import json
import re
import shutil
from pathlib import Path

from stage import HERE, ROOT, Stage, expect, prompt, say, tell, typed

AGENT = "log-digest"
FIRST = "v1.1.0"
"""The version directory that the repository begins with, and the version that it gets as a tag."""
CHANGE = "docs/demo/log-digest.severity.patch"
CASSETTE = "docs/demo/log-digest.cassette.jsonl"
CHANGED_CASSETTE = "docs/demo/log-digest.severity.cassette.jsonl"
RUN = ("agentctl", "run", "log-digest@prod", "-i", "day=2026-11-19")
GIT_SETTINGS = {
    "user.name": "Ada Ops",
    "user.email": "ada@example.com",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "tag.forceSignAnnotated": "false",
    "core.autocrlf": "false",
    "core.hooksPath": "no-hooks",
}
"""Set in the repository itself, so that the user's own settings change nothing."""
PINNED = r'"version":"[^"]*","released":true,"digest":"[^"]*"'
NEGATIVE, INTEGRITY, REFUSED = 1, 4, 5


def set_up(stage: Stage) -> None:
    """Make a repository with the agent, and pointers whose values are those of this machine."""
    project = stage.project
    shutil.copytree(ROOT / "agent-configs" / AGENT / FIRST, project / "agent-configs" / AGENT)
    shutil.copytree(HERE, project / "docs/demo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "agentctl.yaml", project)
    values = {
        "log_file": str(project / "docs/demo/data/shop.log"),
        "reports_dir": str(project / "reports"),
    }
    for environment in ("staging", "prod"):
        _point(project, environment, values)
    (project / ".gitignore").write_text(".agentctl/\nreports/\n", encoding="utf-8")


def _point(project: Path, environment: str, values: dict[str, str]) -> None:
    """Write a pointer to the first version; its digest is that of the example's staging."""
    example = ROOT / f"agent-configs/environments/staging/{AGENT}.yaml"
    digest = re.search(r'^digest: "(h1:.+)"$', example.read_text(encoding="utf-8"), re.M)
    expect(digest is not None, f"{example} has no digest")
    lines = [f"version: {FIRST}", str(digest and digest[0]), "values:"]
    lines += [f"  {name}: {json.dumps(value)}" for name, value in values.items()]
    pointer = project / f"agent-configs/environments/{environment}/{AGENT}.yaml"
    pointer.parent.mkdir(parents=True)
    pointer.write_text("\n".join(lines) + "\n", encoding="utf-8")


def play(stage: Stage) -> None:
    """The story, command by command."""
    begin(stage)
    promote_a_change(stage)
    roll_back(stage)
    refuse_a_moved_tag(stage)


def begin(stage: Stage) -> None:
    """Release what the pointers of staging and prod name, and run it in prod."""
    tell(
        "Releases. Another agent, in a git repository of its own. Its pointers name v1.1.0 by its "
        "digest. A release is an annotated tag, with the digest that the version directory had."
    )
    _commit(stage)
    typed(stage, "agentctl", "release", AGENT, FIRST, "--yes")
    typed(stage, *RUN, "--cassette", CASSETTE)


def _commit(stage: Stage) -> None:
    typed(stage, "git", "init", "-q", "-b", "main", "--template=")
    settings = stage.project / ".git/config"
    with settings.open("a", encoding="utf-8") as file:
        for name, value in GIT_SETTINGS.items():
            section, key = name.split(".")
            file.write(f"[{section}]\n\t{key} = {value}\n")
    typed(stage, "git", "add", ".")
    typed(stage, "git", "commit", "-qm", "Report on the shop log")


def promote_a_change(stage: Stage) -> None:
    """Change prompt and tool, release, promote, up to where the change runs in prod."""
    tell("Now the prompt and a tool's schema change. What does that mean for those in prod?")
    typed(stage, "git", "apply", CHANGE)
    typed(stage, "git", "commit", "-qam", "Give each report a severity")
    typed(stage, "agentctl", "diff", AGENT, "prod")
    tell("A new required argument is breaking. The number of the version has to say so:")
    typed(stage, "agentctl", "release", AGENT, "--minor", "--yes", code=NEGATIVE)
    typed(stage, "agentctl", "-q", "release", AGENT, "--major", "--yes")
    tell("A promotion is one commit that moves one pointer. To staging, then to prod:")
    typed(stage, "agentctl", "-q", "promote", AGENT, "v2.0.0", "--to", "staging", "--yes")
    promote = ("agentctl", "-q", "promote", AGENT, "--from", "staging", "--to", "prod", "--yes")
    typed(stage, *promote)


def roll_back(stage: Stage) -> None:
    """Run the change, roll it back, run again, and look at what was live when."""
    typed(stage, *RUN, "--cassette", CHANGED_CASSETTE)
    tell("It did what it should, but the on-call dashboard cannot read the new headings. Back:")
    reason = "the dashboard cannot read the new heading"
    typed(stage, "agentctl", "rollback", AGENT, "--env", "prod", "--reason", reason, "--yes")
    typed(stage, *RUN, "--cassette", CASSETTE)
    tell("The rollback holds v2.0.0 by its digest, so nothing takes it to prod by accident:")
    typed(stage, "agentctl", "promote", AGENT, "v2.0.0", "--to", "prod", "--yes", code=REFUSED)
    tell("What ran, what each journal says that it ran, and what was live when:")
    typed(stage, "agentctl", "runs")
    show_journals(stage)
    typed(stage, "agentctl", "history", AGENT, "--env", "prod")
    typed(stage, "agentctl", "status")


def show_journals(stage: Stage) -> None:
    """Show which version each journal names, the oldest first."""
    prompt(f"grep -ohE '{PINNED}' .agentctl/journal/{AGENT}/*/*.jsonl")
    found = []
    for journal in sorted(stage.project.glob(f".agentctl/journal/{AGENT}/*/*.jsonl")):
        found += re.findall(PINNED, journal.read_text(encoding="utf-8"))
    say("\n".join(found))
    expect(len(found) == 3, f"{len(found)} journals name a release, not 3")
    expect(found[0] == found[2] != found[1], "the journals do not name v1.1.0, v2.0.0, v1.1.0")


def refuse_a_moved_tag(stage: Stage) -> None:
    """Move the tag that is live in prod to another commit; nothing runs any more."""
    tell("Somebody moves the tag of the version that is live to a commit with other files:")
    typed(stage, "git", "tag", "-fam", "A late fix", f"{AGENT}/{FIRST}", "HEAD")
    typed(stage, *RUN, "--cassette", CASSETTE, code=INTEGRITY)
