"""Makes tools: a stand-alone copy of `tool.py` with the faults wanted, and nothing that tells which."""

from __future__ import annotations

import ast
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FAULTS = HERE / "faults"
NAME = "convert"
"""What every tool is called."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, the questions behind it, and the claims (of `cloister.review.claims`) about it."""

    name: str
    says: str
    asked: tuple[str, ...]
    refutes: tuple[str, ...]
    """It breaks these, and it can be seen: a verifier must refute them."""
    hides: tuple[str, ...]
    """It breaks these too, but not in every run, or not where an outsider must see it: they must not be verified."""
    touches: tuple[str, ...]
    """Whether it breaks these depends on how the claim is read, or on the host: any verdict will do."""
    group: str = ""
    """Two of one group get in each other's way, and are not put into one tool."""

    @property
    def breaks(self) -> frozenset[str]:
        """What must not come out VERIFIED."""
        return frozenset(self.refutes) | frozenset(self.hides)


def names() -> tuple[str, ...]:
    """All faults, in order."""
    return tuple(sorted(path.stem for path in FAULTS.glob("*.py")))


@cache
def amended() -> dict[str, dict[str, str]]:
    """What a frozen fault breaks as well, though whoever wrote it did not say so: claims, each with why it is so."""
    told: dict[str, dict[str, str]] = tomllib.loads((HERE / "amended.toml").read_text())
    return told


@cache
def fault(name: str) -> Fault:
    """One fault as it is declared."""
    held = tomllib.loads((FAULTS / f"{name}.toml").read_text())
    says = ast.get_docstring(ast.parse((FAULTS / f"{name}.py").read_text())) or ""
    lists = {key: tuple(held.pop(key)) for key in ("asked", "refutes", "hides", "touches")}
    group = held.pop("group", "")
    if held:
        raise ValueError(f"{name}: unknown keys")
    for claim, why in amended().get(name, {}).items():
        assert why, "what was not foreseen has to be shown"
        lists["touches"] += (claim,)
    return Fault(name, says, **lists, group=group)


def source(chosen: tuple[str, ...]) -> str:
    """The text of a tool with these faults, without a comment, a docstring or a fault's name."""
    ordered = sorted(chosen, key=lambda name: fault(name).group == "text")  # what changes the text comes last
    whole = _bare(ast.parse((HERE / "tool.py").read_text()))
    parts = [ast.unparse(_bare(ast.parse((FAULTS / f"{name}.py").read_text()))) for name in ordered]
    for statement in whole.body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "PARTS":
            statement.value = ast.Tuple([ast.Constant(part) for part in parts], ast.Load())
    return ast.unparse(whole) + "\n"


def build(folder: Path, chosen: tuple[str, ...], python: str = sys.executable) -> Path:
    """Write a tool with these faults into a folder; the program's path. None chosen makes the honest one."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / NAME
    program.write_text(f"#!{python} -IB\n{source(chosen)}")
    program.chmod(0o755)
    return program


def _bare(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        kept = [statement for statement in node.body if not _is_text(statement)]
        node.body = kept or ([ast.Pass()] if not isinstance(node, ast.Module) else [])
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
