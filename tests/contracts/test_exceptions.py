"""An exception's own words may hold content, so nothing in the package turns one into text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "src/cloister"
TEXT = {"str", "repr", "format", "ascii", "print"}
TRACES = {"traceback", "faulthandler", "cgitb", "linecache"}
TRACE_CALLS = {"print_exception", "format_exc", "format_exception", "print_exc", "excepthook", "exc_info"}
SPOKEN = {
    "args",
    "__notes__",
    "__traceback__",
    "strerror",
    "filename",
    "__cause__",
    "__context__",
    "with_traceback",
    "add_note",
}
"""What an exception carries beside its class; errno is a number, and fine."""


class Talk(ast.NodeVisitor):
    """Finds where a caught exception is turned into text. Names are followed within their handler."""

    def __init__(self) -> None:
        self.caught: list[str] = []
        self.found: list[tuple[int, str]] = []

    def _is_caught(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in self.caught

    def _speaks(self, node: ast.AST) -> bool:
        """Whether a caught exception stands in this expression. Its type says nothing of what it holds."""
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "type":
            return False
        return self._is_caught(node) or any(self._speaks(inner) for inner in ast.iter_child_nodes(node))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        # What we raise ourselves says only what it was written to say: facts are numbers and enums.
        ours = node.type is not None and ast.unparse(node.type).split(".")[-1] in OURS_CLASSES
        if node.name and not ours:
            self.caught.append(node.name)
            self.generic_visit(node)
            self.caught.pop()
        else:
            self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        if self._speaks(node.value):
            self.found.append((node.lineno, "an exception in an f-string"))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if (name in TEXT or name == "echo") and any(self._is_caught(argument) for argument in node.args):
            self.found.append((node.lineno, f"{name}() of an exception"))
        if name in TRACE_CALLS:
            self.found.append((node.lineno, f"{name}()"))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod) and self._speaks(node.right):
            self.found.append((node.lineno, "an exception in a %-format"))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if self._is_caught(node.value) and node.attr in SPOKEN:
            self.found.append((node.lineno, f".{node.attr} of an exception"))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.found += [(node.lineno, f"import {alias.name}") for alias in node.names if alias.name in TRACES]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module in TRACES:
            self.found.append((node.lineno, f"import from {node.module}"))


def _ours() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in (PACKAGE / "errors").glob("*.py")]
    # click's own usage errors repeat the arguments that were typed, on the terminal where they were typed.
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)} | {"ClickException"}


OURS_CLASSES = _ours()


def talk(source: str) -> list[tuple[int, str]]:
    """Where `source` lets an exception speak."""
    visitor = Talk()
    visitor.visit(ast.parse(source))
    return visitor.found


def test_no_module_turns_an_exception_into_text():
    found = {str(path): spots for path in sorted(PACKAGE.rglob("*.py")) if (spots := talk(path.read_text()))}
    assert not found


@pytest.mark.parametrize(
    "body",
    [
        "str(exc)",
        "repr(exc)",
        "print(exc)",
        'f"{exc}"',
        'f"{exc!r}"',
        'f"{exc.args[0]}"',
        '"%s" % exc',
        '"{}".format(exc)',
        "exc.args",
        "exc.strerror",
        "exc.filename",
        "click.echo(exc)",
        "traceback.print_exc()",
        "sys.exc_info()",
    ],
)
def test_a_planted_leak_is_found(body):
    assert talk(f"try:\n    work()\nexcept ValueError as exc:\n    {body}\n")


@pytest.mark.parametrize("module", sorted(TRACES))
def test_a_planted_traceback_is_found(module):
    assert talk(f"import {module}\n")


def test_a_refusal_of_our_own_may_speak():
    assert not talk('try:\n    work()\nexcept CloisterError as refusal:\n    print(f"{refusal}")\n')


def test_the_type_of_an_exception_may_be_told():
    assert not talk('try:\n    work()\nexcept Exception as bug:\n    print(f"{type(bug).__name__}")\n')


def test_an_error_number_may_be_used():
    assert not talk(
        "try:\n    work()\nexcept OSError as problem:\n    raise FileAccess(errno=problem.errno) from None\n"
    )
