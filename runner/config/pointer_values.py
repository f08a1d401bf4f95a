"""A pointer held against the version that it names."""

from runner.config.secrets import hide_secrets
from runner.config.source import Source, read_source
from runner.config.values import value_problem
from runner.domain.agent import AgentSpec
from runner.domain.diagnostics import Diagnostic


def pointer_problem(data: bytes, origin: str, code: str, message: str, field: str) -> Diagnostic:
    """Return a problem of one field of a pointer that was read before."""
    return _source(data, origin).problem(code, message, (field,))


def value_problems(data: bytes, origin: str, spec: AgentSpec) -> tuple[Diagnostic, ...]:
    """Return every value that is missing, undeclared or of the wrong type, each at its place."""
    source = _source(data, origin)
    given = source.data.get("values") or {}
    declared = spec.agent.variables
    found = [
        source.key_problem("AC413", f"`{name}` is not a variable of the agent", ("values", name))
        for name in given
        if name not in declared
    ]
    for name, variable in declared.items():
        if name not in given and variable.default is None:
            loc = ("values",) if "values" in source.data else ()
            found.append(source.problem("AC413", f"`{name}` has no value", loc))
        elif name in given and (problem := value_problem(variable, given[name])):
            found.append(source.problem("AC413", f"`{name}`: {problem}", ("values", name)))
    return tuple(found)


def _source(data: bytes, origin: str) -> Source:
    source, _found = read_source(data, origin)
    assert source is not None, "the pointer was read before"
    return hide_secrets(source)[0]
