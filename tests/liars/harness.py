"""Runs a verifier over tools of which it does not know what is wrong with them.

Each tool is reviewed by a process of its own, as a user of its own where the harness runs as root, in a folder of its
own that holds the tool and nothing else. The seed, the order and the scores stay in the harness and in a folder that
the reviewer cannot open.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cloister.review.result import Review
from tests.liars import score, workshop
from tests.liars.draw import Job
from tests.liars.score import Score

VERIFIER = (sys.executable, "-m", "cloister.cli.main")
NOBODY = 64_321
"""The reviewer's user id where it can be chosen: one that owns nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """How reviews are run: by which command, with which further options, as whom, for how long at most.

    `reading` are the options for a tool with a fault that breaks the claim `reads`. Pages for accuracy take most of a
    review's time.
    """

    folder: Path
    verifier: tuple[str, ...] = VERIFIER
    options: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    uid: int = 0
    limit: float = 1800.0
    keep: bool = False
    """Whether the records of the reviews are kept, in the sealed folder."""

    @property
    def sealed(self) -> Path:
        """What the reviewer cannot open."""
        return self.folder / "sealed"

    def options_for(self, faults: tuple[str, ...]) -> tuple[str, ...]:
        """The options for a tool."""
        at_stake = any("reads" in workshop.fault(name).breaks for name in faults)
        return self.reading if at_stake and self.reading else self.options

    def review(self, job: Job) -> Score:
        """Have one tool reviewed; what the review is worth."""
        room = self.folder / "tools" / job.folder
        for left in (room, self.sealed / "records" / job.folder):  # of a run that was interrupted
            shutil.rmtree(left, ignore_errors=True)
        program = workshop.build(room, job.faults)
        self._own(room)
        output = room / "review"
        words = [*self.verifier, "review", "run", "--target", "command"]
        words += ["--command", f"{program} {{input}} {{output}}", *self.options_for(job.faults), "-O", str(output)]
        began = time.monotonic()
        trouble = self._run(words, room)
        seconds = time.monotonic() - began
        try:
            found = Score.of(job.faults, Review.from_json((output / "review.json").read_text()), seconds)
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            found = Score(job.faults, {}, seconds, f"{trouble or 'no review'} ({type(wrong).__name__})")
        if self.keep and output.exists():
            shutil.copytree(output, self.sealed / "records" / job.folder, symlinks=True)
        shutil.rmtree(room, ignore_errors=True)
        return found

    def _own(self, room: Path) -> None:
        (room / "home").mkdir()
        room.chmod(0o755)
        if self.uid:
            for path in (room, room / "home"):
                os.chown(path, self.uid, self.uid)

    def _run(self, words: Sequence[str], room: Path) -> str:
        """Run to the end; what went wrong, "" where nothing did. A verdict is no trouble, whatever the exit code."""
        who = {"user": self.uid, "group": self.uid, "extra_groups": []} if self.uid else {}
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
            "HOME": str(room / "home"),
            "LANG": "C.UTF-8",
        }
        with (self.sealed / f"{room.name}.log").open("wb") as log:
            process = subprocess.Popen(
                words,
                cwd=room / "home",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **who,
            )
            try:
                code = process.wait(timeout=self.limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return f"not done after {self.limit:.0f} seconds"
        return f"exit {code}"


def run(
    bench: Bench, jobs: Sequence[Job], *, side_by_side: int = 1, told: Callable[[str], None] = print
) -> list[Score]:
    """Have all tools reviewed. Each score is written down at once, so that an interrupted run goes on where it was."""
    prepare(bench)
    results = bench.sealed / "results.jsonl"
    done = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    known = {held["folder"]: score.from_json(held) for held in done}
    left = [job for job in jobs if job.folder not in known]

    def one(job: Job) -> Score:
        found = bench.review(job)
        with results.open("a") as log:
            log.write(json.dumps({"folder": job.folder, **score.as_json(found)}) + "\n")
        told(f"{job.folder}: {'named' if found.named else found.trouble or 'not named'}, {found.seconds:.0f} s")
        return found

    with ThreadPoolExecutor(side_by_side) as pool:
        known |= dict(zip([job.folder for job in left], pool.map(one, left), strict=True))
    return [known[job.folder] for job in jobs]


def prepare(bench: Bench) -> None:
    """Make the folders: one that every user may pass through, one that only we may open."""
    (bench.folder / "tools").mkdir(parents=True, exist_ok=True)
    bench.sealed.mkdir(mode=0o700, exist_ok=True)
    for folder in (bench.folder, bench.folder / "tools"):
        folder.chmod(0o711)
    bench.sealed.chmod(0o700)
