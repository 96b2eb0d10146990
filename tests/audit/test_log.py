"""The log on a disk: durable before it is acknowledged, cut only where nothing was acknowledged, refused otherwise."""

from __future__ import annotations

import os
import stat

import pytest

from cloister.audit import files
from cloister.audit.held import CHECKPOINT, EVENTS, MARK, VKEY, WITNESSED, read
from cloister.audit.log import Log, create
from cloister.errors import (
    Clock,
    ClockMoved,
    DiskFull,
    Flaw,
    LogBusy,
    LogDoesNotVerify,
    LogReadableByOthers,
    LogStopped,
    NotFound,
    OutputExists,
)
from cloister.events import Act, Outcome
from cloister.sign import Key, Verifier
from tests.audit.logs import ORIGIN, PERSON, POLICY, START, Ticking, drafts, make


def opened(folder, key, clock=None):
    return Log(folder, key, wait=0, clock=clock or Ticking(START + 10**6, boot="later"))


def test_what_was_appended_is_read_back(tmp_path):
    key = make(tmp_path / "log", (1, 3, 1))
    held = read(tmp_path / "log", Verifier(ORIGIN, key.public))
    events = list(held.events())
    assert [event.number for event in events] == list(range(5))
    assert [event.draft() for event in events] == list(drafts(5))
    assert (held.checkpoint.size, held.tail) == (5, 0)
    assert sorted(event.moment for event in events) == [event.moment for event in events]


def test_it_goes_on_where_it_ended(tmp_path):
    key = make(tmp_path / "log")
    with opened(tmp_path / "log", key) as log:
        assert (log.size, log.cut) == (10, 0)
        (event,) = log.append(next(drafts(1)))
        assert event.number == log.last.number == 10
    assert read(tmp_path / "log").checkpoint.size == 11


def test_files_are_their_owners_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        make(tmp_path / "log")
    finally:
        os.umask(before)
    paths = [tmp_path / "log", *(tmp_path / "log").iterdir()]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert {modes.pop("log"), modes.pop(WITNESSED)} == {0o700}
    assert set(modes.values()) == {0o600}
    assert set(modes) == {EVENTS, CHECKPOINT, VKEY, "clock"}


@pytest.mark.parametrize("name", ["", EVENTS, CHECKPOINT, VKEY, WITNESSED])
@pytest.mark.parametrize("more", [0o040, 0o004, 0o020, 0o001])
def test_what_others_may_touch_is_refused(tmp_path, name, more):
    key = make(tmp_path / "log")
    path = tmp_path / "log" / name
    path.chmod(stat.S_IMODE(path.stat().st_mode) | more)
    with pytest.raises(LogReadableByOthers):
        read(tmp_path / "log")
    if name != WITNESSED:
        with pytest.raises(LogReadableByOthers):
            opened(tmp_path / "log", key)


def test_links_are_refused(tmp_path):
    make(tmp_path / "log")
    (tmp_path / "log" / EVENTS).rename(tmp_path / "elsewhere")
    (tmp_path / "log" / EVENTS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LogReadableByOthers):
        read(tmp_path / "log")
    (tmp_path / "log" / EVENTS).unlink()
    os.link(tmp_path / "elsewhere", tmp_path / "log" / EVENTS)
    with pytest.raises(LogReadableByOthers):
        read(tmp_path / "log")


def test_a_log_is_never_made_over_another(tmp_path):
    key = make(tmp_path / "log")
    before = (tmp_path / "log" / EVENTS).read_bytes()
    with pytest.raises(OutputExists):
        create(tmp_path / "log", key, ORIGIN)
    assert (tmp_path / "log" / EVENTS).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    (tmp_path / "empty").mkdir(mode=0o700)
    create(tmp_path / "empty", key, ORIGIN)
    with pytest.raises(NotFound):
        create(tmp_path / "none" / "log", key, ORIGIN)
    with pytest.raises(NotFound):
        read(tmp_path / "none")


def test_what_a_kill_leaves_of_a_making_is_in_nobodys_way(tmp_path):
    half = tmp_path / ".log.new"
    (half / WITNESSED).mkdir(parents=True)
    (half / EVENTS).write_bytes(b"")
    make(tmp_path / "log")
    assert read(tmp_path / "log").checkpoint.size == 10
    assert not half.exists()


def test_one_process_writes_at_a_time_and_others_read(tmp_path):
    key = make(tmp_path / "log")
    with opened(tmp_path / "log", key) as log:
        with pytest.raises(LogBusy):
            opened(tmp_path / "log", key)
        log.append(next(drafts(1)))
        assert read(tmp_path / "log").checkpoint.size == 11
    opened(tmp_path / "log", key).close()


