"""The parts of docs/settings.md that repeat the code: every setting, what cannot hold together, other variables."""

from __future__ import annotations

import re

from cloister.settings import Setting, variable
from cloister.settings.known import KNOWN, Known
from cloister.settings.names import OTHERS
from cloister.settings.rules import Clash
from cloister.settings.shapes import Count, Groups
from cloister.settings.values import words

PART = re.compile(r"(<!-- (settings|clashes|others) -->\n).*?(<!-- end -->)", re.DOTALL)


def _holds(known: Known) -> str:
    shape = known.shape
    bounds = f" from {shape.least} to {shape.most}" if isinstance(shape, Count) else ""
    return shape.expected.value + bounds


def _default(known: Known) -> str:
    return f"`{found}`" if (found := words(known.default)) else known.otherwise


def settings() -> str:
    """The table."""
    lines = ["| in the file | in the environment | what it says | what may be written | default |", "|---" * 5 + "|"]
    for setting, known in KNOWN.items():
        file = "–" if setting is Setting.CONFIG else f"`{setting.value}`"
        name = "–" if isinstance(known.shape, Groups) else f"`{variable(setting)}`"
        lines.append(f"| {file} | {name} | {known.says} | {_holds(known)} | {_default(known)} |")
    return "\n".join(lines) + "\n\n"


def clashes() -> str:
    """Each with its remedy."""
    return "\n".join(f"- {clash.value}" for clash in Clash) + "\n\n"


def others() -> str:
    """Each with what it is."""
    return "\n".join(f"- `{name}`: {what}" for name, what in OTHERS.items()) + "\n\n"


def with_settings(text: str) -> str:
    """A page with these parts brought up to date."""
    made = {"settings": settings, "clashes": clashes, "others": others}
    return PART.sub(lambda found: f"{found[1]}\n{made[found[2]]()}{found[3]}", text)
