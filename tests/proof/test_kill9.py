"""kill -9 at any moment: nothing is left, or the old file is intact, or the new one is whole. And nothing lives on."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from bench.killing import Moment, Stage
from tests.proof.kills import Tally, Trial, reading

EACH = 5
SPREAD = 60
LEAST = 125
"""Moments for each of the four cases of the proof: 500 in all."""

cases = pytest.mark.parametrize("kind", ["new", "replacing"])


def at(call) -> Moment:
    return Moment(syscall=call.name, nth=call.nth)


def judge(tally: Tally) -> None:
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    print(
        f"\n{tally.kills} kills, {tally.missed} missed, {dict(tally.outcomes)}, ends within {tally.slowest_end:.2f} s"
    )


SAVE = """
import sys
from cloister.formats.save import save
save((b"%d" % page * 50_000 for page in range(3)), sys.argv[1])
"""


@cases
def test_no_system_call_of_saving_leaves_anything(tmp_path: Path, kind: str):
    """Saving alone, which takes no time: on entering each of its calls, and the one after the last."""
    trial = Trial(tmp_path, [sys.executable, "-c", SAVE], "out", old=kind == "replacing")
    calls = trial.at_calls()
    tally = trial.kill([*map(at, calls), *trial.child_calls()])
    judge(tally)
    assert {"write", "linkat"} <= {call.name for call in trial.key_calls()}
    assert tally.kills >= len(calls) - 2
    assert tally.outcomes["the new file"] >= 1


@cases
def test_a_sample_of_kills_leaves_nothing(tmp_path: Path, kind: str):
    """At each write and link and just after the last, at the first page, at the child's rename, and anywhere."""
    trial, first_page = reading(tmp_path, "out.txt", old=kind == "replacing", jobs=2)
    # What comes before the link is the same in both cases.
    keys = [call for call in trial.key_calls() if kind == "new" or "write" not in call.name]
    moments = [*map(at, keys), at(trial.at_calls()[-1]), first_page, *trial.child_calls(), *trial.spread(2, 1)]
    tally = trial.kill(moments)
    judge(tally)
    assert {"write", "linkat"} <= {call.name for call in trial.key_calls()}
    assert tally.kills >= len(moments) - 4
    assert tally.outcomes["nothing" if kind == "new" else "the old file"] >= len(keys)


@pytest.mark.proof
@cases
@pytest.mark.parametrize("name", ["out.txt", "out.pdf"])
def test_five_hundred_kills_leave_nothing(tmp_path: Path, name: str, kind: str):
    """At least five at each write, link and rename, after the first page and the first byte, and anywhere."""
    trial, first_page = reading(tmp_path, name, old=kind == "replacing", jobs=1)
    exact = [at(call) for call in trial.at_calls()] * EACH
    special = [first_page, *trial.child_calls()] * EACH
    spread = itertools.count(1)
    tally = trial.kill([*exact, *special, *trial.spread(SPREAD, next(spread))])
    while tally.kills < LEAST:
        more = trial.kill(trial.spread(20, next(spread)))
        assert more.kills, "kills must go on hitting"
        tally.kills += more.kills
        tally.wrong += more.wrong
        tally.outcomes += more.outcomes
    judge(tally)
    for call in trial.key_calls():
        assert tally.at[call.name, call.nth] >= EACH, (call, tally.at)


CARELESS = """
import subprocess, sys, time
from pathlib import Path
Path("/tmp/page.txt").write_text("text")
Path.home().joinpath(".cache").mkdir()
subprocess.Popen(["sleep", "20"])
with open(sys.argv[1], "w") as out:
    for _ in range(20):
        out.write("x" * 1000)
        out.flush()
        time.sleep(0.1)
"""


def test_the_harness_sees_what_a_careless_writer_leaves(tmp_path: Path):
    stage = Stage(tmp_path, lambda out: [sys.executable, "-c", CARELESS, str(out)], name="out.txt", grace=0.3)
    calls = stage.calls()
    writes = [calls[index] for index in stage.about_output(calls) if calls[index].name == "write"]
    assert len(writes) == 20
    after = stage.run(at(writes[3]))
    assert after.killed
    assert after.output == b"x" * 3000
    assert after.survivors == ("sleep",)
    assert "home/.cache" in after.left
    assert ("/tmp/page.txt" in after.left) == stage.private
