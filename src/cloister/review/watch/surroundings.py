"""The throw-away surroundings: namespaces of their own, and a root in which every write lands where it is seen.

Each folder of the host is the lower side of an overlay; its upper side, and all that is fresh (home, temporary
folders, /run, /dev), lie on one file system in memory, which only this process reaches. Nothing is mounted where
the host sees it. Homes, /root, /run and temporary folders of the host are not there.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import socket
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cloister.review.watch import calls

INNER = 1000
"""The number of the tool's user, inside."""
STRANGER, _NOBODY = 1_900_000_000, 65534
"""As whom it runs where root started it: a number that nobody has, or the one that is nobody's."""
HOME, TEMPORARY, DOCUMENTS = "/home/user", "/tmp", "/documents"  # noqa: S108 - fresh ones
QUEUES = "/dev/mqueue"
SIZE, NODES = "1g", 200_000
_BASE = "/tmp"  # noqa: S108 - mounted over, in a mount namespace of our own
_FRESH = {  # path: mode
    "/home": 0o755,
    "/tmp": 0o1777,  # noqa: S108
    "/var/tmp": 0o1777,  # noqa: S108
    "/run": 0o755,
    "/dev": 0o755,
    "/documents": 0o755,
}
_KERNELS = ("proc", "sys", "")
_HIDDEN = ("/root", "/proc", "/sys", "/lost+found", "/.old", *_FRESH)
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_ALL = calls.NEW_USERS | calls.NEW_MOUNTS | calls.NEW_PROCESSES | calls.NEW_NETWORK | calls.NEW_IPC | calls.NEW_NAMES
_NAME = "localhost"
_FILES = {
    "passwd": f"root:x:0:0::/root:/bin/sh\nuser:x:{INNER}:{INNER}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
    "group": f"root:x:0:\nuser:x:{INNER}:\nnogroup:x:65534:\n",
    "hosts": f"127.0.0.1 {_NAME}\n::1 {_NAME}\n",
    "hostname": f"{_NAME}\n",
    "resolv.conf": "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A folder that holds what was written at `path`. `lower` is what the host has there, -1 for nothing."""

    path: str
    upper: int
    lower: int = -1


@dataclass(slots=True)
class Surroundings:
    """What was made. `layers` is where to walk; `whole` whether everything that can be written is among them."""

    layers: list[Layer] = field(default_factory=list)
    home: str = HOME
    temporary: str = TEMPORARY
    documents: str = DOCUMENTS
    whole: bool = True
    overlay: bool = False
    """Whether /etc is an overlay, so that the control can write on one."""
    missing: list[str] = field(default_factory=list)
    """What of the host could not be shown in here."""


def become_ordinary() -> None:
    """Where root started this, be somebody who has nothing on this host. PermissionError where that is refused."""
    if os.geteuid() != 0:
        return
    for stranger in (STRANGER, _NOBODY):
        try:
            with contextlib.suppress(PermissionError):  # in a namespace of one user
                os.setgroups([])
            os.setresgid(stranger, stranger, stranger)
            os.setresuid(stranger, stranger, stranger)
        except OSError:
            continue
        calls.set_dumpable(yes=True)  # so that its own files in /proc are its own
        return
    if Path("/proc/self/uid_map").read_text(encoding="ascii").split()[:2] == ["0", "0"]:
        raise PermissionError  # else it is root by name only, in a namespace of an ordinary user


def open_up(shown: list[str]) -> None:
    """Where root started this, let a stranger reach what is to be shown below folders that are root's alone.

    In a mount namespace of its own each such folder is covered by an empty one, in which only that is shown.
    """
    covered = {path: cover for path in shown if os.path.lexists(path) and (cover := _closed(path))}
    if os.geteuid() != 0 or not covered:
        return
    calls.unshare(calls.NEW_MOUNTS)
    calls.mount("none", "/", None, calls.RECURSIVE | calls.PRIVATE)
    held = {path: _open(path, os.O_PATH | os.O_NOFOLLOW) for path in sorted(covered)}
    for cover in sorted(set(covered.values())):
        calls.mount("none", cover, "tmpfs", calls.NO_SETUID | calls.NO_DEVICES, "size=1m,mode=755")
    for path, descriptor in held.items():
        if not os.path.lexists(path):  # else it stands in one that was shown just now
            _show_at(path, descriptor)
        os.close(descriptor)


def _closed(path: str) -> str:
    """The topmost folder on the way to a path that others may not enter, "" for none."""
    above = reversed(Path(path).parents)
    return next((str(folder) for folder in above if not folder.stat().st_mode & stat.S_IXOTH), "")


def _show_at(path: str, descriptor: int) -> None:
    """Bind what a descriptor holds to a path that is not there yet; a link is made anew."""
    kind = os.stat(descriptor).st_mode
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if stat.S_ISLNK(kind):
        os.symlink(os.readlink("", dir_fd=descriptor), path)
        return
    if stat.S_ISDIR(kind):
        os.mkdir(path)
    else:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    calls.bind(f"/proc/self/fd/{descriptor}", path)


def separate() -> None:
    """Move into new namespaces; the next process that is forked is the first of its own."""
    user, group = os.getuid(), os.getgid()
    calls.unshare(_ALL)
    calls.map_ids(INNER, user, group)
    socket.sethostname(_NAME)  # /etc/hosts knows it: a tool that looks up its own machine asks nobody


def plain(folder: str) -> Surroundings:
    """Only a home and a temporary folder of their own, where the host gives no namespaces."""
    os.mkdir(folder, 0o700)
    home, temporary, documents = (f"{folder}/{name}" for name in ("home", "tmp", "documents"))
    made = Surroundings([], home, temporary, documents, whole=False)
    for path in (made.home, made.temporary, made.documents):
        os.mkdir(path, 0o700)
        made.layers.append(Layer(path, _open(path)))
    return made


def furnish(shown: list[str]) -> Surroundings:
    """Make the new root and enter it. `shown` are paths that are to be there although they lie in a hidden place."""
    return _Furnisher(shown).furnish()


class _Furnisher:
    def __init__(self, shown: list[str]) -> None:
        self.made = Surroundings()
        self.shown = {path: _open(path, os.O_PATH | os.O_NOFOLLOW) for path in shown if _may_be_shown(path)}
        self.mounts = {path for path in _mounts("/") if path.split("/")[1] not in _KERNELS}
        self.root = f"{_BASE}/root"
        self._numbers = itertools.count()

    def furnish(self) -> Surroundings:
        calls.mount("none", "/", None, calls.RECURSIVE | calls.PRIVATE)
        calls.mount(
            "none", _BASE, "tmpfs", calls.NO_SETUID | calls.NO_DEVICES, f"size={SIZE},nr_inodes={NODES},mode=700"
        )
        for name in ("root", "upper", "aside", "fresh"):
            os.mkdir(f"{_BASE}/{name}", 0o755)
        calls.mount("none", self.root, "tmpfs", calls.NO_SETUID | calls.NO_DEVICES, "size=1m,mode=755")
        for entry in sorted(os.scandir("/"), key=lambda each: each.name):
            self._lay(entry)
        self._freshen()
        self._devices()
        self._show()
        for name in ("proc", "sys"):
            os.mkdir(f"{self.root}/{name}")
        calls.mount("proc", f"{self.root}/proc", "proc", calls.NO_SETUID | calls.NO_DEVICES)
        calls.bind("/sys", f"{self.root}/sys", whole=True)
        for path in sorted(_mounts(f"{self.root}/sys")):  # a user may own control groups in there
            calls.make_read_only(path)
        calls.make_read_only(self.root)
        calls.enter_root(self.root)
        return self.made

    def _lay(self, entry: os.DirEntry[str]) -> None:
        """Show one thing of the host: a folder below an overlay, a link as it is, a file read-only."""
        path, target = entry.path, self.root + entry.path
        if path in _HIDDEN or _is_hidden(path):
            return
        try:
            if entry.is_symlink():
                os.symlink(os.readlink(path), target)
            elif not entry.is_dir():
                if entry.is_file():
                    self._bind(path, target)
            elif any(mounted.startswith(f"{path}/") for mounted in self.mounts):
                # The host's mounts are locked in here: an overlay over a folder that holds one is refused.
                os.mkdir(target, 0o755)
                for below in os.scandir(path):
                    self._lay(below)
            else:
                os.mkdir(target, 0o755)
                self._overlay(path, _open(path, os.O_PATH), target)
        except PermissionError:
            self.made.missing.append(path)

    def _overlay(self, path: str, lower: int, target: str) -> None:
        """Put an overlay on `target`. Only what the host lets everyone write may be written at its top."""
        number = next(self._numbers)
        upper, work = f"{_BASE}/upper/{number}", f"{_BASE}/aside/{number}"
        os.mkdir(upper)
        os.mkdir(work)
        there = os.stat(lower)
        open_to_us = there.st_mode & 0o002 or there.st_uid == os.getuid()
        if path == "/etc":
            for name, text in _FILES.items():
                Path(upper, name).write_text(text)
        os.chmod(upper, stat.S_IMODE(there.st_mode) & (0o1777 if open_to_us else 0o555))
        options = f"lowerdir=/proc/self/fd/{lower},upperdir={upper},workdir={work},userxattr"
        try:
            calls.mount("overlay", target, "overlay", calls.NO_SETUID | calls.NO_DEVICES, options)
        except OSError:  # a file system that no overlay can stand on: then nothing can be written there
            self._bind(f"/proc/self/fd/{lower}", target)
            return
        self.made.layers.append(Layer(path, _open(upper), lower))
        self.made.overlay = self.made.overlay or path == "/etc"

    def _bind(self, path: str, target: str) -> None:
        """Show something of the host so that nobody can write to it."""
        if not os.path.isdir(path):
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        calls.bind(path, target)
        calls.make_read_only(target)

    def _freshen(self) -> None:
        for path, mode in _FRESH.items():
            source = f"{_BASE}/fresh/{path.strip('/').replace('/', '-')}"
            os.mkdir(source)
            os.chmod(source, mode)
            if not os.path.isdir(self.root + path):
                os.mkdir(self.root + path)
            calls.bind(source, self.root + path)
            self.made.layers.append(Layer(path, _open(source)))
        os.mkdir(self.root + HOME, 0o700)
        for folder in ("/run/lock", "/dev/shm"):  # noqa: S108
            os.mkdir(self.root + folder)
            os.chmod(self.root + folder, 0o1777)  # noqa: S103 - as on any host
        os.makedirs(f"{self.root}/run/systemd/journal")
        for home in _homes(os.environ.get("HOME", "/root")):
            if os.path.isdir(self.root + home):  # below an overlay, such as /var/lib/somebody
                source = f"{_BASE}/fresh/{home.strip('/').replace('/', '-')}"
                os.mkdir(source, 0o555)
                calls.bind(source, self.root + home)
                self.made.layers.append(Layer(home, _open(source)))

    def _devices(self) -> None:
        for name in filter(lambda each: os.path.exists(f"/dev/{each}"), _DEVICES):
            target = f"{self.root}/dev/{name}"
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o666))
            calls.bind(f"/dev/{name}", target)
        for name, source in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
            os.symlink(f"/proc/self/{source}", f"{self.root}/dev/{name}")
        os.mkdir(f"{self.root}/dev/pts")
        calls.mount("devpts", f"{self.root}/dev/pts", "devpts", calls.NO_SETUID, "newinstance,ptmxmode=0666,mode=620")
        os.symlink("pts/ptmx", f"{self.root}/dev/ptmx")
        os.mkdir(f"{self.root}{QUEUES}")
        with contextlib.suppress(OSError):  # a kernel without message queues
            calls.mount("mqueue", f"{self.root}{QUEUES}", "mqueue", calls.NO_SETUID | calls.NO_DEVICES)
            self.made.layers.append(Layer(QUEUES, _open(f"{self.root}{QUEUES}")))

    def _show(self) -> None:
        for path, held in sorted(self.shown.items()):
            if any(path.startswith(f"{other}/") for other in self.shown):
                continue
            target = self.root + path
            if stat.S_ISLNK(os.stat(held).st_mode):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.symlink(os.readlink("", dir_fd=held), target)
                continue
            os.makedirs(target if stat.S_ISDIR(os.stat(held).st_mode) else os.path.dirname(target), exist_ok=True)
            if os.path.isdir(target):
                self._overlay(path, held, target)
            else:
                self._bind(f"/proc/self/fd/{held}", target)


