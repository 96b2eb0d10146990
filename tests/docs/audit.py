"""The part of docs/audit.md that repeats the code: every act, and its facts."""

from __future__ import annotations

import re
from enum import Enum

from cloister.events import VOCABULARY, Shape, Thing

PART = re.compile(r"(<!-- acts -->\n).*?(<!-- end -->)", re.DOTALL)


def _shape(shape: Shape | type[Enum]) -> str:
    if isinstance(shape, Shape):
        return shape.value.removeprefix("a ").removeprefix("an ")
    return " \\| ".join(str(each.value) if isinstance(each.value, str) else each.name.lower() for each in shape)


def acts() -> str:
    """The table."""
    lines = ["| act | says | of | facts |", "|---|---|---|---|"]
    for act, says in VOCABULARY.items():
        of = ", ".join(thing.name.lower() for thing in Thing if thing in says.of)
        facts = [f"`{name}` ({_shape(shape)})" for name, shape in says.facts.items()]
        facts += [f"`{name}` ({_shape(shape)}), if there is one" for name, shape in says.may.items()]
        lines.append(f"| `{act.value}` | {says.words} | {of} | {'; '.join(facts)} |")
    return "\n".join(lines) + "\n\n"


def with_acts(text: str) -> str:
    """A page with the table brought up to date."""
    return PART.sub(lambda found: f"{found[1]}\n{acts()}{found[2]}", text)
