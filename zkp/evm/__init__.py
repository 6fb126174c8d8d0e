"""Contracts for Ethereum's virtual machine that verify proofs under one key.

A contract verifies a proof and nothing else: that its publics are those of an attestation, whoever calls it must check.
"""

from __future__ import annotations

from ..groth16 import proof as groth16
from ..groth16.verifier import require_key
from ..plonk import proof as plonk
from . import solidity, vyper
from .naming import Language, contract_name, require_publics

__all__ = ["Language", "contract_name", "render"]


def render(
    language: Language,
    key: plonk.VerifyingKey | groth16.VerifyingKey,
    *,
    name: str,
    accept_development: bool = False,
) -> str:
    """The source of a contract that verifies proofs under this key; it is called `<name>ProofVerifier`.

    Run by whoever made or pinned the key. Rejects a name that is not a capital letter with at most 39 letters and
    digits (`command/malformed-name`), a key without publics or with more than 128 (`zero-knowledge/public-input-count`)
    and what the key's verifier rejects of a key alone, a known development key of Groth16 among them; of a key of PLONK
    nobody can see of which setup it is.
    """
    contract_name(name)
    require_publics(key.public_count)
    if isinstance(key, plonk.VerifyingKey):
        plonk.check_points(key)
    else:
        require_key(key, accept_development=accept_development)
    match language:
        case Language.VYPER:
            if isinstance(key, plonk.VerifyingKey):
                return vyper.plonk_verifier(key, name=name)
            return vyper.groth16_verifier(key, name=name)
        case Language.SOLIDITY:
            if isinstance(key, plonk.VerifyingKey):
                return solidity.plonk_verifier(key, name=name)
            return solidity.groth16_verifier(key, name=name)
