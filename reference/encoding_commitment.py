"""The value of an encoding commitment: made by the Prover, opened by whoever is shown octets and blinder.

Shared by attestation and presentation; Poseidon is the room's of predicates.
"""

from __future__ import annotations

from .foundation.artifacts import EncodingCommitment
from .foundation.errors import Refused
from .foundation.field_encoding import MAXIMUM_ENCODED, authenticator, elements, scalar_octets
from .foundation.identifiers import Direction


def commitment_value(direction: Direction, octets: bytes, *, message: int, blinder: int) -> bytes:
    """C = Commit(hdr, m, β, x) of formats page section 5.1, 32 octets, for 1 to 65,535 octets and scalars m and β.

    Run by the Prover before it knows the factor Δ that m was made with: C fixes octets and m.
    """
    if not 1 <= len(octets) <= MAXIMUM_ENCODED:
        raise Refused("data-submission/encoding-too-long", f"{len(octets)} octets in one encoding commitment")
    # Imported where it is used: it computes with numpy, which a Verifier of hash commitments starts without.
    from mpctls.zkp.poseidon import KIND_ENCODING, commit, header

    head = header(KIND_ENCODING, direction.value, len(octets))
    return scalar_octets(commit(head, message, blinder, elements(octets)))


def opened_value(commitment: EncodingCommitment, octets: bytes, blinder: bytes) -> bytes:
    """What `commitment.commitment` has to be for these octets and this blinder, given its offset and factor.

    Requires a canonical blinder. Other octets than the committed ones give another value, except with probability
    n/(r − 1) over the factor.
    """
    offset = int.from_bytes(commitment.offset, "little")
    factor = int.from_bytes(commitment.factor, "little")
    message = authenticator(offset, factor, elements(octets))
    return commitment_value(
        commitment.direction, octets, message=message, blinder=int.from_bytes(blinder, "little")
    )
