"""Files with a key to sign with: made by one explicit command, read only where nobody else may read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cloister.errors import BadKey
from cloister.errors.met import while_writing
from cloister.formats.save import save
from cloister.sign import Key, Public

_LONGEST = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make(path: str | os.PathLike[str]) -> Public:
    """Make a key in a new file of mode 600; `OutputExists` where there is one already."""
    key = Key.new()
    save([key.pem()], path, overwrite=False)
    return key.public


def load(path: str | os.PathLike[str]) -> Key:
    """The key in a file; `BadKey` where it is none, or its group or others may touch it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as problem:
        raise while_writing(getattr(problem, "errno", None)) from None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_mode & _OTHERS or facts.st_size > _LONGEST:
            raise BadKey
        return Key.from_pem(file.read(_LONGEST))


def load_public(path: str | os.PathLike[str]) -> Public:
    """The public key in a file."""
    try:
        return Public.from_pem(Path(path).read_bytes()[:_LONGEST])
    except (OSError, ValueError) as problem:
        raise while_writing(getattr(problem, "errno", None)) from None
