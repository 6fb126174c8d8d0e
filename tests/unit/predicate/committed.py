"""Committed fields made for tests: what a session would leave with the Prover, from plain octets."""

from __future__ import annotations

from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.poseidon import KIND_ENCODING, commit, header, pack
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.statement import FieldSecret, PublicField, Setting

HEADER_DIGEST = bytes(range(32))
SETTING = Setting(header_digests=(HEADER_DIGEST,))

STRING = LexicalClass.JSON_STRING_INTERIOR
NUMBER = LexicalClass.JSON_NUMBER
LITERAL = LexicalClass.JSON_LITERAL
HEADER = LexicalClass.HEADER_VALUE


def committed(
    token: Token,
    index: int = 0,
    direction: Direction = Direction.RECEIVED,
    attestation: int = 0,
    seed: bytes = b"commitments of tests",
) -> FieldSecret:
    """A token with a commitment, offset and factor as formats.md section 5.1 says, from seeded randomness."""
    randomness = SeededRandomness(seed + bytes([index, attestation]))
    offset, blinder = randomness.below(SCALAR_MODULUS), randomness.below(SCALAR_MODULUS)
    factor = 1 + randomness.below(SCALAR_MODULUS - 1)
    elements = pack(token.octets)
    check = offset + sum(pow(factor, place, SCALAR_MODULUS) * x for place, x in enumerate(elements, 1))
    head = header(KIND_ENCODING, 1 if direction is Direction.RECEIVED else 0, len(token.octets))
    return FieldSecret(
        public=PublicField(
            attestation=attestation,
            index=index,
            direction=direction,
            kind=token.kind,
            length=len(token.octets),
            commitment=commit(head, check % SCALAR_MODULUS, blinder, elements),
            offset=offset,
            factor=factor,
        ),
        octets=token.octets,
        blinder=blinder,
    )


def commit_all(predicate: Predicate, tokens: list[Token]) -> list[FieldSecret]:
    """A commitment for each field of a predicate, at leaf indices 0, 1, …"""
    return [
        committed(token, index, named.side, named.attestation)
        for index, (named, token) in enumerate(zip(predicate.fields, tokens, strict=True))
    ]
