"""A nursery forks workers that live and die apart; it lives as long as they do, and no longer."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from cloister.errors import JailDied, JailNotStarted, TimedOut, Why
from cloister.jail import forking as forks
from cloister.jail import nursery as parent
from cloister.jail.nursery import Nursery, Worker
from tests.jail.lies import ANSWER, gone, living, nursery, soon


def asked(jail: Worker, payload: bytes = b"hello") -> bytes:
    jail.deadline = soon()
    jail.send(1, payload)
    return jail.receive(ANSWER)[1]


def pair(forking: Nursery) -> tuple[Worker, Worker]:
    jails = forking.worker(0), forking.worker(1)
    assert [asked(jail) for jail in jails] == [b"hello"] * 2
    return jails


@pytest.fixture
def forking():
    made = nursery("echo", most=2)
    yield made
    made.kill()


def test_workers_of_one_nursery_answer_side_by_side(forking):
    one, other = pair(forking)
    one.send(1, b"to one")
    other.send(1, b"to the other")
    assert other.receive(ANSWER)[1] == b"to the other"
    assert one.receive(ANSWER)[1] == b"to one"
    assert sorted(living(group=forking.pid)) == sorted([forking.pid, one.pid, other.pid])


def test_no_worker_is_forked_before_it_is_needed(forking):
    forking.worker()
    forking.start()
    assert gone(lambda: [] if forking.is_warm() else [0], seconds=20)
    assert living(group=forking.pid) == [forking.pid]


def test_workers_that_are_wanted_at_once_by_several_threads_share_one_nursery(forking):
    answers = []
    jails = [forking.worker() for _ in range(2)]
    threads = [threading.Thread(target=lambda jail: answers.append(asked(jail)), args=(jail,)) for jail in jails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"hello"] * 2
    assert len(living(group=forking.pid)) == 3


@pytest.mark.parametrize("end", ["kill", "crash"])
def test_the_end_of_a_worker_is_no_concern_of_another(forking, end):
    one, other = pair(forking)
    pid = one.pid
    if end == "kill":
        one.kill()
    else:
        os.kill(pid, signal.SIGSEGV)
        with pytest.raises(JailDied) as caught:
            asked(one)
        assert caught.value.facts["why"] is Why.SIGNAL
    assert not Path(f"/proc/{pid}").exists(), "it was reaped"
    assert asked(other) == b"hello"
    with pytest.raises(JailNotStarted):
        asked(one)


def test_a_worker_that_ended_is_replaced_in_no_time(forking):
    one, other = pair(forking)
    before = forking.pid
    one.kill()
    began = time.perf_counter()
    assert asked(forking.worker()) == b"hello"
    assert time.perf_counter() - began < 0.5, "a few milliseconds where nothing else runs"
    assert forking.pid == before
    assert asked(other) == b"hello"


def test_the_end_of_the_nursery_is_the_end_of_its_workers_and_the_next_worker_has_another(forking):
    one, other = pair(forking)
    before = forking.pid
    os.kill(before, signal.SIGKILL)
    assert gone(lambda: living(group=before))
    for jail in (one, other):
        with pytest.raises(JailDied):
            asked(jail)
    assert asked(forking.worker()) == b"hello"
    assert forking.pid not in {None, before}


def test_a_nursery_that_stops_answering_costs_its_workers_and_is_replaced(forking, monkeypatch):
    monkeypatch.setattr(forks, "ANSWER_SECONDS", 0.2)
    pair(forking)
    before = forking.pid
    os.kill(before, signal.SIGSTOP)
    with pytest.raises(TimedOut):
        asked(forking.worker())
    assert gone(lambda: living(group=before))
    assert asked(forking.worker()) == b"hello"


def test_a_worker_is_only_waited_for_until_its_deadline():
    forking = nursery("echo", "warm_slowly")
    try:
        jail = forking.worker()
        jail.deadline = soon(0.2)
        with pytest.raises(TimedOut):
            jail.ready()
        assert forking.pid is None
    finally:
        forking.kill()


def test_a_worker_that_cannot_be_forked_was_not_started_and_the_nursery_lives_on():
    forking = nursery("echo", "forbid_forks")
    try:
        with pytest.raises(JailNotStarted):
            asked(forking.worker())
        assert living(group=forking.pid) == [forking.pid]
    finally:
        forking.kill()


def test_after_a_number_of_forks_the_nursery_is_replaced_and_the_old_one_ends_with_its_last_worker(monkeypatch):
    monkeypatch.setattr(parent, "_MOST_REPLACED", 3)
    forking = nursery("echo", most=2)
    try:
        stays = forking.worker()
        asked(stays)
        first = forking.pid
        for left in (3, 2, 1, 0):
            jail = forking.worker()
            asked(jail)
            assert (forking.pid == first) is (left > 0), "the next one warms up before it is needed"
            jail.kill()
        jail = forking.worker()
        asked(jail)
        assert jail.pid not in living(group=first)
        assert asked(stays) == b"hello"
        assert living(group=first)
        stays.kill()
        assert living(group=first) == []
        assert asked(jail) == b"hello"
    finally:
        forking.kill()


def test_a_nursery_that_is_retired_ends_with_its_last_worker(forking):
    one, other = pair(forking)
    first = forking.pid
    forking.retire()
    one.kill()
    assert asked(other) == b"hello"
    other.kill()
    assert living(group=first) == []
    assert forking.pid is None


def test_a_nursery_that_was_ended_forks_no_more(forking):
    one, other = pair(forking)
    first = forking.pid
    forking.kill()
    assert gone(lambda: living(group=first))
    for jail in (one, other, forking.worker()):
        with pytest.raises((JailDied, JailNotStarted)):
            asked(jail)


def test_all_pipes_are_closed_in_the_end():
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    first = nursery("echo", most=2)
    asked(first.worker())
    first.kill()
    before = held()
    forking = nursery("echo", most=2)
    one, other = pair(forking)
    one.kill()
    forking.kill()
    other.kill()
    assert held() == before


def test_a_worker_holds_its_own_two_pipes_and_nothing_of_the_nursery():
    forking = nursery("echo", layers="none", most=2)
    try:
        for jail in pair(forking):
            links = {link.name: str(link.readlink()) for link in Path(f"/proc/{jail.pid}/fd").iterdir()}
            assert set(links) == {"0", "1", "2"}
            assert links["2"] == "/dev/null"
            theirs = {str(Path(f"/proc/self/fd/{end}").readlink()) for end in (jail._input, jail._output)}
            assert {links["0"], links["1"]} == theirs
    finally:
        forking.kill()


def test_a_worker_is_killed_by_its_number_where_the_kernel_has_no_handles(forking, monkeypatch):
    def refuse(*_: object) -> int:
        raise OSError(38, "not implemented")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    one, other = pair(forking)
    pid = one.pid
    one.kill()
    assert not Path(f"/proc/{pid}").exists()
    assert asked(other) == b"hello"


def test_a_worker_stays_on_its_core(forking):
    allowed = sorted(os.sched_getaffinity(0))
    for core, jail in enumerate(pair(forking)):
        assert os.sched_getaffinity(jail.pid) == {allowed[core % len(allowed)]}
    anywhere = forking.worker()
    asked(anywhere)
    assert os.sched_getaffinity(anywhere.pid) == set(allowed)


def test_whoever_waits_goes_on_as_soon_as_a_nursery_does_not_need_every_core():
    begun = time.monotonic()
    for early, least, most in (("ease", 0.0, 10.0), ("warm_slowly", 0.5, 10.0)):
        made = nursery("echo", early)
        try:
            made.ease(20)  # it was not started
            made.start()
            waited = time.monotonic()
            made.ease(15 if early == "ease" else least)
            assert least <= time.monotonic() - waited < most
            assert not made.is_warm()
        finally:
            made.kill()
        made.ease(20)  # it is gone
    assert time.monotonic() - begun < 20
