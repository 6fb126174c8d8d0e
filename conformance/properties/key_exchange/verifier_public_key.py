"""Key shares by commitment: both parties come to one client key and one client random, or refuse a share.

Compared: commitment, shares, point sum and client random octet for octet; or the reason of the party that refuses.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.algebra.p256 import ORDER
from mpctls.spec.key_exchange import verifier_public_key as step
from mpctls.spec.mpc_tls import key_share
from mpctls.spec.mpc_tls.key_share import KeyShare, NotaryHoldsCommitment, NotaryShareSent, ProverCommitted
from mpctls.spec.mpc_tls.messages import NotaryKeyShare, ProverKeyShare

from ...fields import Fields
from ...property import Operation
from ..drawing import DIGESTS, flipped
from ..handshakes import SCALARS, damaged_points, point


def scalar_octets(scalar: int) -> bytes:
    """A scalar as 32 octets."""
    return scalar.to_bytes(32, "big")


@st.composite
def _prover_inputs(draw: DrawFn) -> Fields:
    scalar, peer = draw(SCALARS), draw(SCALARS)
    share = point(peer)
    match draw(st.sampled_from(("honest", "honest", "same", "opposite", "damaged"))):
        case "same":
            share = point(scalar)
        case "opposite":
            share = point(ORDER - scalar)
        case "damaged":
            share = draw(damaged_points(share))
    return {
        "session id": draw(DIGESTS),
        "scalar": scalar_octets(scalar),
        "random": draw(DIGESTS),
        "blinder": draw(DIGESTS),
        "notary share": NotaryKeyShare(public_key=share, random=draw(DIGESTS)).encode(),
    }


@st.composite
def _notary_inputs(draw: DrawFn) -> Fields:
    session_id, scalar, peer = draw(DIGESTS), draw(SCALARS), draw(SCALARS)
    fault = draw(
        st.sampled_from(("honest", "honest", "opposite", "damaged", "share", "random", "blinder", "session"))
    )
    share = point(ORDER - scalar) if fault == "opposite" else point(peer)
    if fault == "damaged":
        share = draw(damaged_points(share))
    opening = ProverKeyShare(public_key=share, random=draw(DIGESTS), blinder=draw(DIGESTS))
    committed = opening
    if fault == "share":
        committed = ProverKeyShare(public_key=point(7), random=opening.random, blinder=opening.blinder)
    if fault == "random":
        committed = ProverKeyShare(public_key=share, random=flipped(opening.random), blinder=opening.blinder)
    if fault == "blinder":
        committed = ProverKeyShare(public_key=share, random=opening.random, blinder=flipped(opening.blinder))
    other = flipped(session_id) if fault == "session" else session_id
    return {
        "session id": session_id,
        "scalar": scalar_octets(scalar),
        "random": draw(DIGESTS),
        "commitment": key_share.key_share_commitment(other, committed),
        "opening": opening.encode(),
    }


def _prover(fields: Fields) -> Fields:
    own = KeyShare.from_scalar(int.from_bytes(fields["scalar"], "big"))
    committed = ProverCommitted(
        session_id=fields["session id"], key_share=own, random=fields["random"], blinder=fields["blinder"]
    )
    opening = key_share.opening_of(committed)
    holds = step.receive(committed, NotaryKeyShare.decode(fields["notary share"]))
    return {
        "commitment": key_share.key_share_commitment(fields["session id"], opening),
        "opening": opening.encode(),
        "combined": holds.combined_public_key,
        "client random": holds.client_random,
    }


def _notary(fields: Fields) -> Fields:
    held = NotaryHoldsCommitment(session_id=fields["session id"], commitment=fields["commitment"])
    sent = NotaryShareSent(
        session_id=held.session_id,
        commitment=held.commitment,
        key_share=KeyShare.from_scalar(int.from_bytes(fields["scalar"], "big")),
        random=fields["random"],
    )
    holds = key_share.accept_opening(sent, ProverKeyShare.decode(fields["opening"]))
    share = NotaryKeyShare(public_key=sent.key_share.public_key, random=sent.random)
    return {"share": share.encode(), "client random": holds.client_random}


OPERATIONS = (
    Operation(name="key_exchange/prover-share", inputs=_prover_inputs, specification=_prover),
    Operation(name="key_exchange/notary-share", inputs=_notary_inputs, specification=_notary),
)
