"""Findings as GitHub and as SARIF readers take them."""

from datetime import date
from typing import Any

from runner.cli.annotations import github_lines, sarif
from runner.domain.diagnostics import Diagnostic, Place, Waived


def problem(**fields: Any) -> Diagnostic:
    place = Place(file="agent-configs/a/agent.yaml", line=3, column=5, length=4, source="x: wrong")
    values = {"code": "AC115", "message": "unknown field `x`", "place": place, "help": "remove it"}
    return Diagnostic(**{**values, **fields})


def test_a_workflow_command_names_the_place_and_the_code() -> None:
    (line,) = github_lines([problem()])
    assert line == (
        "::error file=agent-configs/a/agent.yaml,line=3,col=5,endColumn=9,"
        "title=AC115%3A unknown field::unknown field `x`%0Ahelp: remove it"
    )


def test_text_cannot_leave_its_workflow_command() -> None:
    place = Place(file="a,b:c\n::error::x.yaml")
    (line,) = github_lines([problem(message="100%\r\n::warning::x", place=place)])
    assert "\n" not in line
    assert "\r" not in line
    assert "100%25" in line
    assert "file=a%2Cb%3Ac" in line


def test_control_characters_reach_no_log() -> None:
    (line,) = github_lines([problem(message="a\x1b[31mb")])
    assert "\x1b" not in line


def test_sarif_has_what_the_standard_requires() -> None:
    warning = problem(code="AC207", severity="warning")
    waived = Waived(
        diagnostic=problem(code="AC315", severity="warning"), reason="So.", until=date(2030, 1, 1)
    )
    document = sarif([problem(), warning], [waived])
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "agentctl"
    assert driver["semanticVersion"]
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["AC115", "AC207", "AC315"]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    for result in run["results"]:
        check_result(result, rules)
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    assert [bool(result.get("suppressions")) for result in run["results"]] == [False, False, True]
    suppression = run["results"][2]["suppressions"][0]
    assert suppression == {
        "kind": "external",
        "status": "accepted",
        "justification": "So. (until 2030-01-01)",
    }


def check_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["message"]["text"]
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    artifact = {"uri": "agent-configs/a/agent.yaml", "uriBaseId": "%SRCROOT%"}
    assert physical["artifactLocation"] == artifact
    assert physical["region"] == {"startLine": 3, "startColumn": 5, "endColumn": 9}
    (fingerprint,) = result["partialFingerprints"].values()
    assert len(fingerprint) == 64


def test_a_finding_that_moved_keeps_its_fingerprint() -> None:
    moved = problem(place=problem().place.model_copy(update={"line": 9}))
    first, second = sarif([problem(), moved], [])["runs"][0]["results"]
    assert first["partialFingerprints"] == second["partialFingerprints"]


def test_names_of_files_become_addresses() -> None:
    for file, uri in (("a b/ü.yaml", "a%20b/%C3%BC.yaml"), ("/x/a b.yaml", "file:///x/a%20b.yaml")):
        (result,) = sarif([problem(place=Place(file=file))], [])["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_nothing_found_is_a_run_without_results() -> None:
    (run,) = sarif([], [])["runs"]
    assert run["results"] == []
