"""Statements about Poseidon, encoding commitments, trees, SHA-256 and the statement of a proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .. import poseidon as plain
from ..bn254.constants import SCALAR_MODULUS
from ..bridge.message import CONTEXT_BLOCK, filling, message
from ..circuit import bits, encoding, octets, poseidon, sha256, statement
from ..circuit import set as sets
from ..circuit.builder import Builder, Value
from ..circuit.expressions import Expression
from .statements import Build, Inputs, Statement, asserting

Wires = tuple[Expression, ...]

_HEAD = plain.header(plain.KIND_ENCODING, 1, 31)
_LAST = SCALAR_MODULUS - 1


def _poseidon(arity: int, twins: int) -> Statement:
    return Statement(
        name=f"poseidon.poseidon ({arity} inputs)",
        forces="the output is the hash of the inputs",
        inputs=arity,
        build=lambda builder, x: [poseidon.poseidon(builder, x)],
        expected=lambda _, x: (plain.poseidon(x),),
        cases=(tuple(range(1, arity + 1)), (0,) * arity, (_LAST,) * arity),
        twins=twins,
    )


def _commitment(count: int) -> Statement:
    def build(builder: Builder, wires: Wires) -> Sequence[Value]:
        offset, factor, blinder, *elements = wires
        check = encoding.polynomial_check(builder, offset, factor, elements)
        return [check, encoding.commit(builder, _HEAD, check, blinder, elements)]

    def expected(modulus: int, inputs: Inputs) -> Sequence[int]:
        offset, factor, blinder, *elements = inputs
        check = offset + sum(pow(factor, power, modulus) * x for power, x in enumerate(elements, 1))
        return check % modulus, plain.commit(_HEAD, check % modulus, blinder, elements)

    return Statement(
        name=f"encoding.commit, polynomial_check ({count} elements)",
        forces="m is the polynomial in Δ, C commits to header, m, β and all elements",
        inputs=3 + count,
        build=build,
        expected=expected,
        cases=(tuple(range(5, 8 + count)), (_LAST,) * (3 + count)),
        twins=40,
    )


def _opening(builder: Builder, wires: Wires) -> Sequence[Value]:
    commitment, offset, factor, masked, element = wires
    encoding.assert_opening(
        builder,
        commitment=commitment,
        offset=offset,
        factor=factor,
        head=_HEAD,
        masked=masked,
        elements=[element],
    )
    return ()


def _blinder(check: int, masked: int, element: int) -> int:
    """The one β that this masks: the fifth root of what is left of the first round when the rest is taken away."""
    chosen, place = plain.parameters(5), 3
    constant = chosen.first[0][place]
    rest = masked - encoding.mask_of_blinder(_HEAD, check, 0, [element])
    power = rest * pow(chosen.matrix[0][place], -1, SCALAR_MODULUS) + pow(constant, 5, SCALAR_MODULUS)
    return pow(power, pow(5, -1, SCALAR_MODULUS - 1), SCALAR_MODULUS) - constant


def _opens(modulus: int, inputs: Inputs) -> Sequence[int] | None:
    commitment, offset, factor, masked, element = inputs
    check = (offset + factor * element) % modulus
    blinder = _blinder(check, masked, element) % modulus
    return () if commitment == plain.commit(_HEAD, check, blinder, [element]) else None


_CHECK = 5 + 3 * 4
_MASKED = encoding.mask_of_blinder(_HEAD, _CHECK, 9, [4])
_FALSE_PRODUCT = 7
"""What a prover would like 3 * 4 to be, and a check that it would like 17 to be."""


def _root(depth: int, inputs: Inputs) -> int:
    node = plain.poseidon([plain.header(plain.KIND_SET_LEAF), inputs[0]])
    for bit, sibling in zip(inputs[1 : 1 + depth], inputs[1 + depth :], strict=True):
        pair = (sibling, node) if bit else (node, sibling)
        node = plain.poseidon([plain.header(plain.KIND_SET_NODE), *pair])
    return node


def _tree(depth: int) -> Build:
    def build(builder: Builder, wires: Wires) -> Sequence[Value]:
        return [sets.tree_root(builder, wires[0], wires[1 : 1 + depth], wires[1 + depth :])]

    return build


def _pair_root(low: int, high: int) -> int:
    leaves = [plain.poseidon([plain.header(plain.KIND_SET_LEAF), value]) for value in (low, high)]
    return plain.poseidon([plain.header(plain.KIND_SET_NODE), *leaves])


_PAIR_ROOT = _pair_root(10, _LAST)


def _between(builder: Builder, wires: Wires) -> Sequence[Value]:
    value, low, high, path_low, path_high, sibling_low, sibling_high = wires
    return [
        sets.is_between_neighbours(
            builder,
            value,
            _PAIR_ROOT,
            neighbours=(low, high),
            paths=([path_low], [path_high]),
            siblings=([sibling_low], [sibling_high]),
        )
    ]


def _is_between(_: int, inputs: Inputs) -> Sequence[int] | None:
    value, low, high, path_low, path_high, sibling_low, sibling_high = inputs
    if max(path_low, path_high) > 1:
        return None
    right = (
        _root(1, (low, path_low, sibling_low)) == _PAIR_ROOT
        and _root(1, (high, path_high, sibling_high)) == _PAIR_ROOT
        and path_low + 1 == path_high
        and low < value < high
    )
    return (int(right),)


_LEAVES = tuple(plain.poseidon([plain.header(plain.KIND_SET_LEAF), value]) for value in (10, _LAST))


def _digest(builder: Builder, wires: Wires) -> Sequence[Value]:
    return sha256.digest(builder, [octets.octet_bits(builder, octet) for octet in wires])


def _digest_words(_: int, inputs: Inputs) -> Sequence[int] | None:
    if max(inputs) > 255:
        return None
    digest = hashlib.sha256(bytes(inputs)).digest()
    return [int.from_bytes(digest[start : start + 4], "big") for start in range(0, 32, 4)]


def _sha256(length: int, twins: int) -> Statement:
    return Statement(
        name=f"sha256.digest ({length} octets)",
        forces="the words are the digest of the octets",
        inputs=length,
        build=_digest,
        expected=_digest_words,
        cases=(tuple(range(length)), (255,) * length, (256, *range(length - 1))),
        searched=False,
        twins=twins,
    )


def _bridge_message(builder: Builder, wires: Wires) -> Sequence[Value]:
    length, *filled = wires
    laid_out = message(builder, 1, length, filled)
    return [*(bits.recompose(builder, octet) for octet in laid_out.bits), *laid_out.octets]


def _bridge_octets(_: int, inputs: Inputs) -> Sequence[int] | None:
    length, *filled = inputs
    if not 1 <= length <= _LONGEST or max(filled) > 255 or any(filled[length + 16 :]):
        return None
    octets = CONTEXT_BLOCK + length.to_bytes(4, "little") + bytes(filled[: length + 16]) + b"\x80"
    padded = octets.ljust(120, b"\0") + (8 * len(octets) - 8).to_bytes(8, "big")
    return [*padded, *filled[:length], *bytes(_LONGEST - length)]


def _bridge_case(length: int, octet: int) -> Inputs:
    return (length, *(octet,) * (length + 16), *(0,) * (filling(1) - length - 16))


_LONGEST = 35

STATEMENTS = (
    _poseidon(1, 1000),
    _poseidon(2, 60),
    _poseidon(4, 40),
    _commitment(1),
    _commitment(2),
    _commitment(14),
    Statement(
        name="encoding.assert_opening",
        forces="C opens to the elements and to m = k + Δ * x",
        inputs=5,
        build=_opening,
        expected=_opens,
        cases=(
            (plain.commit(_HEAD, _CHECK, 9, [4]), 5, 3, _MASKED, 4),
            (plain.commit(_HEAD, _CHECK, 9, [4]), 5, 3, _MASKED, 5),
            (
                plain.commit(_HEAD, 5 + _FALSE_PRODUCT, _blinder(5 + _FALSE_PRODUCT, _MASKED, 4), [4]),
                5,
                3,
                _MASKED,
                4,
            ),
            (plain.commit(_HEAD, _CHECK, 8, [4]), 5, 3, _MASKED, 4),
            (1, 5, 3, _MASKED, 4),
        ),
        twins_of="encoding",
        samples=(_FALSE_PRODUCT, 5 + _FALSE_PRODUCT),
    ),
    Statement(
        name="set.is_member",
        forces="1 exactly for the members",
        inputs=1,
        build=lambda builder, x: [sets.is_member(builder, x[0], (2, 5, 7))],
        expected=lambda _, x: (int(x[0] in (2, 5, 7)),),
        fields=(11, 13, 31),
        cases=((2,), (7,), (3,), (_LAST,)),
        solver=True,
    ),
    Statement(
        name="set.tree_root (depth 2)",
        forces="the path is bits, and the root is that of the value at this place",
        inputs=5,
        build=_tree(2),
        expected=lambda _, x: (_root(2, x),) if max(x[1:3]) < 2 else None,
        cases=((7, 0, 0, 3, 4), (7, 1, 0, 3, 4), (7, 0, 1, 3, 4), (7, 1, 1, 3, 4), (7, 2, 0, 3, 4)),
        twins=60,
    ),
    Statement(
        name="set.is_between_neighbours (depth 1)",
        forces="1 exactly if two neighbouring leaves enclose the value",
        inputs=7,
        build=_between,
        expected=_is_between,
        cases=(
            (11, 10, _LAST, 0, 1, _LEAVES[1], _LEAVES[0]),
            (10, 10, _LAST, 0, 1, _LEAVES[1], _LEAVES[0]),
            (_LAST, 10, _LAST, 0, 1, _LEAVES[1], _LEAVES[0]),
            (9, 10, _LAST, 0, 1, _LEAVES[1], _LEAVES[0]),
            (11, 10, 10, 0, 0, _LEAVES[1], _LEAVES[1]),
            (11, 9, _LAST, 0, 1, _LEAVES[1], _LEAVES[0]),
            (11, 10, _LAST, 0, 2, _LEAVES[1], _LEAVES[0]),
        ),
        searched=False,
        twins=0,
    ),
    Statement(
        name="statement.bind_statement",
        forces="each limb stands in a constraint",
        inputs=2,
        build=asserting(statement.bind_statement),
        expected=lambda _, __: (),
        fields=(5, 7),
        solver=True,
    ),
    _sha256(3, 12),
    _sha256(64, 0),
    Statement(
        name="bridge.message (1 block)",
        forces="context, length, content, blinder and padding in two blocks; the content alone, followed by zeros",
        inputs=1 + filling(1),
        build=_bridge_message,
        expected=_bridge_octets,
        cases=(
            _bridge_case(1, 255),
            _bridge_case(18, 0),
            _bridge_case(_LONGEST, 1),
            (18, *(1,) * 35, *(0,) * 16),
            _bridge_case(18, 256),
            (_LONGEST + 1, *(0,) * filling(1)),
            (0, *(0,) * filling(1)),
        ),
        twins=6,
        twins_of="mask",
    ),
)
