"""Finds contradictions: clauses that are fine each by itself and cannot both hold."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from cloister.model import Artefact, Evidence, Placement, Role, Sensitivity
from cloister.policy import times
from cloister.policy.clashes import Clash
from cloister.policy.clauses import HERE
from cloister.policy.values import Channel, Kind, Level, Policy
from cloister.spots import Path

YEAR = 366 * times.DAY


LEAST = {
    Evidence.MRZ: Sensitivity.HIGH,
    Evidence.NATIONAL_ID: Sensitivity.HIGH,
    Evidence.CARD_NUMBER: Sensitivity.HIGH,
    Evidence.PAYROLL: Sensitivity.HIGH,
    Evidence.MEDICAL: Sensitivity.HIGH,
    Evidence.TAX_NUMBER: Sensitivity.MODERATE,
    Evidence.IBAN: Sensitivity.MODERATE,
    Evidence.CONTRACT: Sensitivity.MODERATE,
}
"""The least level of a kind that such evidence belongs to."""
MANAGERS = frozenset({Role.OPERATOR, Role.CUSTODIAN, Role.AUDITOR, Role.POLICY_OWNER})
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
"""Of the European Union."""
Found = Iterator[tuple[Clash, Path]]


def within(place: str, residency: tuple[str, ...]) -> bool:
    """Whether what is in `place` is where a kind with this residency may be. Here it may be always."""
    return place == HERE or place in residency or ("EU" in residency and place in _MEMBERS.split())


def collapsed(ranges: tuple[str, ...]) -> tuple[str, ...]:
    """The fewest ranges that hold the same addresses."""
    nets = [ipaddress.ip_network(given) for given in ranges]
    fours = ipaddress.collapse_addresses(net for net in nets if isinstance(net, ipaddress.IPv4Network))
    sixes = ipaddress.collapse_addresses(net for net in nets if isinstance(net, ipaddress.IPv6Network))
    return tuple(sorted([*(net.with_prefixlen for net in fours), *(net.with_prefixlen for net in sixes)]))


def contradictions(policy: Policy, today: date | None = None) -> Found:
    """Find every contradiction, each with the path of the clause that is to blame."""
    for sensitivity in Sensitivity:
        yield from _level(policy, sensitivity.value, policy.levels.of(sensitivity))
    for laxer, stricter in pairwise(Sensitivity):
        yield from _order(policy.levels.of(laxer), policy.levels.of(stricter), stricter.value)
    for name, kind in policy.kinds.items():
        path = ("kinds", name)
        yield from _kind(policy, kind, path)
        yield from _sent(policy, kind, path)
    yield from _elsewhere(policy)
    yield from _ways_in(policy)
    yield from _review(policy, today)
    yield from _times(policy)


def _level(policy: Policy, name: str, level: Level) -> Found:
    path = ("levels", name)
    if name == Sensitivity.HIGH.value:
        if Placement.CLOUD in level.placements:
            yield Clash.HIGH_TO_CLOUD, (*path, "placements")
        if Placement.HYBRID in level.placements:
            yield Clash.HIGH_TO_HYBRID, (*path, "placements")
    for placement in level.placements:
        if placement is not Placement.OFFLINE and placement.value not in policy.placements:
            yield Clash.PLACEMENT_MISSING, (*path, "placements")
    if level.retention.pages > level.retention.source:
        yield Clash.PAGES_OUTLIVE_SOURCE, (*path, "retention", "pages")
    if MANAGERS & set(level.read):
        yield Clash.MANAGER_READS, (*path, "read")
    if MANAGERS & set(level.submit):
        yield Clash.MANAGER_SUBMITS, (*path, "submit")
    seen = {*level.metadata, *level.read, *level.submit}
    for act, unseen in (("shorten", Clash.SHORTENS_UNSEEN), ("delete", Clash.DELETES_UNSEEN)):
        roles = set(getattr(level, act))
        if Role.AUDITOR in roles:
            yield Clash.AUDITOR_ACTS, (*path, act)
        if roles - seen - {Role.AUDITOR}:
            yield unseen, (*path, act)


def _order(laxer: Level, stricter: Level, name: str) -> Found:
    path = ("levels", name)
    if not set(stricter.placements) <= set(laxer.placements):
        yield Clash.LEVEL_PLACES_MORE, (*path, "placements")
    if not set(stricter.keys) <= set(laxer.keys):
        yield Clash.LEVEL_KEYS_MORE, (*path, "keys")
    for act in ("submit", "read", "metadata"):
        if not set(getattr(stricter, act)) <= set(getattr(laxer, act)):
            yield Clash.LEVEL_ROLES_MORE, (*path, act)
    for artefact in Artefact:
        if stricter.retention.of(artefact) > laxer.retention.of(artefact):
            yield Clash.LEVEL_KEEPS_LONGER, (*path, "retention", artefact.value)


def _kind(policy: Policy, kind: Kind, path: Path) -> Found:
    level = policy.levels.of(kind.level)
    for artefact in Artefact:
        if kind.retention.of(artefact) > level.retention.of(artefact):
            yield Clash.KIND_KEEPS_LONGER, (*path, "retention", artefact.value)
    if kind.retention.pages > kind.retention.source and level.retention.pages <= level.retention.source:
        yield Clash.PAGES_OUTLIVE_SOURCE, (*path, "retention", "pages")
    if not set(kind.placements) <= set(level.placements):
        yield Clash.KIND_PLACES_MORE, (*path, "placements")
    if any(LEAST[found] > kind.level for found in kind.evidence):
        yield Clash.KIND_BELOW_EVIDENCE, (*path, "evidence")
    if kind.teams and Role.READER not in level.read:
        yield Clash.TEAM_CANNOT_READ, (*path, "teams")
    if kind.limits.runs < 1 + policy.jobs.retries:
        yield Clash.RUNS_BELOW_RETRIES, (*path, "limits", "runs")
    for placement in kind.placements:
        elsewhere = policy.placements.get(placement.value)
        if elsewhere and not within(elsewhere.residency, kind.residency):
            yield Clash.PROVIDER_READS_ABROAD, (*path, "placements")


def _sent(policy: Policy, kind: Kind, path: Path) -> Found:
    for name in kind.sinks:
        sink = policy.sinks[name]
        if sink.clearance < kind.level:
            yield Clash.SINK_BELOW_KIND, (*path, "sinks")
        if not within(sink.residency, kind.residency):
            yield Clash.SINK_ABROAD, (*path, "sinks")
        if any(kind.retention.of(artefact) == 0 for artefact in sink.takes):
            yield Clash.SINK_GETS_UNKEPT, (*path, "sinks")


def _elsewhere(policy: Policy) -> Found:
    for name, elsewhere in policy.placements.items():
        path = ("placements", name)
        if elsewhere.residency == HERE and name in {"cloud", "hybrid"}:
            yield Clash.CLOUD_NOWHERE, path
        for sensitivity in Sensitivity:
            level = policy.levels.of(sensitivity)
            allowed = max(level.retention.source, level.retention.text)
            if Placement(name) in level.placements and elsewhere.keeps > allowed:
                yield Clash.PLACEMENT_KEEPS_LONGER, (*path, "keeps")
                break


def _ways_in(policy: Policy) -> Found:
    for name, origin in policy.origins.items():
        path = ("origins", name)
        if origin.by is Channel.LINK and policy.upload.link_expires == 0:
            yield Clash.LINKS_SWITCHED_OFF, (*path, "by")
        if origin.by is Channel.COMMAND and origin.networks:
            yield Clash.COMMAND_OVER_NETWORK, (*path, "networks")
        if origin.by is Channel.LINK and not origin.networks:
            yield Clash.ORIGIN_UNREACHED, (*path, "by")
    for name, network in policy.networks.items():
        if any(ipaddress.ip_network(given).prefixlen == 0 for given in network.ranges):
            yield Clash.NETWORK_EVERYWHERE, ("networks", name, "ranges")
    for name, team in policy.teams.items():
        if team.service_keys > YEAR:
            yield Clash.SERVICE_KEYS_LIVE_LONG, ("teams", name, "service_keys")


def _review(policy: Policy, today: date | None) -> Found:
    review = policy.review
    if not times.DAY <= review.interval <= YEAR:
        yield Clash.REVIEW_NEVER, ("review", "interval")
    if review.last and not review.approved_by:
        yield Clash.REVIEW_UNSIGNED, ("review", "last")
    if review.approved_by and not review.last:
        yield Clash.REVIEW_UNDATED, ("review", "approved_by")
    if review.last and today and review.last > today:
        yield Clash.REVIEW_TO_COME, ("review", "last")


def _times(policy: Policy) -> Found:
    jobs, upload = policy.jobs, policy.upload
    if upload.link_expires > times.DAY:
        yield Clash.LINK_LIVES_LONG, ("upload", "link_expires")
    if upload.unfinished > times.DAY:
        yield Clash.UNFINISHED_LIVES_LONG, ("upload", "unfinished")
    if jobs.history > policy.logging.keep:
        yield Clash.HISTORY_OUTLIVES_EVENTS, ("jobs", "history")
    if jobs.timeout == 0:
        yield Clash.READS_NO_TIME, ("jobs", "timeout")
    if jobs.stale < jobs.timeout:
        yield Clash.STALE_BEFORE_TIMEOUT, ("jobs", "stale")
    if not 1 <= jobs.sweep <= times.HOUR:
        yield Clash.SWEEP_TOO_SELDOM, ("jobs", "sweep")
    if not times.DAY <= policy.keys.rotate <= YEAR:
        yield Clash.KEYS_LIVE_LONG, ("keys", "rotate")
    for path, kept in _kept(policy):
        if 0 < kept < jobs.sweep:
            yield Clash.KEPT_UNDER_SWEEP, path


def _kept(policy: Policy) -> Iterator[tuple[Path, int]]:
    """Every time after which something is swept."""
    yield ("upload", "link_expires"), policy.upload.link_expires
    yield ("upload", "unfinished"), policy.upload.unfinished
    for sensitivity in Sensitivity:
        for artefact in Artefact:
            kept = policy.levels.of(sensitivity).retention.of(artefact)
            yield ("levels", sensitivity.value, "retention", artefact.value), kept
    for name, kind in policy.kinds.items():
        inherited = policy.levels.of(kind.level).retention
        for artefact in Artefact:
            if kind.retention.of(artefact) != inherited.of(artefact):
                yield ("kinds", name, "retention", artefact.value), kind.retention.of(artefact)
