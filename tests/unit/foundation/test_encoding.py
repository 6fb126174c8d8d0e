"""Canonical encoding: known answers, one form only, limits before allocation, one reason for each fault."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.encoding import (
    BOOLEAN,
    U8,
    U16,
    U32,
    U64,
    Codec,
    Enumeration,
    Fixed,
    Octets,
    Option,
    Reader,
    Struct,
    Text,
    Unsigned,
    Variant,
    Vector,
    write_unsigned_leb128,
)
from mpctls.reference.foundation.errors import Refused

from .refusals import refused

MAXIMUM = 2**32 - 1

# ULEB128 answers of the BCS specification (diem/bcs, README, "ULEB128-encoded integers").
LEB128 = [
    (0, "00"),
    (1, "01"),
    (127, "7f"),
    (128, "8001"),
    (16384, "808001"),
    (2097152, "80808001"),
    (268435456, "8080808001"),
    (9487, "8f4a"),
    (MAXIMUM, "ffffffff0f"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    number: int = field(metadata=U16.wire)
    text: str = field(metadata=Text(8).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    value: bool = field(metadata=BOOLEAN.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    leaves: tuple[Leaf, ...] = field(metadata=Vector(Struct(Leaf), 4).wire)
    either: Leaf | Flag = field(metadata=Variant[object]((Leaf, Flag)).wire)
    maybe: bytes | None = field(metadata=Option(Octets(4, 1)).wire)
    chosen: str = field(metadata=Enumeration(("a", "b")).wire)


TREE = Struct(Tree)
TREES = st.builds(
    Tree,
    leaves=st.lists(st.builds(Leaf, number=st.integers(0, 65535), text=st.text(max_size=2)), max_size=4).map(
        tuple
    ),
    either=st.one_of(
        st.builds(Leaf, number=st.integers(0, 65535), text=st.text(max_size=2)),
        st.builds(Flag, value=st.booleans()),
    ),
    maybe=st.none() | st.binary(min_size=1, max_size=4),
    chosen=st.sampled_from("ab"),
)


@pytest.mark.parametrize(("value", "octets"), LEB128)
def test_unsigned_leb128_gives_the_known_answers(value: int, octets: str) -> None:
    out = bytearray()
    write_unsigned_leb128(value, out)
    assert out.hex() == octets
    assert Reader(bytes(out)).unsigned_leb128() == value


@pytest.mark.parametrize(
    "octets",
    [
        "8000",
        "ff00",
        "808000",
        "8080808000",
        "8080808010",
        "ffffffff10",
        "ffffffff8f00",
        "8080808080",
        "ff" * 9,
    ],
)
def test_superfluous_or_too_many_octets_of_a_length_are_refused(octets: str) -> None:
    with refused("encoding/not-minimal"):
        Reader(bytes.fromhex(octets)).unsigned_leb128()


@given(st.integers(0, MAXIMUM))
def test_unsigned_leb128_round_trips(value: int) -> None:
    out = bytearray()
    write_unsigned_leb128(value, out)
    reader = Reader(bytes(out))
    assert reader.unsigned_leb128() == value
    reader.finish()


@pytest.mark.parametrize(
    ("codec", "value", "octets"),
    [
        (U8, 0xAB, "ab"),
        (U16, 0x1234, "3412"),
        (U32, 0x12345678, "78563412"),
        (U64, 0x1234567890ABCDEF, "efcdab9078563412"),
        (BOOLEAN, True, "01"),
        (BOOLEAN, False, "00"),
        (Text(16), "çå", "04c3a7c3a5"),
        (Vector(U16, 3), (1, 2), "0201000200"),
        (Option(U8), 8, "0108"),
        (Option(U8), None, "00"),
        (Fixed(3), b"abc", "616263"),
        (Octets(3), b"", "00"),
        (Enumeration((False, True)), True, "01"),
        (Variant[object]((Leaf, Flag)), Flag(value=True), "0101"),
        (Variant[object]((Leaf, Flag)), Leaf(number=1, text="a"), "0001000161"),
    ],
)
def test_known_answers(codec: Codec[object], value: object, octets: str) -> None:
    assert codec.encode(value).hex() == octets
    assert codec.decode(bytes.fromhex(octets)) == value


@pytest.mark.parametrize(
    ("codec", "octets", "reason"),
    [
        (U32, "000000", "truncated"),
        (U8, "", "truncated"),
        (Fixed(4), "000000", "truncated"),
        (Octets(4), "02ff", "truncated"),
        (Octets(4), "80", "truncated"),
        (Vector(U8, 4), "0200", "truncated"),
        (U8, "0000", "trailing-octets"),
        (Octets(4), "01ffff", "trailing-octets"),
        (Octets(4), "8100ff", "not-minimal"),
        (Variant[object]((Leaf, Flag)), "810001", "not-minimal"),
        (Enumeration("ab"), "8000", "not-minimal"),
        (Octets(4), "05", "limit-exceeded"),
        (Text(4), "05", "limit-exceeded"),
        (Vector(U8, 4), "05", "limit-exceeded"),
        (BOOLEAN, "02", "not-a-boolean"),
        (Option(U8), "ff00", "not-a-boolean"),
        (Unsigned(1, frozenset({1})), "02", "unknown-variant"),
        (Variant[object]((Leaf, Flag)), "02", "unknown-variant"),
        (Enumeration("ab"), "02", "unknown-variant"),
        (Text(4), "02c080", "not-utf8"),
        (Text(4), "03eda080", "not-utf8"),
        (Text(4), "01ff", "not-utf8"),
        (Octets(4, 1), "00", "not-canonical"),
        (Vector(U8, 4, 2), "0100", "not-canonical"),
    ],
)
def test_each_fault_has_its_reason(codec: Codec[object], octets: str, reason: str) -> None:
    with refused(f"encoding/{reason}"):
        codec.decode(bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("codec", "value", "reason"),
    [
        (Fixed(4), b"abc", "not-canonical"),
        (Octets(2), b"abc", "limit-exceeded"),
        (Octets(4, 4), b"abc", "not-canonical"),
        (Vector(U8, 1), (1, 2), "limit-exceeded"),
        (Text(8), "\ud800", "not-utf8"),
        (Unsigned(1, frozenset({1})), 2, "unknown-variant"),
    ],
)
def test_nothing_is_written_that_would_not_be_read(codec: Codec[object], value: object, reason: str) -> None:
    with refused(f"encoding/{reason}"):
        codec.encode(value)


@pytest.mark.parametrize("octets", ["808080800f", "ffffffff0f"])
@pytest.mark.parametrize("codec", [Octets(2**24), Vector(U64, 2**24)])
def test_a_huge_count_costs_nothing(codec: Codec[object], octets: str) -> None:
    tracemalloc.start()
    with refused("encoding/limit-exceeded"):
        codec.decode(bytes.fromhex(octets))
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


@pytest.mark.parametrize("codec", [Octets(2**24), Vector(U64, 2**24)])
def test_a_count_within_its_limit_allocates_no_more_than_there_is(codec: Codec[object]) -> None:
    tracemalloc.start()
    with refused("encoding/truncated"):
        codec.decode(bytes.fromhex("80808008") + bytes(64))
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


@given(TREES)
def test_structures_round_trip(tree: Tree) -> None:
    assert TREE.decode(TREE.encode(tree)) == tree


@given(TREES, st.binary(max_size=3), st.integers(0, 30))
def test_no_other_octets_stand_for_the_same_value(tree: Tree, suffix: bytes, cut: int) -> None:
    octets = TREE.encode(tree)
    for other in (octets + suffix, octets[:cut] + suffix + octets[cut:], octets[:cut] + octets[cut + 1 :]):
        try:
            found = TREE.decode(other)
        except Refused as refusal:
            assert refusal.reason.startswith("encoding/")
        else:
            assert TREE.encode(found) == other


@given(st.binary(max_size=40))
def test_random_octets_are_refused_or_canonical(octets: bytes) -> None:
    try:
        tree = TREE.decode(octets)
    except Refused as refusal:
        assert refusal.reason.startswith("encoding/")
    else:
        assert TREE.encode(tree) == octets
