"""Addition in the field of P-256, and joining the shares of the pre-master secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .builder import Builder, Wire
from .circuit import Circuit
from .gadgets import add_words, constant, equal, reverse_octets, select, subtract
from .sha256 import key_states
from .store import kept

FIELD_BITS: Final = 256
# FIPS 186-4 section D.1.2.3.
FIELD_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1


def reduce_once(builder: Builder, value: Sequence[Wire]) -> list[Wire]:
    """Return value - p if that is not negative, else value."""
    difference, fits = subtract(builder, value, constant(FIELD_PRIME, len(value)))
    return select(builder, fits, difference, value)


def add_modulo(builder: Builder, left: Sequence[Wire], right: Sequence[Wire]) -> list[Wire]:
    """Return left + right mod p, fully reduced, for any two integers of 256 bits.

    2^256 exceeds p by less than 2^224, so the sum of two unreduced inputs is below 3p: subtracting p at most
    twice from the sum gives the same value as reducing both inputs first, with fewer gates.
    """
    total = add_words(builder, left, right, size=FIELD_BITS + 1)
    return reduce_once(builder, reduce_once(builder, total))[:FIELD_BITS]


def join_shares(
    builder: Builder, prover: Sequence[Sequence[Wire]], notary: Sequence[Sequence[Wire]]
) -> tuple[Wire, list[Wire]]:
    """Return whether the sums of both runs agree mod p, and the sum of run 0 as 32 big-endian octets."""
    first, second = (add_modulo(builder, left, right) for left, right in zip(prover, notary, strict=True))
    return equal(builder, first, second), reverse_octets(first)


def _take_shares(builder: Builder) -> tuple[list[list[Wire]], list[list[Wire]]]:
    """Open the input groups of both joining circuits: the prover's shares of runs 0 and 1, the notary's."""
    prover = [builder.take_input(FIELD_BITS) for _ in range(2)]
    notary = [builder.take_input(FIELD_BITS) for _ in range(2)]
    return prover, notary


@kept
def modular_addition_p256() -> Circuit:
    """Addition in GF(p): two integers of 256 bits, reduced or not → sum mod p 256; 1,279 AND."""
    builder = Builder("modular-addition-p256")
    left = builder.take_input(FIELD_BITS)
    right = builder.take_input(FIELD_BITS)
    return builder.finish(add_modulo(builder, left, right))


@kept
def join_pre_master_secret() -> Circuit:
    """Joins the shares of both runs: zP0, zP1, zN0, zN1 (256 each) → agree 1, pre-master secret 256.

    `agree` is 1 iff zP0 + zN0 ≡ zP1 + zN1 mod p; nothing else about the second run leaves the circuit,
    because the difference of the runs would leak half of the secret. The pre-master secret is the
    x coordinate of run 0 as 32 octets, big-endian (RFC 8422 section 5.10). 2,813 AND.
    """
    builder = Builder("join-pre-master-secret")
    agree, secret = join_shares(builder, *_take_shares(builder))
    return builder.finish([agree], secret)


@kept
def pre_master_secret_states() -> Circuit:
    """Joins the shares, keys HMAC: zP0, zP1, zN0, zN1 (256 each) → agree 1, inner state 256, outer state 256.

    `join_pre_master_secret` followed by `hmac_key_states(32)`, so that the pre-master secret is never an
    output. 45,442 AND.
    """
    builder = Builder("pre-master-secret-states")
    agree, secret = join_shares(builder, *_take_shares(builder))
    inner, outer = key_states(builder, secret)
    return builder.finish([agree], inner, outer)
