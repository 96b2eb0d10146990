"""The first process of a room: mounts it, starts what the plan says, and prints what became of it as JSON."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOM = Path("/mnt")
CALLS = "%file,%network,memfd_create,io_uring_setup,io_uring_enter,shmget,add_key"
TRACE = ("strace", "-f", "-D", "--seccomp-bpf", "-qq", "-s", "4096", "-x", "-e", f"trace={CALLS}")
LARGE = 16 << 20
NODES = ("null", "zero", "full", "random", "urandom")


def mount(*words: str) -> None:
    """Mount something."""
    subprocess.run(["mount", *words], check=True)


def furnish(folder: str) -> socket.socket:
    """Put the room's folders where the tool expects them; the system log's socket."""
    mount("--make-rprivate", "/")
    mount("--bind", folder, str(ROOM))
    (ROOM / "run" / "dev").mkdir(exist_ok=True)
    mount("-t", "tmpfs", "none", str(ROOM / "run" / "dev"))
    for node in NODES:
        (ROOM / "run" / "dev" / node).touch()
        mount("--bind", f"/dev/{node}", str(ROOM / "run" / "dev" / node))
    (ROOM / "run" / "dev" / "shm").mkdir()
    mount("--rbind", str(ROOM / "run" / "dev"), "/dev")
    mount("-t", "proc", "proc", "/proc")
    mount("--bind", str(ROOM / "tmp"), "/tmp")
    mount("--bind", str(ROOM / "vartmp"), "/var/tmp")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    log.settimeout(0)
    return log


def start(number: int, source: str, target: str, *, trace: bool) -> subprocess.Popen[bytes]:
    """Start the tool once."""
    words = [str(ROOM / "bin" / "convert"), str(ROOM / "in" / source), str(ROOM / "out" / target)]
    if trace:
        words = [*TRACE, "-o", str(ROOM / "run" / f"trace.{number}"), *words]
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/sbin:/usr/sbin", "HOME": str(ROOM / "home")}
    # Files, as a pipe would be held open by what stays.
    with (ROOM / "run" / f"out.{number}").open("wb") as out, (ROOM / "run" / f"err.{number}").open("wb") as err:
        return subprocess.Popen(words, env=env, cwd=ROOM / "home", stdin=subprocess.DEVNULL, stdout=out, stderr=err)


def end(process: subprocess.Popen[bytes], number: int, target: str, kill: float, number_sent: int) -> list[object]:
    """Wait for one start, or kill it; how it ended."""
    try:
        process.wait(timeout=kill or 200)
    except subprocess.TimeoutExpired:
        process.send_signal(number_sent)
        process.wait()
    out, err = ((ROOM / "run" / f"{name}.{number}").read_bytes() for name in ("out", "err"))
    output = ROOM / "out" / target
    there = output.exists()
    held = _text(output.read_bytes()) if there else None
    return [process.returncode, _text(out), _text(err), held, output.stat().st_mode & 0o7777 if there else 0]


def stayed() -> list[str]:
    """The processes that run beside this one."""
    found = []
    for pid in [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]:
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            if pid != os.getpid() and stat.rsplit(")", 1)[1].split()[0] != "Z":
                found.append(Path(f"/proc/{pid}/comm").read_text().strip())
    return [name for name in found if name != "strace"]


def logged(log: socket.socket) -> list[str]:
    """What the system log got since the last look."""
    found = []
    with contextlib.suppress(BlockingIOError):
        while True:
            found.append(_text(log.recv(1 << 20)))
    return found


def left(outputs: set[str]) -> tuple[dict[str, str], list[str]]:
    """Files with what they hold, and all names, but those of inputs and outputs."""
    files, names = {}, []
    places = {"home": "/mnt/home", "tmp": "/tmp", "vartmp": "/var/tmp", "run/dev/shm": "/dev/shm", "out": "/mnt/out"}
    for place, seen_as in places.items():
        names += [f"{seen_as} {key}={os.getxattr(ROOM / place, key)!r}" for key in os.listxattr(ROOM / place)]
        for path in sorted((ROOM / place).rglob("*")):
            name = f"{seen_as}/{path.relative_to(ROOM / place)}"
            if place == "out" and path.name in outputs:
                continue
            names.append(name)
            if path.is_symlink():
                names.append(f"{name} -> {path.readlink()}")
            elif path.is_file():
                held = path.read_bytes()
                files[name] = _text(held if len(held) < LARGE else held.strip(b"\0"))
            if not path.is_symlink():
                names += [f"{name} {key}={os.getxattr(path, key)!r}" for key in os.listxattr(path)]
    return files, names


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main(folder: str, plan: dict) -> None:
    """Follow the plan."""
    log = furnish(folder)
    told = []
    outputs = {target for step in plan["steps"] for _, target, _, _ in step}
    number = 0
    for step in plan["steps"]:
        running = []
        for source, target, kill, sent in step:
            number += 1
            running.append((start(number, source, target, trace=plan["trace"]), number, target, kill, sent))
        ended = [end(*each) for each in running]
        time.sleep(plan["wait"])
        files, names = left(outputs)
        told.append({"ended": ended, "stayed": stayed(), "logged": logged(log), "files": files, "names": names})
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
