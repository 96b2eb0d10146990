"""A process that opened a log before walks only what came since, and is no easier to deceive about that."""

from __future__ import annotations

import pytest

from cloister.audit.held import CHECKPOINT, EVENTS, read
from cloister.audit.log import Log, create
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.sign import Key
from tests.audit.logs import ORIGIN, Ticking, drafts

NOTING = (b'{"act":"submitted"', b'{"act":"read"')


@pytest.fixture
def place(tmp_path):
    key = Key.new()
    create(tmp_path / "log", key, ORIGIN)
    return tmp_path / "log", key, Ticking()


def opened(place, known=None):
    folder, key, clock = place
    return Log(folder, key, clock=clock, noting=NOTING, known=known)


def grown(place, count: int, known=None):
    with opened(place, known) as log:
        for draft in drafts(count):
            log.append(draft)
        return log.known


def test_what_is_known_is_what_a_whole_walk_finds(place):
    known = grown(place, 0)
    for count in (1, 3, 8, 2):
        known = grown(place, count, known)
        with opened(place) as whole:
            found = whole.known
        assert (known.file, known.end, known.last, known.noted) == (found.file, found.end, found.last, found.noted)
        assert (known.frontier.size, known.frontier.root()) == (found.frontier.size, found.frontier.root())
    leaves = read(place[0]).leaves
    assert known.noted == tuple(leaf for leaf in leaves if leaf.startswith(NOTING))
    assert 0 < len(known.noted) < len(leaves)


def test_what_another_process_added_is_walked_and_checked(place):
    known = grown(place, 5)
    grown(place, 4)
    with opened(place, known) as log:
        assert log.size == 9
    events = place[0] / EVENTS
    held = bytearray(events.read_bytes())
    held[-20] ^= 1
    events.write_bytes(held)
    with pytest.raises(LogDoesNotVerify):
        opened(place, known)


def test_only_what_came_since_is_read(place, monkeypatch):
    known = grown(place, 50)
    seen = []
    from cloister.audit import log as logs

    walk_on = logs.walk_on
    monkeypatch.setattr(logs, "walk_on", lambda file, count: seen.append((file.tell(), count)) or walk_on(file, count))
    grown(place, 1, known)
    assert seen == [(known.end, 0)]


def test_a_log_that_was_put_back_is_noticed(place):
    grown(place, 3)
    older = {name: (place[0] / name).read_bytes() for name in (EVENTS, CHECKPOINT)}
    known = grown(place, 2)
    for name, held in older.items():
        (place[0] / name).write_bytes(held)
    with pytest.raises(LogDoesNotVerify) as refused:
        opened(place, known)
    assert refused.value.facts["why"] is Flaw.CUT


def test_another_file_in_its_place_is_walked_from_the_beginning(place):
    known = grown(place, 3)
    events = place[0] / EVENTS
    copy = events.with_name("copy")
    copy.write_bytes(events.read_bytes())
    copy.chmod(0o600)
    copy.replace(events)
    with opened(place, known) as log:
        assert (log.size, log.known.file != known.file) == (3, True)


def test_a_checkpoint_over_other_events_is_not_believed(place, tmp_path):
    known = grown(place, 4)
    forked = tmp_path / "forked"
    create(forked, place[1], ORIGIN)
    with Log(forked, place[1], clock=Ticking(step=7)) as log:
        for draft in drafts(5):
            log.append(draft)
    (place[0] / CHECKPOINT).write_bytes((forked / CHECKPOINT).read_bytes())
    with pytest.raises(LogDoesNotVerify):
        opened(place, known)
