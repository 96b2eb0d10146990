"""What this host gives: the layers of the sandbox, and where plaintext could end up on its disks.

Nothing here decides; `cloister doctor` prints it and `full_sandbox` answers `--require-sandbox`.
"""

from __future__ import annotations

import errno
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from cloister.jail import kernel, landlock, seccomp
from cloister.jail.lock import Layer, enter_namespaces

_SCRATCH = "/tmp"  # noqa: S108 - looked at, never used


class State(Enum):
    """Whether something is so."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at. `remedy` is a sentence, empty where nothing is missing.

    `required` says that `--require-sandbox` refuses without it.
    """

    name: str
    state: State
    detail: str
    remedy: str = ""
    required: bool = False


def facts(folder: str | None = None) -> tuple[Fact, ...]:
    """Everything worth knowing about this host, and about `folder` as a place for outputs."""
    found = [_machine(), _kernel(), _seccomp(), _landlock(), _namespaces(), _swap(), _cores(), _scratch()]
    if folder is not None:
        found.append(unnamed_files(folder))
    return tuple(found)


def full_sandbox() -> bool:
    """Whether every layer of the sandbox holds on this host."""
    required = (_machine(), _seccomp(), _landlock(), _namespaces())
    return all(fact.state is State.OK for fact in required)


@cache
def layers() -> tuple[str, ...]:
    """The names of the layers that jails get on this host."""
    missing = set()
    if _namespaces().state is not State.OK:
        missing.add(Layer.NAMESPACES)
    if _landlock().state is not State.OK:
        missing.add(Layer.LANDLOCK)
    return tuple(layer.value for layer in Layer if layer not in missing)


def unnamed_files(folder: str) -> Fact:
    """Whether outputs can be written to a file without a name, and get one only when they are whole."""
    name = "unnamed files"
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as problem:
        if problem.errno in {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}:
            remedy = (
                "This file system has none: an output is held in memory and written under a dot-name before "
                "it gets its own. Write to ext4, xfs, btrfs or tmpfs to avoid that."
            )
            return Fact(name, State.MISSING, "no", remedy)
        return Fact(name, State.UNKNOWN, "not looked at", "Name a folder that exists and may be written to.")
    return Fact(name, State.OK, "yes")


def _machine() -> Fact:
    found = f"{platform.system()} {platform.machine()}"
    if kernel.machine():
        return Fact("processor", State.OK, found, required=True)
    remedy = "There is no sandbox here. Use Linux on x86-64 or aarch64, in a virtual machine if need be."
    return Fact("processor", State.MISSING, found, remedy, required=True)


def _kernel() -> Fact:
    return Fact("kernel", State.OK, platform.release())


def _seccomp() -> Fact:
    machine = kernel.machine()
    if machine and seccomp.can_kill(machine):
        return Fact("seccomp", State.OK, "filters that kill", required=True)
    remedy = "Use a kernel from 4.14 on with CONFIG_SECCOMP_FILTER, and a container that allows seccomp."
    return Fact("seccomp", State.MISSING, "none", remedy, required=True)


def _landlock() -> Fact:
    machine = kernel.machine()
    version = landlock.abi(machine) if machine else 0
    if version:
        return Fact("Landlock", State.OK, f"ABI {version}", required=True)
    remedy = "Use a kernel from 5.13 on with `landlock` in its lsm= list, and a container that allows its calls."
    return Fact("Landlock", State.MISSING, "none", remedy, required=True)


@cache
def _namespaces() -> Fact:
    name = "user and network namespaces"
    try:
        child = os.fork()
    except OSError:
        return Fact(name, State.UNKNOWN, "not looked at", "Raise the limit for processes.", required=True)
    if child == 0:
        os._exit(0 if enter_namespaces() else 1)
    if os.waitpid(child, 0)[1] == 0:
        return Fact(name, State.OK, "new ones for each jail", required=True)
    remedy = (
        "Allow them: `sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=1000`; on Ubuntu also "
        "`kernel.apparmor_restrict_unprivileged_userns=0` or an AppArmor profile that has `userns`."
    )
    return Fact(name, State.MISSING, "refused by the host", remedy, required=True)


def _swap() -> Fact:
    text = _text("/proc/swaps")
    if text is None:
        return Fact("swap", State.UNKNOWN, "not looked at", "Mount /proc.")
    devices = [line.split()[0] for line in text.splitlines()[1:] if line.strip()]
    bare = [device for device in devices if not _stays_safe(device)]
    if not bare:
        return Fact("swap", State.OK, "encrypted or in memory" if devices else "none")
    remedy = "Pages of a document may reach this disk. Turn swap off (`swapoff -a`) or encrypt it with dm-crypt."
    return Fact("swap", State.MISSING, f"{len(bare)} not encrypted", remedy)


def _stays_safe(device: str) -> bool:
    """Whether a swap device is compressed memory without a disk behind it, or encrypted by dm-crypt."""
    block = os.path.realpath(device).rpartition("/")[2]
    if block.startswith("zram"):
        return (_text(f"/sys/block/{block}/backing_dev") or "none").strip() == "none"
    return (_text(f"/sys/block/{block}/dm/uuid") or "").startswith("CRYPT-")


def _cores() -> Fact:
    pattern = _text("/proc/sys/kernel/core_pattern")
    if pattern is None:
        return Fact("core dumps", State.UNKNOWN, "not looked at", "Mount /proc.")
    if pattern.startswith("|"):
        remedy = (
            "A program receives the memory of what crashes. Cloister's processes leave none, but other programs "
            "that open the same documents do: `sysctl kernel.core_pattern=core`."
        )
        return Fact("core dumps", State.MISSING, "piped to a program", remedy)
    return Fact("core dumps", State.OK, "not piped; Cloister's processes leave none")


def _scratch() -> Fact:
    kinds = [kind for folder, kind in _mounts() if folder == _SCRATCH]
    if kinds and kinds[-1] == "tmpfs":
        return Fact(_SCRATCH, State.OK, "in memory")
    remedy = (
        "Cloister writes nothing there, but programs that show its outputs may: `systemctl enable tmp.mount`, "
        "or an encrypted disk."
    )
    return Fact(_SCRATCH, State.MISSING, "on a disk", remedy)


def _mounts() -> Iterator[tuple[str, str]]:
    for line in (_text("/proc/self/mounts") or "").splitlines():
        _, folder, kind = line.split(" ", 3)[:3]
        yield folder, kind


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - cheap to import
            return file.read()
    except OSError:
        return None
