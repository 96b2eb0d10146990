"""Receive: a document comes in piece by piece over a network, and is sealed as it comes.

    with Receiving(desk.of(somebody), "invoice", size=length) as coming:
        for chunk in body:
            coming.write(chunk)
        document, again = coming.keep()

Before the first byte it is decided who may hand it in, from where, and how large it may be. No plaintext waits
anywhere but the piece at hand, and without `keep` nothing is left: what is sealed has a key that nobody wrapped. What
it holds is looked at by the jail that reads it, so its type and pages are judged there (`reading`).
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import Self

from cloister.desk.opened import Desk, Turn
from cloister.desk.sealing import row_of
from cloister.desk.submit import AVAILABLE, accept, again, begin, context_of
from cloister.errors import AboveLimit, EmptyFile, PolicyChanged
from cloister.events import Act, Id, Thing
from cloister.journey import admit, place
from cloister.keys import stream
from cloister.model import Placement
from cloister.store.rows import DocumentRow


class Receiving:
    """A document on its way in. Not for several threads at once."""

    def __init__(
        self,
        desk: Desk,
        kind: str | None,
        size: int = 0,
        asked: Placement | None = None,
        languages: tuple[str, ...] = (),
    ) -> None:
        """Begin; `size` and `languages` are what it is said to have. Raises what forbids it, which is logged."""
        self._desk, self._kind, self._languages = desk, kind, languages
        self._new = Id.new(Thing.DOCUMENT)
        self._length, self._digest = 0, hashlib.sha256()
        with desk.turn(sweeping=False) as turn, turn.telling(Act.SUBMITTED, self._new):
            rule = turn.policy.rule(kind, turn.policy.floor(kind))
            roles = desk.who.new(rule, turn.policy.policy.tenant, turn.now)
            admit.require_origin(turn.policy, rule, desk.who.came, roles)
            admit.require_size(rule, size)
            self._limit = rule.limits.bytes
            self._where = place.place(rule, AVAILABLE, asked)
            self._classified, self._context = context_of(turn, self._new, kind)
        with ExitStack() as held:
            self._dek = held.enter_context(stream.new_dek())
            self._incoming = held.enter_context(desk.blobs.incoming())
            self._sealer = held.enter_context(stream.Sealer(self._incoming.file, self._dek, self._context))
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Be done with it."""
        self.close()

    def close(self) -> None:
        """Forget the key, and take away what was not kept; a second time does nothing."""
        self._held.close()

    @property
    def desk(self) -> Desk:
        """Where it is received."""
        return self._desk

    @property
    def length(self) -> int:
        """Bytes that have come so far."""
        return self._length

    def write(self, chunk: bytes) -> None:
        """Seal more; `AboveLimit` as soon as it is more than one of its kind may have."""
        self._length += len(chunk)
        if self._length > self._limit:
            raise AboveLimit(size=self._length, limit=self._limit)
        self._digest.update(chunk)
        self._sealer.write(chunk)

    def keep(self) -> tuple[DocumentRow, bool]:
        """Keep it, exactly once: whether it is here already, from the same person and of the same kind, is said too.

        `PolicyChanged` if another policy came into force meanwhile, `EmptyFile` if nothing has come.
        """
        if not self._length:
            raise EmptyFile
        sealed = self._sealer.commit()
        with self._desk.turn(sweeping=False) as turn, turn.telling(Act.SUBMITTED, self._new):
            self._require_same_policy(turn)
            digest = self._digest.digest()
            if (known := again(turn, self._kind, digest)) is not None:
                return known, True
            begin(turn, self._new, self._context)
            blob = self._incoming.keep()
            source = row_of(self._desk, blob, sealed.length, self._dek, self._context, turn.now)
            about = self._classified, self._context, digest, self._where, self._languages
            return accept(turn, source, *about), False

    def _require_same_policy(self, turn: Turn) -> None:
        """What it is sealed for is what the policy said when it began to come."""
        turn.policy  # noqa: B018 - the hash is known once it was read
        if turn.sha256 != self._context.policy:
            raise PolicyChanged
