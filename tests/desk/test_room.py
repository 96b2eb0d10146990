"""Many threads share one reader: each gets its own document, and none waits for one that was given up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cloister import samples
from cloister.desk.room import Room
from cloister.errors import BadPageRange, CloisterError, EmptyFile, JailDied, TimedOut
from cloister.model import Plain, SourceKind
from cloister.ocr.options import Options
from cloister.ocr.reader import Reader
from cloister.samples.files import png


@pytest.fixture(scope="module")
def reader():
    with Reader() as reading:
        reading.warm()
        yield reading


@pytest.fixture
def room(reader):
    with Room(reader) as opened:
        yield opened


def page(seed: int) -> bytes:
    return png(samples.make("receipt", seed=seed, quality="clean", dpi=100))


def text(room, content: bytes, options: Options | None = None) -> str:
    with room.look(Plain(content), options or Options()) as held:
        return "\n".join(each.text for each in held.read(60))


def test_each_gets_its_own(reader, room):
    contents = [page(seed) for seed in range(8)]
    wanted = [reader.read(content).text for content in contents]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda content: text(room, content), contents))
    assert found == wanted
    assert len(set(found)) == 8


def test_what_does_not_open_is_refused_and_the_next_is_read(room):
    for content, refused in ((b"", EmptyFile), (b"no document " * 100, CloisterError)):
        with pytest.raises(refused), room.look(Plain(content), Options()):
            pass
        assert text(room, page(1))


def test_who_looks_and_does_not_read_holds_nobody_up(room):
    with room.look(Plain(page(1)), Options()) as held:
        assert (held.type, held.pages) == (SourceKind.PNG, 1)
    with room.look(Plain(page(2)), Options()) as held:
        next(held.read(60))
    assert text(room, page(3))


def test_each_is_read_as_it_was_asked(room):
    with pytest.raises(BadPageRange):
        text(room, page(1), Options(pages=((2, 2),)))
    assert text(room, page(1), Options(pages=((1, 1),)))


def test_a_document_has_its_time(room):
    with pytest.raises(TimedOut), room.look(Plain(page(1)), Options()) as held:
        list(held.read(-1))
    assert text(room, page(2))


def test_a_room_that_closes_finishes_what_was_begun_and_takes_nothing_more(reader):
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        with room.look(Plain(page(1)), Options()) as held:
            inside.set()
            go_on.wait()
            return "".join(each.text for each in held.read(60))

    room = Room(reader)
    with ThreadPoolExecutor(2) as threads:
        reading = threads.submit(slow)
        inside.wait()
        closing = threads.submit(room.__exit__)
        go_on.set()
        assert reading.result()
        closing.result()
    with pytest.raises(JailDied), room.look(Plain(page(1)), Options()):
        pass
