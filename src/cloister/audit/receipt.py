"""Receipts: what happened, and the proof that it stands in the log. Given to whoever the events are about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cloister.audit.checkpoint import Checkpoint, opened
from cloister.audit.held import Held, Witnessed
from cloister.audit.merkle import leaf_hash
from cloister.audit.proofs import check_inclusion
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.events import VOCABULARY, Event, moment_text
from cloister.sign import Note, Verifier, canonical
from cloister.sign.note import decoded, encoded

SCHEMA = "cloister-receipt/1"
LONGEST = 1 << 20
"""Bytes of a written receipt at most."""
ENTRIES = 256
"""Events of a receipt at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, and what shows that it is in the log."""

    event: Event
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Events of one log under one checkpoint. `witnesses` are those whose signatures stand under it, by public key."""

    log: Verifier
    checkpoint: Checkpoint
    note: Note
    entries: tuple[Entry, ...]
    witnesses: tuple[Verifier, ...] = ()

    def check(self) -> None:
        """Raise unless the log signed it and holds every event. Says nothing of who the log and the witnesses are."""
        checkpoint, _ = opened(self.note.written(), self.log)
        for witness in self.witnesses:
            self.note.signed_by(witness)
        for entry in self.entries:
            hashed = leaf_hash(entry.event.leaf())
            check_inclusion(hashed, entry.event.number, checkpoint.size, entry.proof, checkpoint.root)

    def to_json(self) -> bytes:
        """As JSON in one spelling, which the stand-alone verifier reads."""
        return canonical(
            {
                "schema": SCHEMA,
                "log": self.log.vkey(),
                "checkpoint": self.note.written().decode(),
                "witnesses": [witness.vkey() for witness in self.witnesses],
                "entries": [
                    {"leaf": entry.event.leaf().decode(), "proof": [encoded(each) for each in entry.proof]}
                    for entry in self.entries
                ],
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Receipt:
        """From what `to_json` gives, checked; `LogDoesNotVerify` on anything else."""
        try:
            held = json.loads(data) if len(data) <= LONGEST else {}
            log = Verifier.from_vkey(held["log"])
            checkpoint, note = opened(held["checkpoint"].encode(), log)
            witnesses = tuple(Verifier.from_vkey(vkey) for vkey in held["witnesses"])
            entries = tuple(
                Entry(Event.read(each["leaf"].encode()), tuple(map(decoded, each["proof"])))
                for each in held["entries"][:ENTRIES]
            )
            receipt = cls(log, checkpoint, note, entries, witnesses)
            same = receipt.to_json() == data.rstrip(b"\n")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise LogDoesNotVerify(why=Flaw.STRANGE) from None
        if not same:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        receipt.check()
        return receipt

    def to_text(self) -> str:
        """For people."""
        lines = [told(entry.event) for entry in self.entries]
        lines += [
            "",
            f"These events stand in the log {self.checkpoint.origin}, which holds {self.checkpoint.size} events.",
        ]
        if not self.witnesses:
            lines.append("UNWITNESSED: the log's own key vouches for this, and nobody outside.")
        for witness in self.witnesses:
            signed = moment_text(self.note.signed_by(witness) * 1000)
            lines.append(f"The witness {witness.name} signed the log at this size at {signed}.")
        return "\n".join([*lines, ""])


def receipt(held: Held, numbers: Iterable[int]) -> Receipt:
    """A receipt for these events of a log that was read; `ValueError` if there is no such event.

    Under the smallest checkpoint that a witness signed and that holds them all, else under the log's own last one.
    """
    wanted = sorted(set(numbers))
    if not 0 < len(wanted) <= ENTRIES or not 0 <= wanted[0] <= wanted[-1] < held.checkpoint.size:
        raise ValueError("a receipt is for 1 to 256 events of the log")
    signed = [each for each in held.witnessed if each.checkpoint.size > wanted[-1]]
    size = min((each.checkpoint.size for each in signed), default=held.checkpoint.size)
    checkpoint, note, witnesses = held.checkpoint, held.note, tuple[Verifier, ...]()
    if signed:
        mine = [each for each in signed if each.checkpoint.size == size]
        checkpoint, note, witnesses = mine[0].checkpoint, _together(mine), tuple(each.witness for each in mine)
    entries = tuple(Entry(Event.read(held.leaves[n]), held.tree.inclusion(n, size)) for n in wanted)
    return Receipt(held.verifier, checkpoint, note, entries, witnesses)


def _together(signed: list[Witnessed]) -> Note:
    """One checkpoint with the signatures of all witnesses of this size."""
    note = signed[0].note
    for each in signed[1:]:
        for signature in each.note.signatures:
            if (signature.name, signature.id) == (each.witness.name, each.witness.id):
                note = note.with_signature(signature)
    return note


def told(event: Event) -> str:
    """One event as one line, for people."""
    facts: Mapping[str, int | str] = dict(event.shown())
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in facts.items()]
    about = f" {event.subject}" if event.subject else ""
    after = f" ({', '.join(parts)})" if parts else ""
    by = f"by {event.actor}"
    return f"{moment_text(event.moment)}  {event.number}  {event.outcome.value}: {_words(event)}{about}{after}, {by}"


def _words(event: Event) -> str:
    return VOCABULARY[event.act].words
