"""The service at work: the queue, what reads, what sweeps, and the API, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from importlib import metadata

import uvicorn

from cloister.desk.opened import Desk
from cloister.desk.room import Room
from cloister.desk.vault import JOBS
from cloister.jobs import Jobs, Worker
from cloister.ocr.reader import Reader
from cloister.service.app import application
from cloister.service.counter import Counter
from cloister.service.limits import Gate, Rate
from cloister.service.problems import config as served
from cloister.service.reading import Progress, Reading, Sweeper
from cloister.settings import Settings
from cloister.store.rows import State

_PRINCIPALS = 10_000
"""Principals whose requests are counted apart."""
_UPLOADED, _FREE = 16 << 30, 256 << 20
"""Bytes that may be on their way in at once, and that stay free on the disk."""
_AHEAD = 1
"""Documents that are unsealed while others are read, so that no jail waits for the next."""


def serve(desk: Desk, reader: Reader, settings: Settings, told: Callable[[str], None]) -> None:
    """Serve until a signal ends it: nothing more is taken then, and what is being read is finished or given back.

    `told` is called with the address, once whoever connects to it is waited for.
    """
    with ExitStack() as held:
        ended = held.enter_context(_signals())
        held.enter_context(Sweeper(desk))
        jobs = held.enter_context(Jobs(desk.vault.folder / JOBS, desk.fences))
        progress = Progress()
        room = held.enter_context(Room(reader))
        work = Reading(desk, room, progress)
        held.enter_context(Worker(jobs, "here", work, at_once=settings.workers + _AHEAD))
        counter = Counter(desk, jobs, progress)
        for row in desk.records.documents():
            if row.state is State.QUEUED:
                counter.enqueue(row)
        rate = Rate(settings.rate.count, settings.rate.per.seconds, _PRINCIPALS)
        gate = Gate(settings.uploads, _UPLOADED, desk.vault.folder, _FREE)
        app = application(counter, rate, gate, metadata.version("cloister"))
        listen = settings.listen
        config = served(app, listen.host, listen.port, tls=settings.tls, proxies=settings.trusted_proxies)
        with closing(config.bind_socket()) as listening:
            host, port = listening.getsockname()[:2]
            told(str(replace(listen, host=host, port=port)))
            if not ended.is_set():
                uvicorn.Server(config).run([listening])


@contextmanager
def _signals() -> Iterator[threading.Event]:
    """Have SIGTERM and SIGINT say that it is to end, and nothing else: the server hands on what it was told by them."""
    ended = threading.Event()
    before = {each: signal.signal(each, lambda *_: ended.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
