"""What holds for every policy, over generated ones."""

from __future__ import annotations

import copy
import json
import tomllib
from dataclasses import replace
from datetime import date
from itertools import combinations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.errors import BadPolicy, Contradiction, UnlistedName
from cloister.model import Artefact, Placement, Sensitivity
from cloister.policy import canonical, check, diff, reach, rules, sha256
from cloister.policy.clauses import POLICY, Key, Named, Table
from cloister.policy.schema import schema
from cloister.policy.shapes import Choice, Count, Day, Range, Set, Text, Time
from cloister.policy.values import Policy, Rule
from cloister.spots import locate
from tests.policy.made import SCHEMA, SHIPPED, policy, text
from tests.policy.toml import written

VALIDATOR = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker(["date"]))


def plain(name: str) -> dict:
    given = tomllib.loads(text(name))
    last = given["review"].get("last")
    if last is not None:
        given["review"]["last"] = last.isoformat()
    return given


GIVEN = {name: plain(name) for name in SHIPPED}
SOME = [
    "",
    "x",
    "high",
    "offline",
    "7d",
    "0s",
    "1w",
    "15m\n",
    " x",
    "a\u202eb",
    "DE",
    "de",
    "2025-02-30",
    "2025-01-31",
    "submitter",
    "pdf",
    "text",
]
LEAF = (
    st.sampled_from(SOME)
    | st.text(max_size=5).filter(lambda t: "\x00" not in t)
    | st.integers(-2, 10**6)
    | st.booleans()
    | st.floats(0, 99, allow_nan=False)
)
ANY = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.sampled_from(["text", "a", "B_1"]), LEAF, max_size=2)


def paths(value: object, at: tuple = ()) -> list[tuple]:
    found = [at] if at else []
    if isinstance(value, dict):
        for name, below in value.items():
            found += paths(below, (*at, name))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            found += paths(below, (*at, place))
    return found


@st.composite
def mutants(draw):
    """A shipped policy with a few clauses changed, removed or added, whatever comes of it."""
    whole = copy.deepcopy(GIVEN[draw(st.sampled_from(sorted(GIVEN)))])
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from(paths(whole)))
        holder = whole
        for part in path[:-1]:
            holder = holder[part]
        way = draw(st.sampled_from(["change", "remove", "add"]))
        if way == "remove":
            del holder[path[-1]]
        elif way == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["text", "title", "x", "X", "cloud", "retention"]))] = draw(ANY)
        else:
            holder[path[-1]] = draw(ANY)
    return whole


@settings(max_examples=150, deadline=None)
@given(mutants(), st.integers(0, 10**6))
def test_the_schema_and_the_reader_agree(whole, seed):
    problems = check(written(whole, seed)).problems
    shape = [p for p in problems if not isinstance(p, Contradiction | UnlistedName)]
    errors = sorted(VALIDATOR.iter_errors(whole), key=str)
    assert bool(shape) == bool(errors), (shape, errors[:2])


@settings(max_examples=200, deadline=None)
@given(mutants(), st.integers(0, 10**6))
def test_every_problem_has_a_place_in_the_text(whole, seed):
    lines = written(whole, seed).replace("\r\n", "\n").split("\n")
    for problem in check(written(whole, seed)).problems:
        assert isinstance(problem, BadPolicy)
        assert 1 <= problem.facts["line"] <= len(lines)
        assert 1 <= problem.facts["column"] <= len(lines[problem.facts["line"] - 1]) + 1


def test_the_shipped_schema_is_that_of_the_reader():
    assert json.loads(SCHEMA.read_text()) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_policies_are_sound_and_fit_the_schema(name):
    assert check(text(name), date(2030, 1, 1)).problems == ()
    assert list(VALIDATOR.iter_errors(GIVEN[name])) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_policy_written_otherwise_means_the_same(name):
    for seed in range(40):
        other = check(written(GIVEN[name], seed))
        assert other.problems == ()
        assert canonical(other.policy) == canonical(policy(name))
        assert diff.changes(policy(name), other.policy) == ()


