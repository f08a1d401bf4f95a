import json

import pytest

from runner.cli.output import Column, emit_list, emit_one

ROWS = [{"name": "a\x1b[31m", "n": 1}, {"name": "[/b]", "n": 22}]
COLUMNS = (
    Column("NAME", lambda row: row["name"]),
    Column("N", lambda row: str(row["n"]), right=True),
)


def test_a_table_in_a_pipe_is_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    emit_list("List", ROWS, "table", COLUMNS)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["NAME     N", "a␛[31m   1", "[/b]    22"]


def test_json_is_one_versioned_document(capsys: pytest.CaptureFixture[str]) -> None:
    emit_list("List", ROWS, "json", COLUMNS)
    document = json.loads(capsys.readouterr().out)
    assert document == {"apiVersion": "agentctl/v1", "kind": "List", "items": ROWS}


def test_jsonl_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    emit_list("List", ROWS, "jsonl", COLUMNS)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_yaml_is_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    emit_one("One", {"n": 1, "text": "ü: no"}, "yaml", str)
    assert capsys.readouterr().out == "apiVersion: agentctl/v1\nkind: One\nn: 1\ntext: 'ü: no'\n"


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml"])
def test_data_keeps_hostile_characters_but_shows_them_escaped(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    emit_one("One", {"text": "a\x9b31m\u202eb"}, form, str)
    out = capsys.readouterr().out
    assert "\x9b" not in out
    assert "\u202e" not in out
    if form != "yaml":
        assert json.loads(out)["text"] == "a\x9b31m\u202eb"
