"""What the parent gives up is gone for it and all it starts, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
BEFORE = f"import sys; sys.path.insert(0, {ROOT!r})\nfrom cloister.jail.lock import refuse_network\n"
REFUSED = """
import socket
def refused(make):
    try:
        make()
    except PermissionError:
        return True
    return False
"""


def run(source: str, *, user: int | None = None, cwd: Path | None = None) -> str:
    """Run a program that refuses the network for itself; gives what it prints."""
    drop = f"import os, socket; os.setgroups([]); os.setresuid({user}, {user}, {user})\n" if user else ""
    command = [sys.executable, "-c", BEFORE + drop + source]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("user", [None, 65534] if os.geteuid() == 0 else [None])
def test_no_kind_of_socket_can_be_made_and_none_that_was_there_can_send(user):
    source = """
before = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one, other = socket.socketpair()
refuse_network()
kinds = [(socket.AF_INET, 1), (socket.AF_INET, 2), (socket.AF_INET6, 1), (socket.AF_UNIX, 1), (socket.AF_NETLINK, 3)]
print(all(refused(lambda: socket.socket(*kind)) for kind in kinds))
print(refused(lambda: before.sendto(b"x", ("127.0.0.1", 9))), refused(lambda: one.send(b"x")))
print(refused(socket.socketpair), refused(lambda: before.bind(("127.0.0.1", 0))))
"""
    assert run(REFUSED + source, user=user).split() == ["True"] * 5


def test_it_holds_for_threads_that_were_there_before_and_for_programs_that_are_started():
    source = """
import subprocess, threading
ready, found = threading.Event(), []
def wait():
    ready.wait()
    found.append(refused(socket.socket))
thread = threading.Thread(target=wait)
thread.start()
refuse_network()
ready.set()
thread.join()
code = "import socket\\ntry:\\n    socket.socket()\\nexcept PermissionError:\\n    print('refused')"
print(found[0], subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip())
"""
    assert run(REFUSED + source).split() == ["True", "refused"]


def test_files_threads_and_programs_work_as_before(tmp_path):
    source = """
import os, subprocess, threading
from pathlib import Path
refuse_network()
Path("a").write_text("kept")
os.rename("a", "b")
os.link("b", "c")
Path("c").chmod(0o640)
Path("folder").mkdir()
unnamed = os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o600)
os.write(unnamed, b"whole")
os.fsync(unnamed)
os.link(f"/proc/self/fd/{unnamed}", "d", src_dir_fd=0, follow_symlinks=True)
done = []
thread = threading.Thread(target=done.append, args=(1,))
thread.start()
thread.join()
child = os.fork()
if child == 0:
    os._exit(7)
print(Path("b").read_text(), Path("d").read_text(), sorted(os.listdir(".")), done)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(subprocess.run(["/bin/echo", "started"], capture_output=True, text=True).stdout.strip())
"""
    lines = run(source, cwd=tmp_path).splitlines()
    assert lines == ["kept whole ['b', 'c', 'd', 'folder'] [1]", "7", "started"]


def test_the_command_lines_own_libraries_work_as_before():
    source = """
refuse_network()
import click, io
from rich.console import Console
from rich.progress import Progress
screen = io.StringIO()
with Progress(console=Console(file=screen, force_terminal=True)) as progress:
    task = progress.add_task("pages", total=3)
    progress.update(task, completed=3)
click.echo("100%" in screen.getvalue())
"""
    assert run(source).strip() == "True"


def test_jails_can_still_be_started_with_every_layer():
    source = """
refuse_network()
from tests.jail.lies import exchange, zygote
with zygote("echo") as jail:
    print(exchange(jail), len(jail.layers))
"""
    assert run(source).strip() == "b'hello' 5"


def test_it_cannot_be_taken_back_and_may_be_done_twice():
    source = """
refuse_network()
refuse_network()
print(refused(socket.socket))
from pathlib import Path
status = Path("/proc/self/status").read_text()
print("NoNewPrivs:\\t1" in status, "Seccomp:\\t2" in status)
"""
    assert run(REFUSED + source).split() == ["True", "True", "True"]


def test_a_hidden_process_leaves_no_core_and_shows_no_memory():
    source = """
from cloister.jail.lock import hide
import os, resource, subprocess
hide()
print(resource.getrlimit(resource.RLIMIT_CORE) == (0, 0))
print(os.stat("/proc/self/mem").st_uid == 0)
look = f"open('/proc/{os.getpid()}/mem', 'rb')"
print(os.geteuid() == 0 or subprocess.run([sys.executable, "-c", look], stderr=subprocess.DEVNULL).returncode == 1)
"""
    assert run(source).split() == ["True", "True", "True"]
