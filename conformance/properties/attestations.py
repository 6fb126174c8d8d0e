"""Sessions after the connection, without one: all that later stages need, drawn as fields and turned into states."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.attestation import TranscriptCommitments, handshake_commitment
from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    sign_with_private_key,
)
from mpctls.spec.commitments import (
    encode_leaf,
)
from mpctls.spec.data_submission.include_encoded_commitment_or_hash_range import (
    learn_release,
    transcript_witnesses,
)
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.files import AttestationSecrets
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import (
    Closure,
    HashAlgorithm,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.merkle import tree_root
from mpctls.spec.messages import SignedAttestation, TlsHandshakeData
from mpctls.spec.notary_states import NotaryFinalised, NotaryParametersRecorded, NotaryRooted, NotarySigned
from mpctls.spec.presentation import HandshakeOpening, KeyExchangeOpening
from mpctls.spec.prover_states import (
    ProverAgreed,
    ProverCommitted,
    ProverEncoded,
    ProverFinalised,
    ProverParametersRecorded,
    TlsHandshake,
)
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters
from mpctls.spec.transcript import Transcript

from ..fields import Fields, listed, number, read_list, read_number
from .certificates import NOW, SERVER_NAME, Leaf, chain, sign_key_exchange, usual_scheme
from .commitments import blinders, committed_of, configs, conversion_of, released_of, releases, submission_of
from .drawing import DIGESTS, HASH_ALGORITHMS, PrescribedRandomness, extensions, signing_key
from .handshakes import agreed, point

HOLDER = signing_key(SignatureAlgorithm.ECDSA_P256_SHA256, 1)
_PAGE = b'HTTP/1.1 200 OK\r\n\r\n{"name": "alice", "balance": 12.50e2, "open": true}'
_REQUEST = b"GET /account HTTP/1.1\r\nAuthorization: Bearer token\r\n\r\n"


@cache
def _handshake_data(kind: str, client_random: bytes, server_random: bytes, key: bytes) -> HandshakeData:
    _suite, scheme = usual_scheme(kind)
    signed = signed_parameters(
        client_random=client_random, server_random=server_random, server_ephemeral_key=key
    )
    return HandshakeData(
        certificates=chain(Leaf(key=kind)),
        signature_algorithm=scheme,
        signature=sign_key_exchange(kind, scheme, signed),
    )


@st.composite
def prover_extensions(draw: DrawFn) -> tuple[Extension, ...]:
    """Extensions that a Notary admits."""
    found = []
    if draw(st.booleans()):
        found.append(Extension(id=HOLDER_KEY, critical=True, value=HOLDER.verifying_key.encode()))
    if draw(st.booleans()):
        found.append(Extension(id=PURPOSE, critical=False, value=b"a loan"))
    return tuple(found)


@st.composite
def sessions(draw: DrawFn, *, plain: bool = False) -> dict[str, bytes]:
    """Everything that determines the later stages of a session; `plain` ones have a transcript worth selecting."""
    kind = draw(st.sampled_from(("ecdsa", "rsa")))
    client_random, server_random = bytes([draw(st.integers(0, 3))]) * 32, b"\2" * 32
    key = point(draw(st.integers(1, 3)))
    data = _handshake_data(kind, client_random, server_random, key)
    blinder = draw(DIGESTS)
    extended = draw(st.booleans())
    sent, received = (_REQUEST, _PAGE) if plain else (draw(_texts()), draw(_texts()))
    config = draw(configs(len(sent), len(received)))
    handshake = TlsHandshakeData(
        tls_version=0x0303,
        cipher_suite=usual_scheme(kind)[0],
        client_random=client_random,
        server_random=server_random,
        extended_master_secret=extended,
        session_hash=draw(DIGESTS) if extended else None,
        server_ephemeral_key=key,
        handshake_commitment=handshake_commitment(data, blinder),
    )
    signer = signing_key(draw(st.sampled_from(SignatureAlgorithm)), 0)
    notary = tuple(
        replace(each, id=f"notary/{each.id}", critical=False)
        for each in draw(extensions(st.sampled_from(("policy", "region"))))
    )
    return {
        "key": bytes([signer.algorithm]) + signer.secret,
        "session id": draw(DIGESTS),
        "handshake": handshake.encode(),
        "handshake data": data.encode(),
        "handshake blinder": blinder,
        "server name": SERVER_NAME.encode(),
        "sent": sent,
        "received": received,
        "config": listed([each.encode() for each in config]),
        "blinders": listed([draw(blinders(each)) for each in config]),
        "released": listed([draw(releases(each)) for each in config]),
        "tree algorithm": number(draw(HASH_ALGORITHMS)),
        "body algorithm": number(draw(HASH_ALGORITHMS)),
        "prover extensions": listed([each.encode() for each in draw(prover_extensions())]),
        "notary extensions": listed([each.encode() for each in notary]),
        "closure": number(draw(st.sampled_from(Closure))),
        "now": number(NOW),
        "key exchange blinder": draw(DIGESTS),
        "attestation id": draw(st.binary(min_size=16, max_size=16).filter(any)),
    }


def _texts() -> st.SearchStrategy[bytes]:
    return st.binary(min_size=1, max_size=40)


def signer_of(fields: Fields) -> SigningKey:
    """The Notary's key."""
    return SigningKey(algorithm=SignatureAlgorithm(fields["key"][0]), secret=fields["key"][1:])


