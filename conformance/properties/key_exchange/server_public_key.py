"""The Server's ephemeral key as it comes in ServerKeyExchange, and the Prover's addend of the joint secret.

Compared: key, scheme, signature and the Prover's product octet for octet; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import encode_point
from mpctls.spec.identifiers import ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE_RSA_WITH_AES_128_GCM_SHA256
from mpctls.spec.key_exchange import server_public_key as step
from mpctls.spec.key_exchange.combined_public_key import ProverAwaitsServerKey
from mpctls.spec.mpc_tls.key_share import KeyShare
from mpctls.spec.tls.constants import SignatureScheme
from mpctls.spec.tls.handshake_messages import (
    ServerKeyExchange,
    decode_server_key_exchange,
    encode_server_key_exchange,
)

from ...fields import Fields, number
from ...property import Operation
from ..handshakes import SCALARS, damaged_points, point
from .verifier_public_key import scalar_octets


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    key = point(draw(SCALARS))
    if draw(st.integers(0, 2)) == 0:
        key = draw(damaged_points(key))
    scheme = draw(st.sampled_from(SignatureScheme))
    elliptic = scheme is SignatureScheme.ECDSA_SECP256R1_SHA256
    suite = ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 if elliptic else ECDHE_RSA_WITH_AES_128_GCM_SHA256
    body = encode_server_key_exchange(
        ServerKeyExchange(
            server_ephemeral_key=key,
            signature_algorithm=scheme,
            signature=draw(st.binary(min_size=1, max_size=80)),
        )
    )
    return {"scalar": scalar_octets(draw(SCALARS)), "suite": number(suite), "body": body}


def _receive(fields: Fields) -> Fields:
    read = decode_server_key_exchange(fields["body"])
    share = KeyShare.from_scalar(int.from_bytes(fields["scalar"], "big"))
    message = step.ServerPublicKey(
        public_key=read.server_ephemeral_key,
        signature_algorithm=read.signature_algorithm,
        signature=read.signature,
    )
    holds = step.receive(ProverAwaitsServerKey(key_share=share, client_random=bytes(32)), message)
    return {
        "public key": holds.server_ephemeral_key,
        "scheme": number(read.signature_algorithm),
        "signature": read.signature,
        "addend": encode_point(holds.addend),
    }


OPERATIONS = (Operation(name="key_exchange/server-key", inputs=_inputs, specification=_receive),)
