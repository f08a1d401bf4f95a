"""Data to models, and pydantic's errors to sentences of our own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from runner.config.advice import advice_for
from runner.config.shape import fields_at
from runner.config.source import Source
from runner.config.wording import alternatives, arm_name, sentence
from runner.domain.agent import AgentFile
from runner.domain.diagnostics import Diagnostic
from runner.notation.tree import Loc
from runner.notation.yamlish import kind_of

T = TypeVar("T")
MAX_FAULTS = 200
ADD_HINT = "add `annotations: {readOnlyHint: true}`, or `false` when it writes"


class Fault(NamedTuple):
    """One error of pydantic, with its path in the document.

    `tags` are the parts of pydantic's path that name an arm of a union and not a place in the data.
    """

    kind: str
    loc: Loc
    tags: tuple[tuple[Loc, str], ...]
    raw: Loc
    context: Mapping[str, Any]
    message: str


def parse(
    source: Source, model: type[T], data: Any, loc: Loc = ()
) -> tuple[T | None, list[Diagnostic]]:
    """Return data as a value of a model's type; None and every problem when it does not fit.

    `loc` is where the data stands in the source. Nothing is converted: text is not a number.
    """
    try:
        value: T = _adapter(cast(Any, model)).validate_json(
            json.dumps(data), strict=True, by_alias=True, by_name=False
        )
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        faults = [_fault(source, loc, item) for item in islice(errors, MAX_FAULTS)]
        return None, list(_diagnostics(source, model, loc, _one_arm_each(source, faults)))
    return value, []


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        model.model_rebuild()  # else the adapter builds its own, and the model another one later
    return TypeAdapter(model)


def _fault(source: Source, prefix: Loc, item: Mapping[str, Any]) -> Fault:
    raw = tuple(item["loc"])
    loc, tags, spans = prefix, [], source.spans or {}
    parents = raw[:-1] if item["type"] == "missing" else raw
    for part in parents:
        if (*loc, part) in spans:
            loc = (*loc, part)
        else:
            tags.append((loc, arm_name(str(part))))
    return Fault(item["type"], loc, tuple(tags), raw, item.get("ctx", {}), item["msg"])


def _one_arm_each(source: Source, faults: list[Fault]) -> list[Fault]:
    """Of a union's errors keep those of the arm that the author meant, or make them one."""
    arms: dict[Loc, dict[str, None]] = {}
    for fault in faults:
        for loc, tag in fault.tags:
            arms.setdefault(loc, {})[tag] = None
    unions = {loc: tuple(tags) for loc, tags in arms.items() if len(tags) > 1}
    kept: list[Fault] = []
    for fault in faults:
        union = next(((loc, tag) for loc, tag in fault.tags if loc in unions), None)
        if union is None:
            kept.append(fault)
        elif isinstance(source.at(union[0]), dict) and _meant_arm(source, union[0], unions):
            if union[1] == _meant_arm(source, union[0], unions):
                kept.append(fault)
        elif not any(other.kind == "union" and other.loc == union[0] for other in kept):
            kept.append(_collapsed(fault, union[0], unions[union[0]], faults))
    return kept


def _meant_arm(source: Source, loc: Loc, unions: Mapping[Loc, tuple[str, ...]]) -> str | None:
    """The reference that a mapping was meant to be."""
    references = [tag for tag in unions[loc] if tag.endswith("Ref")]
    if "VariableRef" in references and "var" in source.at(loc):
        return "VariableRef"
    return references[0] if references else None


def _collapsed(fault: Fault, loc: Loc, tags: tuple[str, ...], faults: list[Fault]) -> Fault:
    own = [other for other in faults if other.loc == loc and other.kind == "value_error"]
    if own:
        words = f"is wrong: {own[0].context['error']}"
        return Fault("union", loc, (), own[0].raw, own[0].context, words)
    return Fault("union", loc, (), fault.raw, {}, f"must be {alternatives(tags)}")


