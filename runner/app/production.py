"""The checklist for running an agent with nobody watching: each item passed, failed or waived."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from runner.app.checking import findings_of
from runner.app.project import Project, open_project
from runner.app.released.versions import Choice, agent_names, choose, releases_of
from runner.app.repository import held_open
from runner.app.resting import state_problem
from runner.app.waiving import Waiving, item_waivers, waive
from runner.boundary.clock import SystemClock
from runner.config.parts import Part
from runner.domain.agent import AgentSpec, Waiver
from runner.domain.diagnostics import CHECKLIST, Diagnostic, Verdict
from runner.domain.permissions import outcomes
from runner.domain.ports import Clock
from runner.domain.release import WORKTREE
from runner.domain.tool import ToolSpec, UnboundCall

LOOSE = frozenset({"AC224", "AC225", "AC315", "AC316"})
Judgement = tuple[bool, str, str]
"""Whether an item passed, why, and what to do when it did not."""


@dataclass(frozen=True)
class Checklist:
    """One version of an agent: its errors, or a verdict for each item."""

    agent: str
    version: str
    errors: tuple[Diagnostic, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """False when there is an error, or an item failed."""
        return not self.errors and all(each.result != "failed" for each in self.verdicts)


@dataclass(frozen=True)
class Case:
    """What an item is judged by."""

    project: Project
    version: str
    spec: AgentSpec
    waiving: Waiving


def judge(
    root: Path | None,
    state: Path | None,
    names: Sequence[str],
    clock: Clock | None = None,
    environment: str | None = None,
) -> tuple[Checklist, ...]:
    """Return the checklist of each `AGENT[@REF]`; without a name, of every agent.

    Without a REF it is the newest release, else the worktree, and with an `environment` what its
    pointer names. Waivers are those of the version and of the worktree, because a release cannot
    be changed any more.

    Raises:
        UsageError: no such project, agent or version.
    """
    project = open_project(root, state)
    today = (clock or SystemClock()).now().date()
    with held_open(project):
        return tuple(
            _judged(project, _chosen(project, name, environment), today)
            for name in names or agent_names(project)
        )


def _judged(project: Project, choice: Choice, today: date) -> Checklist:
    found = findings_of(project, choice.agent, choice.version)
    waivers = (*found.waivers, *_worktree_waivers(project, choice))
    waiving = waive(found.found, waivers, found.origin, today)
    errors = tuple(d for d in waiving.told if d.severity == "error")
    if found.spec is None or errors:
        return Checklist(choice.agent, choice.version, errors, ())
    case = Case(project, choice.version, found.spec, waiving)
    verdicts = tuple(_verdicts(case, waivers, today))
    return Checklist(choice.agent, choice.version, (), verdicts)


def _chosen(project: Project, name: str, environment: str | None) -> Choice:
    if "@" in name or environment:
        return choose(project, name, environment)
    newest = [known.version for known in releases_of(project).versions(name)][-1:]
    return choose(project, f"{name}@{newest[0] if newest else WORKTREE}")


def _worktree_waivers(project: Project, choice: Choice) -> tuple[Part[Waiver], ...]:
    worktree = project.agents / choice.agent / "agent.yaml"
    if choice.version == WORKTREE or not worktree.is_file():
        return ()
    return findings_of(project, choice.agent, WORKTREE).waivers


def _verdicts(case: Case, waivers: Sequence[Part[Waiver]], today: date) -> Iterator[Verdict]:
    accepted = item_waivers(waivers, today)
    for item in CHECKLIST:
        passed, reason, advice = ITEMS[item](case)
        waiver = accepted.get(item)
        if passed:
            yield Verdict(item=item, result="passed", reason=reason)
        elif waiver is not None:
            told = f"{waiver.reason} (until {waiver.until}; {reason})"
            yield Verdict(item=item, result="waived", reason=told)
        else:
            yield Verdict(item=item, result="failed", reason=reason, help=advice)


def _scoped(case: Case) -> Judgement:
    scope = case.spec.agent.scope
    missing = [name for name in ("does", "does_not") if not getattr(scope, name)]
    if missing:
        words = " and ".join(f"`scope.{name}`" for name in missing)
        return False, f"{words} is not stated", "say in agent.yaml what it does and never does"
    return True, f"it may: {'; '.join(scope.does)}. Never: {'; '.join(scope.does_not)}", ""


def _versioned(case: Case) -> Judgement:
    if case.version == WORKTREE:
        advice = "release it as a version, and judge that: `validate --production AGENT@vX.Y.Z`"
        return False, "the worktree is no release: it changes without a trace", advice
    if case.spec.agent.instructions.file is None:
        advice = "write `instructions: {file: system-prompt.md}`"
        return False, "the instructions have no file of their own to review", advice
    return True, f"{case.spec.agent.instructions.file} is a part of {case.version}", ""


def _idempotent(case: Case) -> Judgement:
    unbound = [tool.name for tool in case.spec.tools if isinstance(tool.call, UnboundCall)]
    if unbound:
        reason = f"nothing is behind {_listed(unbound)}: a live run is refused"
        return False, reason, "give it a `call`, or remove it"
    wrong = [tool.name for tool in _writing(case) if not _repeatable(case, tool)]
    if wrong:
        reason = f"{_listed(wrong)}: made twice after a crash, it would have two effects"
        advice = (
            "state `idempotentHint: true` where it holds, or an `idempotency_key`; or leave "
            "`destructiveHint: true` and rule it with `ask` or `deny`"
        )
        return False, reason, advice
    return True, "every writing tool can be repeated, or waits for a person", ""


def _repeatable(case: Case, tool: ToolSpec) -> bool:
    if tool.idempotent or tool.idempotency_key is not None:
        return True
    ruled = "allow" not in outcomes(case.spec.agent.permissions, tool)
    return tool.annotations.destructive_hint and ruled


def _dry_run(case: Case) -> Judgement:
    simple = [tool for tool in _writing(case) if tool.call.kind != "composite"]
    wrong = [tool.name for tool in simple if tool.dry_run is None]
    if wrong:
        reason = f"{_listed(wrong)}: nobody can see beforehand what a run would do"
        return False, reason, "declare `dry_run: {result: ...}`, as the model would see it"
    return True, "every writing tool says what a dry run shows", ""


def _strict(case: Case) -> Judgement:
    told = [d for d in case.waiving.told if d.code in LOOSE]
    if told:
        where = f"{told[0].place.file}:{told[0].place.line}"
        advice = f"`agentctl explain {told[0].code}`; `agentctl validate` names every place"
        return False, f"{len(told)} loose places in schemas, the first at {where}", advice
    waived = [w for w in case.waiving.waived if w.diagnostic.code in LOOSE]
    more = f"; {len(waived)} places are waived: {waived[0].reason}" if waived else ""
    return True, f"schemas are closed and described{more}", ""


def _state(case: Case) -> Judgement:
    problem = state_problem(case.project.root, case.project.state)
    if problem:
        return False, *problem
    return True, "every step is journaled, and a run that was cut goes on where it stopped", ""


def _limited(case: Case) -> Judgement:
    stated = case.spec.agent.limits.model_fields_set
    missing = [name for name in ("max_iterations", "timeout") if name not in stated]
    if not {"max_tokens", "max_cost_usd"} & stated:
        missing.append("max_cost_usd")
    if missing:
        reason = f"{_listed(missing)} is left to the default"
        return False, reason, "state it under `limits`, as small as the task allows"
    return True, "turns, time and spend have limits of their own", ""


def _escalation(case: Case) -> Judgement:
    agent = case.spec.agent
    if not agent.owners:
        return False, "nobody answers for it", "name a team or a person under `owners`"
    asks = bool(agent.permissions.ask) or any(
        "ask" in outcomes(agent.permissions, tool) for tool in case.spec.tools
    )
    if asks and "unattended" not in agent.permissions.model_fields_set:
        advice = "write `permissions: {unattended: deny}`"
        return False, "some calls ask a person, and what happens without one is not said", advice
    rule = f"; a call that asks is answered with `{agent.permissions.unattended}`" if asks else ""
    return True, f"{', '.join(agent.owners)} answer for it{rule}", ""


def _errors(_case: Case) -> Judgement:
    reason = "a refused or failed call goes back to the model with what to mend, in every run"
    return True, reason, ""


def _alerts(_case: Case) -> Judgement:
    reason = "this version of agentctl sends no alerts"
    advice = "watch `agentctl runs --status failed` yourself, and waive this item with how"
    return False, reason, advice


def _writing(case: Case) -> list[ToolSpec]:
    return [tool for tool in case.spec.tools if not tool.reads_only]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


ITEMS: dict[str, Callable[[Case], Judgement]] = {
    "scoped-task": _scoped,
    "versioned-prompt": _versioned,
    "idempotent-tools": _idempotent,
    "dry-run": _dry_run,
    "strict-schemas": _strict,
    "state-and-resume": _state,
    "iteration-limit": _limited,
    "escalation": _escalation,
    "errors-to-model": _errors,
    "alerts": _alerts,
}
