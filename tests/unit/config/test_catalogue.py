"""Every code has an explanation, and every explanation a code."""

import re
from pathlib import Path

import pytest

import runner
from runner.config.catalogue import CATALOGUE, explain
from runner.domain.errors import UsageError

CODE = re.compile(r'"(AC[0-9]{3})"')


def test_the_catalogue_and_the_code_know_the_same_codes() -> None:
    root = Path(runner.__path__[0])
    files = [path for path in root.rglob("*.py") if not path.name.startswith("codes_")]
    used = {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert used == set(CATALOGUE)


def test_codes_are_listed_in_order() -> None:
    assert list(CATALOGUE) == sorted(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_explanation_says_why_and_how_to_mend(code: str) -> None:
    entry = CATALOGUE[code]
    text = explain(code.lower())
    assert text.startswith(f"{code}: {entry.title}\n")
    assert entry.why in text
    assert f"To mend it: {entry.mend}" in text
    assert bool(entry.wrong) == bool(entry.right)


def test_an_unknown_code_is_a_usage_error_with_a_near_one() -> None:
    with pytest.raises(UsageError) as raised:
        explain("AC1155")
    assert "AC115" in raised.value.help
