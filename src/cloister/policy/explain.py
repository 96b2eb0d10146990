"""A policy in plain words: rows of a label and what it says, for a person, a table or a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from cloister.model import Artefact, Placement, Role, Sensitivity
from cloister.policy import times
from cloister.policy.values import Addresses, Policy, Rule

UNLISTED = "any other kind"
PLACES = {
    Placement.OFFLINE: "on this machine, without a network",
    Placement.PRIVATE: "on the organisation's own machines",
    Placement.HYBRID: "here first, and what that clears in a cloud",
    Placement.CLOUD: "in a cloud",
}
PEOPLE = {
    Role.SUBMITTER: "who submitted it",
    Role.READER: "readers",
    Role.OPERATOR: "operators",
    Role.CUSTODIAN: "key custodians",
    Role.AUDITOR: "auditors",
    Role.POLICY_OWNER: "policy owners",
}
ADDRESSES = {
    Addresses.NONE: "no addresses of callers",
    Addresses.NETWORK: "the networks of callers",
    Addresses.FULL: "the addresses of callers",
}
LABELS = {
    Artefact.SOURCE: "source file",
    Artefact.PAGES: "page pictures",
    Artefact.TEXT: "text",
    Artefact.RESULT: "result",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the policy says."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows about one kind, or about all."""

    name: str
    title: str
    rows: tuple[Row, ...]


def _list(words: Iterable[str], nothing: str) -> str:
    return ", ".join(words) or nothing


def _values(members: Iterable[Enum]) -> str:
    return _list((str(member.value) for member in members), "nothing")


def _people(roles: Iterable[Role]) -> str:
    return _list((PEOPLE[role] for role in roles), "nobody")


def _readers(policy: Policy, rule: Rule) -> str:
    words = []
    for role in rule.level.read:
        if role is not Role.READER:
            words.append(PEOPLE[role])
        elif rule.teams:
            words.append("readers of " + " and ".join(policy.teams[team].title for team in rule.teams))
    return _list(words, "nobody")


def _places(policy: Policy, rule: Rule) -> str:
    words = []
    for placement in rule.placements:
        elsewhere = policy.placements.get(placement.value)
        who = ""
        if elsewhere and placement is not Placement.OFFLINE:
            kept = times.spoken(elsewhere.keeps)
            who = f" ({elsewhere.provider}, {elsewhere.residency}, {'' if elsewhere.keeps == 0 else 'kept '}{kept})"
        words.append(PLACES[placement] + who)
    return "; or ".join(words) or "nowhere"


def _kept(rule: Rule) -> Iterator[Row]:
    for artefact in Artefact:
        count = rule.retention.of(artefact)
        yield Row(f"{LABELS[artefact]} kept", "no longer than it is read" if count == 0 else times.spoken(count))


def _goes(policy: Policy, rule: Rule) -> str:
    sinks = [policy.sinks[name] for name in rule.sinks]
    return _list((f"{sink.title} ({_values(sink.takes)})" for sink in sinks), "nowhere; it is only fetched")


def _comes(policy: Policy, rule: Rule) -> str:
    words = []
    for name in rule.origins:
        origin = policy.origins[name]
        words.append(f"{origin.title} (by {origin.by.value}{''.join(f', from {n}' for n in origin.networks)})")
    return _list(words, "nowhere; it is not accepted by a service")


def _review(policy: Policy) -> Iterator[Row]:
    review, due = policy.review, policy.review.due()
    yield Row("policy owned by", review.owner)
    yield Row("reviewed", f"every {times.spoken(review.interval)}")
    if review.last is None or due is None:
        yield Row("last review", "never; it is due now")
    else:
        yield Row("last review", f"{review.last.isoformat()}, signed off by {', '.join(review.approved_by)}")
        yield Row("next review", due.isoformat())


