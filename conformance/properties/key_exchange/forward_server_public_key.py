"""The Notary multiplies the Server's key too, trusting nothing about the point that it gets.

Compared: the Notary's product octet for octet; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import ORDER, encode_point
from mpctls.spec.key_exchange import forward_server_public_key as step
from mpctls.spec.mpc_tls.key_share import KeyShare, NotaryHoldsProverShare

from ...fields import Fields
from ...property import Operation
from ..handshakes import SCALARS, damaged_points, point
from .verifier_public_key import scalar_octets


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    key = point(draw(SCALARS))
    if draw(st.integers(0, 2)) == 0:
        key = draw(damaged_points(key))
    scalar = draw(SCALARS | st.sampled_from((ORDER - 1, ORDER - 2, 1, 2)))
    return {"scalar": scalar_octets(scalar), "server key": key}


def _receive(fields: Fields) -> Fields:
    share = KeyShare.from_scalar(int.from_bytes(fields["scalar"], "big"))
    holds = NotaryHoldsProverShare(key_share=share, combined_public_key=point(1), client_random=bytes(32))
    message = step.ForwardedServerPublicKey(server_ephemeral_key=fields["server key"])
    return {"addend": encode_point(step.receive(holds, message).addend)}


OPERATIONS = (Operation(name="key_exchange/forwarded-server-key", inputs=_inputs, specification=_receive),)