def _diagnostics(
    source: Source, model: Any, prefix: Loc, faults: list[Fault]
) -> Iterator[Diagnostic]:
    missing = {(fault.loc, str(fault.raw[-1])) for fault in faults if fault.kind == "missing"}
    explained: set[tuple[Loc, str]] = set()
    for fault in faults:
        if fault.kind == "extra_forbidden":
            known = _absent(source, fault, fields_at(model, fault.raw[:-1]))
            near = _near(str(fault.loc[-1]), known)
            explained |= {(fault.loc[:-1], near)} & missing
            yield _unknown(source, model, fault, near, known)
    for fault in faults:
        if fault.kind == "missing" and (fault.loc, str(fault.raw[-1])) not in explained:
            yield _missing(source, fault, prefix)
        elif fault.kind not in {"missing", "extra_forbidden"}:
            yield _wrong(source, fault, prefix)


def _absent(source: Source, fault: Fault, known: list[str]) -> list[str]:
    """A field that is there already was not meant."""
    present = source.at(fault.loc[:-1])
    return [name for name in known if not isinstance(present, dict) or name not in present]


def _near(word: str, known: Iterable[str]) -> str:
    by_lower = {name.lower().replace("_", ""): name for name in known}
    found = get_close_matches(word.lower().replace("_", ""), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def _unknown(source: Source, model: Any, fault: Fault, near: str, known: list[str]) -> Diagnostic:
    if fault.loc == ("version",) and model is AgentFile and near != "spec_version":
        advice = "remove it: the tag or the directory of a release says its version"
    elif near:
        advice = f"did you mean `{near}`?"
    else:
        advice = "known here: " + ", ".join(f"`{name}`" for name in known) if known else ""
    return source.key_problem("AC115", f"unknown field `{fault.loc[-1]}`", fault.loc, advice)


def _missing(source: Source, fault: Fault, prefix: Loc) -> Diagnostic:
    name = fault.raw[-1]
    if name == "annotations":
        message = f"`{source.at((*fault.loc, 'name')) or 'tool'}` does not say whether it writes"
        return source.key_problem("AC302", message, fault.loc, ADD_HINT)
    inner = fault.loc[len(prefix) :]
    where = f" in `{show_path(inner)}`" if inner else ""
    message = f"the field `{name}` is missing{where}"
    return source.key_problem("AC103", message, fault.loc, f"add `{name}: ...`")


def _wrong(source: Source, fault: Fault, prefix: Loc) -> Diagnostic:
    value = source.at(fault.loc)
    path = _called(fault.loc, prefix)
    if fault.kind == "union":
        advice = advice_for(fault.loc, value, source.written(fault.loc), fault.message)
        return source.problem("AC102", f"{path} {fault.message}", fault.loc, advice)
    if fault.loc == ("spec_version",) and fault.kind == "less_than_equal":
        latest = fault.context["le"]
        message = f"`spec_version` is {value}, and this version of agentctl knows {latest}"
        return source.problem("AC102", message, fault.loc, "the file needs a newer agentctl")
    code, words, advice = sentence(fault.kind, fault.context, fault.message, value)
    if code == "AC101":
        words = f"{words}, not {kind_of(value)}"
    advice = advice or advice_for(fault.loc, value, source.written(fault.loc), words)
    loc = fault.loc
    discriminator = str(fault.context.get("discriminator", "")).strip("'")
    if fault.kind == "union_tag_invalid" and (*loc, discriminator) in (source.spans or {}):
        loc = (*loc, discriminator)
        path = _called(loc, prefix)
    return source.problem(code, f"{path} {words}", loc, advice)


def _called(loc: Loc, prefix: Loc) -> str:
    inner = loc[len(prefix) :]
    if inner:
        return f"`{show_path(inner)}`"
    return "this entry" if prefix else "the file"


def show_path(loc: Loc) -> str:
    """Return a path as people write it: `tools[0].name`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
