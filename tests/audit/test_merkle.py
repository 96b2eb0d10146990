"""Trees and proofs: the public cases, and a second implementation on random trees."""

from __future__ import annotations

import base64
import json
import random

import pytest

from cloister.audit.merkle import EMPTY, Frontier, Tree, leaf_hash
from cloister.audit.proofs import check_consistency, check_inclusion, check_subtree
from cloister.errors import LogDoesNotVerify
from tests.audit import naive

CASES = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}


def _bytes(value):
    return base64.b64decode(value or "")


def _run(kind, case):
    proof = [_bytes(each) for each in case["proof"] or ()]
    if kind == "consistency":
        check_consistency(case["size1"], case["size2"], proof, _bytes(case["root1"]), _bytes(case["root2"]))
    elif kind == "inclusion":
        check_inclusion(_bytes(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, _bytes(case["root"]))
    elif kind == "subtreeinclusion":
        leaf, root = _bytes(case["leafHash"]), _bytes(case["root"])
        check_inclusion(leaf, case["leafIdx"], case["end"], proof, root, case["start"])
    else:
        roots = _bytes(case["root1"]), _bytes(case["root2"])
        check_subtree(case["start"], case["end"], case["size"], proof, *roots)


@pytest.mark.parametrize("kind", CASES)
def test_proofs_agree_with_every_public_case(kind, data):
    files = sorted((data / "merkle_proofs/testdata" / kind).rglob("*.json"))
    assert len(files) == CASES[kind]
    wrong = []
    for file in files:
        case = json.loads(file.read_text())
        try:
            _run(kind, case)
            refused = False
        except LogDoesNotVerify:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(case["desc"])
    assert wrong == []


def _trees(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        size = rng.choice((rng.randint(1, 9), rng.randint(1, 40), 1 << rng.randint(0, 6)))
        yield rng, [rng.randbytes(rng.randint(0, 12)) for _ in range(size)]


def _agrees(rng, leaves):
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree, size = Tree(hashes), len(leaves)
    part = rng.randint(1, size)
    roots = naive.mth(leaves), naive.mth(leaves[:part])
    assert (tree.root(), tree.root(part)) == roots
    assert (Frontier(hashes).root(), Frontier(hashes[:part]).root()) == roots
    index = rng.randrange(part)
    inclusion = tree.inclusion(index, part)
    assert list(inclusion) == naive.path(index, leaves[:part])
    check_inclusion(hashes[index], index, part, inclusion, roots[1])
    consistency = tree.consistency(part)
    assert list(consistency) == naive.proof(part, leaves)
    check_consistency(part, size, consistency, roots[1], roots[0])
    _refuses_others(rng, hashes, index, part, inclusion, roots[1])
    if part < size:
        with pytest.raises(LogDoesNotVerify):
            check_consistency(part, size, [*consistency, EMPTY], roots[1], roots[0])
        with pytest.raises(LogDoesNotVerify):
            check_consistency(part, size, consistency[:-1], roots[1], roots[0])
        with pytest.raises(LogDoesNotVerify):
            check_consistency(part, size, consistency, roots[0], roots[0])


def _refuses_others(rng, hashes, index, size, proof, root):
    """A proof for another place is believed only where the second implementation believes it too."""
    at, of = rng.randrange(size), rng.randint(1, size + 2)
    believed = at < of and naive.root_from(at, of, hashes[index], list(proof)) == root
    try:
        check_inclusion(hashes[index], at, of, proof, root)
    except LogDoesNotVerify:
        assert not believed
    else:
        assert believed


def test_a_second_implementation_agrees_on_random_trees():
    for rng, leaves in _trees(300, 1):
        _agrees(rng, leaves)


@pytest.mark.proof
def test_a_second_implementation_agrees_on_ten_thousand_random_trees():
    for rng, leaves in _trees(10_000, 2):
        _agrees(rng, leaves)


def test_every_size_and_place_up_to_33():
    leaves = [bytes([n]) for n in range(33)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree = Tree(hashes)
    for size in range(1, 34):
        root = naive.mth(leaves[:size])
        for index in range(size):
            check_inclusion(hashes[index], index, size, tree.inclusion(index, size), root)
        for before in range(1, size + 1):
            check_consistency(before, size, tree.consistency(before, size), tree.root(before), root)


def test_a_frontier_holds_one_hash_for_each_bit_of_its_size():
    frontier = Frontier()
    assert frontier.root() == Tree().root() == EMPTY
    for n in range(1, 2000):
        frontier.add(leaf_hash(bytes(8)))
        assert len(frontier.peaks) == n.bit_count()
    other = frontier.copy()
    other.add(EMPTY)
    assert other.root() != frontier.root()


def test_proofs_that_cannot_be_are_not_made():
    tree = Tree([EMPTY] * 3)
    for ask in (lambda: tree.inclusion(3), lambda: tree.inclusion(-1), lambda: tree.inclusion(0, 4)):
        with pytest.raises(ValueError, match="no such"):
            ask()
    for before in (0, 4, -1):
        with pytest.raises(ValueError, match="no t"):
            tree.consistency(before)


def test_a_leaf_does_not_pass_for_a_node():
    one, two = leaf_hash(b"1"), leaf_hash(b"2")
    assert Tree([one, two]).root() != leaf_hash(one + two)
