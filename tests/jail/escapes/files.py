"""Techniques that reach for files: reading, writing, and channels that leave a mark without writing."""

from __future__ import annotations

import ctypes
import os

from tests.jail.escapes.calls import HERE, call, vector
from tests.jail.escapes.world import SECRET, World, technique

WRITE_NEW = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
TMPFILE = 0o20200000
FILES = "files"


@technique(FILES, "open a file and read it")
def read_file(world: World) -> bool:
    handle, held = call("openat", HERE, world.path("secret"), os.O_RDONLY), ctypes.create_string_buffer(64)
    size = call("read", handle, held, 64)
    return held.raw[:size] == SECRET


@technique(FILES, "openat2")
def read_by_openat2(world: World) -> bool:
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    return call("openat2", HERE, world.path("secret"), how, 24) >= 0


@technique(FILES, "create a file")
def create(world: World) -> bool:
    return call("openat", HERE, world.path("made"), WRITE_NEW, 0o600) >= 0


@technique(FILES, "fill a file")
def fill(world: World) -> bool:
    handle = call("openat", HERE, world.path("filled"), WRITE_NEW, 0o600)
    return call("write", handle, SECRET, len(SECRET)) == len(SECRET)


@technique(FILES, "unnamed file (O_TMPFILE)")
def unnamed(world: World) -> bool:
    return call("openat", HERE, world.path(""), TMPFILE | os.O_WRONLY, 0o600) >= 0


@technique(FILES, "truncate")
def truncate(world: World) -> bool:
    return call("truncate", world.path("plain"), 0) == 0


@technique(FILES, "stat")
def stat(world: World) -> bool:
    return call("newfstatat", HERE, world.path("secret"), ctypes.create_string_buffer(256), 0) == 0


@technique(FILES, "access")
def access(world: World) -> bool:
    return call("faccessat", HERE, world.path("secret"), 0) == 0


@technique(FILES, "readlink of /proc/self/exe")
def readlink(_world: World) -> bool:
    return call("readlinkat", HERE, b"/proc/self/exe", ctypes.create_string_buffer(4096), 4096) > 0


@technique(FILES, "list a folder")
def list_folder(world: World) -> bool:
    handle = call("openat", HERE, world.path(""), os.O_RDONLY | os.O_DIRECTORY)
    return call("getdents64", handle, ctypes.create_string_buffer(4096), 4096) > 0


@technique(FILES, "chmod")
def chmod(world: World) -> bool:
    return call("fchmodat", HERE, world.path("plain"), 0o640) == 0


@technique(FILES, "chown")
def chown(world: World) -> bool:
    return call("fchownat", HERE, world.path("plain"), -1, -1, 0) == 0


@technique(FILES, "utime")
def utime(world: World) -> bool:
    return call("utimensat", HERE, world.path("plain"), None, 0) == 0


@technique(FILES, "setxattr")
def setxattr(world: World) -> bool:
    return call("setxattr", world.path("plain"), b"user.leak", SECRET, len(SECRET), 0) == 0


@technique(FILES, "hard link")
def link(world: World) -> bool:
    return call("linkat", HERE, world.path("plain"), HERE, world.path(f"link{os.getpid()}"), 0) == 0


@technique(FILES, "symbolic link")
def symlink(world: World) -> bool:
    return call("symlinkat", SECRET, HERE, world.path(f"symlink{os.getpid()}")) == 0


@technique(FILES, "unlink")
def unlink(world: World) -> bool:
    return call("unlinkat", HERE, world.path("doomed"), 0) == 0


@technique(FILES, "rename")
def rename(world: World) -> bool:
    return call("renameat2", HERE, world.path("moving"), HERE, world.path("moved"), 0) == 0


@technique(FILES, "mkdir")
def mkdir(world: World) -> bool:
    return call("mkdirat", HERE, world.path(f"folder{os.getpid()}"), 0o700) == 0


@technique(FILES, "mknod (a named pipe)")
def mknod(world: World) -> bool:
    return call("mknodat", HERE, world.path(f"pipe{os.getpid()}"), 0o010600, 0) == 0


@technique(FILES, "chdir")
def chdir(world: World) -> bool:
    return call("chdir", world.path("")) == 0


@technique(FILES, "watch a folder (inotify)")
def inotify(world: World) -> bool:
    return call("inotify_add_watch", call("inotify_init1", 0), world.path(""), 0xFFF) >= 0


@technique(FILES, "fanotify", parent=True)
def fanotify(_world: World) -> bool:
    report_handles = 0x200
    return call("fanotify_init", report_handles, os.O_RDONLY) >= 0


@technique(FILES, "name_to_handle_at")
def handle_of(world: World) -> bool:
    held = ctypes.create_string_buffer((128).to_bytes(4, "little"), 136)
    return call("name_to_handle_at", HERE, world.path("secret"), held, ctypes.byref(ctypes.c_int()), 0) == 0


@technique(FILES, "memfd")
def memfd(_world: World) -> bool:
    return call("memfd_create", b"hidden", 0) >= 0


@technique(FILES, "vmsplice into a new pipe")
def vmsplice(_world: World) -> bool:
    ends = (ctypes.c_int * 2)()
    call("pipe2", ends, 0)
    held = ctypes.create_string_buffer(SECRET)
    return call("vmsplice", ends[1], vector(ctypes.addressof(held), len(SECRET)), 1, 0) == len(SECRET)


@technique(FILES, "make the zygote's pipe non-blocking")
def unblock(_world: World) -> bool:
    get, change = 3, 4
    flags = call("fcntl", 0, get, 0)
    worked = call("fcntl", 0, change, flags | os.O_NONBLOCK) == 0
    call("fcntl", 0, change, flags)
    return worked
