"""Checks of Merkle proofs, as strict as RFC 9162 has them; each raises where the proof does not fit.

The subtrees are those of the Merkle tree certificates' draft (draft-ietf-plants-merkle-tree-certs, section 4): an
interval of leaves that starts at a multiple of the least power of two that is not below its width. A tree is the
subtree that starts at 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloister.audit.merkle import EMPTY, SIZE, node_hash
from cloister.errors import Flaw, LogDoesNotVerify

LONGEST = 63
"""Hashes of a proof at most; no tree has more than 2^63 leaves."""
_MOST = 1 << LONGEST


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, start: int = 0) -> None:
    """Raise unless the leaf with this hash is number `index` of the tree with this size and root (RFC 9162, 2.1.3.2).

    With `start`, of the subtree [start, size).
    """
    if not _is_subtree(start, size) or not start <= index < size or len(leaf) != SIZE:
        raise _misfit()
    at, last = index - start, size - start - 1
    _check_hashes(proof)
    found = leaf
    for each in proof:
        if last == 0:
            raise _misfit()
        if at & 1 or at == last:
            found = node_hash(each, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise _misfit()


def check_consistency(before: int, size: int, proof: Sequence[bytes], root_before: bytes, root: bytes) -> None:
    """Raise unless the tree of `before` leaves is the start of that of `size` (RFC 9162, 2.1.4.2).

    An empty tree is the start of every tree, so a proof from one would say nothing and is refused.
    """
    if not 0 < before <= size:
        raise _misfit()
    check_subtree(0, before, size, proof, root_before, root)


def check_subtree(start: int, end: int, size: int, proof: Sequence[bytes], root_part: bytes, root: bytes) -> None:
    """Raise unless [start, end) with root `root_part` is a subtree of the tree of `size` leaves with root `root`."""
    if start == end and end <= size and not proof and root_part == EMPTY:
        return
    if not _is_subtree(start, end) or end > size:
        raise _misfit()
    _check_hashes(proof)
    first, last, final = start, end - 1, size - 1
    while first != last and (last == final or last & 1):
        first, last, final = first >> 1, last >> 1, final >> 1
    path = [root_part, *proof] if first == last else list(proof)
    if not path:
        raise _misfit()
    part = whole = path.pop(0)
    for each in path:
        if final == 0:
            raise _misfit()
        if last & 1 or last == final:
            if first < last:
                part = node_hash(each, part)
            whole = node_hash(each, whole)
            while not last & 1:
                first, last, final = first >> 1, last >> 1, final >> 1
        else:
            whole = node_hash(whole, each)
        first, last, final = first >> 1, last >> 1, final >> 1
    if final or part != root_part or whole != root:
        raise _misfit()


def _is_subtree(start: int, end: int) -> bool:
    """Whether [start, end) is one."""
    if not 0 <= start < end <= _MOST:
        return False
    width = 1 << (end - start - 1).bit_length()
    return start % width == 0


def _check_hashes(proof: Sequence[bytes]) -> None:
    if len(proof) > LONGEST or any(len(each) != SIZE for each in proof):
        raise _misfit()


def _misfit() -> LogDoesNotVerify:
    return LogDoesNotVerify(why=Flaw.PROOF)
