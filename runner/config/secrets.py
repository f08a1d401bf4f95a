"""Secrets that stand in a config instead of being named. No diagnostic shows their value."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runner.config.addresses import names_a_secret, without_secrets
from runner.config.findings import MAX_SHOWN
from runner.config.source import Source
from runner.domain.diagnostics import Diagnostic
from runner.notation.tree import Loc

VARIABLE = re.compile(r"(?i)(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY)$")
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ADDRESSES = (("model", "base_url"), ("call", "url"), ("url", "suffix"))
UNSUPPORTED = frozenset({"fallback", "mcp_servers", "on_failure"})
VALUES = re.compile(r"values/[^/]+|variables/[^/]+/default")
ADVICE = "name where it is kept: `{env: NAME}` or `{file: PATH}`; then change the secret"
MODEL_ADVICE = "name where it is kept: `api_key: {env: NAME}`; then change the secret"
ADDRESS_ADVICE = "send it in a header, by reference (`{env: NAME}`); then change the secret"


def hide_secrets(source: Source) -> tuple[Source, list[Diagnostic]]:
    """Return the source without literal secrets, and a problem for each of them.

    The data gets a reference in the secret's place, so that all other checks go on.
    """
    locs = list(_literals(source.data, ()))
    if not locs:
        return source, []
    hidden = source.hiding(locs)
    data = _replaced(source.data, (), frozenset(locs))
    return replace(hidden, data=data), [_problem(hidden, loc) for loc in locs[: MAX_SHOWN + 1]]


def _literals(node: Any, loc: Loc) -> Iterator[Loc]:
    entries = node.items() if isinstance(node, dict) else ()
    if isinstance(node, list):
        entries = enumerate(node)  # type: ignore[assignment]  # positions are keys of a list
    for key, value in entries:
        here = (*loc, key)
        if isinstance(value, str) and value and _is_secret(here, value):
            yield here
        else:
            yield from _literals(value, here)


def _is_secret(loc: Loc, value: str) -> bool:
    name = str(loc[-1])
    if loc[-2:] == ("model", "api_key"):
        return True
    if loc[0] in UNSUPPORTED:
        return names_a_secret(name) or ("://" in value and without_secrets(value) != value)
    if _may_be_an_address(loc):
        free_text = loc[-2:] not in ADDRESSES and "://" not in value.partition(" ")[0]
        return not free_text and without_secrets(value) != value
    if loc[-3:-1] == ("call", "headers"):
        return names_a_secret(name)
    if loc[-3:-1] == ("call", "env"):
        return VARIABLE.search(name) is not None
    reference = loc[-2:-1] == ("api_key",) or loc[-4:-2] in {("call", "headers"), ("call", "env")}
    return reference and name == "env" and not ENV_NAME.fullmatch(value)


def _may_be_an_address(loc: Loc) -> bool:
    return loc[-2:] in ADDRESSES or VALUES.fullmatch("/".join(map(str, loc))) is not None


def _problem(source: Source, loc: Loc) -> Diagnostic:
    if _may_be_an_address(loc):
        message = "the address holds a literal secret: a password, or a value in its query"
        advice = MODEL_ADVICE if loc[-1] == "base_url" else ADDRESS_ADVICE
        return source.problem("AC202", message, loc, advice)
    if loc[-1] == "env":
        message = "this is not the name of an environment variable; is it the secret itself?"
    else:
        message = f"`{loc[-1]}` holds a literal secret"
    return source.problem("AC202", message, loc, ADVICE)


def _replaced(node: Any, loc: Loc, found: frozenset[Loc]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, (*loc, key), found) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, (*loc, index), found) for index, value in enumerate(node)]
    if loc not in found:
        return node
    if _may_be_an_address(loc):
        return without_secrets(node)
    return "HIDDEN" if loc[-1] == "env" else {"env": "HIDDEN"}
