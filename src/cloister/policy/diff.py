"""What changed between two policies, by meaning: each change says whether it allows more or less than before."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cloister.model import Evidence, Sensitivity
from cloister.policy.canonical import plainly
from cloister.policy.clauses import POLICY, Key, Named, Table, Widens
from cloister.policy.rules import within
from cloister.policy.shapes import Time
from cloister.policy.times import written
from cloister.policy.values import Kind, Policy


class Way(Enum):
    """Which way a change goes. Two people have to approve what widens."""

    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One clause that differs, or one item of it. None: it was not there, or is not any more."""

    way: Way
    clause: str
    before: str | None
    after: str | None


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every change, what widened first."""
    found = [*_table(POLICY, before, after, ()), *_evidence(before, after), *_unlisted(before, after)]
    found = [change for change in found if not _inherited(before, after, change)]
    return tuple(sorted(found, key=lambda change: (list(Way).index(change.way), change.clause)))


def _table(table: Table, before: object, after: object, path: tuple[str, ...]) -> Iterator[Change]:
    for name, below in table.keys.items():
        one, other, here = getattr(before, name), getattr(after, name), (*path, name)
        if isinstance(below, Table):
            yield from _table(below, one, other, here)
        elif isinstance(below, Named):
            yield from _named(below, one, other, here)
        elif one != other:
            yield from _leaf(below, one, other, here)


def _named(
    named: Named, before: Mapping[str, Any], after: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        clause = ".".join((*path, name))
        if name not in before:
            yield Change(Way.WIDENED, clause, None, "listed")
        elif name not in after:
            yield Change(Way.NARROWED, clause, "listed", None)
        else:
            yield from _table(named.of, before[name], after[name], (*path, name))


def _leaf(key: Key, before: object, after: object, path: tuple[str, ...]) -> Iterator[Change]:
    clause = ".".join(path)
    if isinstance(before, tuple) and isinstance(after, tuple):
        yield from _sets(key, before, after, clause)
        return
    way = {Widens.CHANGE: Way.WIDENED, Widens.NEVER: Way.CHANGED}.get(key.widens)
    if way is None:
        more = _amount(after) > _amount(before)
        way = Way.WIDENED if more == (key.widens is Widens.MORE) else Way.NARROWED
    yield Change(way, clause, _words(key, before), _words(key, after))


def _sets(key: Key, before: tuple[object, ...], after: tuple[object, ...], clause: str) -> Iterator[Change]:
    adds, takes = (Way.WIDENED, Way.NARROWED) if key.widens is Widens.MORE else (Way.CHANGED, Way.CHANGED)
    for item in after:
        if not _covered(item, before, clause):
            yield Change(adds, clause, None, _words(key, item))
    for item in before:
        if not _covered(item, after, clause):
            yield Change(takes, clause, _words(key, item), None)


def _covered(item: object, items: tuple[object, ...], clause: str) -> bool:
    """Whether a set that has these items allows this one as well, even where it is not among them."""
    if clause.endswith(".ranges"):
        return _inside(str(item), tuple(map(str, items)))
    if clause.endswith(".residency"):
        return within(str(item), tuple(map(str, items)))
    return item in items


def _inside(item: str, items: tuple[str, ...]) -> bool:
    """Whether all addresses of one range are in the others, taken together."""
    one = ipaddress.ip_network(item)
    if isinstance(one, ipaddress.IPv4Network):
        fours = [net for net in map(ipaddress.ip_network, items) if isinstance(net, ipaddress.IPv4Network)]
        return any(one.subnet_of(net) for net in ipaddress.collapse_addresses(fours))
    sixes = [net for net in map(ipaddress.ip_network, items) if isinstance(net, ipaddress.IPv6Network)]
    return any(one.subnet_of(net) for net in ipaddress.collapse_addresses(sixes))


def _amount(value: object) -> int:
    if isinstance(value, Enum):
        return list(type(value)).index(value)
    assert isinstance(value, int)
    return value


def _words(key: Key, value: object) -> str | None:
    if isinstance(key.shape, Time) and isinstance(value, int):
        return written(value)
    plain = plainly(value)
    return None if plain is None else str(plain)


def _evidence(before: Policy, after: Policy) -> Iterator[Change]:
    """Which evidence raises a document to another level than before."""
    for found in Evidence:
        one, other = before.raised(found), after.raised(found)
        if one != other:
            way = Way.WIDENED if other < one else Way.NARROWED
            yield Change(way, f"evidence.{found.value}", one.value, other.value)


def _unlisted(before: Policy, after: Policy) -> Iterator[Change]:
    """The limits of a kind that is not listed, which are the lowest of all."""
    one, other = (policy.rule(None, Sensitivity.HIGH).limits for policy in (before, after))
    for name in ("bytes", "pages", "runs"):
        was, now = getattr(one, name), getattr(other, name)
        if was != now:
            yield Change(Way.WIDENED if now > was else Way.NARROWED, f"unlisted.limits.{name}", str(was), str(now))


def _inherited(before: Policy, after: Policy, change: Change) -> bool:
    """Whether a kind only follows its level, of which the change is told already."""
    parts = change.clause.split(".")
    if parts[0] != "kinds" or parts[2:3] not in (["placements"], ["retention"]):
        return False
    return all(_follows(policy, policy.kinds[parts[1]], parts[2:]) for policy in (before, after)) and (
        before.kinds[parts[1]].level == after.kinds[parts[1]].level
    )


def _follows(policy: Policy, kind: Kind, parts: list[str]) -> bool:
    level: object = policy.levels.of(kind.level)
    own: object = kind
    for part in parts:
        level, own = getattr(level, part), getattr(own, part)
    return level == own
