"""Jobs on SQLite and on PostgreSQL: enqueued once, served in turn, cancelled, tried again, ended."""

from __future__ import annotations

import asyncio
import stat
import threading
import time
from pathlib import Path

import pytest

from cloister.errors import (
    Damaged,
    JobsLedElsewhere,
    NoVault,
    RecordsFailed,
    TakenOver,
    VaultExists,
    VaultReadableByOthers,
)
from cloister.jobs import Counts, Job, Jobs, Outcome, Retries, State, Worker, make
from cloister.store.queue import QUEUE
from tests.jobs.places import document, until

SOON = Retries(most=3, first=0.05)


def done(_document, _run):
    return Outcome.DONE


@pytest.fixture
def jobs(place):
    with place.open() as opened:
        yield opened


@pytest.fixture
def lite_jobs(lite):
    """Where the database makes no difference."""
    with lite.open() as opened:
        yield opened


def rows(jobs: Jobs) -> int:
    return sum(jobs.counts().jobs.values())


def is_in(jobs: Jobs, number: int, state: State) -> bool:
    found = jobs.state(document(number))
    return found is not None and found.state is state


def test_a_document_is_enqueued_once_by_however_many_at_a_time(place, jobs):
    met, problems = threading.Barrier(50), []

    def enqueue():
        met.wait()
        try:
            jobs.enqueue(document(1), "north", 3)
        except Exception as problem:  # noqa: BLE001 - shown below
            problems.append(problem)

    threads = [threading.Thread(target=enqueue) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert rows(jobs) == 1
    came = []

    def work(of, run):
        came.append(of)
        place.deliver(of, run.fence)
        return Outcome.DONE

    with Worker(jobs, "one", work, at_once=4):
        until(lambda: is_in(jobs, 1, State.DONE))
        jobs.enqueue(document(1), "north", 3)  # what is done is not done again
        time.sleep(0.3)
    assert came == [document(1)]
    assert jobs.counts() == Counts({state: int(state is State.DONE) for state in State}, 0.0)


def test_what_becomes_of_a_job_can_be_asked_for(place, jobs):
    runs, revoked = [], []

    def work(of, run):
        runs.append((of, run.number))
        if of == document(1):
            raise Damaged
        if of == document(2):
            raise RecordsFailed
        if of == document(3):
            return Outcome.TRY_LATER
        if of == document(4):
            raise ValueError("something that was read")
        if of == document(5):
            return "something that was read"
        if of == document(6):
            return Outcome.GONE
        if of == document(7) and run.number < 3:
            return Outcome.TRY_LATER
        if of == document(8):
            revoked.append(jobs.cancel(of))
        place.deliver(of, run.fence)
        return Outcome.DONE

    for number in range(1, 9):
        jobs.enqueue(document(number), "north", 1)
    assert jobs.state(document(1)) == Job(State.WAITING)
    assert jobs.state(document(9)) is None
    with Worker(jobs, "one", work, at_once=2, retries=SOON):
        ended = (State.DONE, State.FAILED, State.CANCELLED)
        until(lambda: sum(number for state, number in jobs.counts().jobs.items() if state in ended) == 8)
    assert [jobs.state(document(number)) for number in range(1, 9)] == [
        Job(State.FAILED, "damaged"),
        Job(State.FAILED, "records-failed"),
        Job(State.FAILED, "runs-used-up"),
        Job(State.FAILED, "failed"),
        Job(State.FAILED, "failed"),
        Job(State.DONE),
        Job(State.DONE),
        Job(State.CANCELLED),
    ]
    assert [sum(of == document(number) for of, _ in runs) for number in range(1, 9)] == [1, 3, 3, 3, 3, 1, 3, 1]
    assert revoked == [True]
    assert [of for of, _ in place.delivered()] == [document(7)]
    # History is kept for as long as was said, and a document whose history is gone can come again.
    assert jobs.collect(60) == 0
    assert jobs.collect(-1) == 8
    assert rows(jobs) == 0
    assert jobs.state(document(7)) is None


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_job_that_runs_is_cancelled_within_a_second_and_delivers_nothing(place, jobs, kind):
    begun, ended, fences, refused = threading.Event(), [], [], []

    def over(run):
        ended.append(time.monotonic())
        with pytest.raises(TakenOver):
            place.deliver(document(1), run.fence)
        refused.append(True)

    def work(_, run):
        begun.set()
        fences.append(run.fence)
        run.wait_over(30)
        over(run)
        return Outcome.DONE

    async def waits(_, run):
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            over(run)
        return Outcome.DONE

    with Worker(jobs, "one", work if kind == "sync" else waits, at_once=1):
        jobs.enqueue(document(1), "north", 1)
        assert begun.wait(10)
        at = time.monotonic()
        assert jobs.cancel(document(1))
        until(lambda: refused, 5)
        assert ended[0] - at < 1
        assert jobs.state(document(1)) == Job(State.CANCELLED)
        jobs.enqueue(document(2), "north", 1)  # its slot is free again
        begun.clear()
        assert begun.wait(10)
        jobs.cancel(document(2))
    assert not place.delivered()


def test_a_job_that_waits_is_cancelled_and_never_run(lite_jobs):
    jobs = lite_jobs
    came = []
    jobs.enqueue(document(1), "north", 1)
    jobs.enqueue(document(2), "north", 1)
    assert jobs.cancel(document(1))
    assert jobs.cancel(document(3)), "of what is not there nothing counts either"

    def work(of, _):
        came.append(of)
        return Outcome.DONE

    with Worker(jobs, "one", work, at_once=1):
        until(lambda: is_in(jobs, 2, State.DONE))
    assert came == [document(2)]
    assert jobs.state(document(1)) == Job(State.CANCELLED)


def test_a_result_that_counted_before_the_cancel_is_owned_up_to(lite, lite_jobs):
    place, jobs = lite, lite_jobs

    def work(of, run):
        place.deliver(of, run.fence)
        return Outcome.DONE

    jobs.enqueue(document(1), "north", 1)
    with Worker(jobs, "one", work, at_once=1):
        until(lambda: is_in(jobs, 1, State.DONE))
    assert not jobs.cancel(document(1))
    assert jobs.state(document(1)) == Job(State.DONE)


def test_a_worker_that_ends_gives_back_what_it_has_and_that_does_not_count_as_a_run(lite_jobs):
    jobs = lite_jobs
    begun, numbers = threading.Event(), []

    def work(_, run):
        numbers.append(run.number)
        begun.set()
        run.wait_over(30)
        return Outcome.DONE

    jobs.enqueue(document(1), "north", 1)
    jobs.enqueue(document(2), "north", 1)
    with Worker(jobs, "one", work, at_once=1, grace=0.1):
        assert begun.wait(10)
    assert {jobs.state(document(number)).state for number in (1, 2)} <= {State.WAITING, State.LATER}

    def number(_, run):
        numbers.append(run.number)
        return Outcome.DONE

    with Worker(jobs, "two", number, at_once=1):
        until(lambda: jobs.counts().jobs[State.DONE] == 2)
    assert numbers == [1, 1, 1]


def test_a_worker_that_ends_lets_what_runs_come_to_its_end(lite, lite_jobs):
    place, jobs = lite, lite_jobs
    begun = threading.Event()

    def work(of, run):
        begun.set()
        time.sleep(0.5)
        place.deliver(of, run.fence)
        return Outcome.DONE

    jobs.enqueue(document(1), "north", 1)
    with Worker(jobs, "one", work, at_once=1, grace=10):
        assert begun.wait(10)
    assert jobs.state(document(1)) == Job(State.DONE)


def test_no_more_run_at_once_than_was_said(lite_jobs):
    jobs = lite_jobs
    lock, now, most = threading.Lock(), [0], [0]

    def work(_, __):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.3)
        with lock:
            now[0] -= 1
        return Outcome.DONE

    for number in range(10):
        jobs.enqueue(document(number), "north", 1)
    with Worker(jobs, "one", work, at_once=3):
        until(lambda: jobs.counts().jobs[State.DONE] == 10)
    assert most == [3]


