"""Whatever ends the parent, its jails end with it, busy or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from cloister.jail.start import command
from tests.jail.lies import CHILDREN, gone, living


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_jail_outlives_a_parent_that_is_killed(end):
    command = [sys.executable, str(CHILDREN / "parent.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        nursery, zygote = (int(word) for word in parent.stdout.readline().split())
        assert len(living(group=nursery)) == 2
        assert len(living(group=zygote)) == 2
        parent.send_signal(end)
        parent.wait(20)
    assert gone(lambda: living(group=nursery) + living(group=zygote), seconds=10)


def test_a_jail_whose_parent_died_before_it_could_ask_to_die_with_it_loads_nothing():
    ours, theirs = os.pipe()
    os.close(theirs)
    words = command("cloister.ocr.child", ["render"], "all")
    with os.fdopen(ours, "rb") as alone:
        traced = ["strace", "-f", "-qq", "-e", "trace=openat", *words]
        done = subprocess.run(traced, stdin=alone, capture_output=True, timeout=60, check=False)
    opened = done.stderr.decode(errors="replace")
    assert done.returncode == 0
    assert "O_PATH" in opened, "it took its first layers"
    assert "pdfium" not in opened.split("O_PATH")[-1]
