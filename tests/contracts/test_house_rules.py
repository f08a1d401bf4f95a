"""The house rules that no linter knows: sizes, empty packages, real parts in tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted((ROOT / "runner").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
HARD_MODULE_LINES = 400
HARD_FUNCTION_LINES = 40


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_a_module_fits_in_one_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= HARD_MODULE_LINES


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    long = [f.name for f in functions(path) if f.end_lineno - f.lineno >= HARD_FUNCTION_LINES]
    assert long == []


def test_every_package_file_is_empty() -> None:
    assert [name(p) for p in PRODUCT if p.name == "__init__.py" and p.read_bytes()] == []


def test_a_package_is_earned_by_its_second_module() -> None:
    packages = [p.parent for p in PRODUCT if p.name == "__init__.py" and p.parent.name != "runner"]
    assert [name(p) for p in packages if len(list(p.glob("*.py"))) < 3] == []


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_tests_use_real_parts_and_shipped_doubles(path: Path) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in [*node.names, ast.alias(getattr(node, "module", None) or "")]
    }
    assert not {"mock", "unittest.mock"} & imported


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_importing_a_module_does_no_work(path: Path) -> None:
    allowed = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign
    allowed |= ast.AnnAssign | ast.AsyncFunctionDef
    strays = [
        node.lineno
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if not isinstance(node, allowed) and not _harmless(node)
    ]
    assert strays == []


def _harmless(node: ast.stmt) -> bool:
    """A docstring, the `TYPE_CHECKING` block, or the start of a script."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.If) and ast.unparse(node.test) in {
        "TYPE_CHECKING",
        "__name__ == '__main__'",
    }
