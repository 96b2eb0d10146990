"""A policy as values: what policy.toml means once it was read and found free of contradictions.

Lists are sorted and without repeats, times are seconds, and what a kind leaves out is filled in from its level; so
two files that mean the same give equal policies. docs/policy.md tells what each field does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from cloister.model import Artefact, Evidence, Placement, Role, Sensitivity, SourceKind


class Channel(Enum):
    """How documents come in."""

    COMMAND = "command"
    WEB = "web"
    API = "api"
    LINK = "link"


class SinkType(Enum):
    """What a downstream system is to us."""

    FOLDER = "folder"
    WEBHOOK = "webhook"
    HTTP = "http"
    S3 = "s3"


class KeyProvider(Enum):
    """Where the keys that wrap others may live."""

    LOCAL = "local"
    PKCS11 = "pkcs11"
    AWS_KMS = "aws-kms"
    GCP_KMS = "gcp-kms"
    VAULT = "vault"


class Addresses(Enum):
    """What is logged of a caller's network address, from the least to the most."""

    NONE = "none"
    NETWORK = "network"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the policy is for."""

    name: str
    tenant: str
    environment: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who looks at the policy again, how often, and when that last was."""

    owner: str
    interval: int
    last: date | None
    approved_by: tuple[str, ...]

    def due(self) -> date | None:
        """The day of the next review; None if there never was one, so that it is due now."""
        return self.last + timedelta(seconds=self.interval) if self.last else None


@dataclass(frozen=True, slots=True)
class Retention:
    """How many seconds each artefact is kept at most."""

    source: int
    pages: int
    text: int
    result: int

    def of(self, artefact: Artefact) -> int:
        """The time of one artefact."""
        return int(getattr(self, artefact.value))

    def shorter(self, other: Retention) -> Retention:
        """The shorter time of each artefact."""
        return Retention(**{a.value: min(self.of(a), other.of(a)) for a in Artefact})


@dataclass(frozen=True, slots=True)
class Level:
    """What holds for every document of one sensitivity."""

    placements: tuple[Placement, ...]
    keys: tuple[KeyProvider, ...]
    submit: tuple[Role, ...]
    read: tuple[Role, ...]
    metadata: tuple[Role, ...]
    shorten: tuple[Role, ...]
    delete: tuple[Role, ...]
    retention: Retention


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may be: bytes, pages, and times it is read."""

    bytes: int
    pages: int
    runs: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the inventory."""

    title: str
    level: Sensitivity
    evidence: tuple[Evidence, ...]
    types: tuple[SourceKind, ...]
    languages: tuple[str, ...]
    project: str
    document_owner: str
    approved_by: str
    residency: tuple[str, ...]
    origins: tuple[str, ...]
    teams: tuple[str, ...]
    sinks: tuple[str, ...]
    placements: tuple[Placement, ...]
    limits: Limits
    retention: Retention


@dataclass(frozen=True, slots=True)
class Sink:
    """A downstream system that outputs may be sent to."""

    title: str
    type: SinkType
    clearance: Sensitivity
    takes: tuple[Artefact, ...]
    residency: str
    owner: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that documents come from."""

    title: str
    by: Channel
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses, as CIDR ranges."""

    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """People and service accounts."""

    title: str
    groups: tuple[str, ...]
    service_keys: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A placement beyond this machine: who runs it, where, and how long it keeps what it gets."""

    provider: str
    owner: str
    residency: str
    keeps: int


@dataclass(frozen=True, slots=True)
class Upload:
    """Lifetimes of what is not a document yet."""

    link_expires: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """How work is tried again, given up and swept."""

    retries: int
    timeout: int
    stale: int
    sweep: int
    history: int


@dataclass(frozen=True, slots=True)
class Logging:
    """What is kept of what happened. No content can be logged, so there is nothing to say of it."""

    keep: int
    addresses: Addresses
    witness: str


@dataclass(frozen=True, slots=True)
class Keys:
    """How long a key that wraps others is used."""

    rotate: int


@dataclass(frozen=True, slots=True)
class Owners:
    """Who answers for each stage of the journey."""

    admit: str
    classify: str
    encrypt: str
    place: str
    read: str
    release: str
    shred: str


@dataclass(frozen=True, slots=True)
class Levels:
    """The three levels."""

    low: Level
    moderate: Level
    high: Level

    def of(self, sensitivity: Sensitivity) -> Level:
        """What holds for one sensitivity."""
        return {Sensitivity.LOW: self.low, Sensitivity.MODERATE: self.moderate, Sensitivity.HIGH: self.high}[
            sensitivity
        ]


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one document: its kind's clauses under its level's. `kind` is None for one that is not listed."""

    kind: str | None
    sensitivity: Sensitivity
    level: Level
    placements: tuple[Placement, ...]
    retention: Retention
    sinks: tuple[str, ...]
    teams: tuple[str, ...]
    origins: tuple[str, ...]
    residency: tuple[str, ...]
    types: tuple[SourceKind, ...]
    limits: Limits