def tree_of(fields: Fields) -> TranscriptCommitments:
    """The tree over all commitments."""
    algorithm = HashAlgorithm(read_number(fields["tree algorithm"]))
    leaves = [encode_leaf(each.commitment) for each in committed_of(fields)]
    return TranscriptCommitments(
        algorithm=algorithm, leaf_count=len(leaves), root=tree_root(algorithm, leaves)
    )


def notary_finalised(fields: Fields, kind: SessionKind = SessionKind.NOTARIZE) -> NotaryFinalised:
    """The Notary after the connection."""
    terms = agreed(fields["session id"], kind=kind)
    key = signer_of(fields)
    notary = tuple(Extension.decode(octets) for octets in read_list(fields["notary extensions"]))
    terms = replace(
        terms,
        signing_key=key,
        policy=replace(terms.policy, notary_extensions=notary),
        terms=replace(terms.terms, signature_algorithm=key.algorithm, verifying_key=key.verifying_key),
    )
    return NotaryFinalised(
        connection=NotaryParametersRecorded(
            agreed=terms, parameters=TlsHandshakeData.decode(fields["handshake"])
        ),
        sent_length=len(fields["sent"]),
        received_length=len(fields["received"]),
        closure=Closure(read_number(fields["closure"])),
    )


def notary_rooted(fields: Fields) -> NotaryRooted:
    """The Notary after the tree."""
    return NotaryRooted(
        finalised=notary_finalised(fields),
        submission=submission_of(fields),
        transcript_commitments=tree_of(fields),
    )


def prover_finalised(fields: Fields, kind: SessionKind = SessionKind.NOTARIZE) -> ProverFinalised:
    """The Prover after the connection."""
    handshake = TlsHandshakeData.decode(fields["handshake"])
    terms = notary_finalised(fields).connection.agreed.terms
    return ProverFinalised(
        connection=ProverParametersRecorded(
            agreed=ProverAgreed(kind=kind, terms=terms),
            handshake=TlsHandshake(
                server_name=fields["server name"].decode(),
                tls_version=handshake.tls_version,
                cipher_suite=handshake.cipher_suite,
                client_random=handshake.client_random,
                server_random=handshake.server_random,
                extended_master_secret=handshake.extended_master_secret,
                session_hash=handshake.session_hash,
                server_ephemeral_key=handshake.server_ephemeral_key,
                handshake_data=HandshakeData.decode(fields["handshake data"]),
            ),
            handshake_blinder=fields["handshake blinder"],
        ),
        transcript=Transcript(sent=fields["sent"], received=fields["received"]),
        closure=Closure(read_number(fields["closure"])),
    )


def prover_committed(fields: Fields, *, deviates: bool = False) -> ProverCommitted:
    """The Prover with all commitments, after the release where there is one."""
    finalised, submission = prover_finalised(fields), submission_of(fields)
    committed = committed_of(fields)
    released = released_of(fields)
    if not released:
        return ProverCommitted(finalised=finalised, submission=submission, committed=committed)
    proof = ZeroKnowledgeProof(transcript_witnesses(finalised.transcript))
    proof.challenge()
    conversion = conversion_of(fields, proof, deviates=deviates)
    for index in released:
        leaf = committed[index].commitment
        conversion.commit(index, leaf.direction, leaf.ranges)
    conversion.release()
    encoded = ProverEncoded(finalised=finalised, submission=submission, committed=committed)
    return learn_release(encoded, conversion)


def notary_signed(fields: Fields) -> NotarySigned:
    """The Notary after its signature."""
    started = build_attestation_body.perform(notary_rooted(fields))
    source = PrescribedRandomness(
        {"key exchange blinder": fields["key exchange blinder"], "attestation id": fields["attestation id"]}
    )
    body = include_connection_info_keys_and_commitment.perform(
        started, source, now=read_number(fields["now"])
    )
    return sign_with_private_key.perform(body, source)


def returned(fields: Fields) -> SignedAttestation:
    """The message with the attestation."""
    signed = notary_signed(fields)
    return SignedAttestation(attestation=signed.attestation, key_exchange_blinder=signed.key_exchange_blinder)


def secrets_of(fields: Fields) -> AttestationSecrets:
    """What the Prover keeps of an honest session."""
    handshake = TlsHandshakeData.decode(fields["handshake"])
    return AttestationSecrets(
        server_name=fields["server name"].decode(),
        key_exchange=KeyExchangeOpening(
            client_random=handshake.client_random,
            server_random=handshake.server_random,
            server_ephemeral_key=handshake.server_ephemeral_key,
            blinder=fields["key exchange blinder"],
        ),
        handshake=HandshakeOpening(
            handshake_data=HandshakeData.decode(fields["handshake data"]), blinder=fields["handshake blinder"]
        ),
        sent=fields["sent"],
        received=fields["received"],
        commitments=committed_of(fields),
    )
