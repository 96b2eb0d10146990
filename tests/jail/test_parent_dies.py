"""Whatever ends the parent, its jails end with it, busy or not."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

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
