"""Prover → Server, "Verifier Public Key + Prover Public Key": the point sum of both shares, in
ClientKeyExchange.

The sum, not the concatenation. The Server sees an ordinary client's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..algebra.p256 import Point
from ..encoding import Octets65, Structure
from ..mpc_tls.key_share import KeyShare, ProverHoldsNotaryShare, decode_public_key
from ..randomness import Randomness
from ..states import require_state
from ..tls.handshake_messages import encode_client_key_exchange

ServerSigningKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedPublicKey(Structure):
    """The client's ephemeral key as the Server gets it."""

    public_key: Octets65

    def to_wire(self) -> bytes:
        """The body of the ClientKeyExchange message."""
        return encode_client_key_exchange(self.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverAwaitsServerKey:
    """The Prover when the client's key is out."""

    key_share: KeyShare
    client_random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerBeforeKeyExchange:
    """An unmodified TLS server: the randoms of the two hellos, and the key of its certificate."""

    client_random: bytes
    server_random: bytes
    signing_key: ServerSigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHoldsClientKey:
    """The Server with the client's point."""

    client_random: bytes
    server_random: bytes
    signing_key: ServerSigningKey
    client_point: Point


def send(
    state: ProverHoldsNotaryShare, randomness: Randomness
) -> tuple[ProverAwaitsServerKey, CombinedPublicKey]:
    """Run by the Prover; draws nothing, because both shares are fixed."""
    require_state(state, ProverHoldsNotaryShare)
    after = ProverAwaitsServerKey(key_share=state.key_share, client_random=state.client_random)
    return after, CombinedPublicKey(public_key=state.combined_public_key)


def receive(state: ServerBeforeKeyExchange, message: CombinedPublicKey) -> ServerHoldsClientKey:
    """Run by the Server, as any TLS server does. Rejects with key-exchange/invalid-point."""
    return ServerHoldsClientKey(
        client_random=state.client_random,
        server_random=state.server_random,
        signing_key=state.signing_key,
        client_point=decode_public_key(message.public_key),
    )
