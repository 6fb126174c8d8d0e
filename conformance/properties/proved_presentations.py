"""Presentations whose predicates are proved: exchanges with hidden fields, attested, and proofs of any statement.

The circuits force their public inputs and nothing else, under a setup whose secret is known: what is looked at is what
a Verifier does around a proof. Everything follows from a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

from mpctls.spec.attestation import (
    Attestation,
    AttestationBody,
    ConnectionInfo,
    Header,
    TranscriptCommitments,
)
from mpctls.spec.commitments import (
    EncodingCommitment,
    EncodingOpening,
    HashCommitment,
    HashOpening,
    Opening,
    TranscriptCommitment,
    WithheldOpening,
    encode_leaf,
    hash_commitment_value,
)
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.spec.merkle import make_proof, tree_root
from mpctls.spec.presentation import Binding, CommitmentOpening, Presentation, TranscriptProof
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey
from mpctls.spec.zero_knowledge.field_encoding import commit, elements_of, encoding_header, message_of
from mpctls.spec.zero_knowledge.plonk import PlonkKey, encode_proof
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.presented_predicates import statement_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar
from mpctls.spec.zero_knowledge.statements import PredicateProof, public_inputs

from ..generation.labelled import Labelled
from .certificates import NOW
from .known_secret import Circuit, prove_plonk

OWN, DEVELOPMENT = b"\x07" * 32, b"\x08" * 32
"""Digests of setups."""
_TREE = HashAlgorithm.SHA256


class Shown(Enum):
    """What is committed to, and what of it is shown."""

    OPENED = "opened"
    OPENED_ENCODING = "opened encoding"
    HIDDEN = "hidden"
    HIDDEN_HASH = "hidden hash"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Octets of a direction that one leaf commits to."""

    octets: bytes
    shown: Shown = Shown.OPENED
    lexical_class: LexicalClass = LexicalClass.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The parts of both directions; the index of a leaf is its place in `sent + received`."""

    sent: tuple[Part, ...]
    received: tuple[Part, ...]

    def leaf_of(self, octets: bytes) -> int:
        """The index of the first leaf that commits to these octets."""
        return next(place for place, part in enumerate((*self.sent, *self.received)) if part.octets == octets)


def hidden(octets: bytes, lexical_class: LexicalClass) -> Part:
    """A field of which only the leaf is shown."""
    return Part(octets=octets, shown=Shown.HIDDEN, lexical_class=lexical_class)


def plain(octets: bytes) -> Part:
    """Octets that are shown."""
    return Part(octets=octets)


def exchange_of(body: Sequence[Part], *, authorization: Part | None = None) -> Exchange:
    """A request with perhaps a hidden authorization, and a response with a body of JSON."""
    request: tuple[Part, ...] = (plain(b"GET /account HTTP/1.1\r\nHost: bank.example\r\n\r\n"),)
    if authorization is not None:
        request = (
            plain(b"GET /account HTTP/1.1\r\nHost: bank.example\r\nAuthorization: "),
            authorization,
            plain(b"\r\n\r\n"),
        )
    length = sum(len(part.octets) for part in body)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % length
    first, *rest = body
    return Exchange(sent=request, received=(replace(first, octets=head + first.octets), *rest))


def account(balance: Part, name: Part) -> Exchange:
    """The usual exchange: an account whose balance and name may be hidden."""
    return exchange_of(
        (plain(b'{"balance":'), balance, plain(b',"name":"'), name, plain(b'"}')),
        authorization=hidden(b"Bearer abc", LexicalClass.HEADER_VALUE),
    )


def usual_account() -> Exchange:
    """A balance and a name, both hidden."""
    return account(
        hidden(b"1250.50", LexicalClass.JSON_NUMBER), hidden(b"alice", LexicalClass.JSON_STRING_INTERIOR)
    )


def _leaf(
    direction: Direction, start: int, part: Part, stream: Labelled
) -> tuple[TranscriptCommitment, Opening]:
    ranges = RangeSet.of((start, start + len(part.octets)))
    if part.shown in {Shown.HIDDEN, Shown.OPENED_ENCODING}:
        offset, factor, blinder = (stream.below(ORDER, name) for name in ("offset", "factor", "blinder"))
        elements = elements_of(part.octets)
        message = message_of(offset, factor, elements)
        value = commit(encoding_header(direction, len(part.octets)), message, blinder, elements)
        shown = EncodingOpening(octets=part.octets, blinder=encode_scalar(blinder))
        return (
            EncodingCommitment(
                direction=direction,
                ranges=ranges,
                lexical_class=part.lexical_class,
                commitment=encode_scalar(value),
                offset=encode_scalar(offset),
                factor=encode_scalar(factor),
            ),
            WithheldOpening() if part.shown is Shown.HIDDEN else shown,
        )
    blinder_octets = stream.octets(16, "blinder")
    value_octets = hash_commitment_value(HashAlgorithm.SHA256, part.octets, blinder_octets)
    leaf = HashCommitment(
        direction=direction,
        ranges=ranges,
        lexical_class=part.lexical_class,
        algorithm=HashAlgorithm.SHA256,
        value=value_octets,
    )
    if part.shown is Shown.OPENED:
        return leaf, HashOpening(octets=part.octets, blinder=blinder_octets)
    return leaf, WithheldOpening()


def _openings(exchange: Exchange, label: str) -> tuple[CommitmentOpening, ...]:
    openings: list[CommitmentOpening] = []
    for direction, parts in ((Direction.SENT, exchange.sent), (Direction.RECEIVED, exchange.received)):
        start = 0
        for part in parts:
            stream = Labelled(label=f"{label}/leaf {len(openings)}")
            leaf, opening = _leaf(direction, start, part, stream)
            openings.append(CommitmentOpening(index=len(openings), commitment=leaf, opening=opening))
            start += len(part.octets)
    return tuple(openings)


@cache
def presented(
    exchange: Exchange, label: str, *, closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED, bound: bool = False
) -> Presentation:
    """The presentation of an exchange, without a proof of identity and without predicates yet.

    `bound` has an audience and a nonce, and a signature that nobody looks at here.
    """
    stream = Labelled(label=label)
    notary = SigningKey(algorithm=SignatureAlgorithm.ED25519, secret=stream.octets(32, "notary"))
    openings = _openings(exchange, label)
    leaves = [encode_leaf(each.commitment) for each in openings]
    parts = (*exchange.sent, *exchange.received)
    kept = [each for each, part in zip(openings, parts, strict=True) if part.shown is not Shown.ABSENT]
    body = AttestationBody(
        verifying_key=notary.verifying_key,
        connection_info=ConnectionInfo(
            time=NOW,
            mode=0,
            tls_version=0x0303,
            cipher_suite=0xC02B,
            extended_master_secret=True,
            sent_length=sum(len(part.octets) for part in exchange.sent),
            received_length=sum(len(part.octets) for part in exchange.received),
            closure=closure,
        ),
        key_exchange_commitment=stream.octets(32, "key exchange"),
        handshake_commitment=stream.octets(32, "handshake"),
        transcript_commitments=TranscriptCommitments(
            algorithm=_TREE, leaf_count=len(leaves), root=tree_root(_TREE, leaves)
        ),
        prover_extensions=(),
        notary_extensions=(),
    )
    header = Header(
        format_version=1,
        signature_algorithm=SignatureAlgorithm.ED25519,
        body_hash_algorithm=HashAlgorithm.SHA256,
        attestation_id=stream.octets(16, "attestation"),
        body_digest=body.digest(HashAlgorithm.SHA256),
    )
    indices = [each.index for each in kept]
    return Presentation(
        attestation=Attestation(header=header, body=body, signature=notary.sign(header.signature_input())),
        identity=None,
        transcript=TranscriptProof(openings=tuple(kept), proof=make_proof(_TREE, leaves, indices)),
        predicates=(),
        binding=Binding(
            audience="verifier.example",
            nonce=stream.octets(16, "nonce"),
            issued=NOW,
            expiry=NOW + 600,
            signature=bytes(64),
        )
        if bound
        else None,
    )


@cache
def key_of(public_count: int, power: int = 4) -> PlonkKey:
    """The key of a circuit that has so many public inputs and forces nothing."""
    return Circuit.of(power, public_count).key()


@cache
def proof_for(publics: tuple[int, ...], label: str, power: int = 4) -> bytes:
    """A proof for any public inputs."""
    circuit = Circuit.of(power, len(publics))
    proof = prove_plonk(circuit, key_of(len(publics), power), (*publics, 0), label.encode())
    return encode_proof(proof)


def count_of(predicate: Predicate) -> int:
    """How many public inputs the circuit of a predicate has."""
    return 2 + 4 * len(predicate.fields) + len(predicate.pseudonyms)


@cache
def proved(
    presentation: Presentation,
    predicate: Predicate,
    leaves: tuple[int, ...],
    outputs: tuple[int, ...] = (),
    *,
    setup: bytes = OWN,
    power: int = 4,
) -> PredicateProof:
    """A proof that a predicate holds of leaves, whether it does or not."""
    proof = presentation.transcript
    openings = () if proof is None else proof.openings
    shown = {each.index: each.commitment for each in openings}
    committed = [leaf for index in leaves if isinstance(leaf := shown[index], EncodingCommitment)]
    octets = tuple(map(encode_scalar, outputs))
    statement = statement_of(predicate, leaves, presentation.attestation.header, presentation.binding)
    publics = public_inputs(statement, committed, octets)
    return PredicateProof(
        predicate=predicate.encode(),
        leaves=leaves,
        compiler_version=1,
        setup_digest=setup,
        outputs=octets,
        proof=proof_for(publics, "a proof", power),
    )
