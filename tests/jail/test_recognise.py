"""The workers that recognise: forked from a process that several threads warmed, alone, locked, and all alike."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cloister.jail.lock import Layer
from cloister.model import Plain, Raster
from cloister.ocr import pages
from cloister.ocr.nurseries import Nurseries
from cloister.ocr.options import Options
from cloister.ocr.pool import FEW, Pool
from cloister.samples import make
from tests.jail.lies import gone, living, soon

MOST_MEMORY = 1 << 30


def raster(seed: int) -> Raster:
    image = make("invoice", seed=seed).image.convert("L")
    return Raster(1, *image.size, 150.0, Plain(np.asarray(image, np.uint8).tobytes()))


def read(jail, page):
    jail.deadline = soon(60)
    jail.ready()
    pages.ask(jail, page, rotate=True, deskew=True)
    return pages.answered(jail, page.page)


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


@pytest.fixture(scope="module", params=["fast", "soon"])
def nurseries(request):
    made = Nurseries(2, "all")
    yield made.of("latin", soon=request.param == "soon")
    made.close()


@pytest.fixture(scope="module")
def jails(nurseries):
    return nurseries.worker(0), nurseries.worker(1)


def test_each_has_one_thread_its_own_core_every_layer_and_not_too_much_memory(nurseries, jails):
    allowed = sorted(os.sched_getaffinity(0))
    for core, jail in enumerate(jails):
        read(jail, raster(1))
        assert os.sched_getaffinity(jail.pid) == {allowed[core % len(allowed)]}
        assert status_of(nurseries.pid)["Threads"] == "1"
        status = status_of(jail.pid)
        assert (status["Threads"], status["Seccomp"], status["NoNewPrivs"]) == ("1", "2", "1")
        assert jail.layers == tuple(Layer)
        assert int(status["RssAnon"].split()[0]) << 10 < MOST_MEMORY


def test_all_read_the_same(nurseries, jails):
    page = raster(2)
    one, other = (read(jail, page) for jail in jails)
    assert one == other
    assert len(one.blocks) > 1
    later = nurseries.worker()
    assert read(later, page) == one
    later.kill()


def test_one_that_is_killed_leaves_the_other_reading(nurseries, jails):
    third = nurseries.worker(0)
    page = raster(3)
    expected = read(third, page)
    pid = third.pid
    third.kill()
    assert pid not in living(group=nurseries.pid)
    assert read(jails[1], page) == expected


def test_a_document_that_turns_out_to_be_long_has_faster_ones_take_over_without_waiting_for_them():
    pool = Pool(2)
    try:
        pool.expect(1)
        pool.start(1)
        page = raster(6)
        first = pool.submit(page, Options()).result(60)
        pool.expect(FEW + 1)
        soon_ones, fast_ones = (pool._nurseries.of("latin", soon=soon) for soon in (True, False))
        assert pool.submit(page, Options()).result(60) == first
        assert soon_ones.pid is not None, "the faster ones are not warm yet"
        assert gone(lambda: [] if fast_ones.is_warm() else [0], seconds=60)
        later = pool.submit(page, Options()).result(60)
        assert len(later.text) > len(first.text) // 2
        assert soon_ones.pid is None
        assert len(living(group=fast_ones.pid)) == 2
    finally:
        pool.close()
    assert living(group=fast_ones.pid) == []


def test_they_are_the_same_whether_one_thread_or_several_warm_them():
    page = raster(4)
    found = []
    for jobs in (1, 3):
        made = Nurseries(jobs, "all")
        try:
            found.append(read(made.of("latin", soon=True).worker(), page))
        finally:
            made.close()
    assert found[0] == found[1]


def test_no_memory_is_writable_and_executable_and_nothing_but_three_streams_is_open():
    # Looked at with the layers off that hide a process from its user; code is closed with seccomp.
    made = Nurseries(2, "seccomp")
    try:
        jail = made.of("latin", soon=True).worker(0)
        read(jail, raster(5))
        assert {link.name for link in Path(f"/proc/{jail.pid}/fd").iterdir()} == {"0", "1", "2"}
        rights = {line.split()[1] for line in Path(f"/proc/{jail.pid}/maps").read_text().splitlines()}
        assert "r-xp" in rights
        assert not [each for each in rights if "w" in each and "x" in each]
    finally:
        made.close()
