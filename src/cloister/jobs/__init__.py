"""Durable jobs: one for each document that is to be read. DBOS keeps them; they are ids, and never content.

    jobs.make(address)                                      # once, when the vault is made
    with Jobs(address, fences) as queue:                    # in the service
        queue.enqueue(document, tenant, pages)
    with Jobs(address, fences) as queue, Worker(queue, "reader-1", work, at_once=2):
        ...                                                 # in a worker: until the block ends

`address` is a file of SQLite (a `Path`) or `postgresql://USER@HOST/NAME`. A job that was enqueued ends done, failed
with a code, or cancelled, whatever dies on the way; a run that was held up delivers nothing (`store.fences`).
"""

from __future__ import annotations

from cloister.jobs.jobs import Counts, Job, Jobs, State, make
from cloister.jobs.run import Async, Outcome, Run, Sync, Work
from cloister.jobs.worker import Retries, Worker

__all__ = ["Async", "Counts", "Job", "Jobs", "Outcome", "Retries", "Run", "State", "Sync", "Work", "Worker", "make"]
