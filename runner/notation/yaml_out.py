"""Writing YAML for people and programs; reading has rules of its own (`yamlish`)."""

from collections.abc import Mapping
from typing import Any

import yaml


def write_yaml(document: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Return plain data as YAML, keys in their order, without aliases."""
    return yaml.dump(
        document,
        Dumper=_NoAliases,
        sort_keys=False,
        allow_unicode=not ascii_only,
        default_flow_style=False,
    )


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
