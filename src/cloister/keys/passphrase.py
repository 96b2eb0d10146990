"""Where a passphrase or key comes from: a prompt, a file of its owner's alone, or an inherited descriptor.

Never from the value of an environment variable or an argument: others can read those.
"""

from __future__ import annotations

import errno
import getpass
import os
import stat
from pathlib import Path

from cloister.errors import FileAccess, KeysReadableByOthers, NotFound, PassphraseTooShort
from cloister.keys.secret import Secret

LEAST = 12
"""Characters of a new passphrase."""
_MOST = 4096


def _read(file: int) -> Secret:
    """Everything up to a ceiling, less one line end, in one buffer that can be wiped."""
    buffer = bytearray(_MOST)
    size = 0
    while size < _MOST and (count := os.readv(file, [memoryview(buffer)[size:]])):
        size += count
    held = Secret(bytearray(buffer[:size].removesuffix(b"\n").removesuffix(b"\r")))
    buffer[:] = bytes(_MOST)
    return held


def from_file(path: Path) -> Secret:
    """The first 4,096 bytes of a file that only this user may read; `KeysReadableByOthers` on any other."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound from None
    except OSError as problem:
        raise FileAccess(errno=problem.errno or errno.EIO) from None
    try:
        found = os.fstat(file)
        if found.st_uid not in {os.geteuid(), 0} or stat.S_IMODE(found.st_mode) & 0o077:
            raise KeysReadableByOthers
        return _read(file)
    except OSError as problem:
        raise FileAccess(errno=problem.errno or errno.EIO) from None
    finally:
        os.close(file)


def from_descriptor(file: int) -> Secret:
    """What another process hands over; the descriptor is closed, so that no child inherits it."""
    try:
        return _read(file)
    except OSError as problem:
        raise FileAccess(errno=problem.errno or errno.EIO) from None
    finally:
        os.close(file)


def from_prompt(words: str) -> Secret:
    """What a person types, unseen."""
    return Secret(bytearray(getpass.getpass(words).encode()))


def require_long(passphrase: Secret) -> None:
    """Raise `PassphraseTooShort` for a new one that could be guessed."""
    if len(passphrase.open().decode(errors="replace")) < LEAST:
        raise PassphraseTooShort(limit=LEAST)
