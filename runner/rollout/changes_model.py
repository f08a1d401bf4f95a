"""Model, its settings and the limits of a run."""

from collections.abc import Iterator

from runner.domain.agent import ModelSpec
from runner.domain.change import Change
from runner.domain.durations import parse_duration, show_duration
from runner.domain.limits import Limits
from runner.rollout.plain import Row, Told, differing, moved, percent, said

MODEL_RULES = {"id": "model-changed", "base_url": "model-address-changed"}
MONEY = frozenset({"max_cost_usd"})
TIMES = frozenset({"timeout"})


def model_changes(before: ModelSpec, after: ModelSpec) -> Iterator[Change]:
    """Yield how the model and its settings differ."""
    tell = Told("model")
    for row in differing(before, after):
        name, old, new = row
        if name == "settings":
            yield from _settings(before, after)
        elif name == "price":
            yield from _prices(before, after)
        elif name == "api_key":
            text = f"the key is kept in {_kept(old)} → {_kept(new)}"
            yield tell.change("model-key-changed", "note", text, row)
        elif name == "timeout":
            text = f"timeout {moved(_time(old), _time(new))}"
            yield tell.change("model-timeout-changed", "behaviour", text, row)
        else:
            rule = MODEL_RULES.get(name, "model-field-changed")
            yield tell.change(rule, "behaviour", f"{name} {moved(old, new)}", row)


def _settings(before: ModelSpec, after: ModelSpec) -> Iterator[Change]:
    for row in differing(before.settings, after.settings):
        name, old, new = row
        grown = percent(old, new) if name == "max_output_tokens" else ""
        text = f"{name} {moved(old, new)}{grown}"
        yield Told("settings").change("setting-changed", "behaviour", text, row)


def _prices(before: ModelSpec, after: ModelSpec) -> Iterator[Change]:
    for name, old, new in differing(before.price, after.price):
        text = f"price of {name} tokens, USD a million: {moved(old, new)}{percent(old, new)}"
        row = (f"price.{name}", old, new)
        yield Told("model").change("model-price-changed", "note", text, row)


def _kept(ref: object) -> str:
    if not isinstance(ref, dict):
        return "nothing"
    return f"the variable {ref['env']}" if ref.get("env") else f"the file {ref.get('file')}"


def limit_changes(before: Limits, after: Limits) -> Iterator[Change]:
    """Yield which limits of a run were raised and lowered, with by how much."""
    for row in differing(before, after):
        yield _limit(row)


def _limit(row: Row) -> Change:
    name, old, new = row
    was, now = _number(name, old), _number(name, new)
    if old is None:
        rule = "limit-added"
    elif new is None:
        rule = "limit-removed"
    else:
        rule = "limit-raised" if (now or 0) > (was or 0) else "limit-lowered"
    text = f"{name} {_amount(name, old)} → {_amount(name, new)}{percent(was, now)}"
    return Told("limits").change(rule, "behaviour", text, row)


def _number(name: str, value: object) -> float | None:
    if name in TIMES and isinstance(value, str):
        return parse_duration(value)
    return float(value) if isinstance(value, int | float) else None


def _amount(name: str, value: object) -> str:
    if value is None:
        return "none"
    if name in MONEY and isinstance(value, int | float):
        return f"${value:,.2f}"
    if name in TIMES:
        return _time(value)
    return f"{value:,}" if isinstance(value, int) else said(value)


def _time(value: object) -> str:
    return show_duration(parse_duration(value)) if isinstance(value, str) else said(value)
