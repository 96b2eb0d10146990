"""An output that fails half way, or whose writer is killed: nothing is left, or the old file as it was."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from cloister.errors import (
    NoPages,
)
from cloister.errors.met import while_writing
from cloister.formats import save
from tests.formats.saved import content

# --- what fails half way


def test_a_failure_while_reading_leaves_nothing(tmp_path, way):
    out = tmp_path / "out"

    def chunks() -> Iterator[bytes]:
        yield b"x" * 1_000_000
        raise NoPages

    for old in ({}, {"out": b"old"}):
        for name, text in old.items():
            (tmp_path / name).write_bytes(text)
        with pytest.raises(NoPages):
            save.save(chunks(), out)
        assert content(tmp_path) == old
    assert way


def test_a_full_disk_leaves_nothing_and_the_old_output(tmp_path):
    """On a real file system of 256 kB where the host lets us mount one, else under a limit on file size."""
    code = """
import sys
from pathlib import Path
from cloister.errors import DiskFull
from cloister.formats import save
if sys.argv[2] == "dot-name":
    save._save_unnamed = lambda *_: None
folder = Path(sys.argv[1])
for old in ({}, {"out": b"old"}):
    for name, text in old.items():
        (folder / name).write_bytes(text)
    try:
        save.save([b"x" * 100_000] * 5, folder / "out")
        raise SystemExit("it fitted")
    except DiskFull as problem:
        assert problem.exit == 5
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old
"""
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"'
    mounts = subprocess.run([*unshare, "sh", "-c", mount, tmp_path, "true"], capture_output=True, check=False)
    for way in ("unnamed", "dot-name"):
        command = [sys.executable, "-c", code, str(tmp_path), way]
        if mounts.returncode == 0:
            command = [*unshare, "sh", "-c", mount, str(tmp_path), *command]
            limits = None
        else:
            limits = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # noqa: E731
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limits)
        assert done.returncode == 0, done.stderr
        (tmp_path / "out").unlink(missing_ok=True)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ESTALE])
def test_every_errno_has_a_typed_error_of_exit_5(number):
    assert while_writing(number).exit == 5
    assert while_writing(None).exit == 5


# --- the child that finishes what its parent began

SLOW = """
import os, sys, time
from cloister.errors import FileAccess
from cloister.formats import save
from cloister.formats.place import Place
if sys.argv[2] == "dot-name":
    save._save_unnamed = lambda *_: None
rename = Place.rename
def slow(self, name):
    # Between the link and the rename: time enough for the test to kill one of the two processes.
    os.write(1, f"{os.getppid()} {os.getpid()}\\n".encode())
    time.sleep(1)
    rename(self, name)
Place.rename = slow
try:
    save.save([b"new"], sys.argv[1])
except FileAccess as problem:
    sys.exit(problem.exit)
"""


@pytest.mark.parametrize("victim", ["parent", "child"])
@pytest.mark.parametrize("how", ["unnamed", "dot-name"])
def test_no_single_kill_between_link_and_rename_leaves_a_dot_name(tmp_path, victim, how):
    out = tmp_path / "out"
    out.write_bytes(b"old")
    with subprocess.Popen([sys.executable, "-c", SLOW, out, how], stdout=subprocess.PIPE) as saving:
        parent, child = map(int, saving.stdout.readline().split())
        assert parent == saving.pid
        assert min(path.name for path in tmp_path.iterdir()).startswith(".cloister-")
        os.kill(parent if victim == "parent" else child, signal.SIGKILL)
        saving.wait()
    deadline = time.monotonic() + 10
    while len(list(tmp_path.iterdir())) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert content(tmp_path) == {"out": b"new" if victim == "parent" else b"old"}
    assert saving.returncode == (-signal.SIGKILL if victim == "parent" else 5)


def test_an_interrupt_does_not_part_the_parent_from_its_child(tmp_path):
    out = tmp_path / "out"
    out.write_bytes(b"old")
    words = [sys.executable, "-c", SLOW, out, "unnamed"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as saving:
        saving.stdout.readline()
        os.killpg(saving.pid, signal.SIGINT)
        saving.wait()
    assert content(tmp_path) == {"out": b"new"}


def test_it_works_where_the_kernel_reaps_children_by_itself(tmp_path):
    code = "import signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nfrom cloister.formats.save import save\n"
    code += "print(save([b'new'], sys.argv[1]).replaced)"
    (tmp_path / "out").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "out"], capture_output=True, check=True)
    assert done.stdout == b"True\n"
    assert content(tmp_path) == {"out": b"new"}