KEYS = st.text(max_size=4).filter(lambda t: "\x00" not in t)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        LEAF, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3), max_leaves=12
    ),
    max_size=5,
)


@settings(max_examples=400, deadline=None)
@given(TREES, st.integers(0, 10**6))
def test_every_key_and_value_is_found_where_it_stands(tree, seed):
    whole = written(tree, seed)
    spots = locate(whole)
    flat = whole.replace("\r\n", "\n")
    assert tomllib.loads(whole) == tree
    for path in paths(tree):
        assert path in spots.values or path in spots.keys, path
        at, value = spots.values.get(path), tree
        for part in path:
            value = value[part]
        if at is not None and not isinstance(value, dict):
            # What begins there is that value: some end makes it parse to exactly it.
            ends = range(at + 1, len(flat) + 1)
            assert any(_reads(flat[at:end]) == [value] for end in ends), path


def _reads(part: str) -> list:
    try:
        return [tomllib.loads(f"v = {part}")["v"]]
    except tomllib.TOMLDecodeError:
        return []


# --- Generated sound policies -------------------------------------------------------------------------------------


SOUND = {
    Time: ["0s", "1m", "10m", "15m", "1h", "24h", "7d", "180d"],
    Day: ["2025-01-31"],
    Range: ["10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/24", "fd00::/8"],
}


def _valid(draw, key: Key, whole: dict) -> object:
    """Some value that this key may have."""
    shape = key.shape

    def one(of):
        if key.refers:
            return draw(st.sampled_from(sorted(whole.get(key.refers, {})) or ["none"]))
        if isinstance(of, Choice):
            return draw(st.sampled_from([member.value for member in of.of]))
        if isinstance(of, Count):
            return draw(st.integers(max(of.least, 1), min(of.most, 9)))
        if type(of) in SOUND:
            return draw(st.sampled_from(SOUND[type(of)]))
        assert isinstance(of, Text)
        return (
            draw(st.sampled_from(["DE", "FR", "US", "EU"]))
            if "A-Z]{2}" in of.pattern and "{2,3}" not in of.pattern
            else "de"
        )

    if isinstance(shape, Set):
        return sorted({one(shape.of) for _ in range(draw(st.integers(shape.least, 4)))})
    return one(shape)


def clauses(table: Table, whole: dict, at: tuple = ()) -> list[tuple[tuple, Key]]:
    found = []
    for name, below in table.keys.items():
        if isinstance(below, Key):
            found.append(((*at, name), below))
        elif isinstance(below, Table):
            found += clauses(below, whole.get(name, {}), (*at, name))
        elif isinstance(below, Named):
            for slug, inner in whole.get(name, {}).items():
                found += clauses(below.of, inner, (*at, name, slug))
    return found


def vary(draw, name: str, most: int):
    """A shipped policy with some clauses given other values that are valid each by itself."""
    whole = copy.deepcopy(GIVEN[name])
    for _ in range(draw(st.integers(1, most))):
        path, key = draw(st.sampled_from(clauses(POLICY, whole)))
        holder = whole
        for part in path[:-1]:
            holder = holder.setdefault(part, {})
        holder[path[-1]] = _valid(draw, key, whole)
    return check(written(whole, 1))


@st.composite
def variants(draw):
    return vary(draw, draw(st.sampled_from(sorted(GIVEN))), 4)


@st.composite
def pairs(draw):
    name = draw(st.sampled_from(sorted(GIVEN)))
    before, after = vary(draw, name, 3), vary(draw, name, 3)
    return before.policy or policy(name), after.policy or policy(name)


