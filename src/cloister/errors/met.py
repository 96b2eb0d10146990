"""What the file system says, in our words."""

from __future__ import annotations

import errno

from cloister.errors import (
    CloisterError,
    DiskFull,
    FileAccess,
    IsAFolder,
    NoPermission,
    NotFound,
    OutputExists,
    OutputIsAFolder,
)

_EITHER_WAY: dict[int, type[CloisterError]] = {
    errno.ENOENT: NotFound,
    errno.ENOTDIR: NotFound,
    errno.EACCES: NoPermission,
    errno.EPERM: NoPermission,
}
_READING = _EITHER_WAY | {errno.ENAMETOOLONG: NotFound, errno.EISDIR: IsAFolder}
_WRITING = _EITHER_WAY | {
    errno.EROFS: NoPermission,
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EFBIG: DiskFull,
    errno.EEXIST: OutputExists,
    errno.ENOTEMPTY: OutputExists,
    errno.EISDIR: OutputIsAFolder,
}


def while_reading(number: int | None) -> CloisterError:
    """The typed error for an errno met while opening or reading a source."""
    return _met(_READING, number)


def while_writing(number: int | None) -> CloisterError:
    """The typed error for an errno met while writing an output."""
    return _met(_WRITING, number)


def _met(words: dict[int, type[CloisterError]], number: int | None) -> CloisterError:
    kind = words.get(number or 0)
    return kind() if kind else FileAccess(errno=number or 0)
