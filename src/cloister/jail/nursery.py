"""The parent's side of workers: jails that serve one request after another, forked from one warm process.

A *nursery* is started once, warms up on all the cores it may use, and forks a worker in milliseconds
whenever one is wanted. It never sees a request. A worker is killed on its own, and its death touches no
other; the end of the nursery ends all its workers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from cloister.errors import JailDied, JailFailed, JailLied, JailNotStarted, Why
from cloister.jail import wire
from cloister.jail.forking import Forked, Forking
from cloister.jail.serve import READY
from cloister.jail.spawn import Jail, before_ready
from cloister.jail.start import Layers

__all__ = ["Nursery", "Worker"]

_MOST_REPLACED = 8
"""How many workers a nursery forks in place of others before it is replaced: they share its addresses and its
stack canary, and each that was made to crash may have been a question about them."""


class Nursery:
    """Gives workers. It starts its process with the first, or with `start`, and replaces it when it must."""

    def __init__(
        self, module: str, *arguments: str, layers: Layers = "all", command: Sequence[str] | None = None, most: int = 1
    ) -> None:
        """At most `most` workers are wanted at once. `layers` and `command` exist for tests only."""
        self._make = partial(Forking, module, *arguments, layers=layers, command=command, room=most + _MOST_REPLACED)
        self._now: Forking | None = None
        self._former: list[Forking] = []
        self._turn = threading.Lock()
        self._over = False

    @property
    def pid(self) -> int | None:
        """The number of the process that forks now, if there is one."""
        now = self._now
        return now.pid if now else None

    def start(self) -> None:
        """Start the process, if there is none that lives, without waiting for it to be warm."""
        self._living()

    def worker(self, core: int | None = None) -> Worker:
        """Give a worker, which is forked when it is first needed; it stays on one core, counted among those allowed."""
        return Worker(self, -1 if core is None else core)

    def is_warm(self) -> bool:
        """Whether a worker would be there at once."""
        now = self._now
        return now is not None and now.is_warm()

    def ease(self, seconds: float) -> None:
        """Wait, but no longer than this, while it warms up and needs every core that it may use."""
        if (now := self._now) is not None:
            now.ease(seconds)

    def fork(self, core: int, deadline: float) -> Forked:
        """Have a worker forked, for `Worker`."""
        while (forked := self._living().fork(core, deadline)) is None:
            pass
        if not forked.nursery.room:
            with suppress(JailFailed):  # whoever needs it will try again
                self.start()  # the next one warms up meanwhile
        return forked

    def reap(self, worker: Forked) -> Why:
        """Tell how a worker ended that was killed or has closed its pipe, within the time of grace."""
        why = worker.nursery.reap(worker)
        self._sweep()
        return why

    def retire(self) -> None:
        """End the process with the last of its workers; the next worker has another one started."""
        with self._turn:
            self._set_aside()
        self._sweep()

    def kill(self) -> None:
        """End everything at once, for good."""
        with self._turn:
            self._over = True
            self._set_aside()
            former, self._former = self._former, []
        for process in former:
            process.kill()

    def _living(self) -> Forking:
        with self._turn:
            if self._over:
                raise JailNotStarted(why=Why.NOT_STARTED)
            if self._now is not None and not (self._now.room and self._now.lives):
                self._set_aside()
            if self._now is None:
                self._now = self._make()
                self._now.start()
            return self._now

    def _set_aside(self) -> None:
        if self._now is not None:
            self._former.append(self._now)
            self._now = None

    def _sweep(self) -> None:
        with self._turn:
            idle = [process for process in self._former if not process.workers]
            self._former = [process for process in self._former if process.workers]
        for process in idle:
            process.kill()


class Worker(Jail):
    """One worker of a nursery, forked when it is first needed."""

    def __init__(self, nursery: Nursery, core: int) -> None:
        """Start nothing yet. It will stay on this core, or on any for -1."""
        super().__init__()
        self._nursery = nursery
        self._core = core
        self._forked: Forked | None = None
        self._over = False
        self._turn = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._forked.pid if self._forked else None

    def ready(self) -> None:
        """Wait until it is forked and locked."""
        if self._forked is not None:
            return
        if not self._over:
            self._forked = forked = self._nursery.fork(self._core, self.deadline)
            self._input, self._output, self.layers = forked.input, forked.output, forked.layers
        if self._over:  # perhaps meanwhile, by another thread
            self.kill()
            raise JailNotStarted(why=Why.NOT_STARTED)
        try:
            wire.receive(self, {READY: 0})
        except JailDied as died:
            raise before_ready(died) from None
        except JailLied:
            self.kill()
            raise

    def send(self, kind: int, *parts: bytes | memoryview) -> None:
        """Send one frame, once the process is ready."""
        self.ready()
        super().send(kind, *parts)

    def kill(self) -> None:
        """End the process at once, for good."""
        with self._turn:
            self._over = True
            forked, self._forked = self._forked, None
        if forked is None:
            return
        forked.kill()
        self._nursery.reap(forked)
        self._input = self._output = -1
        forked.close()

    def _why(self) -> Why:
        return self._nursery.reap(self._forked) if self._forked else Why.NOT_STARTED
