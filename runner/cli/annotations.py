"""Findings for machines that show them beside the lines: GitHub's workflow commands, and SARIF.

Sources: GitHub, "Workflow commands for GitHub Actions" and the escaping of its toolkit
(`actions/toolkit`, command.ts); OASIS, "Static Analysis Results Interchange Format (SARIF)
Version 2.1.0".
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from runner.app.plain_text import plain
from runner.config.catalogue import CATALOGUE
from runner.domain.diagnostics import Diagnostic, Waived

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def placed(found: Diagnostic, where: Callable[[str], str]) -> Diagnostic:
    """Return a finding whose file is told as from the top of the repository."""
    place = found.place.model_copy(update={"file": where(found.place.file)})
    return found.model_copy(update={"place": place})


def github_lines(diagnostics: Iterable[Diagnostic]) -> Iterable[str]:
    """Yield a workflow command for each finding, as GitHub Actions reads them from a job's log."""
    for found in diagnostics:
        place = found.place
        fields = {
            "file": place.file,
            "line": place.line,
            "col": place.column,
            "endColumn": place.column + place.length,
            "title": f"{found.code}: {CATALOGUE[found.code].title}",
        }
        listed = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
        yield f"::{found.severity} {listed}::{_data(_whole(found))}"


def sarif(diagnostics: Sequence[Diagnostic], waived: Sequence[Waived]) -> dict[str, Any]:
    """Return findings as one SARIF run; waived ones are in it as suppressed results."""
    codes = sorted({d.code for d in (*diagnostics, *(w.diagnostic for w in waived))})
    results = [_result(found, codes) for found in diagnostics]
    results += [
        {**_result(each.diagnostic, codes), "suppressions": [_suppression(each)]} for each in waived
    ]
    driver = {
        "name": "agentctl",
        "semanticVersion": version("agentctl"),
        "rules": [_rule(code) for code in codes],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _whole(found: Diagnostic) -> str:
    return plain(found.message + (f"\nhelp: {found.help}" if found.help else ""))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")


def _rule(code: str) -> dict[str, Any]:
    entry = CATALOGUE[code]
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.why},
        "help": {"text": entry.mend},
    }


def _result(found: Diagnostic, codes: list[str]) -> dict[str, Any]:
    place = found.place
    region: dict[str, Any] = {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + place.length,
    }
    location = {"physicalLocation": {"artifactLocation": _artifact(place.file), "region": region}}
    return {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": found.severity,
        "message": {"text": _whole(found)},
        "locations": [location],
        "partialFingerprints": {"agentctl/v1": _fingerprint(found)},
    }


def _artifact(file: str) -> dict[str, str]:
    if PurePath(file).is_absolute():
        return {"uri": PurePath(file).as_uri()}
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}


def _fingerprint(found: Diagnostic) -> str:
    """The same finding on a line that moved keeps its fingerprint."""
    told = "\0".join((found.code, found.place.file, found.message, found.place.source.strip()))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _suppression(waived: Waived) -> dict[str, str]:
    reason = plain(f"{waived.reason} (until {waived.until})")
    return {"kind": "external", "status": "accepted", "justification": reason}
