"""The secret of both parties, with every value on the way to its shares."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.algebra.p256 import FIELD_PRIME, ORDER, Point, decode_point
from mpctls.spec.algebra.point_addition import PointAdditionRandomness, share_sum_coordinate
from mpctls.spec.mpc_tls.key_share import KeyShare

from ...operations.shapes import Json
from ..labelled import Labelled
from ..tls_session.authoring import Accepted
from ..vector import Family, MutationKind, Vector
from .points import no_points, octets, public_key, scalar, wrong_lengths

_STEP = "key_exchange/secure_two_party_computation"
_PROVER, _NOTARY, _SERVER = (scalar(f"{_STEP}/{party}") for party in ("prover", "notary", "server"))


def _case(operation: str, name: str, prover: int, notary: int, server: bytes) -> Accepted:
    return Accepted(
        operation=f"key_exchange/{operation}",
        name=name,
        given={"prover scalar": octets(prover), "notary scalar": octets(notary), "server key": server},
    )


def _drawn(label: str) -> PointAdditionRandomness:
    stream = Labelled(label=f"{_STEP}/{label}")
    return PointAdditionRandomness(
        factor_of_run=1 + stream.below(FIELD_PRIME - 1, "factor of run"),
        mask_of_run=stream.below(FIELD_PRIME, "mask of run"),
        factor_of_rise=1 + stream.below(FIELD_PRIME - 1, "factor of rise"),
        mask_of_rise=stream.below(FIELD_PRIME, "mask of rise"),
        mask_of_square=stream.below(FIELD_PRIME, "mask of square"),
    )


def _conversion(sender: Point, receiver: Point, label: str) -> dict[str, Json]:
    """One run of the conversion: what the sender drew, what it sent, what both hold at the end."""
    drawn = _drawn(label)
    shares = share_sum_coordinate(sender_point=sender, receiver_point=receiver, sender_randomness=drawn)
    total = (shares.sender + shares.receiver) % FIELD_PRIME
    return {
        "factor of run": octets(drawn.factor_of_run).hex(),
        "mask of run": octets(drawn.mask_of_run).hex(),
        "factor of rise": octets(drawn.factor_of_rise).hex(),
        "mask of rise": octets(drawn.mask_of_rise).hex(),
        "mask of square": octets(drawn.mask_of_square).hex(),
        "messages": [octets(each).hex() for each in shares.messages],
        "share of the sender": octets(shares.sender).hex(),
        "share of the receiver": octets(shares.receiver).hex(),
        "sum": octets(total).hex(),
    }


def _with_conversion(case: Accepted, prover: int, notary: int) -> dict[str, Json]:
    server = decode_point(case.given["server key"])
    products = [KeyShare.from_scalar(each).multiply(server) for each in (prover, notary)]
    return {
        "product of the prover": [octets(products[0].x).hex(), octets(products[0].y).hex()],
        "product of the notary": [octets(products[1].x).hex(), octets(products[1].y).hex()],
        "first run": _conversion(products[0], products[1], f"{case.name}/first"),
        "second run": _conversion(products[1], products[0], f"{case.name}/second"),
    }


def _secrets() -> Iterator[Vector]:
    server = public_key(_SERVER)
    base = _case("pre-master-secret", "usual", _PROVER, _NOTARY, server)
    yield base.vector(
        "Products of both parties, their sum, and both runs of the conversion with labelled randomness.",
        intermediate=_with_conversion(base, _PROVER, _NOTARY),
    )
    for name, prover, notary, key in (
        ("one-and-two", 1, 2, server),
        ("two-and-one", 2, 1, server),
        ("least-and-two", 2, ORDER - 1, server),
        ("most-and-most-but-one", ORDER - 1, ORDER - 2, server),
        ("generator", _PROVER, _NOTARY, public_key(1)),
        ("server-order-less-one", _PROVER, _NOTARY, public_key(ORDER - 1)),
        ("turned-about", _NOTARY, _PROVER, server),
    ):
        case = _case("pre-master-secret", name, prover, notary, key)
        yield case.vector(
            "Scalars and keys at the end of their range; the secret keeps its leading zeros.",
            intermediate=_with_conversion(case, prover, notary),
        )
    for number in range(8):
        one, two = scalar(f"{_STEP}/more/{number}/prover"), scalar(f"{_STEP}/more/{number}/notary")
        case = _case(
            "pre-master-secret", f"more-{number}", one, two, public_key(scalar(f"{_STEP}/more/{number}"))
        )
        yield case.vector("Another session.", intermediate=_with_conversion(case, one, two))
    yield _case("pre-master-secret", "equal-scalars", _PROVER, _PROVER, server).vector(
        "The sum is a doubling; two parties would refuse."
    )
    for word, prover in (("", _PROVER), ("-generator", 1)):
        yield base.refused(
            f"products-cancel{word}",
            "The products of both parties are opposite.",
            "key-exchange/point-at-infinity",
            MutationKind.REPLACE,
            "notary scalar",
            prover_scalar=octets(prover),
            notary_scalar=octets(ORDER - prover),
        )
    for change in (*no_points(server), *wrong_lengths(server)):
        yield base.refused(
            f"key-{change.word}",
            "The Server's key is no point.",
            "key-exchange/invalid-point",
            change.kind,
            "server key",
            detail=change.detail,
            server_key=change.octets,
        )


def _joint() -> Iterator[Vector]:
    server = public_key(_SERVER)
    base = _case("joint-secret", "usual", _PROVER, _NOTARY, server)
    yield base.vector("Both runs of the conversion add up to the secret, and one bit says so.")
    for word, notary in (("equal", _PROVER), ("opposite", ORDER - _PROVER)):
        yield base.refused(
            f"{word}-scalars",
            "The products have equal x coordinates: their slope is not that of a chord.",
            "key-exchange/equal-x-coordinates",
            MutationKind.REPLACE,
            "notary scalar",
            notary_scalar=octets(notary),
        )


FAMILIES = (
    Family(step=_STEP, name="secrets", summary="Secrets and the algebra of their shares.", make=_secrets),
    Family(step=_STEP, name="joint-secrets", summary="The conversion run by two parties.", make=_joint),
)
