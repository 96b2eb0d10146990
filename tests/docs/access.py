"""The part of docs/access.md that repeats the code: which role may do what, found out by asking."""

from __future__ import annotations

import re
from importlib import resources

from cloister import policy as policies
from cloister.access import FOR_PEOPLE, Action, Change, Paper, Pass, Person, State, Tenant, access
from cloister.model import Role, Sensitivity

PART = re.compile(r"(<!-- access -->\n).*?(<!-- end -->)", re.DOTALL)
POLICY = policies.load((resources.files("cloister.policy") / "default.toml").read_text())
_PAPERS = (Action.SUBMIT, Action.METADATA, Action.READ, Action.SHORTEN, Action.DELETE)
_CHANGES = (Action.CONFIRM_POLICY, Action.CONFIRM_ROLES)


def _paper(level: Sensitivity, owner: str, team: str, state: State) -> Paper:
    rule = POLICY.levels.of(level)
    roles = (rule.submit, rule.read, rule.metadata, rule.shorten, rule.delete)
    return Paper("paper", "north", owner, state, frozenset({team}), *map(frozenset, roles))


def _allowed(role: Role, action: Action, what: Paper | Tenant | Change | Pass) -> bool:
    who = Person("ann", "north", frozenset({role}), 1, frozenset({"own"}))
    return access().may(who, action, what, 0)


def _of_papers(role: Role, action: Action) -> str:
    state = State.NEW if action is Action.SUBMIT else State.KEPT
    cells = {}
    for level in Sensitivity:
        words = {"all": ("ben", "other"), "of their team": ("ben", "own"), "own": ("ann", "other")}
        cells[level] = next((w for w, of in words.items() if _allowed(role, action, _paper(level, *of, state))), "–")
    if len(set(cells.values())) == 1:
        return cells[Sensitivity.LOW]
    return ", ".join(f"{level.value}: {cell}" for level, cell in cells.items() if cell != "–")


def _cell(role: Role, action: Action) -> str:
    if action in _PAPERS:
        return _of_papers(role, action)
    if action in _CHANGES:
        return "of others" if _allowed(role, action, Change("change", "north", "ben", "cy")) else "–"
    if action is Action.REVOKE:
        return "all" if _allowed(role, action, Pass("pass", "north", "ben")) else "own"
    return "yes" if _allowed(role, action, Tenant("north")) else "–"


def table() -> str:
    """One row an action, one column a role."""
    names = [role.value.replace("-", " ") for role in Role]
    lines = [f"| action | {' | '.join(names)} | service keys |", "|---" * (len(names) + 2) + "|"]
    for action in Action:
        cells = [_cell(role, action) for role in Role]
        lines.append(f"| `{action.value}` | {' | '.join(cells)} | {'–' if action in FOR_PEOPLE else 'yes'} |")
    return "\n".join(lines) + "\n\n"


def with_access(text: str) -> str:
    """A page with the table brought up to date."""
    return PART.sub(lambda found: f"{found[1]}\n{table()}{found[2]}", text)
