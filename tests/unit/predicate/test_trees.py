"""Sorted trees of value hashes, value hashes and pseudonyms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.poseidon import poseidon
from mpctls.zkp.predicate.build import field, integer
from mpctls.zkp.predicate.evaluate import Token, evaluate
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.pseudonym import pseudonym, scope_element
from mpctls.zkp.predicate.trees import Tree, TreePath, build_tree, read_members, tree_of_values
from mpctls.zkp.predicate.types import (
    BOOLEAN,
    INTEGER,
    OCTETS,
    DateType,
    DecimalType,
    FieldType,
    TextType,
    Value,
)
from mpctls.zkp.predicate.values import value_hash, value_hashes
from tests.unit.foundation.refusals import refused

from .committed import NUMBER
from .satisfaction import outcome

COUNT = field("response", "$.count", integer)
# hdr of formats.md section 5.1: version 1, kind 3, 4, 5 or 6, direction 0, length 0
LEAF, NODE, NULLIFIER, VALUE = (1 + (kind << 8) for kind in (3, 4, 5, 6))


def climb(path: TreePath) -> int:
    """The root by the definition of predicates.md section 4."""
    node = poseidon([LEAF, path.leaf])
    for height, sibling in enumerate(path.siblings):
        pair = [sibling, node] if path.index >> height & 1 else [node, sibling]
        node = poseidon([NODE, *pair])
    return node


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(1, SCALAR_MODULUS - 2), max_size=6), st.integers(0, 2))
def test_every_path_leads_to_the_root(members: set[int], more: int) -> None:
    depth = max(1, (len(members) + 1).bit_length()) + more
    tree = build_tree(members, depth)
    expected = [0, *sorted(members)]
    expected += [SCALAR_MODULUS - 1] * (2**depth - len(expected))
    assert expected[-1] == SCALAR_MODULUS - 1
    for index, leaf in enumerate(expected):
        path = tree.path(index)
        assert path.leaf == leaf
        assert climb(path).to_bytes(32, "little") == tree.root


def test_the_least_depth_leaves_a_place_at_the_end() -> None:
    assert [build_tree(range(1, count + 1)).depth for count in (0, 1, 2, 3, 6, 7)] == [1, 2, 2, 3, 3, 4]
    with refused("predicate/too-large"):
        build_tree(range(1, 4), depth=2)
    for hashes in ([0], [SCALAR_MODULUS - 1]):
        with refused("predicate/malformed"):
            build_tree(hashes)


@pytest.mark.parametrize(
    ("field_type", "value", "preimage"),
    [
        (INTEGER, -5, [1, 0, SCALAR_MODULUS - 5]),
        (DecimalType(scale=2), 1250, [1, 2, 1250]),
        (DateType(format=3), 738000, [2, 0, 738000]),
        (BOOLEAN, True, [3, 0, 1]),
        (TextType(maximum=40), b"ab", [4, 2, 0x6261]),
        (OCTETS, bytes(31) + b"\x07", [5, 32, 0, 7]),
    ],
)
def test_value_hashes(field_type: FieldType, value: Value, preimage: list[int]) -> None:
    assert value_hash(field_type, value) == poseidon([VALUE, *preimage])
    assert value_hashes(field_type, [value]) == [value_hash(field_type, value)]


def test_many_value_hashes_are_those_of_each() -> None:
    texts: list[Value] = [b"a", b"b" * 31, b"c" * 32, b"d" * 100, b"e"]
    assert value_hashes(OCTETS, texts) == [value_hash(OCTETS, each) for each in texts]
    assert value_hashes(OCTETS, []) == []


def test_pseudonyms_depend_on_value_and_scope() -> None:
    value = value_hash(INTEGER, 5)
    assert pseudonym(value, "a") == poseidon([NULLIFIER, scope_element("a"), 0, value])
    assert len({pseudonym(value, "a"), pseudonym(value, "b"), pseudonym(value_hash(INTEGER, 6), "a")}) == 3


MEMBERS: list[Value] = [-3, 5, 8, 13]
TREE = tree_of_values(INTEGER, MEMBERS, 3)


def in_tree(tree: Tree) -> Proposition:
    return COUNT.in_tree(tree.depth, tree.root)


def not_in_tree(tree: Tree) -> Proposition:
    return COUNT.not_in_tree(tree.depth, tree.root)


@pytest.mark.parametrize("value", [-3, 5, 13, 0, 4, 100])
def test_membership_is_what_the_set_says(value: int) -> None:
    token = Token(kind=NUMBER, octets=str(value).encode())
    trees = {TREE.root: TREE}
    for proposition, expected in (
        (in_tree(TREE), value in MEMBERS),
        (not_in_tree(TREE), value not in MEMBERS),
    ):
        predicate = proposition.predicate
        assert evaluate(predicate, [token], trees).holds is expected
        assert (outcome(predicate, [token], trees) == "satisfied") is expected


def test_the_empty_set_has_no_member() -> None:
    empty = build_tree([])
    token = Token(kind=NUMBER, octets=b"7")
    assert evaluate(not_in_tree(empty).predicate, [token], {empty.root: empty}).holds
    assert outcome(not_in_tree(empty).predicate, [token], {empty.root: empty}) == "satisfied"


def test_neighbours_that_are_none_prove_nothing() -> None:
    """A path to leaves that do not stand side by side, or of another tree, satisfies no circuit."""
    token = Token(kind=NUMBER, octets=b"5")
    predicate = not_in_tree(TREE).predicate

    class Skipping(Tree):
        def neighbours(self, value: int) -> tuple[int, int]:
            index = self.find(value)
            assert index is not None
            return index - 1, index + 1

    skipping = Skipping(depth=TREE.depth, leaves=TREE.leaves, levels=TREE.levels, filling=TREE.filling)
    assert outcome(predicate, [token], {TREE.root: skipping}) == "zero-knowledge/unsatisfied"
    other = tree_of_values(INTEGER, [1, 2], 3)
    assert outcome(predicate, [token], {TREE.root: other}) == "zero-knowledge/unsatisfied"
    with refused("predicate/unknown-tree"):
        evaluate(predicate, [token])


def test_members_from_lines() -> None:
    assert read_members(INTEGER, ["1", "-2"]) == [1, -2]
    assert read_members(DecimalType(scale=2), ["1.5"]) == [150]
    assert read_members(OCTETS, ["00ff"]) == [b"\x00\xff"]
    assert read_members(TextType(maximum=9), ["é"]) == ["é".encode()]
    for field_type, line in ((INTEGER, "01"), (OCTETS, "0g"), (TextType(maximum=3), "four"), (INTEGER, "")):
        with refused("predicate/malformed"):
            read_members(field_type, [line])
