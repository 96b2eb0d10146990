"""The parts of docs/policy.md that repeat the code: every key, and every contradiction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloister.policy.clashes import Clash
from cloister.policy.clauses import POLICY, REQUIRED, Key, Named, Table

PART = re.compile(r"(<!-- (keys|contradictions) -->\n).*?(<!-- end -->)", re.DOTALL)


def _rows(table: Table) -> Iterator[str]:
    yield "| key | what it says | what may be written | asked in |\n|---|---|---|---|"
    for name, key in table.keys.items():
        if isinstance(key, Key):
            left = "" if key.default is REQUIRED else " May be left out."
            refers = f", listed in `[{key.refers}]`" if key.refers else ""
            yield f"| `{name}` | {key.says}{left} | {key.shape.words()}{refers} | {key.answers} |"


def _tables(table: Table, path: str) -> Iterator[str]:
    yield f"\n### `[{path}]`\n\n{table.says}\n"
    if any(isinstance(below, Key) for below in table.keys.values()):
        yield from _rows(table)
    for name, below in table.keys.items():
        if isinstance(below, Table):
            yield from _tables(below, f"{path}.{name}")


def keys() -> str:
    """Every table and key. The three levels have the same keys, so one stands for all."""
    lines: list[str] = []
    for name, below in POLICY.keys.items():
        if isinstance(below, Named):
            lines += _tables(below.of, f"{name}.NAME")
        elif name == "levels" and isinstance(below, Table):
            level = below.keys["high"]
            assert isinstance(level, Table)
            lines += _tables(level, "levels.low|moderate|high")
        elif isinstance(below, Table):
            lines += _tables(below, name)
    return "\n".join(lines) + "\n\n"


def contradictions() -> str:
    """Every contradiction with its remedy."""
    return "\n".join(f"- {clash.value}" for clash in Clash) + "\n\n"


def with_policy(text: str) -> str:
    """A page with these parts brought up to date."""
    made = {"keys": keys, "contradictions": contradictions}
    return PART.sub(lambda found: found[1] + "\n" + made[found[2]]().lstrip("\n") + found[3], text)
