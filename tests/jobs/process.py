"""A worker as a process: ADDRESS RESULTS NAME [WORD…]. It works until its input ends; each word is something it does.

die-at=MOMENT MARK   kill this process at a moment of a job, once: where the file MARK is not there yet
hold                 say that a job is in hand, wait for a line, and only then deliver
raise=TEXT           raise in every way there is, with this text in all that an exception carries
silent=SECONDS       how long another may be silent
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from cloister.errors import TakenOver
from cloister.jobs import Outcome, Retries, Run, Worker
from tests.jobs.places import Place, place_of


def strike(words: list[str], moment: str) -> None:
    """Kill this process, if this is the moment and it was not killed before."""
    if f"die-at={moment}" in words:
        try:
            Path(words[-1]).open("x").close()
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


class Doing:
    """What is done with a document."""

    def __init__(self, place: Place, name: str, words: list[str]) -> None:
        self.place, self.name, self.words = place, name, words

    def work(self, document: str, run: Run) -> Outcome:
        strike(self.words, "before")
        if "hold" in self.words:
            print("in hand", flush=True)
            sys.stdin.readline()
        strike(self.words, "in")
        try:
            self.place.deliver(document, run.fence, self.name)
        except TakenOver:
            print("taken over", flush=True)
            raise
        strike(self.words, "delivered")
        return Outcome.DONE

    def fail(self, document: str, run: Run) -> Outcome:
        """Fail in another way at each run; `secret` is in the locals of every frame."""
        secret = next(word for word in self.words if word.startswith("raise=")).removeprefix("raise=")
        if run.number == 1:
            return self.leak(secret, document)
        try:
            int(secret)
        except ValueError as problem:
            problem.add_note(secret)
            raise type(secret, (LookupError,), {"code": secret, "status": secret})(secret) from problem
        raise AssertionError

    async def leak(self, secret: str, document: str) -> Outcome:
        async def lost() -> None:
            raise RuntimeError(secret, document)

        task = asyncio.create_task(lost())
        await asyncio.sleep(0.05)
        del task  # whose exception nobody asked for
        raise OSError(1, secret, secret)


class Struck(Worker):
    """One that can be killed between the end of the work and the outcome's being kept, or before its fence is."""

    words: list[str]

    def _begin(self, run: Run) -> None:
        strike(self.words, "fenced")
        super()._begin(run)

    def _end(self, run: Run) -> None:
        strike(self.words, "returned")
        super()._end(run)


def main(where: list[str], name: str, words: list[str]) -> None:
    place = place_of(where)
    doing = Doing(place, name, words)
    silent = next((float(word.removeprefix("silent=")) for word in words if word.startswith("silent=")), 20.0)
    work = doing.fail if any(word.startswith("raise=") for word in words) else doing.work
    Struck.words = words
    retries = Retries(most=3, first=0.1)
    with place.open() as jobs, Struck(jobs, name, work, at_once=2, silent=silent, grace=1.0, retries=retries):
        print("ready", flush=True)
        while "hold" not in words and sys.stdin.readline():
            pass
        if "hold" in words:
            signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:3], sys.argv[3], sys.argv[4:])
