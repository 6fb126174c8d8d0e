"""The stages between connection and attestation, of two sessions at once, with an attacker who is the network.

What a party does next depends on what it was given so far; so a party's place is the list of what it took,
and a state of the whole is the four places. The attacker delivers to anyone any message that it saw or can make of
what it saw. Steps are the specification's, each run once for each place and message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any, TypeAlias

from mpctls.spec.attestation import Attestation
from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    return_signed_attestation,
    sign_with_private_key,
)
from mpctls.spec.data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.data_submission.include_encoded_commitment_or_hash_range import transcript_witnesses
from mpctls.spec.encoding import decode_as
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.messages import (
    IncludeCommitments,
    MerkleTreeRoot,
    SessionMessage,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    encode_message,
)
from mpctls.spec.notary_states import NotaryConfigReceived, NotaryFinalised, NotaryRooted
from mpctls.spec.prover_states import ProverCommitted, ProverConfigSubmitted, ProverFinalised, ProverRooted
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Rejection
from mpctls.spec.signatures import SigningKey

from ..generation.labelled import Labelled
from .sessions import ATTACKER, NOTARY, NOW, TREE_ALGORITHM, Session

Party: TypeAlias = tuple[str, int]
"""A role and the number of its session."""

PROVERS: tuple[Party, ...] = (("prover", 0), ("prover", 1))
NOTARIES: tuple[Party, ...] = (("notary", 0), ("notary", 1))
PARTIES = PROVERS + NOTARIES
TOLERANCE = 60
BODY_FIELDS = (
    "connection_info",
    "key_exchange_commitment",
    "handshake_commitment",
    "transcript_commitments",
    "prover_extensions",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a party said when it came to a place: the first, second … message of that step."""

    party: Party
    place: Place
    number: int

    def words(self) -> str:
        """The message for people."""
        role, session = self.party
        return f"message {self.number + 1} of {role} {session} after {len(self.place)} moves"


@dataclass(frozen=True, slots=True)
class Made:
    """What the attacker made of two messages of one kind."""

    way: str
    one: Message
    other: Message

    def words(self) -> str:
        """The message for people."""
        return f"[{self.one.words()}] with [{self.other.words()}]: {self.way}"


@dataclass(frozen=True, slots=True)
class OwnMove:
    """What a party does without being given anything."""

    def words(self) -> str:
        """The move for people."""
        return "goes on"


