"""Waivers: what they name must exist. Whether they still hold is for those who know the day."""

from collections.abc import Iterator

from runner.config.advice import near
from runner.config.parts import Part, Parts
from runner.domain.agent import Waiver
from runner.domain.diagnostics import CHECKLIST, Diagnostic


def check_waivers(parts: Parts) -> Iterator[Diagnostic]:
    """Yield an error for each waiver of a check that does not exist, or of a file that does not."""
    waivers = located_waivers(parts)
    if waivers:
        yield from _unknown(parts, waivers)


def located_waivers(parts: Parts) -> tuple[Part[Waiver], ...]:
    """Return the waivers of agent.yaml with their places."""
    waivers = parts.agent.waivers if parts.agent else ()
    return tuple(Part(w, parts.main, ("waivers", index)) for index, w in enumerate(waivers))


def _unknown(parts: Parts, waivers: tuple[Part[Waiver], ...]) -> Iterator[Diagnostic]:
    from runner.config.catalogue import CATALOGUE  # noqa: PLC0415  texts that only this needs

    for part in waivers:
        check = part.value.check
        if check not in CATALOGUE and check not in CHECKLIST:
            message = f"there is no check `{check}`"
            words = ", ".join(f"`{item}`" for item in CHECKLIST)
            advice = near(check, [*CATALOGUE, *CHECKLIST]) or f"a code of a warning, or of {words}"
            yield part.source.problem("AC227", message, (*part.loc, "check"), advice)
        if part.value.file is not None and part.value.file not in parts.files.snapshot.files:
            message = f"there is no file `{part.value.file}` in this agent"
            advice = near(part.value.file, parts.files.snapshot.files)
            yield part.source.problem("AC227", message, (*part.loc, "file"), advice)
