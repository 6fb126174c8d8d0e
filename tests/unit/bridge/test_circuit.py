"""The circuit of a bridge: honest witnesses, and what would be forged without each part of its constraints."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import pytest

from mpctls.reference.foundation.identifiers import Direction
from mpctls.reference.foundation.sha256 import compress
from mpctls.reference.mpc.circuits.sha256 import INITIAL_STATE
from mpctls.zkp.bridge.bare_commitment import bare_commitment
from mpctls.zkp.bridge.circuit import PUBLIC_COUNT, compile_bridge
from mpctls.zkp.bridge.message import CONTEXT_BLOCK, filling
from mpctls.zkp.bridge.statement import HashSecret, bridge_publics
from mpctls.zkp.circuit.determinism import undetermined
from mpctls.zkp.statement import statement_limbs
from tests.unit.foundation.refusals import refused

from .committed import BETA, SETTING, committed, content
from .forging import Forger

SECRET = committed(content(5))
OCTETS = SECRET.octets
HONEST = bridge_publics(SECRET.leaf, SETTING, bare_commitment(Direction.RECEIVED, OCTETS, BETA))
DIRECTION, LENGTH, COMMITMENT = 4, 5, 6


def witness(secret: HashSecret, blinder: int = BETA) -> list[int]:
    leaf = secret.leaf
    publics = bridge_publics(leaf, SETTING, bare_commitment(leaf.direction, secret.octets, blinder))
    circuit = compile_bridge(leaf.blocks)
    values = circuit.witness(publics, secret, blinder)
    assert values[1 : 1 + PUBLIC_COUNT] == publics
    return values


@pytest.mark.parametrize("length", [1, 31, 32, 35])
def test_one_block(length: int) -> None:
    witness(committed(content(length), direction=Direction.SENT))


@pytest.mark.slow
def test_every_length() -> None:
    for length in range(1, 100):
        witness(committed(content(length), blinder=bytes([length]) * 16))


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [1, 2])
def test_every_wire_is_determined_by_the_inputs(blocks: int) -> None:
    assert undetermined(compile_bridge(blocks).circuit) == ()


def changed(place: int, value: int) -> list[int]:
    publics = list(HONEST)
    publics[place] = value
    return publics


OTHER_OCTETS = bytes([OCTETS[0] ^ 1]) + OCTETS[1:]


@pytest.mark.parametrize(
    "publics",
    [
        pytest.param(changed(2, HONEST[2] ^ 1), id="other value"),
        pytest.param(changed(3, HONEST[3] ^ 1), id="other value, second half"),
        pytest.param(changed(DIRECTION, 0), id="other direction"),
        pytest.param(changed(DIRECTION, 2), id="no direction"),
        pytest.param(changed(LENGTH, 4), id="shorter"),
        pytest.param(changed(LENGTH, 6), id="longer"),
        pytest.param(changed(LENGTH, 0), id="empty"),
        pytest.param(changed(LENGTH, 36), id="too long"),
        pytest.param(changed(COMMITMENT, HONEST[COMMITMENT] ^ 1), id="other commitment"),
        pytest.param(
            changed(COMMITMENT, bare_commitment(Direction.RECEIVED, OTHER_OCTETS, BETA)), id="of other octets"
        ),
        pytest.param(
            changed(COMMITMENT, bare_commitment(Direction.SENT, OCTETS, BETA)), id="of the other direction"
        ),
        pytest.param(
            changed(COMMITMENT, bare_commitment(Direction.RECEIVED, OCTETS + b"\0", BETA)),
            id="of other length",
        ),
    ],
)
def test_publics_that_do_not_fit(publics: list[int]) -> None:
    with refused("zero-knowledge/unsatisfied"):
        compile_bridge(1).witness(publics, SECRET, BETA)


@pytest.mark.parametrize(
    ("octets", "blinder", "beta"),
    [
        (OTHER_OCTETS, SECRET.blinder, BETA),
        (OCTETS[:4], OCTETS[4:] + SECRET.blinder[:15], BETA),
        (OCTETS[:4], OCTETS[4:] + SECRET.blinder, BETA + 1),
        (OCTETS + b"\0", SECRET.blinder, BETA),
        (bytes(40), SECRET.blinder, BETA),
        (OCTETS, bytes(16), BETA),
        (OCTETS, SECRET.blinder[:15], BETA),
        (OCTETS, SECRET.blinder + b"\1", BETA),
        (OCTETS, SECRET.blinder, BETA + 1),
    ],
)
def test_secrets_that_do_not_open(octets: bytes, blinder: bytes, beta: int) -> None:
    secret = HashSecret(leaf=SECRET.leaf, octets=octets, blinder=blinder)
    with refused("zero-knowledge/unsatisfied"):
        compile_bridge(1).witness(HONEST, secret, beta)


@functools.cache
def forger() -> Forger:
    return Forger(compile_bridge(1).circuit)


def inputs(filled: bytes, publics: Sequence[int]) -> Mapping[str, Sequence[int]]:
    return {
        "statement": publics[:2],
        "value": publics[2:4],
        "direction": [publics[DIRECTION]],
        "length": [publics[LENGTH]],
        "commitment": [publics[COMMITMENT]],
        "filled": filled.ljust(filling(1), b"\0"),
        "blinder": [BETA],
    }


def publics_of(value: bytes, commitment: int = HONEST[COMMITMENT]) -> list[int]:
    return [*HONEST[:2], *statement_limbs(value), *HONEST[4:COMMITMENT], commitment]


FILLED = OCTETS + SECRET.blinder
BLOCK = bytes([5, 0, 0, 0]) + FILLED.ljust(filling(1), b"\0") + bytes(7) + (8 * 89).to_bytes(2, "big")
MARK = 4 + 5 + 16


def value_of(changes: Mapping[int, int]) -> bytes:
    """The value when octets of the last block are others, whether they are padding or not."""
    block = bytearray(BLOCK)
    block[MARK] = 0x80
    for place, octet in changes.items():
        block[place] = octet
    return compress(compress(INITIAL_STATE, CONTEXT_BLOCK), bytes(block))


def test_the_honest_witness_violates_nothing() -> None:
    assert value_of({}) == SECRET.leaf.value
    assert not forger().violated(forger().values(inputs(FILLED, HONEST), {}))


def test_without_flags_the_bare_commitment_would_hold_others() -> None:
    """Ends that add up to 1 from the true end on, but hide an octet of the content: the blinder has 80 there."""
    blinder = SECRET.blinder[:14] + b"\x80\1"
    secret = committed(OCTETS, blinder=blinder)
    hidden = bare_commitment(Direction.RECEIVED, OCTETS[:3] + b"\0" + OCTETS[4:], BETA)
    flags = forger().wires("message/flags")
    assert len(flags) == 35
    values = forger().values(
        inputs(OCTETS + blinder[:14] + b"\0\x81", publics_of(secret.leaf.value, hidden)),
        {flags[3 - 1]: 1, flags[4 - 1]: -1},
    )
    assert forger().violated(values) == {"message/flags"}


def test_without_octets_the_hash_would_hold_others() -> None:
    places = forger().wires("message/octets")
    secret = committed(OTHER_OCTETS, blinder=SECRET.blinder)
    values = forger().values(inputs(FILLED, publics_of(secret.leaf.value)), {places[0]: OTHER_OCTETS[0] & 1})
    assert forger().violated(values) == {"message/octets"}


def test_without_the_mask_the_bare_commitment_would_hold_others() -> None:
    forged = bare_commitment(Direction.RECEIVED, OCTETS[:1] + bytes([OCTETS[1] ^ 1]) + OCTETS[2:], BETA)
    masked = forger().products("message/mask")
    values = forger().values(
        inputs(FILLED, publics_of(SECRET.leaf.value, forged)), {masked[0]: OCTETS[1] ^ 1}
    )
    assert forger().violated(values) == {"message/mask"}


def test_without_zeros_something_would_follow_the_padding() -> None:
    value = value_of({MARK + 1: 7})
    values = forger().values(inputs(FILLED + b"\0\7", publics_of(value)), {})
    assert forger().violated(values) == {"message/zeros"}


def test_without_the_padding_it_would_not_begin() -> None:
    marks = forger().products("message/padding")
    values = forger().values(inputs(FILLED, publics_of(value_of({MARK: 0}))), {marks[5 - 1]: 0})
    assert forger().violated(values) == {"message/padding"}


@pytest.mark.parametrize(("bit", "changes"), [(1, {0: 7}), (6, {63: (8 * 88) & 255})])
def test_without_the_length_it_would_be_another(bit: int, changes: dict[int, int]) -> None:
    """The length that is committed to, or the bit length at the end."""
    bits = forger().wires("message/length")
    flipped = forger().values(inputs(FILLED, HONEST), {})[bits[bit]] ^ 1
    values = forger().values(inputs(FILLED, publics_of(value_of(changes))), {bits[bit]: flipped})
    assert forger().violated(values) == {"message/length"}


def test_statement_and_commitments_are_tied_in() -> None:
    labels = {
        place: forger().violated(forger().values(inputs(FILLED, changed(place, HONEST[place] ^ 1)), {}))
        for place in (2, 3, COMMITMENT)
    }
    assert labels == {2: {""}, 3: {""}, COMMITMENT: {"bare commitment"}}
    assert forger().inputs("statement") == {1, 2}