@settings(max_examples=60, deadline=None)
@given(variants())
def test_a_policy_is_refused_with_its_place_or_leads_nothing_astray(checked):
    if checked.policy is None:
        assert checked.problems
        assert all(isinstance(problem, Contradiction | UnlistedName) for problem in checked.problems), checked.problems
    else:
        tried, wrong = reach.astray(checked.policy)
        assert tried > 0
        assert wrong == ()


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_what_did_not_widen_allows_nothing_more(pair):
    before, after = pair
    changes = diff.changes(before, after)
    assert bool(changes) == (canonical(before) != canonical(after))
    assert (sha256(before) == sha256(after)) == (not changes)
    if any(change.way is diff.Way.WIDENED for change in changes):
        return
    for kind in (*before.kinds, None):
        for found in reach.EVERY_EVIDENCE[:40]:
            was, now = before.sensitivity(kind, found), after.sensitivity(kind, found)
            assert now >= was
            old, new = before.rule(kind, was), after.rule(kind, now)
            assert set(new.placements) <= set(old.placements)
            assert set(new.sinks) <= set(old.sinks)
            assert set(new.level.read) <= set(old.level.read)
            assert set(new.teams) <= set(old.teams)
            assert all(new.retention.of(a) <= old.retention.of(a) for a in Artefact)
            assert new.limits.bytes <= old.limits.bytes


@settings(max_examples=100, deadline=None)
@given(pairs())
def test_what_widens_one_way_narrows_the_other(pair):
    before, after = pair
    there = {(c.clause, c.before, c.after) for c in diff.changes(before, after)}
    back = {(c.clause, c.after, c.before) for c in diff.changes(after, before)}
    assert there == back


SUBSETS = [subset for size in range(1, 5) for subset in combinations([p.value for p in Placement], size)]


def test_no_policy_of_the_whole_domain_lets_a_high_document_out():
    """Every set of placements of every level, times every level of a kind, times every clearance of its sink."""
    base = policy("invoices")
    kind, sink = base.kinds["invoice"], base.sinks["ledger"]
    sets = [tuple(Placement(p) for p in subset) for subset in SUBSETS]
    tried = sound = 0
    for low in sets:
        for moderate in sets:
            for high in sets:
                of = {Sensitivity.LOW: low, Sensitivity.MODERATE: moderate, Sensitivity.HIGH: high}
                levels = replace(
                    base.levels, **{s.value: replace(base.levels.of(s), placements=p) for s, p in of.items()}
                )
                for sensitivity in Sensitivity:
                    for clearance in Sensitivity:
                        tried += 1
                        one = replace(
                            kind,
                            level=sensitivity,
                            placements=of[sensitivity],
                            sinks=("ledger",),
                            evidence=(),
                            teams=(),
                            retention=levels.of(sensitivity).retention,
                        )
                        made = replace(
                            base,
                            levels=levels,
                            kinds={"invoice": one},
                            sinks={"ledger": replace(sink, clearance=clearance)},
                        )
                        if any(True for _ in rules.contradictions(made)):
                            continue
                        sound += 1
                        for reached in reach.every(made):
                            if reached.sensitivity is Sensitivity.HIGH:
                                assert reached.placement in {Placement.OFFLINE, Placement.PRIVATE}
                                assert reached.sink is None or clearance is Sensitivity.HIGH
    assert tried == 15**3 * 9
    assert sound > 100


def test_the_look_at_every_combination_finds_a_planted_way_out(monkeypatch):
    honest = Policy.rule

    def careless(self: Policy, kind: str | None, sensitivity: Sensitivity) -> Rule:
        return replace(honest(self, kind, sensitivity), placements=(Placement.CLOUD,), sinks=tuple(self.sinks))

    made = policy("invoices")
    assert reach.astray(made)[1] == ()
    monkeypatch.setattr(Policy, "rule", careless)
    assert {what for what, _ in reach.astray(made)[1]} == {reach.Astray.OUT, reach.Astray.LOW_SINK}


def test_a_policy_that_passed_no_reader_still_keeps_high_documents_in():
    made = policy("invoices")
    loose = replace(made.levels.high, placements=tuple(Placement))
    made = replace(made, levels=replace(made.levels, high=loose))
    assert made.rule("invoice", Sensitivity.HIGH).placements == (Placement.OFFLINE,)
    assert made.rule(None, Sensitivity.LOW).placements == (Placement.OFFLINE,)
