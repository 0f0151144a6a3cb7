"""The tree is RFC 6962's, honest proofs are accepted and every other proof is refused."""

import hashlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import tree
from shared.audit.tree import Frontier

# The leaves and roots of certificate-transparency's own reference tests, sizes 0 to 8.
REFERENCE_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# RFC 6962, 2.1.3: what the audit paths and proofs of its seven leaves consist of, as spans of leaves.
PATHS_OF_SEVEN = {
    0: [(1, 2), (2, 4), (4, 7)],
    3: [(2, 3), (0, 2), (4, 7)],
    4: [(5, 6), (6, 7), (0, 4)],
    6: [(4, 6), (0, 4)],
}
PROOFS_TO_SEVEN = {3: [(2, 3), (3, 4), (0, 2), (4, 7)], 4: [(4, 7)], 6: [(4, 6), (6, 7), (0, 4)]}

sizes = st.integers(1, 300)


def leaf(number):
    return hashlib.sha256(b"\x00" + number.to_bytes(4, "big")).digest()


LEAVES = [leaf(i) for i in range(600)]


def naive_root(leaves):
    """The definition, as it stands in section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    both = naive_root(leaves[:half]) + naive_root(leaves[half:])
    return hashlib.sha256(b"\x01" + both).digest()


@cache
def read(level, index):
    return naive_root(LEAVES[index << level : (index + 1) << level])


ROOTS = [naive_root(LEAVES[:size]) for size in range(302)]


@st.composite
def proven_leaves(draw):
    size = draw(sizes)
    index = draw(st.integers(0, size - 1))
    return index, size, tree.prove_inclusion(read, index, size)


@st.composite
def grown_trees(draw):
    new = draw(sizes)
    old = draw(st.integers(1, new))
    return old, new, tree.prove_consistency(read, old, new)


def test_roots_are_those_of_the_reference():
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in REFERENCE_LEAVES]
    found = [tree.root_of(leaves[:size]).hex() for size in range(9)]
    assert found == REFERENCE_ROOTS


@pytest.mark.parametrize("index", PATHS_OF_SEVEN)
def test_inclusion_proofs_are_those_of_the_standard(index):
    expected = [naive_root(LEAVES[begin:end]) for begin, end in PATHS_OF_SEVEN[index]]
    assert tree.prove_inclusion(read, index, 7) == expected


@pytest.mark.parametrize("old", PROOFS_TO_SEVEN)
def test_consistency_proofs_are_those_of_the_standard(old):
    expected = [naive_root(LEAVES[begin:end]) for begin, end in PROOFS_TO_SEVEN[old]]
    assert tree.prove_consistency(read, old, 7) == expected


@given(st.lists(st.integers(0, 40), max_size=12))
def test_however_it_grows_the_tree_is_the_same_and_tells_every_complete_subtree(steps):
    frontier, told = Frontier(), {}
    for step in steps:
        frontier, rows = frontier.grow(LEAVES[frontier.size : frontier.size + step])
        for row in rows:
            for index, found in enumerate(row.hashes, start=row.number):
                assert (row.level, index) not in told
                told[row.level, index] = found
        assert Frontier.unpack(frontier.size, frontier.pack()) == frontier
    size = frontier.size
    assert frontier.root == naive_root(LEAVES[:size])
    assert set(told) == {(level, i) for level in range(size.bit_length()) for i in range(size >> level)}
    assert all(found == read(*at) for at, found in told.items())


@given(proven_leaves())
def test_an_honest_inclusion_is_accepted(proven):
    index, size, proof = proven
    assert tree.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@given(proven_leaves(), st.data())
def test_a_forged_inclusion_is_refused(proven, data):
    index, size, proof = proven
    honest = (LEAVES[index], index, size, proof, ROOTS[size])
    forged = data.draw(
        st.one_of(
            st.integers(0, 400).map(lambda other: (LEAVES[other], *honest[1:])),
            st.integers(-2, 600).map(lambda other: (honest[0], other, *honest[2:])),
            st.integers(0, 300).map(lambda other: (*honest[:4], ROOTS[other])),
            forged_proofs(proof).map(lambda other: (*honest[:3], other, honest[4])),
        ).filter(lambda forged: forged != honest)
    )
    assert not tree.verify_inclusion(*forged)


def forged_proofs(proof):
    """Proofs that are cut, longer, in another order, or not of hashes."""
    hashes = st.sampled_from(LEAVES[:8])
    places = st.integers(0, max(0, len(proof) - 1))
    return st.one_of(
        places.map(lambda at: proof[:at] + proof[at + 1 :]),
        st.tuples(places, hashes).map(lambda each: [*proof[: each[0]], each[1], *proof[each[0] + 1 :]]),
        st.tuples(places, hashes).map(lambda each: [*proof[: each[0]], each[1], *proof[each[0] :]]),
        hashes.map(lambda each: [*proof, each]),
        st.permutations(proof),
        st.just([each + b"\x00" for each in proof] or [b""]),
    )


@given(grown_trees())
def test_an_honest_growth_is_accepted(grown):
    old, new, proof = grown
    assert tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)
    assert tree.verify_consistency(0, tree.EMPTY_ROOT, new, ROOTS[new], [])


@given(grown_trees(), st.data())
def test_a_forged_growth_is_refused(grown, data):
    old, new, proof = grown
    honest = (old, ROOTS[old], new, ROOTS[new], proof)
    forged = data.draw(
        st.one_of(
            st.integers(0, 300).map(lambda other: (old, ROOTS[other], *honest[2:])),
            st.integers(0, 300).map(lambda other: (*honest[:3], ROOTS[other], proof)),
            forged_proofs(proof).map(lambda other: (*honest[:4], other)),
        ).filter(lambda forged: forged != honest)
    )
    assert not tree.verify_consistency(*forged)


@given(sizes, sizes, st.lists(st.binary(min_size=32, max_size=32), max_size=12))
def test_a_history_with_one_other_record_never_follows(old, new, proof):
    """However the proof looks: an old root over other leaves is not the beginning of an honest tree."""
    other = naive_root([*LEAVES[: old - 1], leaf(9_999)])
    honest = tree.prove_consistency(read, min(old, new), max(old, new))
    for tried in (proof, honest):
        assert not tree.verify_consistency(old, other, new, ROOTS[new], tried)


def test_what_is_no_proof_at_all_is_refused():
    assert not tree.verify_consistency(5, ROOTS[5], 4, ROOTS[4], [])
    assert not tree.verify_consistency(-1, ROOTS[5], 4, ROOTS[4], [])
    assert not tree.verify_consistency(0, ROOTS[1], 4, ROOTS[4], [])
    assert not tree.verify_consistency(0, tree.EMPTY_ROOT, 0, ROOTS[4], [])
    assert not tree.verify_consistency(3, ROOTS[3], 4, ROOTS[4], [])
    assert not tree.verify_inclusion(LEAVES[0], 0, 0, [], LEAVES[0])
    assert not tree.verify_inclusion(b"", 0, 1, [], b"")
    shorter = tree.prove_inclusion(read, 0, 4)
    assert not tree.verify_inclusion(LEAVES[0], 0, 8, shorter, ROOTS[4])
    assert not tree.verify_inclusion(LEAVES[0], 0, 2, shorter, ROOTS[4])
    grown = tree.prove_consistency(read, 2, 4)
    assert not tree.verify_consistency(2, ROOTS[2], 8, ROOTS[4], grown)
    assert not tree.verify_consistency(2, ROOTS[2], 3, ROOTS[3], [*grown, *grown])