def test_a_thousand_jobs_of_one_tenant_do_not_hold_up_the_single_one_of_another(lite_jobs):
    jobs = lite_jobs
    for number in range(1000):
        jobs.enqueue(document(number), "north", 2)
    order, came = [], threading.Event()

    def work(of, _):
        order.append(of)
        if of == document(2000):
            came.set()
        return Outcome.DONE

    with Worker(jobs, "one", work, at_once=1):
        until(lambda: len(order) > 20)
        jobs.enqueue(document(2000), "south", 2)
        before = len(order)
        assert came.wait(10)
    assert order.index(document(2000)) - before <= 5


@pytest.mark.parametrize("name", ["", "a name of a file.pdf", "doc-" + "g" * 32, document(1) + "\n", document(1)[:-1]])
def test_nothing_but_an_id_is_a_job(jobs, name):
    for call in (lambda: jobs.enqueue(name, "north", 1), lambda: jobs.cancel(name), lambda: jobs.state(name)):
        with pytest.raises(ValueError, match=r"^a job is of a document's id$"):
            call()
    assert rows(jobs) == 0


def test_a_worker_is_set_up_soundly_or_not_at_all(lite_jobs):
    jobs = lite_jobs
    for name, at_once, silent in (("One", 1, 20), ("", 1, 20), ("one", 0, 20), ("one", 1, 3)):
        with pytest.raises(ValueError, match="worker"):
            Worker(jobs, name, done, at_once=at_once, silent=silent)
    with Worker(jobs, "one", done, at_once=1), pytest.raises(RuntimeError), Worker(jobs, "two", done, at_once=1):
        pass
    with Worker(jobs, "two", done, at_once=1):  # the first left, so there can be another
        jobs.enqueue(document(1), "north", 1)
        until(lambda: is_in(jobs, 1, State.DONE))


