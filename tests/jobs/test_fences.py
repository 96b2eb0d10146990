"""Fences and the queue's own statements: one run counts, once; nothing that was cancelled or lives is given back."""

from __future__ import annotations

import threading

import pytest

from cloister.errors import CloisterError, TakenOver
from cloister.jobs import Job, State
from cloister.store.fences import deliver
from tests.jobs.places import document

ONE = document(1)


def test_the_newest_run_delivers_and_once(place):
    fences = place.fences()
    first, second = fences.take(ONE), fences.take(ONE)
    assert (first.runs, second.runs) == (1, 2)
    with pytest.raises(TakenOver):
        place.deliver(ONE, first.token)
    place.deliver(ONE, second.token)
    for token in (first.token, second.token):
        with pytest.raises(TakenOver):
            place.deliver(ONE, token)
    assert place.delivered() == [(ONE, "test")]
    assert fences.take(ONE) is None
    assert fences.take(document(2)).runs == 1, "it is of one document only"


def test_a_delivery_that_is_rolled_back_can_be_made_again(place):
    fence = place.fences().take(ONE)
    with place.database().engine.connect() as connection, connection.begin() as transaction:
        deliver(connection, ONE, fence.token)
        transaction.rollback()
    place.deliver(ONE, fence.token)


def test_what_was_revoked_or_forgotten_delivers_nothing(place):
    fences = place.fences()
    assert not fences.revoke(ONE)
    fence = fences.take(ONE)
    assert not fences.revoke(ONE)
    with pytest.raises(TakenOver):
        place.deliver(ONE, fence.token)
    fence = fences.take(ONE)
    fences.forget([ONE, document(2)])
    with pytest.raises(TakenOver):
        place.deliver(ONE, fence.token)
    again = fences.take(ONE)
    assert again.runs == 1
    with pytest.raises(TakenOver):
        place.deliver(ONE, fence.token)
    place.deliver(ONE, again.token)
    assert fences.revoke(ONE)


def test_a_run_that_was_given_back_is_not_counted_and_only_by_who_has_it(place):
    fences = place.fences()
    first = fences.take(ONE)
    fences.give_back(ONE, first.token)
    second = fences.take(ONE)
    fences.give_back(ONE, first.token)
    assert (second.runs, fences.take(ONE).runs) == (1, 2)


def test_of_many_runs_at_a_time_one_delivers(place):
    fences, came, met = place.fences(), [], threading.Barrier(8)
    place.database()

    def run(number):
        met.wait()
        try:
            place.deliver(ONE, fences.take(ONE).token, str(number))
        except CloisterError as refusal:
            came.append(refusal)
        except AttributeError:
            came.append(None)  # there was no fence to take any more
        except Exception as problem:  # noqa: BLE001 - the database's own, where two deliver in one moment
            came.append(type(problem).__name__)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(came) == 8:  # each was overtaken: the last one's fence still stands
        place.deliver(ONE, fences.take(ONE).token, "after")
    assert len(place.delivered()) == 1


def claimed(jobs, executor: str, *numbers: int) -> None:
    """Have jobs be in the hands of somebody."""
    table = "workflow_status" if jobs.database.engine.dialect.name == "sqlite" else "dbos.workflow_status"
    for number in numbers:
        with jobs.queue.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE {table} SET status = 'PENDING', executor_id = '{executor}' "
                f"WHERE workflow_uuid = 'ocr-{document(number)}' AND status = 'ENQUEUED'"
            )


def test_only_what_the_dead_have_is_given_back_and_nothing_that_was_cancelled(place):
    with place.open() as jobs:
        for number in range(6):
            jobs.enqueue(document(number), "north", 1)
        jobs.queue.beat("alive-1", "alive")
        jobs.queue.beat("dead-1", "dead")
        claimed(jobs, "alive-1", 0, 1)
        claimed(jobs, "dead-1", 2, 3)
        claimed(jobs, "never-seen", 4)
        jobs.cancel(document(3))
        assert jobs.queue.recover(60) == 1, "who never gave a sign of life is dead"
        jobs.queue.succeed("dead")
        assert jobs.queue.recover(60) == 1
        assert jobs.queue.recover(60) == 0
        states = [jobs.state(document(number)) for number in range(6)]
        assert (
            states == [Job(State.RUNNING)] * 2 + [Job(State.WAITING), Job(State.CANCELLED)] + [Job(State.WAITING)] * 2
        )
        assert jobs.queue.recover(-1) == 2, "by the database's clock both were silent for too long"
        assert jobs.queue.held("alive-1") == frozenset()


def test_a_job_is_given_back_by_who_has_it_only(place):
    with place.open() as jobs:
        for number in range(3):
            jobs.enqueue(document(number), "north", 1)
        claimed(jobs, "one-1", 0, 1)
        claimed(jobs, "two-1", 2)
        jobs.queue.give_back(f"ocr-{document(2)}", "one-1", 5)
        jobs.queue.give_back(f"ocr-{document(0)}", "one-1", 5)
        assert [jobs.state(document(number)).state for number in range(3)] == [
            State.LATER,
            State.RUNNING,
            State.RUNNING,
        ]
        assert jobs.queue.leave("one-1") == 1
        assert jobs.queue.held("two-1") == {f"ocr-{document(2)}"}
        assert 0 <= jobs.counts().oldest < 60
