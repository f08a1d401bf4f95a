"""Waivers held against what was found, on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from runner.config.findings import in_order
from runner.config.parts import Part
from runner.domain.agent import Waiver
from runner.domain.diagnostics import CHECKLIST, Diagnostic, Waived

OWN = frozenset({"AC227", "AC228", "AC229"})


@dataclass(frozen=True)
class Waiving:
    """What is still to be told, and what is accepted for now."""

    told: tuple[Diagnostic, ...]
    waived: tuple[Waived, ...] = ()


def waive(
    found: Iterable[Diagnostic], waivers: Iterable[Part[Waiver]], origin: str, today: date
) -> Waiving:
    """Return the findings without those that a waiver of this agent covers today.

    Expired waivers, and those that cover nothing or an error, become findings themselves. `origin`
    is what stands before the agent's paths in diagnostics.
    """
    told, waived, own = list(found), list[Waived](), list[Diagnostic]()
    wrong = {d.place for d in told if d.code == "AC227"}
    for part in waivers:
        waiver = part.value
        matched = [d for d in told if _covers(waiver, d, origin)]
        warnings = [d for d in matched if d.severity == "warning"]
        if waiver.until < today:
            own.append(_expired(part))
        elif warnings:
            told = [d for d in told if d not in warnings]
            waived += [
                Waived(diagnostic=d, reason=waiver.reason, until=waiver.until) for d in warnings
            ]
        else:
            own += [d for d in _pointless(part, matched) if d.place not in wrong]
    return Waiving(in_order([*told, *own]) if own else tuple(told), tuple(waived))


def item_waivers(waivers: Iterable[Part[Waiver]], today: date) -> dict[str, Waiver]:
    """Return the waivers of items of the checklist that hold today, by item."""
    return {
        part.value.check: part.value
        for part in waivers
        if part.value.check in CHECKLIST and part.value.until >= today
    }


def _covers(waiver: Waiver, found: Diagnostic, origin: str) -> bool:
    if found.code != waiver.check or found.code in OWN:
        return False
    return waiver.file is None or found.place.file == f"{origin}/{waiver.file}".lstrip("/")


def _expired(part: Part[Waiver]) -> Diagnostic:
    waiver = part.value
    message = f"the waiver of {waiver.check} ended with {waiver.until}; its reason: {waiver.reason}"
    advice = "mend what it covers, or decide anew: another day, and a reason that holds today"
    return part.source.warning("AC228", message, (*part.loc, "until"), advice)


def _pointless(part: Part[Waiver], errors: list[Diagnostic]) -> Iterator[Diagnostic]:
    check, loc = part.value.check, (*part.loc, "check")
    if errors:
        message = f"{check} is an error here; only warnings and items of the checklist are waived"
        where = f"{errors[0].place.file}:{errors[0].place.line}:{errors[0].place.column}"
        yield part.source.problem("AC227", message, loc, f"mend it at {where}")
    elif check not in CHECKLIST:
        where = f" in `{part.value.file}`" if part.value.file else ""
        message = f"there is no finding {check}{where} that this waiver could cover"
        yield part.source.warning("AC229", message, loc, "remove the waiver")
