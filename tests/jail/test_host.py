"""What `doctor` is told about this host, and the ways in which a host can be short of something."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.jail import host, kernel, landlock
from cloister.jail.host import State
from cloister.jail.lock import Layer


def by_name(folder: str | None = None) -> dict[str, host.Fact]:
    return {fact.name: fact for fact in host.facts(folder)}


@pytest.fixture
def files(monkeypatch):
    """Replace what the host's files say."""
    said: dict[str, str | None] = {}
    real = host._text
    monkeypatch.setattr(host, "_text", lambda path: said[path] if path in said else real(path))
    return said


def test_every_fact_has_a_remedy_exactly_when_something_is_missing(tmp_path):
    found = by_name(str(tmp_path))
    assert len(found) == 9
    for fact in found.values():
        assert bool(fact.remedy) == (fact.state is not State.OK), fact
        assert fact.detail


def test_here_where_the_tests_run_the_sandbox_is_full():
    assert host.full_sandbox()
    assert host.layers() == tuple(layer.value for layer in Layer)
    assert by_name()["Landlock"].detail == f"ABI {landlock.abi(kernel.machine())}"


def test_what_is_required_is_what_the_full_sandbox_needs():
    required = {fact.name for fact in host.facts() if fact.required}
    assert required == {"processor", "seccomp", "Landlock", "user and network namespaces"}


@pytest.mark.parametrize(("system", "processor"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "riscv64")])
def test_on_another_system_or_processor_there_is_no_sandbox(monkeypatch, system, processor):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: processor)
    assert by_name()["processor"].state is State.MISSING
    assert not host.full_sandbox()


def test_without_landlock_the_sandbox_is_not_full(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda _: 0)
    host.layers.cache_clear()
    assert by_name()["Landlock"].state is State.MISSING
    assert not host.full_sandbox()
    assert "landlock" not in host.layers()
    host.layers.cache_clear()


def test_without_namespaces_the_sandbox_is_not_full(monkeypatch):
    monkeypatch.setattr(host, "enter_namespaces", lambda: False)
    host._namespaces.cache_clear()
    host.layers.cache_clear()
    assert by_name()["user and network namespaces"].state is State.MISSING
    assert not host.full_sandbox()
    assert "namespaces" not in host.layers()
    host._namespaces.cache_clear()
    host.layers.cache_clear()


HEAD = "Filename\tType\tSize\tUsed\tPriority\n"


@pytest.mark.parametrize(
    ("swaps", "beside", "state"),
    [
        (HEAD, {}, State.OK),
        (HEAD + "/dev/sda2 partition 1 0 -2\n", {}, State.MISSING),
        (HEAD + "/swapfile file 1 0 -2\n", {}, State.MISSING),
        (HEAD + "/dev/dm-9 partition 1 0 -2\n", {"/sys/block/dm-9/dm/uuid": "CRYPT-LUKS2-0-swap\n"}, State.OK),
        (HEAD + "/dev/dm-9 partition 1 0 -2\n", {"/sys/block/dm-9/dm/uuid": "LVM-0\n"}, State.MISSING),
        (HEAD + "/dev/zram9 partition 1 0 5\n", {"/sys/block/zram9/backing_dev": "none\n"}, State.OK),
        (HEAD + "/dev/zram9 partition 1 0 5\n", {"/sys/block/zram9/backing_dev": "/dev/sda3\n"}, State.MISSING),
        (None, {}, State.UNKNOWN),
    ],
)
def test_swap_is_missing_encryption_where_pages_can_reach_a_bare_disk(files, swaps, beside, state):
    files.update({"/proc/swaps": swaps, **beside})
    assert by_name()["swap"].state is state


@pytest.mark.parametrize(
    ("pattern", "state"),
    [("core\n", State.OK), ("|/usr/share/apport/apport %p\n", State.MISSING), (None, State.UNKNOWN)],
)
def test_a_program_that_gets_core_dumps_is_reported(files, pattern, state):
    files["/proc/sys/kernel/core_pattern"] = pattern
    assert by_name()["core dumps"].state is state


@pytest.mark.parametrize(
    ("mounts", "state"), [("t /tmp tmpfs rw 0 0\n", State.OK), ("d / ext4 rw 0 0\n", State.MISSING)]
)
def test_a_scratch_folder_on_a_disk_is_reported(files, mounts, state):
    files["/proc/self/mounts"] = mounts
    assert by_name()["/tmp"].state is state


@pytest.mark.parametrize(
    ("number", "state"),
    [(errno.EOPNOTSUPP, State.MISSING), (errno.EISDIR, State.MISSING), (errno.EACCES, State.UNKNOWN)],
)
def test_a_folder_without_unnamed_files_is_told_from_one_that_may_not_be_written(monkeypatch, tmp_path, number, state):
    def refuse(*_: object) -> int:
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "open", refuse)
    assert host.unnamed_files(str(tmp_path)).state is state


def test_looking_at_a_folder_leaves_nothing_in_it(tmp_path):
    assert host.unnamed_files(str(tmp_path)).state is State.OK
    assert list(tmp_path.iterdir()) == []
    assert host.unnamed_files(str(Path(tmp_path, "absent"))).state is State.UNKNOWN


WITHOUT_NAMESPACES = """
import sys
sys.path.insert(0, {root!r})
from cloister.jail import host
from tests.jail.lies import ANSWER, worker
with worker("echo") as jail:
    jail.send(1, b"hello")
    print(jail.receive(ANSWER)[1].decode(), [layer.value for layer in jail.layers])
print(host.full_sandbox(), list(host.layers()))
"""


def test_where_the_host_refuses_namespaces_a_jail_holds_the_layers_that_are_left_and_says_so():
    source = WITHOUT_NAMESPACES.format(root=str(Path(__file__).parents[2]))
    capless = [
        "setpriv",
        "--bounding-set",
        "-all",
        "--inh-caps",
        "-all",
        "--no-new-privs",
        sys.executable,
        "-c",
        source,
    ]
    refuse = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", refuse, "sh", *capless]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    left = [layer.value for layer in Layer if layer is not Layer.NAMESPACES]
    assert done.stdout.splitlines() == [f"hello {left}", f"False {left}"]
