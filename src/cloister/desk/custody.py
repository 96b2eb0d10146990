"""Custody: how it stands with the keys, a new version of the tenant's key, and its end."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cloister.desk.opened import Desk, Turn
from cloister.desk.sealing import rewrapped, wrapped
from cloister.desk.shredding import shred
from cloister.errors import NotConfirmed
from cloister.events import Act, Cause, Draft, Event, Id, Outcome, Thing, Value
from cloister.keys.places import Place, place_of
from cloister.keys.providers import End, Ending
from cloister.keys.store import Kind
from cloister.store.rows import State

PATIENCE = 600
"""Seconds within which the end of a key is to be confirmed."""
_ROTATED = {Act.KEY_MADE, Act.KEY_ROTATED}


@dataclass(frozen=True, slots=True)
class Custody:
    """The keys of a vault: how many of documents and buckets, changes of the store, and the tenant's key."""

    tenant: str
    place: Place
    """Where the tenant's key is."""
    documents: int
    buckets: int
    generation: int
    since: int
    """When the tenant's key was made or rotated last, in seconds since 1970."""
    due: int
    """When the policy wants it rotated."""


def status(desk: Desk) -> Custody:
    """How it stands with the keys."""
    with desk.turn() as turn:
        counts = desk.keys.counts()
        tenant = turn.policy.policy.tenant
        since = max((event.moment // 1000 for event in _about_key(turn) if event.act in _ROTATED), default=0)
        due = since + turn.policy.keys.rotate
        place = place_of(desk.vault.keys, tenant)
        return Custody(tenant, place, counts[Kind.DOCUMENT], counts[Kind.BUCKET], desk.keys.generation, since, due)


def rotate(desk: Desk) -> int:
    """Make a new version of the tenant's key and wrap everything with it anew; how many keys that were."""
    with desk.turn() as turn:
        tenant = turn.policy.policy.tenant
        subject = desk.vault.hashed(Thing.TENANT, tenant)
        key = desk.key(tenant)
        rows = [row for row in desk.records.documents() if row.state is not State.GONE and row.tenant == tenant]
        begun: dict[str, Value] = {"rewrapped": 0}
        turn.say([turn.draft(Act.KEY_ROTATED, subject, begun, Outcome.INTENDED)])
        with turn.telling(Act.KEY_ROTATED, subject):
            key.rotate()
        count = desk.keys.rewrap(key)
        for document in rows:
            new = [
                rewrapped(turn, document, row, wrapped(desk, document, row).bound)
                for row in desk.records.artefacts(document.id)
            ]
            desk.records.save((), new)
            count += len(new)
        done: dict[str, Value] = {"rewrapped": count}
        turn.say([turn.draft(Act.KEY_ROTATED, subject, done)])
        return count


def ask_to_destroy(desk: Desk) -> tuple[str, int]:
    """The first of two steps to the end of the tenant's key: the word for the second, and how many documents end."""
    with desk.turn() as turn:
        tenant = turn.policy.policy.tenant
        desk.key(tenant)
        subject = desk.vault.hashed(Thing.TENANT, tenant)
        turn.say([turn.draft(Act.KEY_DESTRUCTION_ASKED, subject, {})])
        kept = [row for row in desk.records.documents() if row.state is not State.GONE and row.tenant == tenant]
        return _word(desk, turn.log.last), len(kept)


def destroy(desk: Desk, word: str) -> End:
    """Destroy the tenant's key, and shred all that it opened. `NotConfirmed` without the word of the last ten minutes.

    Nothing is kept in this vault after that. Where the provider can only schedule its end, it is said to be disabled.
    """
    with desk.turn() as turn:
        tenant = turn.policy.policy.tenant
        subject = desk.vault.hashed(Thing.TENANT, tenant)
        asked = [event for event in _about_key(turn) if event.act is Act.KEY_DESTRUCTION_ASKED]
        fresh = bool(asked) and asked[-1].moment // 1000 > turn.now - PATIENCE
        if not fresh or not hmac.compare_digest(_word(desk, asked[-1]), word):
            raise NotConfirmed(seconds=PATIENCE)
        key = desk.key(tenant)
        when: dict[str, Value] = {"irrecoverable_at": turn.now * 1000}
        turn.say([turn.draft(Act.KEY_DESTROYED, subject, when, Outcome.INTENDED)])
        with turn.telling(Act.KEY_DESTROYED, subject):
            end = key.destroy(turn.now)
        turn.say(_ended(turn, subject, end))
        mine = {row.id for row in desk.records.documents() if row.tenant == tenant}
        due = [(row, Cause.DELETED) for row in desk.records.artefacts() if row.document in mine]
        shred(turn, due, by=desk.who.id)
        return end


def _ended(turn: Turn, subject: Id, end: End) -> list[Draft]:
    """What is said of the end of a key: one that can still be brought back is disabled, and not destroyed."""
    until = {"irrecoverable_at": (turn.now if end.irrecoverable_at is None else end.irrecoverable_at) * 1000}
    if end.ending is Ending.DESTROYED:
        return [turn.draft(Act.KEY_DESTROYED, subject, until)]
    scheduled: dict[str, Value] = {**until, "disabled_at": end.disabled_at * 1000}
    return [
        turn.draft(Act.KEY_DESTROYED, subject, scheduled, Outcome.INTENDED),
        turn.draft(Act.KEY_DISABLED, subject, {}),
    ]


def _word(desk: Desk, event: Event | None) -> str:
    number = event.number if event else -1
    return hashlib.sha256(f"destroy {desk.vault.id} {number}".encode()).hexdigest()[:8]


def _about_key(turn: Turn) -> list[Event]:
    """Every event about the tenant's key that was done, in order."""
    subject: Id = turn.desk.vault.hashed(Thing.TENANT, turn.policy.policy.tenant)
    wanted = f'"subject":"{subject}"'.encode()
    events = (Event.read(leaf) for leaf in turn.log.held().leaves if wanted in leaf)
    return [event for event in events if event.outcome is Outcome.DONE]
