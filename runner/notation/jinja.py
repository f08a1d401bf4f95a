"""The bounded part of Jinja that `notation.template` offers. Home of jinja2.

Output, conditions, loops, assignments, filters and tests. No macros, imports, includes or calls of
anything but `range` and a few text and mapping methods, so that a template can neither reach the
program nor grow without end. A name that is missing is an error.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from runner.notation.problems import NotationError, Problem
from runner.notation.template_words import FILTER_NAMES, METHOD_NAMES

MAX_OUTPUT = 1 << 20
MAX_STEPS = 100_000
REFUSED = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Import,
    nodes.FromImport,
    nodes.Include,
    nodes.Extends,
    nodes.Block,
    nodes.FilterBlock,
)
NAME = "<template>"


def render(text: str, context: Mapping[str, Any]) -> str:
    """Return a template's text with its names filled from the context.

    Raises:
        NotationError: wrong syntax, a missing name, a wrong value, or too much output or work.
    """
    environment = _Environment(context)
    parts: list[str] = []
    size = 0
    try:
        for part in _compiled(environment, text).generate(dict(context)):
            size += len(part)
            if size > MAX_OUTPUT:
                raise SecurityError(f"the text grows beyond {MAX_OUTPUT:,} characters")
            parts.append(part)
    except TemplateSyntaxError as error:
        raise NotationError([_syntax(error)]) from None
    except (TemplateError, ArithmeticError, LookupError, RecursionError) as error:
        raise NotationError([_runtime(error)]) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise NotationError([_runtime(error)]) from None
    return "".join(parts)


def check(text: str) -> list[Problem]:
    """Return what is wrong with a template before it has any values."""
    try:
        _compiled(_Environment({}), text)
    except TemplateSyntaxError as error:
        return [_syntax(error)]
    except RecursionError as error:
        return [_runtime(error)]
    return []


def names(text: str) -> set[str]:
    """Return the outside names of a template with their first attribute, such as `input.since`."""
    tree = _Environment({}).parse(text)
    local = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"} | {"loop"}
    local.add("range")
    found: set[str] = set()
    inner: set[int] = set()
    accesses: list[nodes.Getattr | nodes.Getitem] = list(tree.find_all(nodes.Getattr))
    accesses += tree.find_all(nodes.Getitem)
    for node in accesses:
        attribute, owner = _attribute(node), node.node
        if isinstance(owner, nodes.Name) and attribute is not None:
            inner.add(id(owner))
            found.add(f"{owner.name}.{attribute}")
    bare = {n.name for n in tree.find_all(nodes.Name) if n.ctx == "load" and id(n) not in inner}
    return {name for name in found | bare if name.split(".", 1)[0] not in local}


def _attribute(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    value = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return value if isinstance(value, str) else None


def _compiled(environment: "_Environment", text: str) -> Template:
    tree = environment.parse(text)
    for node in tree.find_all(nodes.Node):
        _refuse(node)
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = _filtered(loop.iter, "counted")
    _join_through_filter(tree)
    return environment.from_string(tree)


def _refuse(node: nodes.Node) -> None:
    if isinstance(node, REFUSED) or (isinstance(node, nodes.For) and node.recursive):
        word = type(node).__name__.lower()
        raise TemplateSyntaxError(f"`{word}` is not available here", node.lineno)
    if isinstance(node, nodes.Call):
        name = getattr(node.node, "attr", None) or getattr(node.node, "name", "this")
        known = METHOD_NAMES.split() if isinstance(node.node, nodes.Getattr) else ["range"]
        if name not in known:
            raise TemplateSyntaxError(f"`{name}()` is not available here", node.lineno)


def _filtered(node: Any, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _join_through_filter(node: nodes.Node) -> None:
    """Turn `a ~ b` into a filter that knows how long a text may become."""
    for field, value in list(node.iter_fields()):
        children = value if isinstance(value, list) else [value]
        changed = [_joined(child) for child in children]
        setattr(node, field, changed if isinstance(value, list) else changed[0])
        for child in changed:
            if isinstance(child, nodes.Node):
                _join_through_filter(child)


def _joined(child: Any) -> Any:
    if isinstance(child, nodes.Concat):
        return _filtered(nodes.List(child.nodes, lineno=child.lineno), "joined")
    return child


class _Missing(StrictUndefined):
    """A name that nothing gives, called by the path that the author wrote."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"`{self._undefined_name}` is missing"


class _Environment(ImmutableSandboxedEnvironment):
    """The bounded language. One for each rendering: it counts the steps."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, context: Mapping[str, Any]) -> None:
        super().__init__(undefined=_Missing, autoescape=False, keep_trailing_newline=True)
        self.filters = {name: self.filters[name] for name in FILTER_NAMES.split()}
        self.filters |= {"counted": self._counted, "joined": _join, "join": _join}
        self.filters["tojson"] = _to_json
        self.globals = {"range": self.globals["range"]}
        self._context = context
        self._steps = 0

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look in the mapping first, so that `input.items` is the input's own."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, Mapping) and attribute not in METHOD_NAMES.split():
            return self._absent(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look in the mapping alone."""
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument not in obj:
            return self._absent(obj, argument)
        return super().getitem(obj, argument)

    def _absent(self, obj: Any, attribute: str) -> Any:
        root = next((name for name, value in self._context.items() if value is obj), None)
        path = f"{root}.{attribute}" if root else attribute
        return self.undefined(f"`{path}` is missing", obj=obj, name=attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic is for numbers; texts are joined, within the limit."""
        if all(isinstance(side, int | float) for side in (left, right)):
            if operator == "**" and (abs(left) > 1_000_000 or abs(right) > 8):
                raise SecurityError("the numbers of `**` are too large")
            return super().call_binop(context, operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _join([left, right])
        if isinstance(left, _Missing) or isinstance(right, _Missing):
            str(left), str(right)
        raise SecurityError(f"`{operator}` takes numbers here; `~` joins texts")

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise SecurityError(f"its loops take more than {MAX_STEPS:,} steps")
            yield value


def _join(values: Iterable[Any], separator: str = "") -> str:
    texts = [str(value) for value in values]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_OUTPUT:
        raise SecurityError(f"the text grows beyond {MAX_OUTPUT:,} characters")
    return separator.join(texts)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _syntax(error: TemplateSyntaxError) -> Problem:
    return Problem("AC205", f"the template is wrong: {error.message}", error.lineno)


def _runtime(error: BaseException) -> Problem:
    words = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Problem("AC205", f"the template cannot be rendered: {words[:300]}", _line(error))


def _line(error: BaseException) -> int:
    """The template's line: jinja2 rewrites the traceback so that it names it."""
    line, entry = 1, error.__traceback__
    while entry is not None:
        if entry.tb_frame.f_code.co_filename == NAME:
            line = entry.tb_lineno
        entry = entry.tb_next
    return line
