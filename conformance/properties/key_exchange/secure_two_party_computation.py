"""Two points become one secret that neither party holds: both runs add up to it, and one bit says that they agree.

Compared: the sums of both parties' shares in each run, and the bit that both learn; never the shares. The secret, as
one who knew both scalars computes it. Or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import FIELD_PRIME, INFINITY, ORDER, add
from mpctls.spec.diagram import Role
from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.key_exchange import secure_two_party_computation as step
from mpctls.spec.key_exchange.forward_server_public_key import NotaryReadyToCompute, ProverReadyToCompute
from mpctls.spec.mpc_tls.key_share import KeyShare, decode_public_key
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason, Rejection

from ...fields import Fields
from ...property import Operation
from ..handshakes import SCALARS, point
from .verifier_public_key import scalar_octets


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    prover, notary = draw(SCALARS), draw(SCALARS)
    match draw(st.sampled_from(("honest", "honest", "honest", "same", "opposite"))):
        case "same":
            notary = prover
        case "opposite":
            notary = ORDER - prover
    return {
        "prover scalar": scalar_octets(prover),
        "notary scalar": scalar_octets(notary),
        "server key": point(draw(SCALARS)),
    }


def ready(fields: Fields) -> step.ReadyToCompute:
    """Both parties before the computation."""
    server = decode_public_key(fields["server key"])
    addends = [
        KeyShare.from_scalar(int.from_bytes(fields[name], "big")).multiply(server)
        for name in ("prover scalar", "notary scalar")
    ]
    return step.ReadyToCompute(
        prover=ProverReadyToCompute(addend=addends[0]),
        notary=NotaryReadyToCompute(server_ephemeral_key=fields["server key"], addend=addends[1]),
        computation=TwoPartyComputation(),
    )


def _perform(fields: Fields) -> Fields:
    held = step.perform(ready(fields), Randomness(b"conversion"))
    first = (held.prover.first_run + held.notary.first_run) % FIELD_PRIME
    second = (held.prover.second_run + held.notary.second_run) % FIELD_PRIME
    bits = {
        seen.octets
        for role in (Role.PROVER, Role.NOTARY)
        for seen in held.computation.views.of(role)
        if seen.item is Item.RUNS_AGREE
    }
    return {
        "first run": scalar_octets(first),
        "second run": scalar_octets(second),
        "runs agree": b"".join(sorted(bits)),
    }


def _secret(fields: Fields) -> Fields:
    server = decode_public_key(fields["server key"])
    addends = [
        KeyShare.from_scalar(int.from_bytes(fields[name], "big")).multiply(server)
        for name in ("prover scalar", "notary scalar")
    ]
    total = add(*addends)
    if total is INFINITY:
        raise Rejection(Reason.KEY_EXCHANGE_POINT_AT_INFINITY, "the products cancel")
    return {"pre-master secret": scalar_octets(total.x)}


OPERATIONS = (
    Operation(name="key_exchange/pre-master-secret", inputs=_inputs, specification=_secret),
    Operation(name="key_exchange/joint-secret", inputs=_inputs, specification=_perform, two_party=True),
)
