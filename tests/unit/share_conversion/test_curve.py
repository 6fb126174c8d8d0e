"""The x coordinate of the sum of two points against the library's ECDH, and what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex
from mpctls.reference.mpc.share_conversion import messages
from mpctls.reference.mpc.share_conversion.curve import CoordinateShares, EllipticCurveToField
from mpctls.reference.mpc.share_conversion.fields import P256_MODULUS

from ..oblivious_transfer.parties import CheatingDuplex, flipping, refusal_of, run_both
from .pools import ROUND_KEYS, Parties, Party

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2, section 2.4.2
SERVER = ec.derive_private_key(0x5E12FE12, ec.SECP256R1())
Point = tuple[int, int]


@pytest.fixture(scope="module")
def parties() -> Parties:
    return Parties.make()


def multiple_of_server_point(scalar: int) -> Point:
    numbers = (
        ec.derive_private_key(scalar * SERVER.private_numbers().private_value % ORDER, ec.SECP256R1())
        .public_key()
        .public_numbers()
    )
    return numbers.x, numbers.y


def prepare(
    parties: Parties, prover_end: Duplex | None = None
) -> tuple[EllipticCurveToField, EllipticCurveToField]:
    def one(party: Party, end: Duplex, sends_first: bool) -> EllipticCurveToField:
        randomness = SeededRandomness(b"first" if sends_first else b"second")
        return EllipticCurveToField.prepare(
            end, randomness, party.sender, party.receiver, ROUND_KEYS, sends_first=sends_first
        )

    prover, notary = parties.prover, parties.notary
    return run_both(
        lambda: one(prover, prover_end or prover.end, True), lambda: one(notary, notary.end, False)
    )


def convert(
    conversions: tuple[EllipticCurveToField, EllipticCurveToField], prover_point: Point, notary_point: Point
) -> tuple[CoordinateShares, CoordinateShares]:
    return run_both(
        lambda: conversions[0].convert(*prover_point), lambda: conversions[1].convert(*notary_point)
    )


def sums(shares: tuple[CoordinateShares, CoordinateShares]) -> tuple[int, int]:
    first, second = shares
    return (
        (first.leading + second.leading) % P256_MODULUS,
        (first.following + second.following) % P256_MODULUS,
    )


@settings(max_examples=5, deadline=None)
@given(prover=st.integers(1, ORDER - 1), notary=st.integers(1, ORDER - 1))
def test_both_runs_share_the_coordinate_that_ecdh_computes(
    parties: Parties, prover: int, notary: int
) -> None:
    if prover in (notary, ORDER - notary):
        return
    points = multiple_of_server_point(prover), multiple_of_server_point(notary)
    shares = convert(prepare(parties), *points)
    joint = ec.derive_private_key((prover + notary) % ORDER, ec.SECP256R1())
    expected = int.from_bytes(joint.exchange(ec.ECDH(), SERVER.public_key()), "big")
    assert sums(shares) == (expected, expected)
    assert len({value for party in shares for value in (party.leading, party.following)}) == 4


def test_shares_are_fresh_for_equal_points_and_not_shown(parties: Parties) -> None:
    points = multiple_of_server_point(2), multiple_of_server_point(3)
    first, second = (convert(prepare(parties), *points)[0] for _ in range(2))
    assert first.leading != second.leading
    assert str(first.leading) not in repr(first)


@pytest.mark.parametrize("scalar", [5, ORDER - 5], ids=["equal points", "opposite points"])
def test_equal_x_coordinates_are_refused_by_both(parties: Parties, scalar: int) -> None:
    conversions = prepare(parties)
    points = multiple_of_server_point(5), multiple_of_server_point(scalar)
    outcomes = run_both(
        lambda: refusal(conversions[0], points[0]), lambda: refusal(conversions[1], points[1])
    )
    assert outcomes == ("key-exchange/equal-x-coordinates",) * 2


def test_equal_y_coordinates_are_refused_by_both(parties: Parties) -> None:
    conversions = prepare(parties)
    outcomes = run_both(lambda: refusal(conversions[0], (1, 7)), lambda: refusal(conversions[1], (2, 7)))
    assert outcomes == ("key-exchange/equal-x-coordinates",) * 2


def refusal(conversion: EllipticCurveToField, point: Point) -> str:
    with pytest.raises(Refused) as caught:
        conversion.convert(*point)
    return caught.value.reason


@pytest.mark.parametrize(
    ("kind", "octet", "spoilt"),
    [
        (messages.CURVE_DIFFERENCES, 0, 1),  # its own x, in the run it receives
        (messages.CURVE_BLINDED_DIFFERENCES, 32, 0),  # the answer for y, in the run it sends
        (messages.CURVE_BLINDED_DIFFERENCES, 64, 0),  # the slope, in the run it sends
        (messages.CURVE_SLOPE, 0, 1),
    ],
)
def test_one_shifted_message_makes_the_two_runs_differ(
    parties: Parties, kind: int, octet: int, spoilt: int
) -> None:
    """What the comparison of the runs catches: the shifted run is wrong, the other one stays right."""
    points = multiple_of_server_point(11), multiple_of_server_point(13)
    honest = sums(convert(prepare(parties), *points))
    cheater = CheatingDuplex(parties.prover.end, flipping(kind, 0, 8 * octet))
    shifted = sums(convert(prepare(parties, cheater), *points))
    assert shifted[spoilt] != honest[spoilt]
    assert shifted[1 - spoilt] == honest[1 - spoilt]


def test_elements_not_below_the_modulus_are_refused() -> None:
    parties = Parties.make()
    cheater = CheatingDuplex(
        parties.prover.end,
        lambda kind, _number, payload: b"\xff" * len(payload) if kind == messages.CURVE_SLOPE else payload,
    )
    prover, notary = prepare(parties, cheater)
    refusal_of(
        lambda: notary.convert(*multiple_of_server_point(3)),
        parties.notary.end,
        lambda: prover.convert(*multiple_of_server_point(2)),
        "engine/not-canonical",
    )


def test_conversion_is_used_once(parties: Parties) -> None:
    conversions = prepare(parties)
    convert(conversions, multiple_of_server_point(2), multiple_of_server_point(3))
    assert refusal(conversions[0], multiple_of_server_point(2)) == "engine/preprocessing-exhausted"


@pytest.mark.parametrize("point", [(-1, 0), (0, P256_MODULUS)])
def test_coordinates_out_of_range_are_rejected(parties: Parties, point: Point) -> None:
    with pytest.raises(ValueError, match="coordinates"):
        prepare(parties)[0].convert(*point)