@pytest.mark.parametrize("tail", [b"\0", b"\0\0\0", b"\0\0\1\0{", b"\xff" * 900, b"\0" * 4096])
def test_what_was_never_acknowledged_is_cut_and_told(tmp_path, tail):
    key = make(tmp_path / "log")
    file = tmp_path / "log" / EVENTS
    whole = file.read_bytes()
    file.write_bytes(whole + tail)
    assert read(tmp_path / "log").tail == len(tail)
    with opened(tmp_path / "log", key) as log:
        assert log.cut == len(tail)
    assert file.read_bytes() == whole


def test_an_event_that_was_written_but_not_acknowledged_is_cut_too(tmp_path):
    key = make(tmp_path / "log")
    head = tmp_path / "log" / CHECKPOINT
    before = head.read_bytes()
    with opened(tmp_path / "log", key) as log:
        log.append(next(drafts(1)))
    head.write_bytes(before)
    with opened(tmp_path / "log", key) as log:
        assert log.size == 10
        assert log.cut > 100
    assert read(tmp_path / "log").tail == 0


def test_more_than_one_append_can_leave_is_not_cut(tmp_path):
    key = make(tmp_path / "log")
    file = tmp_path / "log" / EVENTS
    whole = file.read_bytes() + b"\0" * (1 << 20)
    file.write_bytes(whole)
    for look in (lambda: opened(tmp_path / "log", key), lambda: read(tmp_path / "log")):
        with pytest.raises(LogDoesNotVerify) as refused:
            look()
        assert refused.value.facts["why"] is Flaw.LONG
    assert file.read_bytes() == whole


@pytest.mark.parametrize("cut", [1, 4, 5, 200, 700, 2000])
def test_a_log_that_lost_what_it_acknowledged_is_refused_and_left_as_it_is(tmp_path, cut):
    key = make(tmp_path / "log")
    file = tmp_path / "log" / EVENTS
    whole = file.read_bytes()[:-cut]
    file.write_bytes(whole)
    for look in (lambda: opened(tmp_path / "log", key), lambda: read(tmp_path / "log")):
        with pytest.raises(LogDoesNotVerify):
            look()
    assert file.read_bytes() == whole


def test_a_flipped_bit_anywhere_in_any_file_is_noticed(tmp_path):
    key = make(tmp_path / "log", (2,))
    for name in (EVENTS, CHECKPOINT, VKEY):
        file = tmp_path / "log" / name
        whole = file.read_bytes()
        for at in range(0, len(whole), 5):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << at % 8
            file.write_bytes(flipped)
            with pytest.raises(LogDoesNotVerify):
                read(tmp_path / "log", Verifier(ORIGIN, key.public))
            if at % 35 == 0:
                with pytest.raises(LogDoesNotVerify):
                    opened(tmp_path / "log", key)
        file.write_bytes(whole)
    read(tmp_path / "log")


@pytest.mark.parametrize("name", [EVENTS, CHECKPOINT, VKEY])
def test_a_missing_file_is_noticed(tmp_path, name):
    key = make(tmp_path / "log")
    (tmp_path / "log" / name).unlink()
    with pytest.raises(LogDoesNotVerify):
        read(tmp_path / "log")
    with pytest.raises((LogDoesNotVerify, NotFound)):
        opened(tmp_path / "log", key)


def test_another_key_opens_nothing(tmp_path):
    make(tmp_path / "log")
    with pytest.raises(LogDoesNotVerify):
        opened(tmp_path / "log", Key.new())
    with pytest.raises(LogDoesNotVerify):
        read(tmp_path / "log", Verifier(ORIGIN, Key.new().public))


@pytest.mark.parametrize("call", ["fdatasync", "fsync", "rename", "write"])
def test_after_a_write_that_failed_nothing_is_added_until_it_is_opened_again(tmp_path, monkeypatch, call):
    key = make(tmp_path / "log")
    with opened(tmp_path / "log", key) as log:
        log.append(next(drafts(1)))

        def fail(*_, **__):
            raise OSError(28, "planted")

        with monkeypatch.context() as planted:
            planted.setattr(files.os, call, fail)
            with pytest.raises(DiskFull):
                log.append(next(drafts(1, seed=2)))
        with pytest.raises(LogStopped):
            log.append(next(drafts(1, seed=3)))
    with opened(tmp_path / "log", key) as log:
        (event,) = log.append(next(drafts(1, seed=4)))
    assert event.number == 11
    assert [each.draft() for each in read(tmp_path / "log").events()][11:] == [next(drafts(1, seed=4))]


