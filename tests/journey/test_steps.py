"""Each step of the journey by itself: pure functions of a policy and frozen values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources

import pytest

from cloister import policy as policies
from cloister.document import Document, Facts, Grade
from cloister.errors import (
    AboveLimit,
    Damaged,
    NotAllowed,
    NotPlaced,
    OriginNotAllowed,
    PagesAboveLimit,
    TypeNotAllowed,
)
from cloister.events import Cause
from cloister.journey import admit, classify, encrypt, place, read, release, shred
from cloister.journey.admit import Came, Upload
from cloister.journey.encrypt import Owner
from cloister.keys.buckets import Bucket
from cloister.model import Artefact, Placement, Role, Sensitivity, SourceKind
from cloister.policy.values import Channel, Limits, Sink, SinkType

POLICY = policies.load((resources.files("cloister.policy") / "default.toml").read_text())
INVOICE = POLICY.rule("invoice", Sensitivity.MODERATE)
ME = frozenset({Role.SUBMITTER})
UPLOAD = Upload(1000, SourceKind.PDF, 2, Came(Channel.COMMAND), ME)
OWNER = Owner("vlt-1", "production", "default", "claims", "invoice", "doc-1", "ab" * 32)
NOW = 1_790_000_000


def lasting(**seconds: int):
    """The policy with these retentions of the source by level, and no shorter ones of kinds."""
    levels, kinds = POLICY.levels, {}
    for name, count in seconds.items():
        level = getattr(levels, name)
        levels = replace(levels, **{name: replace(level, retention=replace(level.retention, source=count))})
    for name, kind in POLICY.kinds.items():
        kinds[name] = replace(kind, retention=replace(kind.retention, source=10**6, text=10**6))
    return replace(POLICY, levels=levels, kinds=kinds)


def test_what_the_policy_takes_is_admitted():
    admitted = admit.admit(POLICY, INVOICE, UPLOAD)
    assert (admitted.kind, admitted.type, admitted.size, admitted.pages) == ("invoice", SourceKind.PDF, 1000, 2)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"size": INVOICE.limits.bytes + 1}, AboveLimit),
        ({"pages": INVOICE.limits.pages + 1}, PagesAboveLimit),
        ({"type": SourceKind.HEIC}, TypeNotAllowed),
        ({"came": Came(Channel.LINK)}, OriginNotAllowed),
        ({"roles": frozenset({Role.OPERATOR, Role.READER})}, NotAllowed),
        ({"roles": frozenset()}, NotAllowed),
    ],
)
def test_what_it_does_not_take_is_refused(change, refusal):
    with pytest.raises(refusal):
        admit.admit(POLICY, INVOICE, replace(UPLOAD, **change))


def test_at_the_limit_it_is_still_taken():
    rule = replace(INVOICE, limits=Limits(bytes=1000, pages=2, runs=1))
    assert admit.admit(POLICY, rule, UPLOAD).pages == 2


def test_an_unlisted_kind_comes_by_the_command_only():
    rule = POLICY.rule("no such kind", Sensitivity.HIGH)
    assert admit.admit(POLICY, rule, UPLOAD).kind is None
    with pytest.raises(OriginNotAllowed):
        admit.admit(POLICY, rule, replace(UPLOAD, came=Came(Channel.API)))


EVERYWHERE = replace(INVOICE, placements=(Placement.OFFLINE, Placement.PRIVATE, Placement.CLOUD))


def test_the_policy_places_and_only_more_confinement_can_be_asked_for():
    assert place.place(EVERYWHERE, set(Placement)) is Placement.OFFLINE
    assert place.place(EVERYWHERE, {Placement.CLOUD, Placement.PRIVATE}) is Placement.PRIVATE
    assert place.place(EVERYWHERE, {Placement.CLOUD}, Placement.CLOUD) is Placement.CLOUD
    for asked in (Placement.OFFLINE, Placement.PRIVATE, Placement.HYBRID):
        with pytest.raises(NotPlaced):
            place.place(EVERYWHERE, {Placement.CLOUD}, asked)
    with pytest.raises(NotPlaced):
        place.place(INVOICE, {Placement.CLOUD})
    assert place.is_misplaced(INVOICE, Placement.CLOUD)
    assert not place.is_misplaced(INVOICE, Placement.OFFLINE)


@pytest.mark.parametrize("level", Sensitivity)
def test_a_source_begins_in_the_shortest_bucket_of_any_outcome(level):
    policy = lasting(low=86_400, moderate=7_200, high=900)
    begun = encrypt.source(OWNER, policy, replace(classify.declared(policy, "invoice"), sensitivity=level), NOW)
    assert begun.level is level
    assert begun.artefact is Artefact.SOURCE
    assert NOW + 900 - 90 < begun.bucket.ends <= NOW + 900


def test_a_source_that_is_not_kept_waits_no_longer_than_a_job_may():
    begun = encrypt.source(OWNER, POLICY, classify.declared(POLICY, "invoice"), NOW)
    assert NOW < begun.bucket.ends <= NOW + POLICY.jobs.stale
    assert encrypt.settle(OWNER, POLICY, classify.declared(POLICY, "invoice"), NOW, begun.bucket) is None


def test_once_final_a_source_is_kept_as_long_as_its_level_allows_and_no_longer():
    policy = lasting(low=86_400, moderate=7_200, high=900)
    declared = classify.declared(policy, "invoice")
    begun = encrypt.source(OWNER, policy, declared, NOW).bucket
    kept = encrypt.settle(OWNER, policy, declared, NOW, begun)
    assert NOW + 7_200 - 720 < kept.bucket.ends <= NOW + 7_200
    raised = replace(declared, sensitivity=Sensitivity.HIGH)
    short = encrypt.settle(OWNER, policy, raised, NOW, begun)
    assert short.level is Sensitivity.HIGH
    assert short.bucket.ends <= NOW + 900


@pytest.mark.parametrize(("level", "seconds"), [(Sensitivity.MODERATE, 3_600), (Sensitivity.HIGH, 900)])
def test_text_is_kept_as_its_final_level_allows(level, seconds):
    classified = replace(classify.declared(POLICY, "invoice"), sensitivity=level)
    context = encrypt.text(OWNER, POLICY, classified, NOW)
    assert (context.artefact, context.level, context.document) == (Artefact.TEXT, level, "doc-1")
    assert NOW < context.bucket.ends <= NOW + seconds


def test_text_that_is_never_kept_is_sealed_for_nothing():
    high = replace(POLICY.levels.high, retention=replace(POLICY.levels.high.retention, text=0))
    policy = replace(POLICY, levels=replace(POLICY.levels, high=high))
    assert encrypt.text(OWNER, policy, classify.declared(policy, None), NOW) is None


@dataclass
class Given:
    """A document as a test wants it."""

    made: Document | Exception

    def read(self, seconds):
        assert seconds == 60.0
        if isinstance(self.made, Exception):
            raise self.made
        yield from self.made.pages

    def facts(self):
        return self.made.facts


def test_reading_is_done_by_who_is_handed_in():
    document = Document((), Facts("pdf", 0, Grade.POOR))
    reading = read.read(Given(document), 60.0)
    assert reading.document == document
    assert reading.searched.complete
    with pytest.raises(Damaged):
        read.read(Given(Damaged()), 60.0)


def test_content_goes_to_who_may_see_it():
    assert release.release(INVOICE, ME).level is Sensitivity.MODERATE
    high = POLICY.rule("identity", Sensitivity.HIGH)
    for roles in (frozenset(), frozenset({Role.READER}), frozenset(Role) - {Role.SUBMITTER}):
        with pytest.raises(NotAllowed):
            release.release(high, roles)


@pytest.mark.parametrize("clearance", Sensitivity)
@pytest.mark.parametrize("level", Sensitivity)
def test_no_sink_gets_what_is_above_its_clearance(clearance, level):
    sink = Sink("Archive", SinkType.FOLDER, clearance, (Artefact.TEXT,), "DE", "IT")
    rule = replace(INVOICE, sensitivity=level)
    if level <= clearance:
        assert release.release(rule, sink).level is level
    else:
        with pytest.raises(NotAllowed):
            release.release(rule, sink)


@dataclass(frozen=True)
class Thing:
    """Something that ends."""

    ends: int
    cause: Cause | None = None


def test_what_is_due_is_due_in_the_very_second_or_for_its_cause():
    early, late, read_ = Thing(NOW), Thing(NOW + 1), Thing(NOW + 1, Cause.READ)
    assert shred.due([early, late, read_], NOW) == ((early, Cause.EXPIRED), (read_, Cause.READ))
    assert shred.due([early, late], NOW - 1) == ()


def test_deleting_is_for_the_roles_that_the_policy_names():
    shred.require_deletable(INVOICE, ME)
    with pytest.raises(NotAllowed):
        shred.require_deletable(INVOICE, frozenset({Role.AUDITOR}))


def test_a_bucket_never_outlives_what_was_promised():
    assert encrypt.settle(OWNER, lasting(low=50), classify.declared(POLICY, None), NOW, Bucket(NOW + 5, 1)) is None
