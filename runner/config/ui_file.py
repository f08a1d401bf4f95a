"""ui.yaml: how one person wants the terminal UI to look, and which keys do what."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from runner.config.advice import near
from runner.config.findings import in_order
from runner.config.source import Source, read_source
from runner.config.structure import parse
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.noun import Noun

Clashes = Callable[[Mapping[str, str]], Iterable[tuple[str, str, str]]]
"""From keys by action to the clashes: the action, the key, the other action that has it."""
CONFIRMS = "move.agree"
"""The action that carries a rollback or a promotion out."""
ONE_BYTE = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""What a terminal sends for these is the same as for another key."""


def check_keys(keys: str) -> str:
    """Return keys that a terminal can tell apart from others, `f5` or `f5,ctrl+r`.

    Raises:
        ValueError: a terminal sends one of them as another key.
    """
    for key in keys.split(","):
        if other := ONE_BYTE.get(key):
            raise ValueError(f"a terminal sends {key} as {other}; take another key")
    return keys


Theme = Literal["agentctl", "agentctl-light", "blue-orange"]
ActionName = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
Keys = Annotated[str, Field(pattern=r"^[^\s,]+(,[^\s,]+)*$"), AfterValidator(check_keys)]


class UiFile(Noun):
    """ui.yaml. Every value has a default; the file may be absent."""

    theme: Theme = Field(
        "agentctl", description="Colours; `blue-orange` is for eyes that confuse red and green."
    )
    ascii: bool = Field(
        False, description="Only ASCII, apart from what agents and people wrote themselves."
    )
    keys: dict[ActionName, Keys] = Field(
        default_factory=dict,
        description="Keys by action, such as `fleet.rollback: f8`; several with commas.",
    )


def read_ui(
    data: bytes | None, origin: str, actions: Collection[str] = (), clashes: Clashes | None = None
) -> UiFile:
    """Return what a person's file says. `data` is the file, None when there is none.

    `actions` are the names that keys may be given to; without any, every name will do. `clashes`
    tells which of the keys something else on the same screen has.

    Raises:
        ConfigError: with every problem; `origin` is the file's name in them.
    """
    if data is None:
        return UiFile()
    source, found = read_source(data, origin)
    if [problem.code for problem in found] == ["AC010"]:
        return UiFile()
    if source is None:
        raise ConfigError(in_order(found))
    made, found = parse(source, UiFile, source.data)
    found += _unknown(source, actions)
    if made is not None:
        found += [_clash(source, *each) for each in (clashes(made.keys) if clashes else ())]
        found += _confirming(source, made.keys)
    if found or made is None:
        raise ConfigError(in_order(found))
    return made


def _clash(source: Source, name: str, key: str, other: str) -> Diagnostic:
    message = f"`{key}` is the key of `{other}` as well, on the same screen"
    advice = f"take another key, or give `{other}` another one too"
    return source.problem("AC102", message, ("keys", name), advice)


def _confirming(source: Source, keys: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield a problem where Enter would carry a move out: it is pressed without a thought."""
    if "enter" in keys.get(CONFIRMS, "").split(","):
        message = f"`enter` goes from field to field; it cannot be the key of `{CONFIRMS}`"
        yield source.problem("AC102", message, ("keys", CONFIRMS), "take a letter, such as y")


def _unknown(source: Source, actions: Collection[str]) -> Iterator[Diagnostic]:
    """Yield each key that is given to an action which is not there."""
    keys = source.at(("keys",))
    named = keys if isinstance(keys, dict) and actions else ()
    for name in named:
        if name not in actions:
            advice = near(str(name), actions) or "`?` in the UI lists the actions of a screen"
            yield source.key_problem("AC115", f"unknown action `{name}`", ("keys", name), advice)