_UNLISTED = Limits(bytes=20_000_000, pages=50, runs=1)
_CONFINED = frozenset({Placement.OFFLINE, Placement.PRIVATE})
"""All that a high document can be given, whatever a file says; `rules` refuses a file that says more."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed. Made by `cloister.policy.load`."""

    policy: Identity
    review: Review
    levels: Levels
    owners: Owners
    upload: Upload
    jobs: Jobs
    logging: Logging
    keys: Keys
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    sinks: Mapping[str, Sink] = field(default_factory=dict)
    placements: Mapping[str, Elsewhere] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)

    def floor(self, kind: str | None) -> Sensitivity:
        """The least sensitivity of a document of this declared kind: the strictest if it is not listed."""
        return self.kinds[kind].level if kind is not None and kind in self.kinds else Sensitivity.HIGH

    def raised(self, found: Evidence) -> Sensitivity:
        """The least sensitivity of a document in which this was found: the strictest if no kind lists it."""
        return max((k.level for k in self.kinds.values() if found in k.evidence), default=Sensitivity.HIGH)

    def sensitivity(self, kind: str | None, found: Iterable[Evidence] = (), *, well_read: bool = True) -> Sensitivity:
        """How sensitive a document is: its kind's floor, raised by evidence; what was read badly is the strictest."""
        if not well_read:
            return Sensitivity.HIGH
        return max([self.floor(kind), *map(self.raised, found)])

    def _least_limits(self) -> Limits:
        """The lowest limits of any kind, for one that is not listed."""
        every = [_UNLISTED, *(kind.limits for kind in self.kinds.values())]
        return Limits(*(min(getattr(limits, name) for limits in every) for name in ("bytes", "pages", "runs")))

    def rule(self, kind: str | None, sensitivity: Sensitivity) -> Rule:
        """What holds for a document of this kind at this sensitivity, or at its kind's floor if that is stricter."""
        at = max(sensitivity, self.floor(kind))
        level = self.levels.of(at)
        ceiling = _CONFINED if at is Sensitivity.HIGH else frozenset(Placement)
        allowed = tuple(p for p in level.placements if p in ceiling)
        if kind is None or kind not in self.kinds:
            return Rule(
                kind=None,
                sensitivity=at,
                level=level,
                placements=allowed[:1],
                retention=level.retention,
                sinks=(),
                teams=(),
                origins=(),
                residency=(),
                types=tuple(SourceKind),
                limits=self._least_limits(),
            )
        listed = self.kinds[kind]
        return Rule(
            kind=kind,
            sensitivity=at,
            level=level,
            placements=tuple(p for p in allowed if p in listed.placements),
            retention=level.retention.shorter(listed.retention),
            sinks=tuple(name for name in listed.sinks if self.sinks[name].clearance >= at),
            teams=listed.teams,
            origins=listed.origins,
            residency=listed.residency,
            types=listed.types,
            limits=listed.limits,
        )