OWN_MOVE = OwnMove()
Message: TypeAlias = "Said | Made"
Place: TypeAlias = "tuple[Message | OwnMove, ...]"
"""What a party took and did, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a party is after a step, and what it said; `state` is None when it refused."""

    state: Any
    said: tuple[bytes, ...]


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The two sessions, and every step and message that was computed."""

    sessions: tuple[Session, Session]
    _steps: dict[tuple[Party, Place], Step] = field(default_factory=dict)
    _octets: dict[Message, bytes] = field(default_factory=dict)

    def at(self, party: Party, place: Place) -> Step:
        """What a party is at a place."""
        if (party, place) not in self._steps:
            self._steps[party, place] = self._computed(party, place)
        return self._steps[party, place]

    def octets(self, message: Message) -> bytes:
        """The octets of a message."""
        if message not in self._octets:
            self._octets[message] = self._made(message)
        return self._octets[message]

    def said(self, party: Party, place: Place) -> Iterator[Said]:
        """All that a party said on the way to a place."""
        for length in range(len(place) + 1):
            for number in range(len(self.at(party, place[:length]).said)):
                yield Said(party, place[:length], number)

    @property
    def computed(self) -> int:
        """How many steps of the specification were run."""
        return len(self._steps)

    def _made(self, message: Message) -> bytes:
        if isinstance(message, Said):
            return self.at(message.party, message.place).said[message.number]
        one, other = decoded(self.octets(message.one)), decoded(self.octets(message.other))
        return encode_message(WAYS[type(one)][message.way](one, other))

    def _computed(self, party: Party, place: Place) -> Step:
        session = self.sessions[party[1]]
        if not place:
            return Step(state=session.prover if party in PROVERS else session.notary, said=())
        before = self.at(party, place[:-1]).state
        move = place[-1]
        octets = None if isinstance(move, OwnMove) else self.octets(move)
        try:
            if party in PROVERS:
                return _prover_step(session, before, octets)
            return self._notary_step(session, before, octets)
        except Rejection:
            return Step(state=None, said=())

    def _notary_step(self, session: Session, state: Any, octets: bytes | None) -> Step:
        if octets is None:
            return _attest(session, state)
        message = decoded(octets)
        if isinstance(state, NotaryFinalised):
            return Step(state=submit_transcript_commit_config.receive(state, message), said=())
        # The Prover of the session takes part in the proof with what it submitted itself.
        proof = ZeroKnowledgeProof(transcript_witnesses(session.prover.transcript))
        include_encoded_commitment_or_hash_range.send(_submitted(session)[0], _source(session), proof)
        included = include_encoded_commitment_or_hash_range.receive(state, message, proof)
        after, root = generate_merkle_tree_root.send(included)  # type: ignore[arg-type]
        return Step(state=after, said=(encode_message(root),))


def _submitted(session: Session) -> tuple[ProverConfigSubmitted, SubmitTranscriptCommitConfig]:
    return submit_transcript_commit_config.send(
        session.prover,
        config=session.config,
        tree_algorithm=TREE_ALGORITHM,
        body_hash_algorithm=TREE_ALGORITHM,
        prover_extensions=session.extensions,
    )


def _source(session: Session) -> Randomness:
    return Randomness(Labelled(label=f"exploration/prover {session.number}").octets(32))


def _prover_step(session: Session, state: Any, octets: bytes | None) -> Step:
    if octets is None:
        submitted, config = _submitted(session)
        proof = ZeroKnowledgeProof(transcript_witnesses(session.prover.transcript))
        after, commitments = include_encoded_commitment_or_hash_range.send(submitted, _source(session), proof)
        return Step(state=after, said=(encode_message(config), encode_message(commitments)))
    message = decoded(octets)
    if isinstance(state, ProverCommitted):
        return Step(state=generate_merkle_tree_root.receive(state, message), said=())
    attested = return_signed_attestation.receive(state, message, now=NOW, tolerance=TOLERANCE)
    return Step(state=attested, said=())


def _attest(session: Session, state: NotaryRooted) -> Step:
    source = Randomness(Labelled(label=f"exploration/notary {session.number}").octets(32))
    started = build_attestation_body.perform(state)
    now = NOW - session.number  # the two are told apart by their times as well
    complete = include_connection_info_keys_and_commitment.perform(started, source, now=now)
    done, message = return_signed_attestation.send(sign_with_private_key.perform(complete, source))
    return Step(state=done, said=(encode_message(message),))


def decoded(octets: bytes) -> Any:
    """The message that octets hold."""
    return decode_as(SessionMessage, octets)


def awaited(state: Any) -> type | None:
    """The message that a party waits for; None where it goes on by itself, or not at all."""
    match state:
        case NotaryFinalised():
            return SubmitTranscriptCommitConfig
        case NotaryConfigReceived():
            return IncludeCommitments
        case ProverCommitted():
            return MerkleTreeRoot
        case ProverRooted():
            return SignedAttestation
        case _:
            return None


def goes_on(state: Any) -> bool:
    """Whether a party can do something by itself."""
    return isinstance(state, NotaryRooted | ProverFinalised)


def made_of(exchange: Exchange, known: Iterable[Said], kind: type) -> Iterator[Message]:
    """Every message of a kind that the attacker has or can make of what it has; of equal ones the first."""
    messages = [each for each in known if type(decoded(exchange.octets(each))) is kind]
    found: set[bytes] = set()
    pairs = permutations(messages, 2)
    mixed = [Made(way, one, other) for one, other in pairs for way in WAYS.get(kind, ())]
    everything: list[Message] = [*messages, *mixed]
    for message in everything:
        octets = exchange.octets(message)
        if octets not in found:
            found.add(octets)
            yield message


def _commitment_taken(index: int) -> Callable[[IncludeCommitments, IncludeCommitments], IncludeCommitments]:
    def mix(one: IncludeCommitments, other: IncludeCommitments) -> IncludeCommitments:
        kept = list(one.commitments)
        kept[index] = other.commitments[index]
        return IncludeCommitments(commitments=tuple(kept))

    return mix


def _part_taken(name: str) -> Callable[[SignedAttestation, SignedAttestation], SignedAttestation]:
    def mix(one: SignedAttestation, other: SignedAttestation) -> SignedAttestation:
        part = {name: getattr(other.attestation, name)}
        return replace(one, attestation=replace(one.attestation, **part))

    return mix


def _body_taken(
    name: str | None, key: SigningKey | None
) -> Callable[[SignedAttestation, SignedAttestation], SignedAttestation]:
    def mix(one: SignedAttestation, other: SignedAttestation) -> SignedAttestation:
        part = {} if name is None else {name: getattr(other.attestation.body, name)}
        attestation = replace(one.attestation, body=replace(one.attestation.body, **part))
        return replace(one, attestation=attestation if key is None else signed_again(attestation, key=key))

    return mix


_SIGNERS = {"": None, ", signed by the attacker": ATTACKER, ", signed by a Notary that lies": NOTARY}
WAYS: dict[type, dict[str, Callable[[Any, Any], Any]]] = {
    SubmitTranscriptCommitConfig: {
        "its extensions": lambda one, other: replace(one, prover_extensions=other.prover_extensions),
    },
    IncludeCommitments: {
        **{f"its commitment {index}": _commitment_taken(index) for index in range(3)},
        "turned about": lambda one, _: IncludeCommitments(
            commitments=one.commitments[1:] + one.commitments[:1]
        ),
    },
    SignedAttestation: {
        "its blinder": lambda one, other: replace(one, key_exchange_blinder=other.key_exchange_blinder),
        **{f"its {name}": _part_taken(name) for name in ("header", "body", "signature")},
        **{
            f"its {name}{words}": _body_taken(name, key)
            for name in BODY_FIELDS
            for words, key in _SIGNERS.items()
        },
        "signed by the attacker": _body_taken(None, ATTACKER),
    },
}
"""What the attacker can do with two messages of one kind: the first, changed by means of the second."""


def signed_again(attestation: Attestation, *, key: SigningKey) -> Attestation:
    """The attestation with the digest of its body, and a signature over that."""
    header = replace(
        attestation.header, body_digest=attestation.body.digest(attestation.header.body_hash_algorithm)
    )
    return replace(attestation, header=header, signature=key.sign(header.signature_input()))