def _rows(policy: Policy, rule: Rule) -> Iterator[Row]:
    limits = rule.limits
    yield Row("read", _places(policy, rule))
    yield from _kept(rule)
    yield Row("content seen by", _readers(policy, rule))
    yield Row("size, times, states seen by", _people(rule.level.metadata))
    yield Row("retention shortened by", _people(rule.level.shorten))
    yield Row("deleted at once by", _people(rule.level.delete))
    yield Row("comes from", _comes(policy, rule))
    yield Row("goes to", _goes(policy, rule))
    yield Row("may be in", _list(rule.residency, "the country of this installation only"))
    yield Row("keys in", _values(rule.level.keys))
    yield Row("types", _values(rule.types))
    yield Row("limits", f"{limits.bytes:,} bytes, {limits.pages:,} pages, read {limits.runs} times at most")


def _raised(policy: Policy, name: str, floor: Sensitivity) -> Iterator[Row]:
    before = policy.rule(name, floor)
    for sensitivity in Sensitivity:
        if sensitivity > floor:
            rule = policy.rule(name, sensitivity)
            kept = ", ".join(f"{LABELS[a]} {times.spoken(rule.retention.of(a))}" for a in Artefact)
            words = [f"read {_places(policy, rule)}", kept, f"seen by {_readers(policy, rule)}"]
            lost = [policy.sinks[sink].title for sink in before.sinks if sink not in rule.sinks]
            words += [f"no longer sent to {', '.join(lost)}"] if lost else []
            yield Row(f"if raised to {sensitivity.value}", "; ".join(words))


def of_kind(policy: Policy, name: str | None) -> Section:
    """What holds for one kind; None is any that is not listed."""
    if name is None:
        rule = policy.rule(None, Sensitivity.HIGH)
        head = Row("sensitivity", "high, as for all that is not listed")
        return Section(UNLISTED, "Not listed", (head, *_rows(policy, rule), *_review(policy)))
    kind = policy.kinds[name]
    rule = policy.rule(name, kind.level)
    owners = policy.owners
    stages = ", ".join(f"{stage} {getattr(owners, stage)}" for stage in owners.__slots__)
    return Section(
        name,
        kind.title,
        (
            Row("sensitivity", f"{kind.level.value} at least"),
            Row("recognised by", _values(kind.evidence)),
            *_rows(policy, rule),
            *_raised(policy, name, kind.level),
            Row("languages", _list(kind.languages, "any")),
            Row("documents owned by", f"{kind.document_owner} (project {kind.project})"),
            Row("approved by", kind.approved_by),
            Row("stages owned by", stages),
            *_review(policy),
        ),
    )


def of_all(policy: Policy) -> Section:
    """What holds whatever the kind."""
    upload, jobs, logging = policy.upload, policy.jobs, policy.logging
    links = f"used once, expire after {times.spoken(upload.link_expires)}" if upload.link_expires else "there are none"
    witness = f"countersigned by {logging.witness}" if logging.witness else "no witness outside"
    return Section(
        "all",
        policy.policy.name,
        (
            Row("for", f"tenant {policy.policy.tenant}, environment {policy.policy.environment}"),
            *_review(policy),
            Row("upload links", links),
            Row("unfinished uploads kept", times.spoken(upload.unfinished)),
            Row("failed readings", f"tried again {jobs.retries} times, {times.spoken(jobs.timeout)} each"),
            Row("alarm", f"for a job unfinished after {times.spoken(jobs.stale)}"),
            Row("shredding", f"of what is due, every {times.spoken(jobs.sweep)}"),
            Row("history of jobs kept", f"{times.spoken(jobs.history)}: ids, kinds and states"),
            Row("events kept", f"{times.spoken(logging.keep)}, with {ADDRESSES[logging.addresses]}; {witness}"),
            Row("keys renewed", f"every {times.spoken(policy.keys.rotate)}"),
        ),
    )


def every(policy: Policy) -> tuple[Section, ...]:
    """All sections: what holds for all, each kind, and kinds that are not listed."""
    return (of_all(policy), *(of_kind(policy, name) for name in policy.kinds), of_kind(policy, None))
