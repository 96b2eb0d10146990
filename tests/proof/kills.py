"""The moments at which a command is killed, and what must be true afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.killing import Aftermath, Call, Moment, Stage
from tests.cli import papers

OLD = b"the old output"
KEY_CALLS = frozenset({"write", "pwrite64", "writev", "link", "linkat", "rename", "renameat", "renameat2"})


@dataclass(slots=True)
class Tally:
    """What came of the kills of one stage."""

    kills: int = 0
    missed: int = 0
    at: Counter[tuple[str, int]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_end: float = 0.0


class Trial:
    """One command, which writes the output named by its last word, on a stage of its own."""

    def __init__(self, folder: Path, words: Sequence[str], name: str, *, old: bool, needs: Sequence[Path] = ()) -> None:
        """Run it once undisturbed, and once more to see its system calls."""
        self.old = OLD if old else None
        self.stage = Stage(folder, lambda output: [*words, str(output)], name=name, old=self.old, needs=needs)
        self.whole = self.stage.run()
        assert self.whole.code == 0, self.whole.errors
        assert self.whole.output not in {None, b"", OLD}
        assert not self.whole.left, self.whole.left
        self.calls = self.stage.calls()
        self.about = self.stage.about_output(self.calls)

    def at_calls(self) -> list[Call]:
        """Every call on the output and the one after each; replacing, also all between the link and the end."""
        chosen = {at + step for at in self.about for step in (0, 1)}
        chosen |= set(range(self._first("linkat"), self.about[-1] + 2))
        return [self.calls[at] for at in sorted(chosen) if at < len(self.calls)]

    def key_calls(self) -> list[Call]:
        """The writes, links and renames of the output."""
        return [self.calls[at] for at in self.about if self.calls[at].name in KEY_CALLS]

    def _first(self, name: str) -> int:
        return next(at for at in self.about if self.calls[at].name == name)

    def child_calls(self) -> list[Moment]:
        """The child that replaces an old output, killed between its link and its rename."""
        return [Moment(syscall="renameat", tree=True)] if self.old else []

    def spread(self, count: int, seed: int) -> list[Moment]:
        """Moments anywhere between start and end, half of them killing the whole group."""
        draw = random.Random(seed)
        return [Moment(after=draw.uniform(0, self.whole.seconds), group=bool(at % 2)) for at in range(count)]

    def kill(self, moments: Sequence[Moment]) -> Tally:
        """Kill at each of the moments."""
        tally = Tally()
        for moment in moments:
            self._one(moment, tally)
        return tally

    def _one(self, moment: Moment, tally: Tally) -> None:
        # A main thread does not make exactly the same calls each time; what misses is tried again.
        for _ in range(3):
            after = self.stage.run(moment)
            tally.wrong += [f"{moment}: {fault}" for fault in self.faults(after)]
            if moment.tree and (after.code <= 0 or after.output != self.old):
                tally.wrong.append(f"{moment}: the parent did not clean up after its child, exit {after.code}")
            if after.killed or moment.after is not None or moment.tree:
                break
            tally.missed += 1
        tally.kills += after.killed
        tally.slowest_end = max(tally.slowest_end, after.gone_after)
        tally.outcomes[self._outcome(after)] += 1
        if moment.syscall and after.killed and any(str(self.stage.output.parent) in line for line in after.last):
            tally.at[moment.syscall, moment.nth] += 1

    def _outcome(self, after: Aftermath) -> str:
        if after.output == self.old:
            return "the old file" if self.old else "nothing"
        return "the new file"

    def faults(self, after: Aftermath) -> Iterator[str]:
        """What is not as it must be after a kill."""
        if after.left:
            yield f"left behind: {after.left}"
        if after.survivors:
            yield f"still alive: {after.survivors}"
        if after.output != self.old and not self._complete(after):
            yield f"an output of {len(after.output or b'')} bytes that is not complete, mode {after.mode:o}"

    def _complete(self, after: Aftermath) -> bool:
        if after.output is None or after.mode != 0o600:
            return False
        if after.output == self.whole.output:
            return True
        # A PDF carries its time of making, so a whole one is told by a tool that is not ours.
        checked = subprocess.run(["qpdf", "--check", self.stage.output], capture_output=True, check=False)
        return after.output.startswith(b"%PDF") and checked.returncode == 0


def reading(folder: Path, name: str, *, old: bool, jobs: int) -> tuple[Trial, Moment]:
    """`cloister read` of a small scanned PDF, and the moment at which its first page has left the render jail."""
    commands = []
    for pages in (1, 3):
        source = folder / f"in-{pages}" / "scan.pdf"
        source.parent.mkdir(parents=True)
        source.write_bytes(papers.pdf(pages))
        commands.append([sys.executable, "-m", "cloister.cli.main", "read", "-q", f"-j{jobs}", str(source), "-o"])
    needs = [folder / "in-1", folder / "in-3"]
    one = Stage(folder / "1", lambda output: [*commands[0], str(output)], name=name, needs=needs).run()
    trial = Trial(folder / "3", commands[1], name, old=old, needs=needs)
    page = (trial.whole.read - one.read) / 2
    return trial, Moment(read=int(one.read + 0.02 * page))
