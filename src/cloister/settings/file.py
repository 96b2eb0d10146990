"""The settings file: only one that nobody but this user or root could have written."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from cloister.errors import BadSettingsFile, FileFlaw

LONGEST = 1 << 18
"""Bytes of a settings file."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})


def text_of(path: Path) -> str:
    """What it says, or `BadSettingsFile`.

    Others may read it, as no secret stands in it. They may not write it, nor put another in its place: where there is a
    link, neither the link nor what it leads to.
    """
    try:
        # Without O_NONBLOCK a pipe under this name would hold the start up for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as problem:
        raise BadSettingsFile(why=FileFlaw.MISSING if problem.errno in _ABSENT else FileFlaw.UNREADABLE) from None
    except ValueError:
        raise BadSettingsFile(why=FileFlaw.MISSING) from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise BadSettingsFile(why=FileFlaw.KIND)
        if _is_anothers(found) or any(map(_is_open, {path.absolute().parent, path.resolve().parent})):
            raise BadSettingsFile(why=FileFlaw.OTHERS)
        held = _read(descriptor)
    except (OSError, RuntimeError):
        raise BadSettingsFile(why=FileFlaw.UNREADABLE) from None
    finally:
        os.close(descriptor)
    try:
        return held.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise BadSettingsFile(why=FileFlaw.NO_TEXT) from None


def _read(descriptor: int) -> bytes:
    held = b""
    while more := os.read(descriptor, LONGEST + 1 - len(held)):
        held += more
        if len(held) > LONGEST:
            raise BadSettingsFile(why=FileFlaw.LONG)
    return held


def _is_anothers(found: os.stat_result) -> bool:
    """Whether somebody else owns or may write it; an access list that lets them shows in the group's bits."""
    return found.st_uid not in {os.geteuid(), 0} or bool(found.st_mode & _OTHERS_WRITE)


def _is_open(folder: Path) -> bool:
    """Whether somebody else may put another file in the place of one in this folder."""
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return False  # as in Kubernetes, where the folder of a ConfigMap has mode 777, and nobody can write there
    found = folder.stat()
    if found.st_mode & stat.S_ISVTX and found.st_uid in {os.geteuid(), 0}:
        return False  # in a folder such as /tmp each removes only their own
    return _is_anothers(found)
