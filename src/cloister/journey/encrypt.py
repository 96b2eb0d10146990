"""Encrypt: what an artefact is sealed for: whose it is, at which level, and in which bucket.

While the level is not final, the bucket is that of the shortest outcome, so that whatever is found later, an older
copy of the records ends no later than the newest. A source that the policy does not keep waits, sealed, to be read:
no longer than a job may take before it counts as stale.
"""

from __future__ import annotations

from dataclasses import dataclass

from cloister.keys.buckets import Bucket, bucket_of, settled, shortest
from cloister.keys.context import Context
from cloister.model import Artefact, Classified, Sensitivity
from cloister.policy import Policy


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose document it is, of which kind, and under which policy (its hash, in hex) it is kept."""

    vault: str
    environment: str
    tenant: str
    project: str
    kind: str
    document: str
    policy: str

    def context(self, artefact: Artefact, level: Sensitivity, bucket: Bucket) -> Context:
        """What one artefact of it belongs to."""
        return Context(
            self.vault,
            self.environment,
            self.tenant,
            self.project,
            self.kind,
            self.document,
            artefact,
            level,
            self.policy,
            bucket,
        )


def source(owner: Owner, policy: Policy, classified: Classified, accepted: int) -> Context:
    """Of the source, at its floor. It ends with the shortest that any level from there could give."""
    lasts = [_lasts(policy, classified.kind, level) for level in Sensitivity if level >= classified.sensitivity]
    return owner.context(Artefact.SOURCE, classified.sensitivity, shortest(accepted, lasts))


def settle(owner: Owner, policy: Policy, classified: Classified, accepted: int, begun: Bucket) -> Context | None:
    """Of the source, once it was read and its level is final; None if it is not kept any longer."""
    lasts = policy.rule(classified.kind, classified.sensitivity).retention.source
    if not lasts:
        return None
    return owner.context(Artefact.SOURCE, classified.sensitivity, settled(accepted, lasts, begun))


def text(owner: Owner, policy: Policy, classified: Classified, since: int) -> Context | None:
    """Of what was read, at its final level; None if the policy never keeps it."""
    lasts = policy.rule(classified.kind, classified.sensitivity).retention.text
    return owner.context(Artefact.TEXT, classified.sensitivity, bucket_of(since, lasts)) if lasts else None


def _lasts(policy: Policy, kind: str | None, level: Sensitivity) -> int:
    return policy.rule(kind, level).retention.source or policy.jobs.stale
