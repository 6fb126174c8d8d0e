"""Prover → Notary, "Server Public Key": the Server's ephemeral key, so that the Notary can multiply it too.

Among the session messages it is a field of *Send TLS Handshake Data*, with the randoms that its signature
covers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..algebra.p256 import Point
from ..encoding import Octets65, Structure
from ..mpc_tls.key_share import NotaryHoldsProverShare, decode_public_key
from ..randomness import Randomness
from ..states import require_state
from .server_public_key import ProverHoldsServerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedServerPublicKey(Structure):
    """The Server's ephemeral key, 65 octets."""

    server_ephemeral_key: Octets65


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverReadyToCompute:
    """The Prover before the two-party computation: its addend of the secret, d_P·S."""

    addend: Point = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryReadyToCompute:
    """The Notary before the two-party computation: its addend of the secret, d_N·S."""

    server_ephemeral_key: bytes
    addend: Point = field(repr=False)


def send(
    state: ProverHoldsServerKey, randomness: Randomness
) -> tuple[ProverReadyToCompute, ForwardedServerPublicKey]:
    """Run by the Prover; draws nothing."""
    require_state(state, ProverHoldsServerKey)
    message = ForwardedServerPublicKey(server_ephemeral_key=state.server_ephemeral_key)
    return ProverReadyToCompute(addend=state.addend), message


def receive(state: NotaryHoldsProverShare, message: ForwardedServerPublicKey) -> NotaryReadyToCompute:
    """Run by the Notary, which trusts nothing about the point. Rejects with key-exchange/invalid-point."""
    require_state(state, NotaryHoldsProverShare)
    point = decode_public_key(message.server_ephemeral_key)
    return NotaryReadyToCompute(
        server_ephemeral_key=message.server_ephemeral_key, addend=state.key_share.multiply(point)
    )
