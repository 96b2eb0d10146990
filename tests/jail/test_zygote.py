"""A zygote's child may die, hang, flood or lie: it costs its own document, and nothing else."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from cloister.errors import JailDied, JailLied, JailNotStarted, TimedOut, Why
from cloister.jail import spawn
from cloister.jail.lock import Layer
from cloister.jail.spawn import Zygote
from tests.jail.lies import ANSWER, exchange, gone, living, soon, zygote


def why(caught):
    return caught.value.facts["why"]


def listen(jail: Zygote) -> None:
    jail.receive({1: 100})
    jail.end()


def test_each_document_is_answered_by_a_child_of_the_same_zygote():
    with zygote("echo") as jail:
        assert exchange(jail, b"one") == b"one"
        first = jail.pid
        assert [exchange(jail, bytes([n]) * n) for n in range(20)] == [bytes([n]) * n for n in range(20)]
        assert jail.pid == first


def test_a_frame_larger_than_the_pipe_crosses_whole():
    payload = os.urandom(9 << 20)
    with zygote("echo") as jail:
        assert exchange(jail, payload) == payload


def test_an_answer_in_small_pieces_is_put_together():
    with zygote("echo_in_halves") as jail:
        assert exchange(jail, b"in two halves") == b"in two halves"


def test_the_layers_that_hold_are_told():
    with zygote("echo") as jail:
        exchange(jail)
        assert jail.layers == tuple(Layer)
    with zygote("echo", layers="seccomp+limits") as jail:
        exchange(jail)
        assert set(jail.layers) == {Layer.SECCOMP, Layer.LIMITS}


@pytest.mark.parametrize(
    ("behaviour", "error", "reason"),
    [
        ("crash", JailDied, Why.SIGNAL),
        ("call_forbidden", JailDied, Why.SIGNAL),
        ("use_memory", JailDied, Why.MEMORY),
        ("say_nothing", JailDied, Why.ENDED_EARLY),
        ("leave_unread", JailDied, Why.ENDED_EARLY),
        ("say_too_little", JailDied, Why.ENDED_EARLY),
        ("say_too_long", JailLied, Why.FRAME_TOO_LONG),
        ("say_unknown", JailLied, Why.UNKNOWN_FRAME),
        ("say_more", JailLied, Why.OUT_OF_TURN),
        ("fail", JailDied, Why.STATUS),
    ],
)
def test_what_goes_wrong_in_a_child_is_a_typed_error_and_its_zygote_is_gone(behaviour, error, reason):
    jail = zygote(behaviour)
    with pytest.raises(error) as caught:
        exchange(jail)
    assert why(caught) is reason
    assert jail.pid is None
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("behaviour", ["hang", "pose_as_zygote", "flood"])
def test_a_child_that_never_ends_is_killed_at_the_deadline(behaviour):
    with zygote(behaviour) as jail:
        jail.begin(soon())
        jail.send(1, b"hello")
        jail.deadline = soon(0.3)
        began, pid = time.monotonic(), jail.pid
        with pytest.raises((TimedOut, JailLied)):
            listen(jail)
        assert time.monotonic() - began < 5
        assert jail.pid is None
        assert gone(lambda: living(group=pid))


def test_a_child_that_never_reads_stops_a_long_frame_at_the_deadline():
    with zygote("hang_unread") as jail:
        jail.begin(soon())
        jail.deadline = soon(0.5)
        with pytest.raises(TimedOut):
            jail.send(1, bytes(16 << 20))
        assert jail.pid is None


def test_a_child_that_ends_before_it_has_read_everything_is_no_success():
    with zygote("leave_unread") as jail:
        with pytest.raises(JailDied):
            exchange(jail, bytes(16 << 20))
        assert jail.pid is None


def test_bytes_that_a_child_left_unread_never_reach_the_next_document():
    with zygote("answer_unread") as jail:
        for _ in range(5):
            jail.begin(soon())
            jail.send(1, b"F" * 50_000)
            assert jail.receive(ANSWER) == (1, b"hello")
            jail.end()


def test_after_a_failure_the_next_document_gets_a_new_zygote():
    with zygote("echo") as jail:
        exchange(jail)
        first = jail.pid
        jail.begin(soon())
        jail.send(1, b"answered with kind 1")
        with pytest.raises(JailLied):
            jail.receive({2: 10})
        assert jail.pid is None
        assert exchange(jail, b"again") == b"again"
        assert jail.pid != first


def test_a_zygote_that_died_between_documents_is_replaced():
    with zygote("echo") as jail:
        exchange(jail)
        os.kill(jail.pid, signal.SIGKILL)
        assert gone(lambda: living(group=jail.pid))
        assert exchange(jail) == b"hello"


def test_a_zygote_is_replaced_after_so_many_documents(monkeypatch):
    monkeypatch.setattr(spawn, "_MOST_DOCUMENTS", 3)
    with zygote("echo") as jail:
        pids = []
        for _ in range(7):
            exchange(jail)
            pids.append(jail.pid)
    assert pids == [pids[0]] * 3 + [pids[3]] * 3 + [pids[6]]
    assert len(set(pids)) == 3


def test_a_zygote_that_cannot_warm_up_was_not_started():
    with zygote("echo", "warm_badly") as jail, pytest.raises(JailNotStarted) as caught:
        exchange(jail)
    assert why(caught) is Why.NOT_STARTED


def test_the_time_to_warm_up_is_not_the_documents():
    with zygote("echo", "warm_late") as jail:
        assert exchange(jail, seconds=0.5) == b"hello"


def test_a_zygote_that_is_not_warm_in_time_was_not_started(monkeypatch):
    monkeypatch.setattr(spawn, "START_SECONDS", 0.2)
    with zygote("echo", "warm_slowly") as jail, pytest.raises(JailNotStarted) as caught:
        exchange(jail)
    assert why(caught) is Why.NOT_IN_TIME
    assert jail.pid is None


def test_a_library_that_writes_to_standard_error_cannot_forge_a_status():
    with zygote("echo", "chatter") as jail, pytest.raises(JailNotStarted) as caught:
        exchange(jail)
    assert why(caught) is Why.NOT_STARTED


def test_while_it_warms_up_a_zygote_can_write_no_file():
    with zygote("echo", "write_early") as jail:
        assert exchange(jail) == b"hello"
    with zygote("echo", "write_early", layers="limits") as jail, pytest.raises(JailNotStarted):
        exchange(jail)
    Path("/dev/shm/cloister-early").unlink()


def test_a_program_that_does_not_exist_was_not_started():
    with zygote("echo") as jail:
        jail._command = ["/nonexistent/python"]
        with pytest.raises(JailNotStarted) as caught:
            jail.begin(soon())
    assert why(caught) is Why.NOT_STARTED


def test_a_document_costs_a_zygote_a_few_milliseconds():
    with zygote("echo") as jail:
        exchange(jail)
        took = []
        for _ in range(30):
            began = time.perf_counter()
            exchange(jail)
            took.append(time.perf_counter() - began)
    print(f"{sorted(took)[15] * 1000:.1f} ms a document")
    assert sorted(took)[15] < 0.1, "2 to 3 ms where nothing else runs"
