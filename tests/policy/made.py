"""Policies for tests: the shipped ones, and changes to them."""

from __future__ import annotations

from pathlib import Path

from cloister.policy import Policy, load

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "src/cloister/policy/default.toml"
SHIPPED = {"default": DEFAULT} | {path.stem: path for path in sorted((ROOT / "examples/policies").glob("*.toml"))}
SCHEMA = ROOT / "src/cloister/policy/cloister-policy-1.schema.json"


def text(name: str) -> str:
    return SHIPPED[name].read_text()


def policy(name: str) -> Policy:
    return load(text(name))


def changed(name: str, old: str, new: str, after: str = "") -> str:
    """A shipped policy with one part replaced, the first that stands behind `after`."""
    whole = text(name)
    at = whole.index(old, whole.index(after))
    return whole[:at] + new + whole[at + len(old) :]
