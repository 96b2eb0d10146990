"""What changed from one record to the next: claims, ways of the data, the policy, the tool, the figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from cloister.policy import diff
from cloister.review.record.model import ORDER, WORDS, Record
from cloister.review.verdict import Verdict

_SLOWER = 1.25
"""A median that grew by a quarter is told as worse; below that it is noise."""


class Way(Enum):
    """Which way a change goes."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `what` may hold a target's text, to be escaped by whoever shows it."""

    way: Way
    what: str


def changes(old: Record, new: Record) -> tuple[Change, ...]:
    """Every change, what got worse first."""
    parts = (_claims, _edges, _questions, _policies, _identity, _figures)
    found = [change for part in parts for change in part(old, new)]
    return tuple(sorted(found, key=lambda change: list(Way).index(change.way)))


def _way(old: Verdict, new: Verdict) -> Way:
    return Way.BETTER if ORDER.index(new) > ORDER.index(old) else Way.WORSE


def _claims(old: Record, new: Record) -> Iterator[Change]:
    before = {row.finding.claim: row.finding.verdict for row in old.rows}
    after = {row.finding.claim: row.finding.verdict for row in new.rows}
    for claim in dict.fromkeys((*before, *after)):
        was, now = before.get(claim, Verdict.OPEN), after.get(claim, Verdict.OPEN)
        if was is not now:
            yield Change(_way(was, now), f"claim {claim}: {WORDS[was]} -> {WORDS[now]}")


def _edges(old: Record, new: Record) -> Iterator[Change]:
    before = {(edge.source, edge.target): edge for edge in old.review.edges}
    after = {(edge.source, edge.target): edge for edge in new.review.edges}
    for way, edge in after.items():
        strange = edge.observed and not edge.declared
        if way not in before:
            yield Change(Way.WORSE if strange else Way.CHANGED, f"data path: {way[0]} -> {way[1]} is new")
        elif (was := before[way]) != edge:
            worse = strange and not (was.observed and not was.declared)
            told = "; ".join(
                f"{name} {getattr(was, name)} -> {getattr(edge, name)}"
                for name in ("carries", "lifetime", "protection", "declared", "observed")
                if getattr(was, name) != getattr(edge, name)
            )
            yield Change(Way.WORSE if worse else Way.CHANGED, f"data path: {way[0]} -> {way[1]}: {told}")
    for way, edge in before.items():
        if way not in after:
            better = edge.observed and not edge.declared
            yield Change(Way.BETTER if better else Way.CHANGED, f"data path: {way[0]} -> {way[1]} is gone")


def _questions(old: Record, new: Record) -> Iterator[Change]:
    before = {answer.question.id: answer.verdict for answer in old.answers}
    for answer in new.answers:
        was = before.get(answer.question.id, Verdict.OPEN)
        if was is not answer.verdict:
            words = f"question {answer.question.id}: {WORDS[was]} -> {WORDS[answer.verdict]}"
            yield Change(_way(was, answer.verdict), words)


def _policies(old: Record, new: Record) -> Iterator[Change]:
    ways = {diff.Way.WIDENED: Way.WORSE, diff.Way.NARROWED: Way.BETTER, diff.Way.CHANGED: Way.CHANGED}
    for change in diff.changes(old.policy, new.policy):
        was, now = change.before or "nothing", change.after or "nothing"
        yield Change(ways[change.way], f"policy {change.way.value}: {change.clause}: {was} -> {now}")


def _identity(old: Record, new: Record) -> Iterator[Change]:
    one, other = old.review, new.review
    for what, was, now in (
        ("command", " ".join(one.command), " ".join(other.command)),
        ("tool", one.tool_sha256, other.tool_sha256),
        ("verifier", f"{one.verifier} {one.verifier_sha256[:16]}", f"{other.verifier} {other.verifier_sha256[:16]}"),
        ("signed by", old.signer, new.signer),
    ):
        if was != now:
            yield Change(Way.CHANGED, f"{what}: {was} -> {now}")


def _figures(old: Record, new: Record) -> Iterator[Change]:
    was, now = old.review.seconds_median, new.review.seconds_median
    if was and now and max(was, now) / min(was, now) > _SLOWER:
        yield Change(Way.WORSE if now > was else Way.BETTER, f"seconds a document: {was:.2f} -> {now:.2f}")
    before = {each.name: each for each in old.review.strata}
    for each in new.review.strata:
        if (earlier := before.get(each.name)) and (each.high < earlier.low or each.low > earlier.high):
            way = Way.WORSE if each.recall < earlier.recall else Way.BETTER
            yield Change(way, f"words read, {each.name}: {earlier.recall:.1%} -> {each.recall:.1%}")
