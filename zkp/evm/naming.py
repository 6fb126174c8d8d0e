"""What a contract is called and what it says of itself: that it verifies a proof, and which checks it leaves out."""

from __future__ import annotations

import enum
import re
from typing import Final

from mpctls.reference.foundation.errors import Refused

MAXIMUM_PUBLICS: Final = 128
"""A key of Groth16 has a point for each public input, and a contract at most 24,576 octets (EIP-170)."""

PLONK_WORDS: Final = 24
GROTH16_WORDS: Final = 8
"""How many words the proof itself has in a call."""
SELECTOR_OCTETS: Final = 4
WORD_OCTETS: Final = 32

SUFFIX: Final = "ProofVerifier"
_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,39}", re.ASCII)


class Language(enum.StrEnum):
    """The languages that contracts are written in."""

    VYPER = "vyper"
    SOLIDITY = "solidity"


def contract_name(name: str) -> str:
    """The name of a contract, which ends in what it is; refuses with `command/malformed-name`.

    The name goes into source code: it is a capital letter with at most 39 letters and digits of ASCII.
    """
    if _NAME.fullmatch(name) is None:
        raise Refused(
            "command/malformed-name", "a contract's name is a capital letter, then letters and digits"
        )
    return name + SUFFIX


def require_publics(count: int) -> None:
    """Refuse with `zero-knowledge/public-input-count` a number of public inputs that no contract takes."""
    if not 1 <= count <= MAXIMUM_PUBLICS:
        raise Refused(
            "zero-knowledge/public-input-count",
            f"{count} public inputs; a contract takes 1 to {MAXIMUM_PUBLICS}",
        )


def call_octets(words: int, count: int) -> int:
    """The length of a call's data: the function's selector, the proof's words and the public inputs."""
    return SELECTOR_OCTETS + WORD_OCTETS * (words + count)


def notice(proof_system: str, digest: bytes) -> tuple[str, ...]:
    """The lines that stand above a contract."""
    return (
        f"Verifies one {proof_system} proof over BN254 under one key, and NOTHING ELSE.",
        "true means: whoever made the proof knew a witness of this key's circuit for these public inputs.",
        "It does NOT mean that a server sent anything. The commitments among the public inputs may be anyone's:",
        "a caller that relies on a transcript must ALSO check the attestation: the signature of a Notary that it",
        "trusts over the attestation's header, the body under that header's root, the inclusion of each leaf whose",
        "(C, k, Delta, L) stand among the public inputs, and that the statement in the first two public inputs is the",
        "hash of that attestation, those leaves, the predicate and the audience. No signature is read here.",
        "A proof names neither chain nor contract nor caller: anyone may submit it again, anywhere. It is randomised,",
        "so neither it nor its hash is an identifier. A call that is not a valid proof returns false: look at what is",
        "returned. It reverts without a verdict when its data are not of the exact length, when gas runs out, and",
        "(in Groth16) when B is not in its group.",
        f"Key (SHA-256 of its canonical octets): {digest.hex()}",
    )
