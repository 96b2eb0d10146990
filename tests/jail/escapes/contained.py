"""Runs techniques where they can do no harm, and prints what came of each as JSON.

    python -m tests.jail.escapes.contained root|user JAIL:LAYERS …

Everything happens as an ordinary user (nobody, where started by root) in new user, process, network,
mount and IPC namespaces with limits; `root` and `user` say whether it is mapped to uid 0 in there. The
targets are a sacrificial child, a small file system in memory and sockets on a loopback of its own.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import select
import socket
import struct
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from cloister.errors import JailFailed
from cloister.jail import kernel
from cloister.jail.lock import drop_capabilities
from cloister.jail.serve import OPTION
from cloister.jail.spawn import Zygote
from tests.jail.escapes import files, memory, network, processes  # noqa: F401 - they fill the list
from tests.jail.escapes.calls import LIBC, call
from tests.jail.escapes.inside import ASK, FAILED, WORKED
from tests.jail.escapes.processes import EXITED
from tests.jail.escapes.world import SECRET, TECHNIQUES, Technique, World
from tests.jail.lies import soon

NOBODY = 65534
NAMESPACES = 0x1000_0000 | 0x2000_0000 | 0x4000_0000 | 0x0002_0000 | 0x0800_0000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14
FOLDER = "/mnt"
INSIDE = Path(__file__).with_name("inside.py")
DUMPABLE, ANY_TRACER = 4, 0x59616D61


def enter(inner: int) -> None:
    """Become an ordinary user, in namespaces where `inner` is its number."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        LIBC.prctl(DUMPABLE, 1, 0, 0, 0)  # so that its own files in /proc are its own
    user, group = os.getuid(), os.getgid()
    call("unshare", NAMESPACES)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{inner} {group} 1")


def furnish() -> None:
    """Give the namespaces a /proc, small file systems in memory, a loopback, and limits."""
    mount(b"none", b"/", None, RECURSIVE | PRIVATE)
    mount(b"proc", b"/proc", b"proc", 0)
    for folder in (FOLDER.encode(), b"/dev/shm"):
        mount(b"none", folder, b"tmpfs", 0)
    with socket.socket() as control:
        up = struct.pack("16sh", b"lo", 1) + bytes(22)
        fcntl.ioctl(control, 0x8914, up)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 1 << 20),
        (resource.RLIMIT_AS, 16 << 30),
        (resource.RLIMIT_CPU, 300),
    ):
        resource.setrlimit(kind, (most, most))


def mount(source: bytes, target: bytes, kind: bytes | None, flags: int) -> None:
    call("mount", source, target, kind, flags, None)


def start_victim(inner: int) -> tuple[int, int]:
    """A process that may be attacked; gives its number and where it holds the secret."""
    held = ctypes.create_string_buffer(SECRET)
    theirs, ours = os.pipe()
    if (pid := os.fork()) == 0:
        machine = kernel.machine()
        if inner and machine:
            drop_capabilities(machine)
        LIBC.prctl(DUMPABLE, 1, 0, 0, 0)
        LIBC.prctl(ANY_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
        os.write(ours, b".")
        while True:
            select.select([], [], [])
    os.read(theirs, 1)
    return pid, ctypes.addressof(held)


def listen() -> tuple[int, int]:
    """Take every connection, for ever; gives the TCP and UDP ports."""
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    tcp.bind(("127.0.0.1", 0))
    udp.bind(("127.0.0.1", 0))
    path.bind(f"{FOLDER}/socket")
    abstract.bind("\0cloister-escape")
    for server in (tcp, path, abstract):
        server.listen(64)

    def serve() -> None:
        while True:
            for server in select.select([tcp, path, abstract], [], [])[0]:
                server.accept()[0].close()

    threading.Thread(target=serve, daemon=True).start()
    KEPT.append(udp)
    return tcp.getsockname()[1], udp.getsockname()[1]


KEPT: list[socket.socket] = []


def make_world(inner: int) -> World:
    victim, address = start_victim(inner)
    tcp, udp = listen()
    Path(FOLDER, "secret").write_bytes(SECRET)
    Path(FOLDER, "mnt").mkdir()
    create, everyone = 0o1000, 0o666
    queue, shared = 0x0C10, 0x0C11
    call("msgget", queue, create | everyone)
    attached = call("shmat", call("shmget", shared, 4096, create | everyone), None, 0)
    ctypes.memmove(attached & 0xFFFF_FFFF_FFFF_FFFF, SECRET, len(SECRET))
    return World(FOLDER, victim, address, tcp, udp, f"{FOLDER}/socket", "cloister-escape", queue, shared)


class Ended(Exception):
    """A child ended with this wait status."""


class Watched(Zygote):
    """A zygote that lives on when a child is killed, as a new warm-up for each technique would take hours."""

    def _judge(self, status: int) -> None:
        if status:
            raise Ended(status)


def attempt(zygote: Watched, one: Technique, world: World) -> str:
    """Run one technique in a new child; gives "escaped" or how it was stopped."""
    for name in ("plain", "doomed", "moving"):
        Path(FOLDER, name).write_bytes(b"plain")
    try:
        zygote.begin(soon(120))
        zygote.deadline = soon(20)
        zygote.send(ASK, json.dumps({"name": one.name, "world": asdict(world)}).encode())
        kind, payload = zygote.receive({WORKED: 2, FAILED: 2})
        zygote.end()
    except Ended as ended:
        return ending(*ended.args)
    except JailFailed as failed:
        return f"failed: {failed.code}"
    return "escaped" if kind == WORKED else f"errno {int.from_bytes(payload, 'little')}"


def ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return "escaped" if os.WEXITSTATUS(status) == EXITED else f"status {os.WEXITSTATUS(status)}"


def run(jail: str, layers: str, world: World) -> dict[str, str]:
    """Every technique in one jail with these layers."""
    option = [] if layers == "all" else ["-X", f"{OPTION}={'' if layers == 'none' else layers}"]
    bare = layers == "none" and jail != "parent"
    chosen = [one for one in TECHNIQUES.values() if jail != "parent" or one.parent]
    with Watched("", command=[sys.executable, "-I", *option, str(INSIDE), jail]) as zygote:
        return {one.name: attempt(zygote, one, world) for one in chosen if one.bare or not (bare or layers in SINGLE)}


SINGLE = frozenset({"limits", "privileges", "namespaces", "landlock", "seccomp"})


def main(who: str, cells: list[str]) -> None:
    inner = {"root": 0, "user": 1000}[who]
    enter(inner)
    if (first := os.fork()) != 0:  # the first process of the new process namespace
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]))
    furnish()
    world = make_world(inner)
    found = []
    for cell in cells:
        jail, _, layers = cell.partition(":")
        found.append({"jail": jail, "layers": layers, "outcomes": run(jail, layers, world)})
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
