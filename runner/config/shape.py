"""Which fields a place in a model knows: for `did you mean`."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from runner.notation.tree import Loc


def fields_at(model: Any, path: Loc) -> list[str]:
    """Return the names of the fields at a path of pydantic's; empty where there are none."""
    for part in path:
        model = _step(_plain(model), part)
    model = _plain(model)
    return [field.alias or name for name, field in model.model_fields.items()] if _is(model) else []


def _is(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _plain(model: Any) -> Any:
    """Without Annotated and without None."""
    while get_origin(model) is Annotated:
        model = get_args(model)[0]
    arms = _arms(model)
    return _plain(arms[0]) if len(arms) == 1 else model


def _arms(model: Any) -> list[Any]:
    if get_origin(model) not in {Union, UnionType}:
        return []
    return [arm for arm in get_args(model) if arm is not NoneType]


def _step(model: Any, part: str | int) -> Any:
    for arm in map(_plain, _arms(model)):
        if _is(arm) and (arm.__name__ == part or part in _kinds(arm)):
            return arm
    if _is(model):
        named = {field.alias or name: field for name, field in model.model_fields.items()}
        return named[str(part)].annotation if part in named else None
    if get_origin(model) in {tuple, list}:
        return get_args(model)[0]
    return get_args(model)[1] if get_origin(model) is dict else None


def _kinds(arm: Any) -> tuple[Any, ...]:
    """The words that choose an arm of a tagged union."""
    fields = [arm.model_fields.get(name) for name in ("kind", "type")]
    words = [get_args(f.annotation) for f in fields if f and get_origin(f.annotation) is Literal]
    return words[0] if words else ()
