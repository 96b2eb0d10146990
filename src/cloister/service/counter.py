"""The counter: what stands between HTTP and the desk. It knows who asks; the desk decides, and acts.

Everything here blocks, and is called from threads. Turns at the desk do not sweep: the worker does, all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol, TypeVar

from cloister.audit.receipt import Receipt
from cloister.desk import passes
from cloister.desk.delete import delete
from cloister.desk.fetch import Fetched, fetch
from cloister.desk.looking import Standing, glance, glances, proof
from cloister.desk.opened import Desk
from cloister.desk.receive import Receiving
from cloister.desk.who import Asker
from cloister.errors import AccessDenied, CloisterError, NotAllowed, TokenRefused, UnknownDocument
from cloister.jobs import Jobs, State
from cloister.journey.admit import Came
from cloister.model import Artefact
from cloister.policy.values import Channel
from cloister.store.rows import DocumentRow
from cloister.store.rows import State as Stands

T = TypeVar("T")
_BEARER = "bearer "
_PAGE = 300_000
"""Bytes that a page is taken to have until a jail has counted them: only the order of the queue goes by that."""


class Pages(Protocol):
    """How far documents are that are being read."""

    def of(self, document: str) -> tuple[int, int] | None:
        """Pages that are read, and pages in all; None while it is not being read here."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What the API acts with."""

    desk: Desk
    jobs: Jobs
    pages: Pages

    def asker(self, headers: Mapping[str, str], address: str | None) -> Asker:
        """Whoever shows a token in a request; `TokenRefused` if it is none that counts."""
        shown = headers.get("authorization", "")
        if not shown.lower().startswith(_BEARER):
            raise TokenRefused
        _, now = self.desk.glance()
        principal = passes.shown(self.desk.passes, passes.key_of(self.desk), shown[len(_BEARER) :].strip(), now)
        return Asker(principal, Came(Channel.API, _address(address)))

    def receiving(self, who: Asker, kind: str | None, size: int, languages: tuple[str, ...]) -> Receiving:
        """Begin to take a document in."""
        return Receiving(self.desk.of(who), kind, size, languages=languages)

    def keep(self, coming: Receiving) -> Standing:
        """Keep what came, and have it read."""
        row, _ = coming.keep()
        if row.state is Stands.QUEUED:  # one that was kept before, too: its job may not have come about
            self.enqueue(row)
        return self._hiding(lambda: glance(coming.desk, row.id))

    def standing(self, who: Asker, document: str) -> Standing:
        """How it stands with a document; `UnknownDocument` where it is not for this person to know."""
        return self._hiding(lambda: glance(self.desk.of(who), document))

    def standings(self, who: Asker) -> list[Standing]:
        """How it stands with every document that is for this person to know of."""
        return glances(self.desk.of(who))

    def fetched(self, who: Asker, document: str) -> Fetched:
        """What was read of it."""
        self.standing(who, document)
        return fetch(self.desk.of(who), document, sweeping=False)

    def receipt(self, who: Asker, document: str) -> Receipt:
        """The proof of what happened to it."""
        return self._hiding(lambda: proof(self.desk.of(who), document, sweeping=False))[1]

    def delete(self, who: Asker, document: str) -> Standing:
        """Shred all of it now."""
        self.standing(who, document)
        delete(self.desk.of(who), document, sweeping=False)
        self.jobs.cancel(document)
        return self.standing(who, document)

    def enqueue(self, row: DocumentRow) -> None:
        """Have a document that is kept be read; a second time does nothing."""
        source = next((each for each in self.desk.records.artefacts(row.id) if each.artefact is Artefact.SOURCE), None)
        pages = 1 + (source.length if source else 0) // _PAGE
        self.jobs.enqueue(row.id, row.tenant, pages)

    def waits(self, document: str) -> bool:
        """Whether it will be read, or is being read."""
        job = self.jobs.state(document)
        return job is not None and job.state in {State.WAITING, State.LATER, State.RUNNING}

    def is_ready(self) -> bool:
        """Whether a document would be taken now."""
        try:
            with self.desk.turn(sweeping=False) as turn:
                self.desk.key(turn.policy.policy.tenant)
            self.jobs.counts()
        except CloisterError:
            return False
        return True

    @staticmethod
    def _hiding(act: Callable[[], T]) -> T:
        try:
            return act()
        except (AccessDenied, NotAllowed):
            raise UnknownDocument from None


def _address(given: str | None) -> IPv4Address | IPv6Address | None:
    """An address as the socket has it. One that cannot be told is no address of this machine."""
    try:
        found = ip_address(given or "")
    except ValueError:
        raise TokenRefused from None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
