"""policy.toml as text, to a `Policy` or to all that is wrong with it. No file is opened here."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from cloister import spots
from cloister.errors import (
    BadPolicy,
    Contradiction,
    MissingKey,
    Misspelt,
    NotToml,
    UnknownKey,
    UnlistedName,
    Wanted,
    WrongValue,
)
from cloister.policy import rules
from cloister.policy.clauses import POLICY, REQUIRED, SCHEMA, Key, Named, Table
from cloister.policy.shapes import SLUG, Mistaken, Text
from cloister.policy.values import Policy
from cloister.spots import Path, Spots

LONGEST = 1 << 20
"""No policy is longer than a million characters."""
_VERSION = "schema"
_CLOSE = 0.7


def _all_words(table: Table) -> Iterator[str]:
    for name, below in table.keys.items():
        yield name
        inner = below.of if isinstance(below, Named) else below
        if isinstance(below, Named):
            yield from below.names
        if isinstance(inner, Table):
            yield from _all_words(inner)


_WORDS = sorted({_VERSION, *_all_words(POLICY)})
Word = Enum("Word", {word: word for word in _WORDS})  # type: ignore[misc]
"""Every key there is: errors name keys of ours, never what somebody wrote."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading a policy: the policy, or the problems in the order of their lines."""

    policy: Policy | None
    problems: tuple[BadPolicy, ...]


class _Reader:
    def __init__(self, spots: Spots) -> None:
        self.spots = spots
        self.problems: list[BadPolicy] = []

    def blame(self, problem: type[BadPolicy], path: Path, *, at_key: bool = False, **facts: Enum) -> None:
        spot = self.spots.key(path) if at_key else self.spots.value(path)
        self.problems.append(problem(line=spot.line, column=spot.column, **facts))

    def table(self, table: Table, given: object, path: Path) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.blame(WrongValue, path, wanted=Wanted.TABLE)
            return {}
        found: dict[str, Any] = {}
        for name, below in table.keys.items():
            here = (*path, name)
            if isinstance(below, Key):
                found[name] = self.value(below, given, here)
            elif isinstance(below, Named):
                found[name] = self.named(below, given.get(name, {}), here)
            elif name in given or below.optional:
                found[name] = self.table(below, given.get(name, {}), here)
            else:
                self.blame(MissingKey, path, at_key=True, key=Word(name))
        self.strangers(given, list(table.keys), path)
        return found

    def strangers(self, given: dict[str, object], known: list[str], path: Path) -> None:
        for name in given:
            if name in known:
                continue
            close = difflib.get_close_matches(name[:64], known, 1, _CLOSE)
            if close:
                self.blame(Misspelt, (*path, name), at_key=True, meant=Word(close[0]))
            else:
                self.blame(UnknownKey, (*path, name), at_key=True)

    def value(self, key: Key, given: dict[str, object], path: Path) -> object:
        name = str(path[-1])
        if name not in given:
            if key.default is REQUIRED:
                self.blame(MissingKey, path[:-1], at_key=True, key=Word(name))
            return key.default
        try:
            return key.shape.read(given[name])
        except Mistaken as mistake:
            self.blame(WrongValue, (*path, *mistake.at), wanted=mistake.wanted)
            return None

    def named(self, named: Named, given: object, path: Path) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.blame(WrongValue, path, wanted=Wanted.TABLE)
            return {}
        if named.names:
            self.strangers(given, list(named.names), path)
            given = {name: below for name, below in given.items() if name in named.names}
        found = {}
        for name, below in given.items():
            try:
                Text(SLUG, Wanted.SLUG).read(name)
            except Mistaken as mistake:
                self.blame(WrongValue, (*path, name), at_key=True, wanted=mistake.wanted)
            found[name] = self.table(named.of, below, (*path, name))
        return found

    def references(self, given: dict[str, Any], found: dict[str, Any]) -> None:
        """Find names that refer to nothing. `given` has the items in the order of the file, `found` what is listed."""
        for section, below in POLICY.keys.items():
            if not isinstance(below, Named):
                continue
            for key, spec in below.of.keys.items():
                if isinstance(spec, Key) and spec.refers:
                    for name in found[section]:
                        listed = found[spec.refers]
                        for place, item in enumerate(given[section][name].get(key, [])):
                            if item not in listed:
                                self.blame(UnlistedName, (section, name, key, place), key=Word(spec.refers))


def _fill(found: dict[str, Any]) -> None:
    """Give each kind what it takes over from its level, and leave out of a set what the rest of it covers."""
    for network in found["networks"].values():
        network["ranges"] = rules.collapsed(network["ranges"])
    for kind in found["kinds"].values():
        level = found["levels"][kind["level"].value]
        kind["placements"] = level["placements"] if kind["placements"] is None else kind["placements"]
        places = kind["residency"]
        kind["residency"] = tuple(p for p in places if not rules.within(p, tuple(q for q in places if q != p)))
        times = kind["retention"]
        kind["retention"] = {name: level["retention"][name] if time is None else time for name, time in times.items()}


def _build(table: Table, found: dict[str, Any]) -> Any:  # noqa: ANN401 - what a table makes is for the table to know
    made = {}
    for name, below in table.keys.items():
        if isinstance(below, Table):
            made[name] = _build(below, found[name])
        elif isinstance(below, Named):
            made[name] = {slug: _build(below.of, found[name][slug]) for slug in sorted(found[name])}
        else:
            made[name] = found[name]
    return table.makes(**made)


def check(text: str, today: date | None = None) -> Checked:
    """Read a policy and find all that is wrong with it. With `today`, a last review yet to come is wrong too."""
    if len(text) > LONGEST:
        return Checked(None, (NotToml(line=1, column=1),))
    try:
        given = tomllib.loads(text)
    except spots.REFUSED:
        spot = spots.wrong(text)
        return Checked(None, (NotToml(line=spot.line, column=spot.column),))
    reader = _Reader(spots.locate(text))
    if _VERSION not in given:
        reader.blame(MissingKey, (), at_key=True, key=Word(_VERSION))
    elif given.pop(_VERSION) != SCHEMA:
        reader.blame(WrongValue, (_VERSION,), wanted=Wanted.VERSION)
    found = reader.table(POLICY, given, ())
    if not reader.problems:
        reader.references(given, found)
    policy = None
    if not reader.problems:
        _fill(found)
        policy = _build(POLICY, found)
        for clash, path in rules.contradictions(policy, today):
            reader.blame(Contradiction, path, rule=clash)
    problems = tuple(sorted(reader.problems, key=lambda p: (p.facts["line"], p.facts["column"])))
    return Checked(None if problems else policy, problems)


def load(text: str, today: date | None = None) -> Policy:
    """Read a policy, or raise the first problem (a `BadPolicy`)."""
    checked = check(text, today)
    if checked.policy is None:
        raise checked.problems[0]
    return checked.policy