def test_the_event_and_the_checkpoint_are_synced_before_append_returns(tmp_path, monkeypatch):
    key = make(tmp_path / "log")
    calls = []
    with opened(tmp_path / "log", key) as log:
        log.append(next(drafts(1)))
        for name in ("write", "fdatasync", "fsync", "rename"):
            real = getattr(os, name)
            spy = lambda *a, name=name, real=real, **k: (calls.append(name), real(*a, **k))[1]  # noqa: E731
            monkeypatch.setattr(files.os, name, spy)
        log.append(next(drafts(1)))
    assert calls == ["write", "fdatasync", "write", "fsync", "rename", "fsync"]


def test_an_append_is_of_1_to_256_events(tmp_path):
    key = make(tmp_path / "log")
    with opened(tmp_path / "log", key) as log:
        for count in (0, 257):
            with pytest.raises(ValueError, match="256"):
                log.append(*drafts(count))
        assert len(log.append(*drafts(256))) == 256
    assert read(tmp_path / "log").checkpoint.size == 266


def test_the_file_is_what_the_docs_say(tmp_path):
    make(tmp_path / "log", (1,))
    data = (tmp_path / "log" / EVENTS).read_bytes()
    leaf = read(tmp_path / "log").leaves[0]
    assert data == MARK + len(leaf).to_bytes(4, "big") + leaf


# ---- The clock.


def test_a_clock_that_went_back_is_refused_and_logged_once(tmp_path):
    key = make(tmp_path / "log")
    back = Ticking(START - 3_600_000, boot="later")
    with opened(tmp_path / "log", key, back) as log:
        for _ in range(3):
            with pytest.raises(ClockMoved) as refused:
                log.append(next(drafts(1)))
        with pytest.raises(ClockMoved):
            log.check_clock()
    assert refused.value.facts["way"] is Clock.BACK
    assert 3600 <= refused.value.facts["seconds"] < 3620
    *_, before, last = read(tmp_path / "log").events()
    assert (last.act, last.outcome, last.moment) == (Act.CLOCK_MOVED, Outcome.REFUSED, before.moment)
    assert last.number == 10


@pytest.mark.parametrize("seconds", [-120, 120])
def test_a_clock_that_was_set_while_the_machine_ran_is_refused(tmp_path, seconds):
    clock = Ticking(step=3_600_000)
    key = make(tmp_path / "log", clock=clock)
    clock.wall += seconds * 1000
    with opened(tmp_path / "log", key, clock) as log, pytest.raises(ClockMoved) as refused:
        log.append(next(drafts(1)))
    assert refused.value.facts == {"way": Clock.FORWARD if seconds > 0 else Clock.BACK, "seconds": 120}


def test_many_small_steps_count_together(tmp_path):
    clock = Ticking()
    key = make(tmp_path / "log", clock=clock)
    with opened(tmp_path / "log", key, clock) as log:
        for _ in range(6):
            clock.wall += 10_000
            log.append(next(drafts(1)))
        clock.wall += 10_000
        with pytest.raises(ClockMoved):
            log.append(next(drafts(1)))


def test_a_machine_that_was_off_is_believed_for_a_while(tmp_path):
    for days, refused in ((80, False), (100, True)):
        clock = Ticking()
        key = make(tmp_path / f"log{days}", clock=clock)
        clock.boot, clock.wall = "two", clock.wall + days * 86_400_000
        with opened(tmp_path / f"log{days}", key, clock) as log:
            if refused:
                with pytest.raises(ClockMoved):
                    log.append(next(drafts(1)))
            else:
                log.append(next(drafts(1)))


def test_a_clock_that_a_time_service_nudged_back_moves_no_event_before_another(tmp_path):
    clock = Ticking(step=0)
    key = make(tmp_path / "log", clock=clock)
    clock.wall -= 4000
    with opened(tmp_path / "log", key, clock) as log:
        (event,) = log.append(next(drafts(1)))
    assert event.moment == START
    read(tmp_path / "log")


def test_a_custodian_confirms_a_clock_and_it_goes_on_from_there(tmp_path):
    key = make(tmp_path / "log")
    back = Ticking(START - 3_600_000, boot="later")
    with opened(tmp_path / "log", key, back) as log:
        with pytest.raises(ClockMoved):
            log.append(next(drafts(1)))
        event = log.confirm_clock(PERSON, POLICY)
        assert (event.act, event.moment < START) == (Act.CLOCK_CONFIRMED, True)
        assert log.confirm_clock(PERSON, POLICY) is None
        log.append(next(drafts(1)))
    assert read(tmp_path / "log").checkpoint.size == 13


def test_the_real_clock_can_be_read(tmp_path):
    key = Key.new()
    create(tmp_path / "log", key, ORIGIN)
    with Log(tmp_path / "log", key) as log:
        log.append(*drafts(2))
        log.check_clock()
        log.append(*drafts(2))
