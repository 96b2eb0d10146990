"""An open vault, and one act's time alone with it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from cloister.audit.clock import Reading, now
from cloister.audit.held import BATCH
from cloister.audit.log import WAIT, Known, Log
from cloister.desk.policies import STEPS, in_force, last
from cloister.desk.vault import BLOBS, LOG, RECORDS, Vault, log_key
from cloister.desk.who import User, Who
from cloister.errors import ClockMoved, CloisterError, LogBusy, NoKeys, Refused
from cloister.events import Act, Draft, Id, Outcome, Value
from cloister.keys import places
from cloister.keys.envelope import Envelope
from cloister.keys.hands import Elsewhere, Hands, Here, Ring
from cloister.keys.places import Opens
from cloister.keys.providers import TenantKey
from cloister.keys.providers.local import Keyring
from cloister.keys.secret import Secret
from cloister.keys.store import KeyStore
from cloister.policy import Policy
from cloister.store import sqlite
from cloister.store.blobs import Blobs
from cloister.store.fences import Fences
from cloister.store.passes import Passes
from cloister.store.records import Records

if TYPE_CHECKING:
    from cloister.desk.shredding import Swept


class Turn:
    """One act's time alone with the vault. `now` is in seconds since 1970, and never before the log's last event."""

    swept: Swept
    """What the sweep at its beginning came to."""

    def __init__(self, desk: Desk, log: Log, sha256: str, now: int) -> None:
        """`sha256` is the hash of the policy in force."""
        self.desk, self.log, self.sha256, self.now = desk, log, sha256, now
        self._policy: Policy | None = None

    @property
    def policy(self) -> Policy:
        """What is allowed. What is due is shredded whatever stands there, and before it is read."""
        if self._policy is None:
            self._policy, self.sha256 = in_force(self.desk.vault, self.log, self.sha256)
            self.desk.line.policy = self._policy
        return self._policy

    def draft(
        self,
        act: Act,
        subject: Id | None,
        facts: Mapping[str, Value],
        outcome: Outcome = Outcome.DONE,
        *,
        by: Id | None = None,
    ) -> Draft:
        """Something to be logged, by whoever acts unless it was somebody else."""
        return Draft(by or self.desk.who.id, act, subject, self.sha256, outcome, facts)

    def say(self, drafts: Sequence[Draft]) -> None:
        """Log it; it is on the medium when this returns."""
        for start in range(0, len(drafts), BATCH):
            self.log.append(*drafts[start : start + BATCH])

    @contextmanager
    def telling(self, act: Act, subject: Id) -> Iterator[None]:
        """Have a refusal or a failure of an act logged, with its code."""
        try:
            yield
        except CloisterError as problem:
            outcome = Outcome.REFUSED if isinstance(problem, Refused) else Outcome.FAILED
            with suppress(CloisterError):  # a log that cannot be written is what went wrong, and is told as such
                self.say([self.draft(act, subject, {"code": problem.code}, outcome)])
            raise


class Line:
    """Who is alone with the vault, among the threads of this process; and how far they know the log."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: Known | None = None
        self.policy: Policy | None = None
        """The policy that was in force at the last turn that asked for it."""


