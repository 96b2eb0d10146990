"""A hundred thousand jobs that wait slow neither the next that comes nor the next that is taken, nor a look at all."""

from __future__ import annotations

import json
import statistics
import time
from itertools import count

import pytest
from dbos._dbos import DBOSRegistry
from sqlalchemy import inspect

from cloister.store.queue import QUEUE
from tests.jobs.conftest import place, server  # noqa: F401 - fixtures
from tests.jobs.places import document

pytestmark = pytest.mark.proof
WAITING, ROUNDS = 100_000, 100
MOST, LEAST = 1.1, 3.0
"""How much slower it may be; and the milliseconds by which a commit differs. To look at each one takes forty."""


def fill(jobs, number: int) -> None:
    """So many copies of the one job that there is, each with a place of its own."""
    lite = jobs.database.engine.dialect.name == "sqlite"
    names = [column["name"] for column in inspect(jobs.database.engine).get_columns(
        "workflow_status", schema=None if lite else "dbos"
    )]  # fmt: skip
    new = {"workflow_uuid": "'filling-' || n", "priority": "n + 1000", "status": "'ENQUEUED'", "executor_id": "NULL"}
    values = ", ".join(new.get(name, f'w."{name}"') for name in names)
    table = "workflow_status" if lite else "dbos.workflow_status"
    columns = ", ".join(f'"{name}"' for name in names)
    with jobs.queue.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({columns}) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
            f"WHERE n < {number}) SELECT {values} FROM c, {table} w WHERE w.workflow_uuid = 'ocr-{document(0)}'"
        )
        if not lite:
            connection.exec_driver_sql(f"ANALYZE {table}")


def timed(call) -> list[float]:
    """Milliseconds of each call, sorted."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def measured(jobs, numbers) -> dict[str, list[float]]:
    database = jobs._client._sys_db
    queue = DBOSRegistry()._register_internal_queue(QUEUE, worker_concurrency=1)

    def take() -> None:
        (job,), _ = database.start_queued_workflows(queue, "bench", "1", None, 0, owner_xid="x")
        assert job.startswith("ocr-")

    return {
        "enqueue": timed(lambda: jobs.enqueue(document(next(numbers)), "north", 1)),
        "take": timed(take),
        "state": timed(lambda: jobs.state(document(1))),
    }


def test_a_backlog_slows_nothing(place):  # noqa: F811 - a fixture
    with place.open() as jobs:
        numbers = count()
        jobs.enqueue(document(next(numbers)), "north", 1)
        measured(jobs, numbers)  # whatever is done once
        before = measured(jobs, numbers)
        fill(jobs, WAITING)
        after = measured(jobs, numbers)
        counts = timed(jobs.counts)
    # The tenth of them that went best: the rest tells of what else the machine does.
    best = [{name: round(took[ROUNDS // 10], 3) for name, took in each.items()} for each in (before, after)]
    said = {name: {"empty": best[0][name], "full": best[1][name]} for name in before}
    print(json.dumps({"waiting": WAITING, "milliseconds": said, "counts": round(statistics.median(counts), 1)}))
    for each in said.values():
        assert each["full"] <= max(each["empty"] * MOST, each["empty"] + LEAST)
