"""Commitments in zero knowledge: the committed octets are what the registered records decrypt to.

They also belong to the claimed lexical class. Prover and Notary run the same functions on their own side of the proof.
Encoding commitments are not proved: what is converted for them are the same authenticated wires.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from ..foundation.artifacts import EncodingCommitment, HashCommitment, TranscriptCommitment
from ..foundation.errors import Refused
from ..foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from ..foundation.ranges import RangeSet
from ..mpc.circuits.automata import AUTOMATA
from ..mpc.circuits.lexical import accepting, initial_state, lexical_step
from ..mpc.conversion.messages import Entry
from ..mpc.zero_knowledge.batch import Proof, Wires
from ..mpc.zero_knowledge.bits import bits_of
from .commitment_hashes import commitment_digest

BLINDER_BITS = 128


class Plaintext(Protocol):
    """Wires of transcript octets, as the engine serves them after finalisation."""

    def sent(self, start: int, stop: int) -> Wires: ...

    def received(self, start: int, stop: int) -> Wires: ...


def check_lexical_class(octets: bytes, lexical_class: LexicalClass, name: str) -> None:
    """Refuse octets outside their class with `data-submission/not-in-lexical-class`; run by the Prover."""
    if lexical_class is not LexicalClass.ANY and not AUTOMATA[lexical_class.label].accepts(octets):
        raise Refused("data-submission/not-in-lexical-class", f"{name} is no {lexical_class.label}")


def draw_blinders(proof: Proof, count: int) -> list[Wires]:
    """Wires of `count` fresh blinders of 16 octets that only the Prover knows."""
    return [proof.random_bits(BLINDER_BITS) for _ in range(count)]


def prove_commitments(
    proof: Proof,
    plaintext: Plaintext,
    commitments: Sequence[TranscriptCommitment],
    blinders: Sequence[Wires],
) -> tuple[Entry, ...]:
    """Prove, or at the Notary verify, all hash commitments and then all lexical classes.

    `blinders` are those of the hash commitments, in order. Returns the authenticated wires of the encoding
    commitments, by leaf index, for the conversion. Refuses at the Notary with
    `data-submission/commitment-proof-invalid` and `data-submission/lexical-class-proof-invalid`.
    """
    hidden = iter(blinders)
    with _reason("data-submission/commitment-proof-invalid"):
        octets = [_octets(plaintext, each.direction, each.ranges) for each in commitments]
        for commitment, wires in zip(commitments, octets, strict=True):
            if isinstance(commitment, HashCommitment):
                algorithm = HashAlgorithm(commitment.algorithm)
                digest = commitment_digest(proof, algorithm, wires, next(hidden))
                proof.assert_equal(digest, bits_of(commitment.value))
        proof.flush()
    with _reason("data-submission/lexical-class-proof-invalid"):
        for commitment, wires in zip(commitments, octets, strict=True):
            if commitment.lexical_class is not LexicalClass.ANY:
                _assert_class(proof, wires, commitment.lexical_class.label)
        proof.flush()
    return tuple(
        Entry(index=index, wires=wires)
        for index, (commitment, wires) in enumerate(zip(commitments, octets, strict=True))
        if isinstance(commitment, EncodingCommitment)
    )


def _octets(plaintext: Plaintext, direction: Direction, ranges: RangeSet) -> Wires:
    read = plaintext.sent if direction is Direction.SENT else plaintext.received
    return np.concatenate([read(each.start, each.end) for each in ranges])


def _assert_class(proof: Proof, wires: Wires, name: str) -> None:
    step = lexical_step(name)
    width = step.output_count
    state = proof.constant(
        np.array([initial_state(name) >> position & 1 for position in range(width)], np.uint8)
    )
    for octet in wires.reshape(-1, 8):
        state = proof.apply(step, np.concatenate([state, octet])[np.newaxis])[0]
    accepted = proof.apply(accepting(name), state[np.newaxis])[0]
    proof.assert_equal(accepted, np.ones(1, np.uint8))


@contextmanager
def _reason(reason: str) -> Iterator[None]:
    """Give a proof that does not hold the reason of the step it belongs to."""
    try:
        yield
    except Refused as refused:
        if refused.reason != "mpc-tls/proof-invalid":
            raise
        raise Refused(reason, refused.detail) from None