def test_nobody_elses_variable_leads_jobs(place, monkeypatch):
    monkeypatch.setenv("DBOS__CLOUD", "true")
    with pytest.raises(JobsLedElsewhere):
        place.open()


def test_the_file_is_this_users_alone_and_nothing_is_made_unless_asked_for(lite):
    with lite.open() as jobs:
        jobs.enqueue(document(1), "north", 1)
        assert {stat.S_IMODE(path.stat().st_mode) for path in lite.address.parent.glob("jobs.db*")} == {0o600}
        assert lite.address.with_name("jobs.db-wal").stat().st_size
    with pytest.raises(VaultExists):
        make(lite.address)
    lite.address.chmod(0o640)
    with pytest.raises(VaultReadableByOthers):
        lite.open()
    lite.address.unlink()
    with pytest.raises(NoVault):
        lite.open()
    assert not lite.address.exists()


class Served:
    """The queue as DBOS serves it: the least priority, then the oldest."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs, self.now = jobs, 0

    def put(self, tenant: str, pages: int) -> int:
        self.now += 1
        self.jobs.enqueue(document(self.now), tenant, pages)
        return self.now

    def next(self) -> int:
        job = self._job("AND status = 'ENQUEUED' ORDER BY priority, created_at, workflow_uuid LIMIT 1")
        for status in ("PENDING", "SUCCESS"):
            with self.jobs.queue.begin() as connection:
                connection.exec_driver_sql(
                    f"UPDATE {self._table} SET status = '{status}', executor_id = 'x' WHERE workflow_uuid = '{job}'"
                )
            assert self.jobs.queue.serve(job, "x") == (status == "PENDING")
        return int(job[-32:], 16)

    @property
    def _table(self) -> str:
        return "workflow_status" if self.jobs.database.engine.dialect.name == "sqlite" else "dbos.workflow_status"

    def _job(self, which: str) -> str:
        with self.jobs.queue.begin() as connection:
            found = connection.exec_driver_sql(
                f"SELECT workflow_uuid FROM {self._table} WHERE queue_name = '{QUEUE}' {which}"
            )
            return found.scalar_one()


def test_small_jobs_are_before_large_ones_of_the_same_tenant(jobs):
    served = Served(jobs)
    large = [served.put("north", 200) for _ in range(3)]
    small = [served.put("north", 1) for _ in range(3)]
    assert [served.next() for _ in range(6)] == small + large


def test_a_large_job_is_passed_by_a_bounded_amount_of_work_however_much_comes(jobs):
    served = Served(jobs)
    served.put("north", 2)
    large = served.put("north", 10_000)
    passed = 0
    while (found := served.next()) != large:
        passed += 1
        served.put("north", 2)  # there is always another small one
        assert passed < 200, "the large one starves"
    assert found == large
    assert passed > 50, "small ones come first"


def test_a_tenant_that_was_busy_once_is_not_behind_one_that_comes_after(jobs):
    served = Served(jobs)
    for _ in range(50):
        served.put("north", 2)
    for _ in range(50):
        served.next()
    for _ in range(5):
        served.put("south", 2)
    again = served.put("north", 2)
    assert again in [served.next() for _ in range(2)]


def test_tenants_with_work_are_served_in_equal_shares_by_pages(jobs):
    served = Served(jobs)
    owner = {served.put("north", 4): "north" for _ in range(40)} | {served.put("south", 2): "south" for _ in range(40)}
    first = [owner[served.next()] for _ in range(30)]
    assert (first.count("north"), first.count("south")) == (10, 20)


def test_places_in_the_queue_end_where_dbos_can_count_no_further(jobs):
    served = Served(jobs)
    first = served.put("north", 2)
    with jobs.queue.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {served._table} SET priority = 2147483640")
        connection.execute(jobs.queue._streams.update().values(tag=2147483640))
    second = [served.put("north", 4) for _ in range(5)]
    assert [served.next() for _ in range(6)] == [first, *second]


def test_an_address_that_is_no_database_is_refused_in_our_words(tmp_path):
    path = Path(tmp_path / "jobs.db")
    path.write_bytes(b"no database" * 100)
    path.chmod(0o600)
    with pytest.raises(Exception) as caught, Jobs(path, None) as jobs:  # noqa: PT011 - looked at below
        jobs.enqueue(document(1), "north", 1)
    assert caught.type.__name__ == "RecordsDamaged"
