"""Runs `contained.py` as a process of its own, and lays out what it found.

python -m tests.jail.escapes.matrix      writes the table of docs/sandbox.md again
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.jail.escapes.contained import SINGLE
from tests.jail.escapes.world import TECHNIQUES, Technique

ROOT = Path(__file__).parents[3]
JAILS = ("render", "recognise", "write")
LAYERS = ("limits", "privileges", "namespaces", "landlock", "seccomp")
USERS = ("user", "root")
ESCAPED = "escaped"
PARENT, BARE = "parent:none", "bare:none"
LOCKED = tuple(f"{jail}:all" for jail in JAILS)
SINGLES = tuple(f"{jail}:{layer}" for jail in JAILS for layer in LAYERS)
BEGIN, END = "<!-- escapes: begin -->\n", "<!-- escapes: end -->\n"

Outcomes = dict[str, dict[str, str]]
"""What came of each technique, by cell and technique."""


def outcomes(who: str, cells: tuple[str, ...]) -> Outcomes:
    """Run cells as `user` or `root`, contained."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tests.jail.escapes.contained", who, *cells]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return {f"{one['jail']}:{one['layers']}": one["outcomes"] for one in json.loads(done.stdout)}


def not_shown(found: dict[str, Outcomes]) -> list[str]:
    """The techniques that did not work even with the layers off: a block proves nothing there."""
    return [name for name in TECHNIQUES if not any(found[who][BARE].get(name) == ESCAPED for who in found)]


def table(found: dict[str, Outcomes]) -> str:
    """The table of docs/sandbox.md."""
    hidden = not_shown(found)
    lines: list[str] = []
    for family in dict.fromkeys(one.family for one in TECHNIQUES.values()):
        lines += ["", f"| {family} | limits | privileges | namespaces | Landlock | seccomp | the jails | the parent |"]
        lines.append("|---|---|---|---|---|---|---|---|")
        lines += [row(one, found, shown=one.name not in hidden) for one in TECHNIQUES.values() if one.family == family]
    lines += ["", "Not shown, as the host refuses them with every layer off or they are not tried so: "]
    lines[-1] += ", ".join(hidden) + "."
    return "\n".join(lines).strip() + "\n"


def row(one: Technique, found: dict[str, Outcomes], *, shown: bool) -> str:
    cells = [alone(one, layer, found) if shown else "–" for layer in LAYERS]
    jails = {ends(found[who][cell][one.name]) for who in found for cell in LOCKED}
    parent = {ends(found[who][PARENT][one.name]) for who in found if one.parent}
    return f"| {one.name} | {' | '.join(cells)} | {' or '.join(sorted(jails))} | {' or '.join(sorted(parent)) or '–'} |"


def alone(one: Technique, layer: str, found: dict[str, Outcomes]) -> str:
    """Whether a layer alone stops it: ● always, ○ never, else for whom."""
    stops = {
        who: all(found[who][f"{jail}:{layer}"][one.name] != ESCAPED for jail in JAILS)
        for who in found
        if found[who][BARE][one.name] == ESCAPED
    }
    if all(stops.values()):
        return "●"
    return "○" if not any(stops.values()) else "● for " + " and ".join(who for who in stops if stops[who])


def ends(outcome: str) -> str:
    """One word for how it was stopped."""
    if outcome == ESCAPED:
        return "**ESCAPED**"
    return "killed" if outcome.startswith("signal") else "refused"


def put(document: str, made: str) -> str:
    """A document with its generated part replaced."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + made + "\n" + END + after


def everything() -> dict[str, Outcomes]:
    """Every cell of the matrix, as both users."""
    return {who: outcomes(who, (BARE, PARENT, *LOCKED, *SINGLES)) for who in USERS}


if __name__ == "__main__":
    assert set(LAYERS) == SINGLE
    page = ROOT / "docs" / "sandbox.md"
    page.write_text(put(page.read_text(), table(everything())))
