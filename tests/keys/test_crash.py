"""Killed or failing at any moment, the key store holds what it confirmed, and nothing that it confirmed destroyed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloister.errors import KeyGone, KeyStoreFailed
from cloister.keys.slots import Slots
from tests.keys.setup import folder
from tests.keys.worker import VAULT, record, tag

ROOT = Path(__file__).parent.parent.parent
WORKER = [sys.executable, "-m", "tests.keys.worker"]


def judged(path: Path, said: list[str]) -> None:
    """Compare what the file holds with what its worker said; an act without an answer may have happened or not."""
    live: dict[int, int] = {}
    seen: dict[int, int] = {}
    unsure = None
    for line in said:
        word, act, text = line.split()
        number = int(text)
        if word == "try":
            unsure = (act, number)
            seen[number] = seen.get(number, -1) + (act != "destroy")
        elif word == "done":
            unsure = None
            if act == "destroy":
                del live[number]
            else:
                live[number] = seen[number]
    held = Slots(path, VAULT)
    raw = path.read_bytes()
    found = {each.tag: each.held for each in held.all()}
    for number, newest in seen.items():
        if unsure and unsure[1] == number:
            allowed = {None if unsure[0] != "replace" else record(number, newest - 1).held, record(number, newest).held}
            assert found.get(tag(number)) in allowed
            continue
        if number in live:
            assert held.get(tag(number)).held == record(number, live[number]).held
        else:
            with pytest.raises(KeyGone):
                held.get(tag(number))
        for version in range(newest + 1):
            if live.get(number) != version:
                assert record(number, version).held[8:24] not in raw, "an old version or destroyed key is still there"
    assert set(found) <= {tag(number) for number in seen}
    held.close()


def killed(path: Path, seed: int) -> None:
    """Start a worker, kill it at a random moment, and judge what it left."""
    Slots.make(path, VAULT).close()
    with subprocess.Popen([*WORKER, str(path), str(seed)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        first = worker.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.06))
        worker.kill()
        said = [first, *worker.stdout.read().splitlines()]
    judged(path, [line for line in said if line.strip()])


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_a_random_moment(tmp_path, seed):
    killed(folder(tmp_path) / "store.keys", seed)


@pytest.mark.proof
def test_killed_at_five_hundred_random_moments(tmp_path):
    for seed in range(500):
        killed(folder(tmp_path, str(seed)) / "store.keys", 1000 + seed)


def failing(path: Path, call: str, error: str, at: int, seed: int) -> bool:
    """Let the at-th such call of a worker fail; whether there was one. Then judge, and see that it goes on."""
    Slots.make(path, VAULT).close()
    inject = ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{error}:when={at}"]
    ran = subprocess.run(
        [*inject, *WORKER, str(path), str(seed), "12"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    judged(path, ran.stdout.splitlines())
    again = Slots(path, VAULT)
    again.add(record(999_999, 0))
    again.destroy([tag(999_999)])
    again.close()
    return "failed" in ran.stdout or ran.returncode != 0


POINTS = [
    (call, error)
    for call in ("pwrite64", "fsync", "pread64", "fallocate")
    for error in ("error=EIO", "error=ENOSPC", "signal=KILL")
]


def test_a_failed_write_is_not_confirmed(tmp_path):
    assert failing(folder(tmp_path) / "store.keys", "pwrite64", "error=EIO", 4, 1)


def test_a_failed_sync_is_not_confirmed(tmp_path):
    assert failing(folder(tmp_path) / "store.keys", "fsync", "error=EIO", 4, 1)


@pytest.mark.proof
@pytest.mark.parametrize(("call", "error"), POINTS)
def test_every_call_that_touches_the_file_may_fail(tmp_path, call, error):
    hits = 0
    for at in range(1, 60):
        hit = failing(folder(tmp_path, str(at)) / "store.keys", call, error, at, 7)
        hits += hit
        if not hit and at > 8:
            break
    assert hits >= 1


def test_the_judge_finds_a_key_that_should_be_gone(tmp_path):
    path = folder(tmp_path) / "store.keys"
    made = Slots.make(path, VAULT)
    made.add(record(1, 0))
    made.close()
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        judged(path, ["try add 1", "done add 1", "try destroy 1", "done destroy 1"])


def test_the_judge_misses_a_key_that_should_be_there(tmp_path):
    path = folder(tmp_path) / "store.keys"
    Slots.make(path, VAULT).close()
    with pytest.raises((KeyGone, KeyStoreFailed)):
        judged(path, ["try add 1", "done add 1"])
