"""What must hold for the model and for limits that meet each other."""

from collections.abc import Iterator

from runner.config.model_families import DATED, ignored_settings, moves
from runner.config.parts import Parts
from runner.domain.agent import AgentFile, Price
from runner.domain.diagnostics import Diagnostic
from runner.domain.messages import TokenUsage
from runner.domain.quantities import show_duration
from runner.notation.tree import Loc


def check_model(parts: Parts) -> Iterator[Diagnostic]:
    """Yield the problems of `model` and of `limits`."""
    if parts.agent is None:
        return
    yield from _settings(parts, parts.agent)
    yield from _alias(parts, parts.agent)
    yield from _first_turn(parts, parts.agent)
    yield from _calls(parts, parts.agent)
    yield from _times(parts, parts.agent)


def _settings(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    for name, why in ignored_settings(agent.model):
        message = f"`{agent.model.id}` does not take `{name}`: {why}"
        loc: Loc = ("model", "settings", name)
        yield parts.main.key_problem("AC219", message, loc, f"remove `{name}`")
    stated = agent.model.settings.parallel_tool_calls is not None
    if stated and agent.tools is None:
        message = "`parallel_tool_calls` is for agents with tools, and this one has none"
        loc = ("model", "settings", "parallel_tool_calls")
        yield parts.main.key_problem("AC219", message, loc, "remove `parallel_tool_calls`")


def _alias(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    if moves(agent.model.id):
        message = f"`{agent.model.id}` is another model whenever its provider moves the name"
        example = DATED.get(agent.model.id.partition("/")[0])
        advice = "name a fixed version" + (f", such as `{example}`" if example else "")
        yield parts.main.warning("AC220", message, ("model", "id"), advice)


def _first_turn(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    """The least that the worst case of a first turn is: no run could ever take it."""
    literal = parts.instructions is not None and not agent.instructions.template
    prompt = len(parts.instructions.value.encode()) if parts.instructions and literal else 1
    worst = TokenUsage(input=prompt, output=agent.model.settings.max_output_tokens)
    if worst.total > agent.limits.max_tokens:
        message = (
            f"a first turn may need {worst.total:,} tokens ({worst.output:,} of them its answer), "
            f"and the run may use {agent.limits.max_tokens:,}: it never begins"
        )
        advice = "raise `max_tokens`, or lower `model.settings.max_output_tokens`"
        yield parts.main.problem("AC222", message, _stated(parts, "max_tokens"), advice)
    price = agent.model.price or parts.prices.get(agent.model.id)
    if agent.limits.max_cost_usd is not None and price is not None:
        yield from _money(parts, worst, price, agent.limits.max_cost_usd)


def _money(parts: Parts, worst: TokenUsage, price: Price, cap: float) -> Iterator[Diagnostic]:
    cost = price.cost(worst)
    if cost > cap:
        message = f"a first turn may cost ${cost:.4f}, and the run ${cap:.4f}: it never begins"
        advice = "raise `max_cost_usd`, or lower `model.settings.max_output_tokens`"
        yield parts.main.problem("AC222", message, ("limits", "max_cost_usd"), advice)


def _stated(parts: Parts, limit: str) -> Loc:
    """Where a limit is stated; where it is the default, the setting that meets it."""
    loc: Loc = ("limits", limit)
    return loc if parts.main.at(loc) is not None else ("model", "settings", "max_output_tokens")


def _calls(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    limits, has_tools = agent.limits, bool(parts.tool_names)
    if has_tools and limits.max_tool_calls == 0:
        message = "`max_tool_calls: 0` forbids every call, and the model is offered tools"
        advice = "raise it, or remove `tools`"
        yield parts.main.warning("AC223", message, ("limits", "max_tool_calls"), advice)
    elif has_tools and limits.max_iterations == 1:
        message = "`max_iterations: 1` ends the run before the model can see a tool's result"
        yield parts.main.warning("AC223", message, ("limits", "max_iterations"), "raise it")
    both = {"max_identical_calls", "max_tool_calls"} <= limits.model_fields_set
    if both and limits.max_identical_calls > limits.max_tool_calls > 0:
        message = (
            f"{limits.max_identical_calls} identical calls can never be reached: "
            f"`max_tool_calls` ends the run after {limits.max_tool_calls}"
        )
        advice = "lower `max_identical_calls`"
        yield parts.main.warning("AC223", message, ("limits", "max_identical_calls"), advice)


def _times(parts: Parts, agent: AgentFile) -> Iterator[Diagnostic]:
    run = agent.limits.timeout
    stated = parts.main.at(("model", "timeout")) is not None
    if stated and agent.model.timeout > run:
        message = _longer("one request to the model", agent.model.timeout, run)
        yield parts.main.warning("AC223", message, ("model", "timeout"), "lower it")
    for part in parts.tools:
        loc = (*part.loc, "call", "timeout")
        allowed = getattr(part.value.call, "timeout", None)
        if part.source.at(loc) is not None and allowed is not None and allowed > run:
            message = _longer(f"one call of `{part.value.name}`", allowed, run)
            yield part.source.warning("AC223", message, loc, "lower it, or raise limits.timeout")


def _longer(what: str, allowed: float, run: float) -> str:
    return f"{what} may take {show_duration(allowed)}, and the whole run {show_duration(run)}"
