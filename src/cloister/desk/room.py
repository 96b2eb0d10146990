"""The reading room: one reader for all that come, and the next document is begun before the last is done.

    with Room(reader) as room:            # any number of threads
        with room.look(content, options) as looked:
            read_kept(desk, document, looked)

Documents are read in the order in which they are handed in; whoever waits for one waits for those before it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Self

from cloister.desk.reading import Held
from cloister.errors import JailDied, Why
from cloister.model import Plain
from cloister.ocr.options import Options
from cloister.ocr.reader import Reader
from cloister.ocr.sources import Given
from cloister.ocr.stream import Stream


class _Asked:
    """A document that was handed in, until whoever handed it in is done with it."""

    def __init__(self, content: Plain, options: Options) -> None:
        self.content, self.options = content, options
        self.stream: Future[Stream] = Future()
        self.done = threading.Event()


class Room:
    """A reader that many threads hand documents to. It does not close the reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._begun: SimpleQueue[_Asked] = SimpleQueue()
        self._lock = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take nothing more, and wait for what is being read."""
        with self._lock:
            self._open = False
            self._queue.put(None)
        self._thread.join()

    @contextmanager
    def look(self, content: Plain, options: Options) -> Iterator[Held]:
        """Have a document opened, and hold it for a block; raises what was wrong with it."""
        asked = _Asked(content, options)
        with self._lock:
            if not self._open:
                raise JailDied(why=Why.ENDED_EARLY)
            self._queue.put(asked)
        try:
            yield Held(asked.stream.result())
        finally:
            asked.done.set()

    def _feed(self) -> Iterator[tuple[Given, Options]]:
        while (asked := self._queue.get()) is not None:
            self._begun.put(asked)
            yield asked.content.open(), asked.options

    def _serve(self) -> None:
        for stream in self._reader.streams(self._feed()):
            asked = self._begun.get()
            asked.stream.set_result(stream)
            asked.done.wait()
