"""Proofs and public inputs as the data of a call to `verifyProof`, in the ABI of Solidity (its contract ABI, 0.8).

All arguments are arrays of fixed length: the data are four octets that name the function, then words of 32 octets.
"""

from __future__ import annotations

from collections.abc import Sequence

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import keccak256

from ..groth16 import proof as groth16
from ..plonk import proof as plonk
from .naming import SELECTOR_OCTETS, WORD_OCTETS, require_publics


def encode_call(proof: plonk.Proof | groth16.Proof, publics: Sequence[int]) -> bytes:
    """The data of a call that asks a contract about a proof.

    Rejects with `zero-knowledge/public-input-count` numbers of public inputs that no contract takes, and with
    `zero-knowledge/malformed-proof` numbers that no word holds. All else is for the contract to judge.
    """
    require_publics(len(publics))
    if isinstance(proof, plonk.Proof):
        arguments = f"uint256[24],uint256[{len(publics)}]"
        words = [number for point in proof.points for number in point]
        words += proof.evaluations
    else:
        arguments = f"uint256[2],uint256[2][2],uint256[2],uint256[{len(publics)}]"
        (x_real, x_imaginary), (y_real, y_imaginary) = proof.b
        words = [*proof.a, x_imaginary, x_real, y_imaginary, y_real, *proof.c]
    words += publics
    selector = keccak256(f"verifyProof({arguments})".encode("ascii"))[:SELECTOR_OCTETS]
    return selector + b"".join(map(_word, words))


def _word(number: int) -> bytes:
    if not 0 <= number < 1 << (8 * WORD_OCTETS):
        raise Refused("zero-knowledge/malformed-proof", "a number does not fit into a word of 256 bits")
    return number.to_bytes(WORD_OCTETS, "big")