def is_hidden(path: str, home: str) -> bool:
    """Whether a path of the host lies where a tool sees a fresh folder, or none; `home` is that of who started this."""
    return any(path == hidden or path.startswith(f"{hidden}/") for hidden in (*_FRESH, *_homes(home)))


def _homes(home: str) -> set[str]:
    """Homes of the host that must not be seen; /home as a whole is one of those that are fresh."""
    return {"/root", home.rstrip("/") or "/root"}


def _is_hidden(path: str) -> bool:
    return is_hidden(path, os.environ.get("HOME", "/root"))


def _may_be_shown(path: str) -> bool:
    """Whether a path is there, would be hidden, and does not lie where documents will."""
    return os.path.exists(path) and _is_hidden(path) and not f"{path}/".startswith(f"{DOCUMENTS}/")


def _mounts(folder: str) -> set[str]:
    """Where something is mounted, at a folder or below it."""
    with open("/proc/self/mountinfo", "rb") as file:
        found = [os.fsdecode(line.split(b" ")[4]) for line in file]
    paths = {re.sub(r"\\(\d{3})", lambda escape: chr(int(escape[1], 8)), path) for path in found}
    return {path for path in paths if path == folder or path.startswith(folder.rstrip("/") + "/")}


def _open(path: str, how: int = os.O_RDONLY) -> int:
    return os.open(path, how | os.O_CLOEXEC)
