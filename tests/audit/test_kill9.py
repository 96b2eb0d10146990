"""Killed at any moment: what was acknowledged is there exactly once, and the log opens again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from cloister.audit.held import read
from cloister.audit.log import Log, create
from cloister.sign import Key
from tests.audit.logs import ORIGIN, START, Ticking, drafts

WRITER = """
import os, sys
from cloister.audit.log import Log
from cloister.sign import Key
from tests.audit.logs import drafts
folder, key, seed = sys.argv[1], open(sys.argv[2], "rb").read(), int(sys.argv[3])
source = drafts(10**9, seed)
with Log(folder, Key.from_pem(key)) as log:
    os.write(1, b"cut %d\\n" % log.cut)
    while True:
        count = 1 + log.size % 3
        for event in log.append(*(next(source) for _ in range(count))):
            os.write(1, b"%d %s\\n" % (event.number, event.subject.digits.encode()))
"""


def _rounds(tmp_path, count, seed):
    """Start a writer, kill it at a random moment, again and again; gives how often something had to be cut."""
    rng, key, folder = random.Random(seed), Key.new(), tmp_path / "log"
    (tmp_path / "key.pem").write_bytes(key.pem())
    create(folder, key, ORIGIN)
    said, cuts = {}, 0
    for turn in range(count):
        command = [sys.executable, "-c", WRITER, str(folder), str(tmp_path / "key.pem"), str(seed * 1000 + turn)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=".")
        # Every other writer has acknowledged something before, however slow the machine.
        lines = [writer.stdout.readline() for _ in range(1 + turn % 2)]
        time.sleep(rng.random() * 0.12)
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().splitlines()
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL, "it was still writing"
        cuts += int(lines[0].split()[1]) > 0
        for line in lines[1:]:
            number, _, digits = line.partition(b" ")
            if len(digits) == 32:
                said[int(number)] = digits.decode()
        held = read(folder)
        kept = [event.subject.digits for event in held.events()]
        assert all(kept[number] == digits for number, digits in said.items())
        assert len(set(kept)) == len(kept), "nothing is there twice"
        assert len(kept) - len(said) <= 3 * (turn + 1), "and what was not acknowledged is one append at most"
    with Log(folder, key, clock=Ticking(int(time.time() * 1000), boot="later")) as log:
        log.append(next(drafts(1, seed=-1)))
    return len(said), cuts


def test_killed_at_random_moments_nothing_acknowledged_is_lost(tmp_path):
    said, _ = _rounds(tmp_path, 4, 1)
    assert said > 0


@pytest.mark.proof
def test_killed_at_a_thousand_random_moments_nothing_acknowledged_is_lost(tmp_path):
    said, cuts = _rounds(tmp_path, 1000, 2)
    print(said, cuts)
    assert said > 1000
    assert cuts > 0


STEPS = ("write", "fdatasync", "fsync", "rename", "unlink", "open", "lseek")


@pytest.mark.parametrize("step", range(10))
def test_killed_before_each_step_of_an_append_it_is_there_whole_or_not_at_all(tmp_path, step):
    key, folder = Key.new(), tmp_path / "log"
    (tmp_path / "key.pem").write_bytes(key.pem())
    create(folder, key, ORIGIN)
    with Log(folder, key, clock=Ticking()) as log:
        log.append(*drafts(5))
    code = f"""
import os, signal, sys
from cloister.audit.log import Log
from cloister.sign import Key
from tests.audit.logs import START, Ticking, drafts
log = Log(sys.argv[1], Key.from_pem(open(sys.argv[2], "rb").read()), clock=Ticking(START + 20_000, boot="later"))
log.check_clock()
left = {step}
def killing(real):
    def call(*a, **k):
        global left
        left -= 1
        if left < 0: os.kill(os.getpid(), signal.SIGKILL)
        return real(*a, **k)
    return call
for name in {STEPS!r}: setattr(os, name, killing(getattr(os, name)))
log.append(*drafts(2, seed=7))
sys.stdout.write("acknowledged")
"""
    command = [sys.executable, "-c", code, str(folder), str(tmp_path / "key.pem")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    size = read(folder).checkpoint.size
    assert size == 7 if done.stdout else size in {5, 7}
    with Log(folder, key, clock=Ticking(START + 60_000, boot="third")) as log:
        assert log.size == size
        log.append(*drafts(1, seed=9))
    held = read(folder)
    assert (held.checkpoint.size, held.tail) == (size + 1, 0)
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]
