"""The client's key is the point sum of both shares, and the Server gets it as any client would send it.

Compared: the body of ClientKeyExchange octet for octet; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import ORDER
from mpctls.spec.key_exchange.combined_public_key import CombinedPublicKey
from mpctls.spec.mpc_tls.key_share import combine_public_keys

from ...fields import Fields
from ...property import Operation
from ..handshakes import SCALARS, damaged_points, point


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    scalar = draw(SCALARS)
    prover, notary = point(scalar), point(draw(SCALARS))
    match draw(st.sampled_from(("honest", "honest", "same", "opposite", "first", "second"))):
        case "same":
            notary = prover
        case "opposite":
            notary = point(ORDER - scalar)
        case "first":
            prover = draw(damaged_points(prover))
        case "second":
            notary = draw(damaged_points(notary))
    return {"prover": prover, "notary": notary}


def _combine(fields: Fields) -> Fields:
    combined = CombinedPublicKey(public_key=combine_public_keys(fields["prover"], fields["notary"]))
    return {"client key exchange": combined.to_wire()}


OPERATIONS = (Operation(name="key_exchange/combine", inputs=_inputs, specification=_combine),)