class Desk:
    """An open vault. What only looks, sweeps or deletes needs no passphrase; `unlock` is for what opens or seals."""

    def __init__(self, vault: Vault, clock: Callable[[], Reading] = now) -> None:
        """Open it; `NoVault`, `NoKeys`, or what says that others could have opened it too."""
        self.vault = vault
        self.clock = clock
        self.who: Who = User(vault.person)
        self.line = Line()
        self._log_key = log_key(vault)
        self._ring: Ring | None = None
        self.keys = KeyStore.open(vault.keys, str(vault.id), vault.restored)
        try:
            self.blobs = Blobs(vault.folder / BLOBS)
            database = sqlite.opened(vault.folder / RECORDS)
            self.records, self.passes, self.fences = Records(database), Passes(database), Fences(database)
        except BaseException:
            self.keys.close()
            raise

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget the keys and let go of the files."""
        if self._ring is not None:
            self._ring.close()
        self.keys.close()
        self.blobs.close()
        self.records.close()

    def glance(self) -> tuple[Policy, int]:
        """The policy of the last turn here, and what time it is, without waiting for a turn.

        For whoever only looks at states and times, in a process that has turns all the time.
        """
        if self.line.policy is None:
            with self.turn(sweeping=False) as turn:
                return turn.policy, turn.now
        known = self.line.known
        last = known.last.moment if known and known.last else 0
        return self.line.policy, max(self.clock().wall, last) // 1000

    def of(self, who: Who) -> Desk:
        """The same vault, for somebody else to act at. It is open for as long as this one."""
        other = copy.copy(self)
        other.who = who
        return other

    @property
    def opens(self) -> Opens:
        """What `unlock` has to be given."""
        found = places.places(self.vault.keys)
        return places.LOCAL.opens if found is None else next(iter(found.values())).opens

    def unlock(self, secret: Secret, hands: Hands | None = None) -> None:
        """Open the tenants' keys, which others than local ones are opened by `hands`; a vault has one tenant by now.

        `WrongPassphrase` or `KeyRefused` if this is not what opens them, `KeyProviderUnreachable`.
        """
        found = places.places(self.vault.keys)
        if found is None or places.LOCAL in found.values():
            self._ring = Keyring.open(self.vault.keys, str(self.vault.id), secret)
            return
        reach = hands or Here()
        self._ring = Elsewhere({tenant: reach.open(place, tenant, secret) for tenant, place in found.items()})

    def key(self, tenant: str) -> TenantKey:
        """A tenant's key; `NoKeys` while they are locked, or if it has none."""
        if self._ring is None:
            raise NoKeys
        return self._ring.tenant(tenant)

    def derived(self, purpose: str) -> bytes:
        """A key for something that is no content: 32 bytes, from the log's."""
        return self._log_key.derived(purpose)

    def envelope(self, tenant: str) -> Envelope:
        """What wraps and unwraps for a tenant."""
        return Envelope(self.keys, self.key(tenant))

    @contextmanager
    def turn(
        self,
        *,
        confirm_clock: bool = False,
        confirm_lost: bool = False,
        sweeping: bool = True,
        first: Callable[[Turn], None] | None = None,
    ) -> Iterator[Turn]:
        """Be alone with the vault: `LogBusy` if another process is for too long.

        Nothing is done by a clock that was moved (`ClockMoved`, which is logged). Then whatever is due is shredded,
        and only then it is this act's turn, under a policy that is approved. `first` is done before the policy counts.
        Records that are older than the log are `RecordsOutdated`, unless what they lack is said to be lost. Without
        `sweeping` nothing is shredded first: for whoever has somebody else sweep all the time. What has ended can be
        opened by nobody either way.
        """
        from cloister.desk.outdated import give_up  # noqa: PLC0415 - they stand on this
        from cloister.desk.shredding import NOTHING, forget, sweep  # noqa: PLC0415
        from cloister.desk.submit import settle  # noqa: PLC0415

        with self._alone() as log:
            before, left = last(log), log.last
            if log.cut:
                facts: Mapping[str, Value] = {"cut": log.cut}
                log.append(Draft(self.vault.system, Act.LOG_MENDED, None, before, facts=facts))
            if confirm_clock:
                log.confirm_clock(self.vault.person, before)
            self._check_clock(log, before)
            moment = max(self.clock().wall, log.last.moment if log.last else 0) // 1000
            turn = Turn(self, log, before, moment)
            settle(turn, left)
            if confirm_lost:
                give_up(turn)
            turn.swept = sweep(turn) if sweeping else NOTHING
            if first is not None:
                first(turn)
            if sweeping:
                forget(turn, turn.policy.jobs.history)
            yield turn

    @contextmanager
    def _alone(self) -> Iterator[Log]:
        if not self.line.lock.acquire(timeout=WAIT):
            raise LogBusy(seconds=WAIT)
        try:
            path, known = self.vault.folder / LOG, self.line.known
            self.line.known = None  # what goes wrong here is looked at from the beginning by whoever comes next
            with Log(path, self._log_key, wait=WAIT, clock=self.clock, noting=STEPS, known=known) as log:
                try:
                    yield log
                finally:
                    self.line.known = log.known
        finally:
            self.line.lock.release()

    def _check_clock(self, log: Log, policy: str) -> None:
        try:
            log.check_clock()
        except ClockMoved:
            nothing: Mapping[str, Value] = {"documents": 0, "orphans": 0}
            # Adding anything finds the same, logs the alarm and raises.
            log.append(Draft(self.vault.system, Act.SWEPT, self.vault.id, policy, facts=nothing))
            raise
