"""The circuit of the tests of PLONK with its development key and proofs, made once for all tests of this folder."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.groth16.development import make_development_key
from mpctls.zkp.groth16.keys import ProvingKey
from mpctls.zkp.groth16.proof import Proof, VerifyingKey
from mpctls.zkp.groth16.prover import prove
from mpctls.zkp.plonk.proof import TwistPoint
from tests.unit.plonk.examples import ROOT, cubic

IMAGE = ROOT**3 + 3 * ROOT + 5
PUBLICS = [IMAGE, ROOT * IMAGE + 2]
MADE_BY_SNARKJS = Path(__file__).parent / "made_by_snarkjs.json"
"""Keys before and after one contribution, and a proof of the example's circuit: all by snarkjs 0.7.6."""

BESIDE_THE_SUBGROUP: TwistPoint = (
    (1, 0),
    (
        18278151005453108793778860132295291098363647455926340152056652516292830556603,
        5912654199736721486680175016176231956195085055698687135131307249486702594212,
    ),
)
"""A point of the twist with x = 1 whose order is not r."""


@functools.cache
def witness() -> list[int]:
    return cubic().witness(
        {
            "image": [PUBLICS[0]],
            "other": [PUBLICS[1]],
            "x": [ROOT],
            "powers": [ROOT**5, ROOT**7 + 2 * ROOT**5 + 11 * ROOT + 7 * ROOT**3],
        }
    )


@functools.cache
def key() -> ProvingKey:
    return make_development_key(cubic())


def verifying_key() -> VerifyingKey:
    return key().verifying_key


@functools.cache
def proofs() -> tuple[Proof, ...]:
    """Three proofs of one witness."""
    return tuple(prove(key(), witness()) for _ in range(3))


def reason(call: Callable[[], object]) -> str:
    """The reason with which a call is refused."""
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.reason
