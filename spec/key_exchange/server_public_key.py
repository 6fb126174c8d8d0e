"""Server → Prover, "Server Public Key": ServerKeyExchange, the Server's ephemeral key under its signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256

from ..algebra.p256 import COORDINATE_LENGTH, Point
from ..encoding import U16, Limit, Octets65, Structure
from ..mpc_tls.key_share import KeyShare, decode_public_key
from ..randomness import Randomness
from ..states import require_state
from ..tls.constants import SignatureScheme
from ..tls.handshake_messages import (
    MAXIMUM_SIGNATURE_LENGTH,
    ServerKeyExchange,
    encode_server_key_exchange,
    signed_parameters,
)
from .combined_public_key import ProverAwaitsServerKey, ServerHoldsClientKey, ServerSigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPublicKey(Structure):
    """The Server's ephemeral key, and its signature over both randoms and the key."""

    public_key: Octets65
    signature_algorithm: U16
    signature: Annotated[bytes, Limit(MAXIMUM_SIGNATURE_LENGTH)]

    def to_wire(self) -> bytes:
        """The body of the ServerKeyExchange message."""
        return encode_server_key_exchange(
            ServerKeyExchange(
                server_ephemeral_key=self.public_key,
                signature_algorithm=self.signature_algorithm,
                signature=self.signature,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHoldsPreMasterSecret:
    """The Server at the end of the key exchange: the diagram's "PMS Key" in its lane, 32 octets."""

    pre_master_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverHoldsServerKey:
    """The Prover with the Server's point, and its own addend of the secret: d_P·S."""

    server_ephemeral_key: bytes
    client_random: bytes
    addend: Point = field(repr=False)


def send(
    state: ServerHoldsClientKey, randomness: Randomness
) -> tuple[ServerHoldsPreMasterSecret, ServerPublicKey]:
    """Run by the Server, as any TLS server does: draws "key share"; its signature is deterministic here."""
    require_state(state, ServerHoldsClientKey)
    key_share = KeyShare.draw(randomness)
    scheme, signature = _sign(
        state.signing_key,
        signed_parameters(
            client_random=state.client_random,
            server_random=state.server_random,
            server_ephemeral_key=key_share.public_key,
        ),
    )
    secret = key_share.multiply(state.client_point).x.to_bytes(COORDINATE_LENGTH, "big")
    message = ServerPublicKey(
        public_key=key_share.public_key, signature_algorithm=scheme, signature=signature
    )
    return ServerHoldsPreMasterSecret(pre_master_secret=secret), message


def receive(state: ProverAwaitsServerKey, message: ServerPublicKey) -> ProverHoldsServerKey:
    """Run by the Prover. The signature is checked with the certificates, by `tls.server_identity`.

    Rejects with key-exchange/invalid-point.
    """
    require_state(state, ProverAwaitsServerKey)
    point = decode_public_key(message.public_key)
    return ProverHoldsServerKey(
        server_ephemeral_key=message.public_key,
        client_random=state.client_random,
        addend=state.key_share.multiply(point),
    )


def _sign(key: ServerSigningKey, signed: bytes) -> tuple[SignatureScheme, bytes]:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True))
        return SignatureScheme.ECDSA_SECP256R1_SHA256, signature
    return SignatureScheme.RSA_PKCS1_SHA256, key.sign(signed, padding.PKCS1v15(), SHA256())
