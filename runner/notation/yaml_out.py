"""Writing YAML for people and programs; reading has rules of its own (`yamlish`)."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from runner.notation.problems import NotationError
from runner.notation.text import decode
from runner.notation.yamlish import FLOAT, INTEGER, WORDS, read_yaml

WIDTH = 100


def write_yaml(document: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Return plain data as YAML, keys in their order, without aliases."""
    return yaml.dump(
        document,
        Dumper=_NoAliases,
        sort_keys=False,
        allow_unicode=not ascii_only,
        default_flow_style=False,
    )


def write_config(document: Any) -> str | None:
    """Return plain data as a YAML file that `read_yaml` reads as the very same data.

    None for data that no such file can hold, as an integer of more digits than YAML keeps.
    """
    for ascii_only in (False, True):
        text: str = yaml.dump(
            document,
            Dumper=_ForAuthors,
            sort_keys=False,
            allow_unicode=not ascii_only,
            default_flow_style=False,
            width=WIDTH,
        )
        if _reads_as(text, document):
            return text
    return None


def _reads_as(text: str, document: Any) -> bool:
    try:
        found = read_yaml(decode(text.encode())).data
    except NotationError:
        return False
    return json.dumps(found) == json.dumps(document)


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


class _ForAuthors(_NoAliases):
    """Texts of several lines as blocks; quotes where YAML 1.2 reads a number and 1.1 a text."""

    def represent_data(self, data: Any) -> Any:
        if not isinstance(data, str):
            return super().represent_data(data)
        style = None
        if "\n" in data:
            style = "|"
        elif data in WORDS or INTEGER.fullmatch(data) or FLOAT.fullmatch(data):
            style = '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)
