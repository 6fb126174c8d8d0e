"""The Prover takes exactly the attestation that states what it saw itself.

Compared: the returned message and the secrets kept octet for octet; or the reason. The Notary is a cheating one: it
signs what it changed, returns another root, converts falsely, or all at once; after a release the Prover judges all of
it when it has read the last message, and the implementation breaks if it says anything then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.attestation import Attestation, AttestationBody, Header
from mpctls.spec.attestation_generation import return_signed_attestation as step
from mpctls.spec.data_submission import generate_merkle_tree_root
from mpctls.spec.encoding import encode_as
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Closure, HashAlgorithm, SignatureAlgorithm
from mpctls.spec.messages import (
    MerkleTreeRoot,
    Refusal,
    SessionMessage,
    SignedAttestation,
    decode_message,
    refuse,
)
from mpctls.spec.mpc_tls.messages import SessionClosed
from mpctls.spec.reasons import Reason

from ...fields import Fields, flag, listed, number, read_flag, read_list, read_number
from ...property import Operation
from ..attestations import notary_signed, prover_committed, returned, sessions, signer_of
from ..commitments import released_of
from ..drawing import flipped, signing_key

TOLERANCE = 60


def resigned(fields: Fields, attestation: Attestation, body: AttestationBody, **header: Any) -> Attestation:
    """The attestation with another body and header under a right digest and signature."""
    changed: Header = replace(
        attestation.header, **{"body_digest": body.digest(attestation.header.body_hash_algorithm), **header}
    )
    return Attestation(header=changed, body=body, signature=signer_of(fields).sign(changed.signature_input()))


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields = draw(sessions())
    honest = returned(fields)
    attestation, body = honest.attestation, honest.attestation.body
    info, tree = body.connection_info, body.transcript_commitments
    blinder = honest.key_exchange_blinder
    other_key = signing_key(body.verifying_key.algorithm, 2).verifying_key
    bodies: dict[str, dict[str, Any]] = {
        "key": {"verifying_key": other_key},
        "mode": {"connection_info": replace(info, mode=2)},
        "suite": {"connection_info": replace(info, cipher_suite=0x1301)},
        "master secret": {
            "connection_info": replace(info, extended_master_secret=not info.extended_master_secret)
        },
        "length": {"connection_info": replace(info, sent_length=info.sent_length + 1)},
        "closure": {"connection_info": replace(info, closure=Closure(1 - info.closure))},
        "early": {"connection_info": replace(info, time=info.time - draw(st.sampled_from((60, 61))))},
        "late": {"connection_info": replace(info, time=info.time + draw(st.sampled_from((60, 61))))},
        "key exchange": {"key_exchange_commitment": flipped(body.key_exchange_commitment)},
        "handshake": {"handshake_commitment": flipped(body.handshake_commitment)},
        "root": {"transcript_commitments": replace(tree, root=flipped(tree.root))},
        "count": {"transcript_commitments": replace(tree, leaf_count=tree.leaf_count + 1)},
        "tree": {"transcript_commitments": replace(tree, algorithm=HashAlgorithm(tree.algorithm % 3 + 1))},
        "claims": {"prover_extensions": (Extension(id="zzz", critical=False, value=b""),)},
        "critical": {"notary_extensions": (Extension(id="notary/zzz", critical=True, value=b""),)},
        "misplaced": {"notary_extensions": (Extension(id="zzz", critical=False, value=b""),)},
    }
    headers: dict[str, dict[str, Any]] = {
        "digest": {"body_digest": flipped(attestation.header.body_digest)},
        "version": {"format_version": 2},
        "id": {"attestation_id": bytes(16)},
        "algorithm": {
            "signature_algorithm": SignatureAlgorithm(attestation.header.signature_algorithm % 4 + 1)
        },
    }
    fault = draw(
        st.sampled_from(("honest", "honest", "signature", "blinder", "body hash", *bodies, *headers))
    )
    if fault in bodies:
        attestation = resigned(fields, attestation, replace(body, **bodies[fault]))
    elif fault in headers:
        attestation = resigned(fields, attestation, body, **headers[fault])
    elif fault == "body hash":
        algorithm = HashAlgorithm(attestation.header.body_hash_algorithm % 3 + 1)
        digest = body.digest(algorithm)
        attestation = resigned(fields, attestation, body, body_hash_algorithm=algorithm, body_digest=digest)
    elif fault == "signature":
        attestation = replace(attestation, signature=flipped(attestation.signature, draw(st.integers(0, 63))))
    elif fault == "blinder":
        blinder = flipped(blinder)
    message = SignedAttestation(attestation=attestation, key_exchange_blinder=blinder)
    root = tree.root if draw(st.integers(0, 5)) else flipped(tree.root)
    messages: list[Any] = [MerkleTreeRoot(root=root), message]
    if draw(st.integers(0, 9)) == 0:
        other = draw(
            st.sampled_from((refuse(Reason.LINK_TIMEOUT), Refusal(reason="no/reason"), SessionClosed()))
        )
        messages[draw(st.integers(0, 1))] = other
    return {
        **fields,
        "messages": listed([encode_as(SessionMessage, each) for each in messages]),
        "tolerance": number(TOLERANCE),
        "deviates": flag(bool(released_of(fields)) and draw(st.integers(0, 3)) == 0),
    }


def _send(fields: Fields) -> Fields:
    _, message = step.send(notary_signed(fields))
    return {"message": encode_as(SessionMessage, message)}


def _receive(fields: Fields) -> Fields:
    root, message = read_list(fields["messages"])
    committed = prover_committed(fields, deviates=read_flag(fields["deviates"]))
    # The second message arrives when the first one is judged.
    attested = step.receive(
        generate_merkle_tree_root.receive(committed, _decoded(root)),
        _decoded(message),
        now=read_number(fields["now"]),
        tolerance=read_number(fields["tolerance"]),
    )
    return {"secrets": attested.secrets.encode()}


def _decoded(octets: bytes) -> Any:
    return decode_message(octets)


OPERATIONS = (
    Operation(name="attestation_generation/return", inputs=sessions, specification=_send),
    Operation(name="attestation_generation/accept", inputs=_inputs, specification=_receive),
)
