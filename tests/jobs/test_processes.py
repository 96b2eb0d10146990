"""Workers as processes of their own: killed at every moment, stopped, declared dead, and come back."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress

import pytest

from cloister.jobs import Job, State
from tests.jobs.conftest import postgres_place
from tests.jobs.places import document, until

MOMENTS = ("fenced", "before", "in", "delivered", "returned")


@contextmanager
def started(place, name, *words):
    process = place.start(name, *words)
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.close()


def finish(place, jobs, name="one"):
    with started(place, name) as process:
        until(lambda: all(jobs.state(document(number)).state is State.DONE for number in range(4)))
        process.stdin.close()
        assert process.wait(20) == 0
        assert not process.stdout.read()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_at_any_moment_of_a_job_loses_none_and_delivers_none_twice(lite, tmp_path, moment):
    killed(lite, tmp_path, moment)


@pytest.mark.parametrize("moment", ["in", "delivered"])
def test_a_worker_killed_beside_postgres_loses_none_and_delivers_none_twice(server, tmp_path, moment):
    place = postgres_place(server)
    place.make()
    killed(place, tmp_path, moment)
    place.close()


def killed(place, tmp_path, moment):
    with place.open() as jobs:
        for number in range(4):
            jobs.enqueue(document(number), "north", 1)
        with started(place, "one", f"die-at={moment}", str(tmp_path / "mark")) as process:
            assert process.wait(20) == -signal.SIGKILL
        assert jobs.counts().jobs[State.RUNNING] >= 1
        finish(place, jobs)  # of the same name, so that nobody has to wait until the first counts as dead
    assert sorted(of for of, _ in place.delivered()) == [document(number) for number in range(4)]


def test_a_worker_that_was_stopped_and_declared_dead_delivers_nothing_and_works_on(place):
    with place.open() as jobs, started(place, "stopped", "hold", "silent=4.5") as stopped:
        jobs.enqueue(document(1), "north", 1)
        assert stopped.stdout.readline() == "in hand\n"
        stopped.send_signal(signal.SIGSTOP)
        with started(place, "other", "silent=4.5") as other:
            until(lambda: jobs.state(document(1)).state is State.DONE)
            assert place.delivered() == [(document(1), "other")]
            other.stdin.close()
            assert other.wait(20) == 0
        stopped.send_signal(signal.SIGCONT)
        stopped.stdin.write("\n")
        stopped.stdin.flush()
        assert stopped.stdout.readline() == "taken over\n"
        assert place.delivered() == [(document(1), "other")]
        assert jobs.state(document(1)) == Job(State.DONE)
        # It counts as alive again, and takes the next.
        jobs.enqueue(document(2), "north", 1)
        assert stopped.stdout.readline() == "in hand\n"
        stopped.stdin.write("\n")
        stopped.stdin.flush()
        until(lambda: jobs.state(document(2)).state is State.DONE)
    assert place.delivered() == [(document(1), "other"), (document(2), "stopped")]


def test_two_workers_share_the_jobs_and_deliver_each_once(place):
    with place.open() as jobs, started(place, "one") as one, started(place, "two") as two:
        for number in range(40):
            jobs.enqueue(document(number), "north", 1)
        until(lambda: jobs.counts().jobs[State.DONE] == 40)
        for each in (one, two):
            each.stdin.close()
            assert each.wait(20) == 0
    found = place.delivered()
    assert sorted(of for of, _ in found) == [document(number) for number in range(40)]
