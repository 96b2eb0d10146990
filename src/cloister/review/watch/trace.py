r"""Reads what strace tells, strictly: it repeats what the tool said, so every text in it is expected in hex only.

A line that is not understood is counted, and the trace is not believed then. With `-xx` all strings are `\\x..`, with
`-yy` each descriptor brings its path or its kind of socket.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from cloister.model import Plain
from cloister.review.seen import Observer, Sent, Wrote

_LINE = re.compile(r"(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*)|\+\+\+ (.+) \+\+\+|--- (?:(\w+) )?.+ ---)")
STOPS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
"""What a process is asked to end with."""
_ACTION = re.compile(r"(\w+), \{sa_handler=(\w+)")
_TAKES = {"signalfd", "signalfd4", "rt_sigtimedwait"}
"""Ways to take signals without a handler."""
_SUPERSEDED = re.compile(r"superseded by execve in pid (\d+)")
_MOVED = re.compile(r"(.*)<pid changed to (\d+) \.\.\.>")
_HEX = r'"((?:\\x[0-9a-f]{2})*)"'
_AT = r"(?:AT_FDCWD|-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?)?"
_PATH = re.compile(_HEX)
_AT_PATH = re.compile(rf"{_AT}, {_HEX}")
_RESULT = re.compile(r"(.*)\) += (-?\d+|\?)(.*)", re.DOTALL)
_OPENED = re.compile(r"<((?:\\x[0-9a-f]{2})*)(?:<(?:char|block) [\d:]+>)?>(?:\(deleted\))?")
_OWN_FD = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)(?:<[^>]*>)?>")
_NUMBER = re.compile(r"(\d+)[<,]")
_BY_NUMBER = re.compile(r"\d+(?:<[^>]*>)?, NULL, ")
"""Times are set of what a descriptor stands for."""
_GIVEN_TIME = re.compile(r"\b(?:tv_sec|actime|modtime)=")
_BESIDE = {"setxattr", "lsetxattr", "fsetxattr", "setxattrat", "utime", "utimes", "futimesat", "utimensat"}
_BY_DESCRIPTOR = re.compile(r"/proc/(?:self|thread-self|\d+)/fd/(\d+)")
_FLAGS = re.compile(r"\b(O_\w+)\b")
_MODE = re.compile(r"(?:, |mode=)(0[0-7]*)")
_SOCKET = re.compile(r"-?\d+(?:<([\w-]+)[:>]|[,<])")
_INET = re.compile(rf"sin_port=htons\((\d+)\), sin_addr=inet_addr\({_HEX}\)")
_INET6 = re.compile(rf"sin6_port=htons\((\d+)\),.*?inet_pton\(AF_INET6, {_HEX}")
_UNIX = re.compile(rf"sun_path=(@?){_HEX}")
_FAMILY = re.compile(r"sa_family=(AF_\w+|0x[0-9a-f]+|\d+)")
_CONNECTED = re.compile(r"-?\d+<[\w-]+:\[[^\]<>]*->(\[?[0-9a-f:.]+\]?:\d+)\]>")
_PAYLOAD = re.compile(rf"^[^,]+, {_HEX}|iov_base={_HEX}")
_WRITING = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_TMPFILE"}
_NOWHERE = re.compile(r"/dev/(null|zero|full|tty|ptmx|pts/\d+)|/(proc|sys)/.*|(memfd|pipe|socket|anon_inode):.*")
_MADE = {"mkdir": 0, "mkdirat": 0, "mknod": 0, "mknodat": 0}
_SECOND = {"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"}
_KEYS = "it used the kernel's keys, which need not end with it"
_BLINDING = {
    "io_uring_setup": "io_uring was set up, and what goes through it is in no trace",
    "pidfd_getfd": "a descriptor was taken from another process",
    "mount": "it mounted a file system of its own",
    "move_mount": "it mounted a file system of its own",
    "chroot": "it changed its root, so paths of the trace are not those of the walk",
    "pivot_root": "it changed its root, so paths of the trace are not those of the walk",
    "open_by_handle_at": "a file was opened without a path",
    "add_key": _KEYS,
    "keyctl": _KEYS,
    "request_key": _KEYS,
    "memfd_secret": "it made memory that nothing else can read",
}
_PASSED = "a descriptor was passed over a socket"
_UNTRACED = "it asked for a process that no trace follows"
_OURS = ("/dev/log", "/run/systemd/journal/")


@dataclass(slots=True)
class _Place:
    """Where relative paths of some processes start, and which permissions they leave out."""

    folder: str
    umask: int = 0o022


@dataclass(slots=True)
class Told:
    """What a trace tells. `bad` counts lines that were not understood, `pids` are the processes it followed."""

    wrote: list[Wrote] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    timed: set[str] = field(default_factory=set)
    """Paths to which times were given, other than that of the moment."""
    opened_input: bool = False
    bad: int = 0
    pids: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    began: bool = False
    """The tool was seen to start."""
    answers: dict[str, int] = field(default_factory=dict)
    """Of `STOPS`, those that have a handler, and how often one process set one: a later one may do something else."""
    signals: set[str] = field(default_factory=set)
    """Of `STOPS`, those that came."""
    answered: dict[str, int] = field(default_factory=dict)
    """Those that came when they had a handler, and how often one had been set by then."""

    @property
    def whole(self) -> bool:
        """Every process was followed to its end, and every line was understood."""
        return self.began and not self.bad and self.pids == self.ended


def read(text: bytes, *, pid: int, folder: str, program: str, input_path: str, output_path: str) -> Told:
    """Read the trace of the tool that became process `pid` and started in `folder` with `program`."""
    return _Reader(pid, folder, program, input_path, output_path).read(text)


class _Reader:
    def __init__(self, pid: int, folder: str, program: str, input_path: str, output_path: str) -> None:
        self.told = Told()
        self.pid, self.program = pid, program
        self.input, self.output = posixpath.normpath(input_path), posixpath.normpath(output_path)
        self.places = {pid: _Place(folder)}
        self.begun: dict[int, tuple[str, str]] = {}
        self.unnamed: dict[int, int] = {}
        """Of files that were made without a name: the descriptor, and the place in `wrote`."""
        self.cloning: list[int] = []
        """Processes in the middle of making another, the latest last."""
        self.bound: set[str] = set()
        self.handlers: Counter[tuple[int, str]] = Counter()

    def read(self, text: bytes) -> Told:
        for raw in text.split(b"\n"):
            if raw:
                self._line(raw.decode("ascii", "replace"))
        return self.told

    def _line(self, line: str) -> None:
        if (found := _LINE.fullmatch(line)) is None:
            self.told.bad += 1
            return
        pid = int(found[1])
        if not self.told.began and (pid != self.pid or not self._begins(found)):
            if found[6]:
                self.told.pids.add(pid)
                self.told.ended.add(pid)
            return
        self._know(pid)
        if found[6] and (thread := _SUPERSEDED.fullmatch(found[6])):
            self.told.ended.add(int(thread[1]))
        elif found[6]:
            self.told.ended.add(pid)
            if pid in self.begun:  # killed in the middle of a call, which may have been done
                name, start = self.begun.pop(pid)
                self._done(pid, name, f"{start}) = ?")
        elif found[7] in STOPS:
            self.told.signals.add(found[7])
            if found[7] in self.told.answers:
                self.told.answered[found[7]] = self.told.answers[found[7]]
        elif found[2]:
            self._entered(pid, found[2], found[3])
        elif found[4]:
            name, start = self.begun.pop(pid, ("", ""))
            if name == found[4]:
                self._done(pid, name, start + found[5])
            else:
                self.told.bad += 1

    def _begins(self, found: re.Match[str]) -> bool:
        """Whether this is the gate's last call: the program's own start."""
        if found[2] == "execve" and (path := _PATH.match(found[3] or "")):
            self.told.began = _text(path[1]) == self.program
        return self.told.began

    def _know(self, pid: int) -> None:
        if pid in self.told.pids:
            return
        self.told.pids.add(pid)
        if pid not in self.places:
            parent = next((each for each in reversed(self.cloning) if each in self.places), self.pid)
            place = self.places[parent]
            shared = "CLONE_FS" in self.begun.get(parent, ("", ""))[1]
            self.places[pid] = place if shared else _Place(place.folder, place.umask)

    def _entered(self, pid: int, name: str, rest: str) -> None:
        if moved := _MOVED.fullmatch(rest):  # a thread that executes a program becomes its process
            self.begun[int(moved[2])] = (name, moved[1].rstrip())
            return
        if rest.endswith("<unfinished ...>"):
            self.begun[pid] = (name, rest.removesuffix("<unfinished ...>").rstrip())
            if name in {"clone", "clone3", "fork", "vfork"}:
                self.cloning.append(pid)
            return
        self._done(pid, name, rest)

    def _done(self, pid: int, name: str, rest: str) -> None:
        if pid in self.cloning:
            self.cloning.remove(pid)
        if (result := _RESULT.fullmatch(rest)) is None:
            self.told.bad += 1
            return
        words, value, more = result[1], result[2], result[3]
        worked = value != "-1"
        if name in {"clone", "clone3", "fork", "vfork"}:
            self._cloned(pid, words, int(value) if value.isdigit() else 0)
        elif name in {"connect", "sendto", "sendmsg", "sendmmsg"}:
            self._network(name, words, worked=worked)
        elif name == "rt_sigaction" or name in _TAKES:
            self._signal(pid, name, words)
        elif worked and name in _BLINDING:
            self._blind(_BLINDING[name])
        elif worked and name not in {"execve", "execveat", "open_tree"}:
            self._file(self.places[pid], name, words, value, more)

    def _signal(self, pid: int, name: str, words: str) -> None:
        taken: tuple[str, ...] = STOPS if name in _TAKES else ()
        if (action := _ACTION.match(words)) and action[1] in STOPS and action[2] not in {"SIG_DFL", "SIG_IGN"}:
            taken = (action[1],)
        for signal in taken:
            self.handlers[pid, signal] += 1
            self.told.answers[signal] = max(self.told.answers.get(signal, 0), self.handlers[pid, signal])

    def _cloned(self, pid: int, words: str, child: int) -> None:
        if "CLONE_UNTRACED" in words:
            self._blind(_UNTRACED)
        if child and child not in self.told.pids:
            place = self.places[pid]
            self.places[child] = place if "CLONE_FS" in words else _Place(place.folder, place.umask)

    def _file(self, place: _Place, name: str, words: str, value: str, more: str) -> None:
        if name == "umask":
            place.umask = int(words, 8)
        elif name in {"open", "openat", "openat2", "creat"}:
            self._opened(place, name, words, value, more)
        elif name == "memfd_create":
            self._wrote("memfd:" + self._paths(place, name, words, 1)[0], None)
        elif name == "fchmod":
            self._mode_changed(words)
        elif name in _BESIDE:
            self._beside(place, name, words)
        elif name == "chdir":
            place.folder = self._paths(place, name, words, 1)[0] or place.folder
        elif name == "fchdir":
            found = _OWN_FD.match(words)
            place.folder = _text(found[2]) if found else place.folder
        elif name in _SECOND:
            old, new = self._paths(place, name, words, 2)
            self._named(words, old, new) if name.startswith("link") else self._wrote(new, None)
        elif name == "bind":
            if (found := _UNIX.search(words)) and not found[1] and found[2]:
                path = posixpath.normpath(posixpath.join(place.folder, _text(found[2])))
                self.bound.add(path)
                self._wrote(path, 0o777 & ~place.umask)
        elif path := self._paths(place, name, words, 1)[0]:
            mode = _mode(words)
            made = name in _MADE and mode is not None
            folder = name.startswith("mkdir")
            self._wrote(path, mode & ~place.umask if made and mode is not None else mode, folder=folder)

    def _opened(self, place: _Place, name: str, words: str, value: str, more: str) -> None:
        found = _OPENED.match(more)
        asked = self._paths(place, name, words, 1)[0]
        path = _text(found[1]) if found else asked
        if self.input in {path, asked}:
            self.told.opened_input = True
        flags = set(_FLAGS.findall(words))
        if name == "creat" or flags & _WRITING:
            mode = _mode(words) if name == "creat" or flags & {"O_CREAT", "O_TMPFILE"} else None
            if "O_TMPFILE" in flags and value.isdigit():
                self.unnamed[int(value)] = len(self.told.wrote)
            # The output before it has its name; it is gone with the tool, if that never comes to give it one.
            output = "O_TMPFILE" in flags and asked == posixpath.dirname(self.output)
            self._wrote(path, None if mode is None else mode & ~place.umask, output=output)

    def _mode_changed(self, words: str) -> None:
        """A change of permissions through a descriptor, of a file that has no name yet as well."""
        if (found := _OWN_FD.match(words)) is None:
            return
        path, mode = _text(found[2]), _mode(words)
        at = self.unnamed.get(int(found[1]))
        if at is not None and self.told.wrote[at].path == path:
            self.told.wrote[at] = replace(self.told.wrote[at], mode=mode)
        else:
            self._wrote(path, mode)

    def _beside(self, place: _Place, name: str, words: str) -> None:
        """Attributes or times of a path, or of what a descriptor stands for."""
        if name != "fsetxattr" and not _BY_NUMBER.match(words):
            path = self._paths(place, name, words, 1)[0]
        elif found := _OWN_FD.match(words):
            path = _text(found[2])
        else:
            path = ""
            self.told.bad += 1
        if _GIVEN_TIME.search(words):
            self.told.timed.add(path)
        self._wrote(path, None)

    def _named(self, words: str, old: str, new: str) -> None:
        """A link: a file that had no name gets one, if the old path says so by a descriptor (open(2), O_TMPFILE)."""
        found = _BY_DESCRIPTOR.fullmatch(old) or _NUMBER.match(words)
        at = self.unnamed.pop(int(found[1]), None) if found else None
        if at is None:
            self._wrote(new, None)
            return
        mode = self.told.wrote[at].mode
        self.told.wrote[at] = Wrote(new, mode, output=new == self.output)

    def _paths(self, place: _Place, name: str, words: str, count: int) -> list[str]:
        """The first paths among the words, absolute; "" for each that is not there (and the line is bad then)."""
        relative = re.finditer(rf"(?:{_AT}, )?{_HEX}", words)
        if name in {"symlink", "symlinkat"}:  # what it points to is text, and no path yet
            next(relative, None)
        if name in {"symlink", "symlinkat"}:
            count -= 1
        found = []
        for match in relative:
            folder = _text(match[1]) if match[1] else place.folder
            text = _text(match[2])
            found.append(text if name == "memfd_create" else posixpath.normpath(posixpath.join(folder, text)))
            if len(found) == count:
                break
        if len(found) < count:
            self.told.bad += 1
        return ([""] if name in {"symlink", "symlinkat"} else []) + found + [""] * (count - len(found))

    def _wrote(self, path: str, mode: int | None, *, output: bool = False, folder: bool = False) -> None:
        if path:
            nowhere, output = _NOWHERE.fullmatch(path) is not None, output or path == self.output
            source = path == self.input
            self.told.wrote.append(Wrote(path, mode, output, source=source, memory_only=nowhere, folder=folder))

    def _network(self, name: str, words: str, *, worked: bool) -> None:
        if name == "sendmsg" and "SCM_RIGHTS" in words and worked:
            self._blind(_PASSED)
        kind = _SOCKET.match(words)
        protocol = (kind[1] or "" if kind else "").lower().removesuffix("v6")
        if found := _INET.search(words):
            self._sent(name, protocol, f"{_text(found[2])}:{found[1]}", words)
        elif found := _INET6.search(words):
            self._sent(name, protocol, f"[{_text(found[2])}]:{found[1]}", words)
        elif found := _CONNECTED.match(words):
            self._sent(name, protocol, found[1], words)
        elif found := _UNIX.search(words):
            path = _text(found[2])
            if worked and not found[1] and not path.startswith(_OURS) and path not in self.bound:
                self._sent(name, "unix", path, words)
        elif (family := _FAMILY.search(words)) and family[1] not in {"AF_UNIX", "AF_NETLINK", "AF_UNSPEC", "AF_ALG"}:
            self._sent(name, family[1].removeprefix("AF_").lower(), "", words)

    def _sent(self, name: str, protocol: str, to: str, words: str) -> None:
        if name == "connect" and protocol.startswith("udp"):
            return  # nothing leaves yet: the C library does so to put addresses in order
        payload = None
        if name != "connect" and (found := _PAYLOAD.search(words)):
            payload = Plain(_bytes(found[1] or found[2] or ""))
        self.told.sent.append(Sent(protocol or "unknown", to, Observer.TRACE, payload))

    def _blind(self, why: str) -> None:
        if why not in self.told.unseen:
            self.told.unseen.append(why)


def _bytes(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


def _text(hexed: str) -> str:
    return os.fsdecode(_bytes(hexed))


def _mode(words: str) -> int | None:
    found = _MODE.findall(words)
    return int(found[-1], 8) & 0o7777 if found else None
