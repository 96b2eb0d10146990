"""A gigabyte of unrelated text: what it costs, and that nothing is found in it."""

from __future__ import annotations

import os
import random
import resource
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloister.canary import Scanner, Tokens
from cloister.canary.frames import Needle
from cloister.canary.jailed.needles import Needles
from cloister.canary.jailed.walk import Walk
from cloister.model import Plain

GIGABYTE = 1_000_000_000
ITEM = 16_000_000
DOCS = Path(__file__).parent.parent.parent / "docs"
MOST_BUSY, MOST_SECONDS = 120, 60
"""Of processors for a gigabyte; by the clock, on two cores that nothing else uses."""
MOST_TIMES = 2
PLACES = ("/usr/share", "/usr/include", sys.prefix, "/usr/lib")


def found() -> Iterator[bytes]:
    """Documentation, source, data and programs that are installed here: as much as there is."""
    for place in PLACES:
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                yield path.read_bytes()


def texts() -> Iterator[bytes]:
    """Text of what is installed, then the same lines in another order, as often as it takes."""
    held, lines = bytearray(), []
    for data in found():
        if b"\0" in data[:4096] or not data[:4096].isascii():
            continue
        lines += data.splitlines(keepends=True)[:2000] if len(lines) < 400_000 else []
        held += data
        while len(held) >= ITEM:
            yield bytes(held[:ITEM])
            del held[:ITEM]
    yield bytes(held)
    draw = random.Random(1)
    while True:
        yield b"".join(draw.choices(lines, k=ITEM // 40))[:ITEM]


def drawn(items: Iterator[bytes], size: int) -> list[bytes]:
    """So many bytes of them, in memory: to make them takes an eighth of the time that it takes to search them."""
    held: list[bytes] = []
    while size > 0:
        held.append(next(items))
        size -= len(held[-1])
    return held


def measured(scanner, items: list[bytes]):
    """Search them all; gives what came of it, seconds by the clock, and seconds of processors."""

    def used() -> float:
        return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    with scanner:
        scanner.scan([])
        before, started = used(), time.monotonic()
        scanned = scanner.scan((f"text/{number}", Plain(data)) for number, data in enumerate(items))
        seconds = time.monotonic() - started
    return scanned, seconds, used() - before


def scanner() -> Scanner:
    made = Tokens(b"a key for tests, and nothing else")
    tokens = {f"surface-{number}": made.token("speed", str(number)) for number in range(100)}
    return Scanner(tokens, decoys=[made.decoy(str(number)) for number in range(20)])


@pytest.mark.proof
def test_nothing_is_found_in_a_gigabyte_of_text():
    cores = min(2, len(os.sched_getaffinity(0)))
    scanned, seconds, busy = measured(scanner(), drawn(texts(), GIGABYTE))
    print(f"{scanned.scanned / 1e6:.0f} MB of text in {seconds:.0f} s, {busy:.0f} s of processor time")
    print(f"{sum(not whole for _, whole in scanned.searched)} of {len(scanned.searched)} items have unexplained bytes")
    assert scanned.scanned >= GIGABYTE
    assert scanned.hits == scanned.decoy_hits == ()
    assert busy <= MOST_BUSY
    # Where the clock says much more than the processors do, something else ran beside it.
    assert seconds <= MOST_SECONDS or cores < 2 or seconds > 1.3 * busy / cores


@pytest.mark.proof
def test_nothing_is_found_in_what_is_installed():
    """Programs, pictures and archives as they are, 200 MB of them."""
    items = drawn((data for data in found() if len(data) < ITEM), GIGABYTE // 5)
    scanned, seconds, busy = measured(scanner(), items)
    print(f"{scanned.scanned / 1e6:.0f} MB of files in {seconds:.0f} s, {busy:.0f} s of processor time")
    assert scanned.hits == scanned.decoy_hits == ()


def test_a_search_costs_no_more_than_a_few_times_what_compressing_the_same_text_does(tokens):
    text = b"".join(path.read_bytes() for path in sorted(DOCS.glob("*.md")))[:400_000]
    needles = Needles(tuple(Needle(tuple(token.split())) for token in tokens.values()))

    def times() -> float:
        started = time.process_time()
        zlib.compress(text, 6)
        compressed = time.process_time()
        walk = Walk(needles, ())
        walk.item(text)
        assert walk.found() == []
        return (time.process_time() - compressed) / (compressed - started)

    assert len(text) > 100_000
    assert min(times() for _ in range(3)) < MOST_TIMES
