"""Verifying what was written, and completing what a crash left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.app.project import Project, open_project
from runner.app.story.history import open_ledger, run_path
from runner.domain.errors import UsageError
from runner.journal.audit import Finding, anchor, verify_all, verify_run
from runner.journal.reconciling import reconcile


@dataclass(frozen=True)
class AuditReport:
    """What was verified, what was completed, what was found."""

    runs: int
    findings: tuple[Finding, ...]
    completed: tuple[str, ...]
    anchor: str

    @property
    def intact(self) -> bool:
        """True when nothing is damaged; notes are traces of crashes."""
        return all(finding.severity != "error" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "intact": self.intact,
            "runs": self.runs,
            "anchor": self.anchor,
            "completed": list(self.completed),
            "findings": [vars(finding) for finding in self.findings],
        }

    def text(self) -> str:
        """Return the report for a person."""
        lines = [f"{finding.severity}: {finding.sentence}" for finding in self.findings]
        lines += [f"note: completed in the ledger after a crash: {path}" for path in self.completed]
        runs = f"{self.runs} run{'' if self.runs == 1 else 's'}"
        verdict = f"verified: {runs}, every line as it was written"
        lines.append(verdict if self.intact else f"NOT verified: {runs} looked at")
        if self.intact and self.anchor:
            lines.append(f"anchor: {self.anchor}")
        return "\n".join(lines)


def verify(
    root: Path | None, state: Path | None, run: str | None, expected: str | None
) -> AuditReport:
    """Verify one run or everything, after completing what a crash left in the ledger.

    Raises:
        UsageError: no such run, or the anchor is not one.
    """
    project = open_project(root, state)
    path = run_path(project, run) if run else None
    if path is not None:
        if expected is not None:
            raise UsageError("an anchor is of the whole ledger", help="leave RUN out with --anchor")
        return AuditReport(1, _shown(project, verify_run(project.state, path.stem)), (), "")
    report = verify_all(project.state, expected)
    if report.errors or not project.state.is_dir():
        return AuditReport(report.runs, _shown(project, report.findings), (), report.anchor)
    completed = reconcile(project.state, open_ledger(project))
    if completed:
        report = verify_all(project.state)
    return AuditReport(
        report.runs,
        _shown(project, report.findings),
        tuple(project.shown(done) for done in completed),
        report.anchor,
    )


def _shown(project: Project, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(found, file=project.shown(Path(found.file))) for found in findings)


def anchor_of(root: Path | None, state: Path | None) -> str:
    """Return `<seq>:<hash>` of the ledger's last line.

    Raises:
        UsageError: there is no ledger yet.
        IntegrityError: the ledger is damaged.
    """
    return anchor(open_project(root, state).state)
