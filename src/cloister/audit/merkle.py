"""Merkle trees as RFC 9162 has them, over SHA-256: hashes, roots, and the proofs that one makes of them.

Pure functions of hashes. A leaf's hash begins with 0x00 and a node's with 0x01, so that neither passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SIZE = 32
"""Bytes of a hash."""
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node with these two below it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: all that is needed to add leaves and to give the root.

    One hash of memory for each bit of its size: `peaks` are the roots of its complete subtrees, the largest first.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.size = 0
        self.peaks: list[bytes] = []
        for each in hashes:
            self.add(each)

    def add(self, hashed: bytes) -> None:
        """Put the hash of one more leaf at the end."""
        peaks, size = self.peaks, self.size
        while size & 1:
            hashed = node_hash(peaks.pop(), hashed)
            size >>= 1
        peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.peaks:
            return EMPTY
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root

    def copy(self) -> Frontier:
        """Another one, which grows apart from this."""
        other = Frontier()
        other.size, other.peaks = self.size, list(self.peaks)
        return other


class Tree:
    """A tree that gives proofs, from the hashes of its leaves: two hashes of memory a leaf, O(log n) work a proof."""

    __slots__ = ("_levels",)

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for each in hashes:
            self.add(each)

    def add(self, hashed: bytes) -> None:
        """Put the hash of one more leaf at the end."""
        for depth, level in enumerate(self._levels):
            level.append(hashed)
            if len(level) & 1:
                return
            hashed = node_hash(level[-2], level[-1])
            if depth + 1 == len(self._levels):
                self._levels.append([hashed])
                return

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """The root of its first `size` leaves, or of all; `ValueError` if there are not so many."""
        size = self._within(size)
        return self._hash(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """What shows that leaf `index` is in the tree of the first `size` leaves (RFC 9162, 2.1.3.1)."""
        size = self._within(size)
        if not 0 <= index < size:
            raise ValueError("no such leaf")
        return tuple(self._path(index, 0, size))

    def consistency(self, before: int, size: int | None = None) -> tuple[bytes, ...]:
        """What shows that the tree of `before` leaves is the start of that of `size` (RFC 9162, 2.1.4.1)."""
        size = self._within(size)
        if not 0 < before <= size:
            raise ValueError("no tree to start from")
        return tuple(self._subproof(before, 0, size, known=True))

    def _within(self, size: int | None) -> int:
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError("no such tree")
        return size

    def _hash(self, start: int, end: int) -> bytes:
        """The root over [start, end), a subtree in the sense of `proofs`."""
        level = (end - start).bit_length() - 1
        if end - start == 1 << level:
            return self._levels[level][start >> level]
        split = start + (1 << level)
        return node_hash(self._hash(start, split), self._hash(split, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + _split(end - start)
        if index < split:
            return [*self._path(index, start, split), self._hash(split, end)]
        return [*self._path(index, split, end), self._hash(start, split)]

    def _subproof(self, before: int, start: int, end: int, *, known: bool) -> list[bytes]:
        if before == end:
            return [] if known else [self._hash(start, end)]
        split = start + _split(end - start)
        if before <= split:
            return [*self._subproof(before, start, split, known=known), self._hash(split, end)]
        return [*self._subproof(before, split, end, known=False), self._hash(start, split)]


def _split(width: int) -> int:
    """The largest power of two below a width of at least 2."""
    return 1 << (width - 1).bit_length() - 1
