"""Note over Notary and Prover, "Secure 2PC": the pre-master secret, as one value that neither party holds.

The Prover has d_P·S, the Notary d_N·S; the secret is the x coordinate of their sum. ECtF gives additive
shares of it, twice, with the roles of sender and receiver swapped. The two-party computation reduces all
inputs mod p, adds, and opens *one bit*: whether the two runs agree. Opening the difference would leak half
the secret to a party that shifted one run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..algebra.p256 import COORDINATE_LENGTH, FIELD_PRIME
from ..algebra.point_addition import (
    CoordinateShares,
    EqualCoordinatesError,
    PointAdditionRandomness,
    share_sum_coordinate,
)
from ..algebra.share_conversion import ConversionError
from ..diagram import Role
from ..ideal.two_party_computation import TwoPartyComputation
from ..mpc_tls.views import Item, ViewStep
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..states import require_state
from .forward_server_public_key import NotaryReadyToCompute, ProverReadyToCompute

PRE_MASTER_SECRET = "pre-master secret"
_SECOND_RUN = "pre-master secret of the second run"
_RUNS_AGREE = "runs agree"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyToCompute:
    """Both parties before the computation, and the machine they compute with."""

    prover: ProverReadyToCompute
    notary: NotaryReadyToCompute
    computation: TwoPartyComputation


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretShares:
    """One party's shares of the pre-master secret, integers in [0, p): the diagram's "PMS Key" in its lane.

    In the first run the Prover is the sender of the conversions, in the second the Notary.
    """

    first_run: int = field(repr=False)
    second_run: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsPreMasterSecret:
    """After the computation: each party's shares, and the secret inside the machine."""

    prover: SecretShares
    notary: SecretShares
    computation: TwoPartyComputation


def perform(state: ReadyToCompute, randomness: Randomness) -> HoldsPreMasterSecret:
    """Run by both parties: two conversions and one comparison.

    Each sender draws from a child source, "first run" or "second run". Rejects with
    key-exchange/equal-x-coordinates, key-exchange/pre-master-secret-mismatch.
    """
    require_state(state, ReadyToCompute)
    prover_point, notary_point = state.prover.addend, state.notary.addend
    views = state.computation.views
    try:
        first = share_sum_coordinate(
            sender_point=prover_point,
            receiver_point=notary_point,
            sender_randomness=PointAdditionRandomness.draw(randomness.child("first run")),
        )
        second = share_sum_coordinate(
            sender_point=notary_point,
            receiver_point=prover_point,
            sender_randomness=PointAdditionRandomness.draw(randomness.child("second run")),
        )
    except (EqualCoordinatesError, ConversionError) as error:
        raise Rejection(Reason.KEY_EXCHANGE_EQUAL_X_COORDINATES, str(error)) from error
    for run, receiver in ((first, Role.NOTARY), (second, Role.PROVER)):
        for message in run.messages:
            views.show(receiver, ViewStep.PRE_MASTER_SECRET, Item.CONVERSION_MESSAGE, _octets(message))
    return join(state.computation, *_by_party(first, second))


def join(
    computation: TwoPartyComputation, prover: SecretShares, notary: SecretShares
) -> HoldsPreMasterSecret:
    """The joining circuit: reduce, add, compare the two runs, keep the first.

    Rejects with key-exchange/pre-master-secret-mismatch when a party brought a share of something else.
    """
    for role, shares in ((Role.PROVER, prover), (Role.NOTARY, notary)):
        for run, share in ((1, shares.first_run), (2, shares.second_run)):
            computation.commit_input(role, share_name(role, run), _octets(share))
    for run, name in ((1, PRE_MASTER_SECRET), (2, _SECOND_RUN)):
        computation.evaluate(name, _add, share_name(Role.PROVER, run), share_name(Role.NOTARY, run))
    computation.evaluate(_RUNS_AGREE, _equal, PRE_MASTER_SECRET, _SECOND_RUN)
    if computation.open_to_both(ViewStep.PRE_MASTER_SECRET, Item.RUNS_AGREE, _RUNS_AGREE) != b"\1":
        raise Rejection(Reason.KEY_EXCHANGE_PRE_MASTER_SECRET_MISMATCH)
    return HoldsPreMasterSecret(prover=prover, notary=notary, computation=computation)


def _by_party(first: CoordinateShares, second: CoordinateShares) -> tuple[SecretShares, SecretShares]:
    return (
        SecretShares(first_run=first.sender, second_run=second.receiver),
        SecretShares(first_run=first.receiver, second_run=second.sender),
    )


def share_name(role: Role, run: int) -> str:
    """The name of a party's input to the joining circuit, of run 1 or 2."""
    return f"share of run {run} of the {role.value}"


def _octets(number: int) -> bytes:
    return number.to_bytes(COORDINATE_LENGTH, "big")


def _add(left: bytes, right: bytes) -> bytes:
    return _octets((int.from_bytes(left, "big") + int.from_bytes(right, "big")) % FIELD_PRIME)


def _equal(left: bytes, right: bytes) -> bytes:
    return b"\1" if left == right else b"\0"
