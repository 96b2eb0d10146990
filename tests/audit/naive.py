"""Merkle trees as the recursive definitions of RFC 9162 have them, word for word: slow, and written apart from ours."""

from __future__ import annotations

from hashlib import sha256


def _k(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    """2.1.1, of the leaves themselves."""
    if not d:
        return sha256().digest()
    if len(d) == 1:
        return sha256(b"\0" + d[0]).digest()
    k = _k(len(d))
    return sha256(b"\1" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    """2.1.3.1."""
    if len(d) == 1:
        return []
    k = _k(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: list[bytes]) -> list[bytes]:
    """2.1.4.1."""
    return _subproof(m, d, b=True)


def _subproof(m: int, d: list[bytes], *, b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = _k(len(d))
    if m <= k:
        return [*_subproof(m, d[:k], b=b), mth(d[k:])]
    return [*_subproof(m - k, d[k:], b=False), mth(d[:k])]


def root_from(m: int, n: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to, by recursion on its end; None if its length is not right."""
    if n == 1:
        return leaf if not proof else None
    if not proof:
        return None
    k = _k(n)
    *rest, last = proof
    if m < k:
        left, right = root_from(m, k, leaf, rest), last
    else:
        left, right = last, root_from(m - k, n - k, leaf, rest)
    return sha256(b"\1" + left + right).digest() if left is not None and right is not None else None
