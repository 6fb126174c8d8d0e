"""The proofs of all cases under one development setup, made once for a run of pytest, however many processes it has."""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from mpctls.zkp.plonk.keys import ProvingKey
from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.predicate.evaluate import evaluate
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.witness import circuit_inputs
from mpctls.zkp.prove import prove
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.statement import FieldSecret, Setting, public_inputs, statement_digest
from mpctls.zkp.verify import Presented, read_proof
from tests.unit.predicate.committed import HEADER_DIGEST, commit_all
from tests.unit.predicate.satisfaction import field_inputs

from .cases import CASES, OperatorCase

SIZE_LOG2: Final = 14
SETTING: Final = Setting(header_digests=(HEADER_DIGEST, HEADER_DIGEST[::-1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proved:
    """A case with the octets of its proof, and what an independent verifier takes: key, public inputs, proof."""

    case: OperatorCase
    fields: tuple[FieldSecret, ...]
    octets: bytes
    key: VerifyingKey
    publics: list[int]
    proof: Proof

    @property
    def presented(self) -> Presented:
        """What this project's own Verifier takes."""
        return Presented(
            received=read_proof(self.octets),
            fields=tuple(each.public for each in self.fields),
            setting=SETTING,
        )


@cache
def setup() -> Setup:
    """The setup of all proofs; anyone knows its secret."""
    return make_development_setup(SIZE_LOG2, "tests of operators")


@cache
def keys(folder: Path) -> KeyCache:
    """The keys of this process, and the verifying keys that any process left in a folder."""
    return KeyCache(folder, kept=len(CASES))


def fields_of(case: OperatorCase) -> tuple[FieldSecret, ...]:
    """The same commitments to the case's tokens at each call."""
    return tuple(commit_all(case.predicate, list(case.tokens)))


def proving_key(case: OperatorCase, folder: Path) -> ProvingKey:
    """The key that a case is proved with."""
    shapes = tuple(each.public.shape for each in fields_of(case))
    return keys(folder).proving_key(keys(folder).compiled(case.predicate, shapes), setup())


def witness(proved: Proved, folder: Path) -> Sequence[int]:
    """The values of all wires of a case's circuit, public inputs first."""
    case, fields = proved.case, proved.fields
    compiled = keys(folder).compiled(case.predicate, tuple(each.public.shape for each in fields))
    inputs = circuit_inputs(
        compiled,
        proved.publics[:2],
        [field_inputs(each) for each in fields],
        evaluate(case.predicate, case.tokens, case.trees),
        case.trees,
    )
    return compiled.circuit.witness(inputs)


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder in which the processes of one run of pytest share proofs."""
    own = factory.getbasetemp()
    folder = (own.parent if own.name.startswith("popen-") else own) / "operators"
    folder.mkdir(exist_ok=True)
    return folder


def every_proof(folder: Path) -> tuple[Proved, ...]:
    """All cases with their proofs."""
    return proofs_of(CASES, folder)


def proofs_of(cases: Sequence[OperatorCase], folder: Path) -> tuple[Proved, ...]:
    """Cases with their proofs; the first process that asks makes them, and the others wait for its files."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return tuple(_proved(case, folder) for case in cases)


def _proved(case: OperatorCase, folder: Path) -> Proved:
    fields, path = fields_of(case), folder / f"{case.name.replace('/', '-')}.proof"
    if not path.exists():
        path.write_bytes(prove(case.predicate, fields, SETTING, setup(), keys=keys(folder), trees=case.trees))
    octets = path.read_bytes()
    encoded = read_proof(octets).encoded
    shown = [each.public for each in fields]
    outputs = [int.from_bytes(each, "little") for each in encoded.outputs]
    return Proved(
        case=case,
        fields=fields,
        octets=octets,
        key=keys(folder).verifying_key(case.predicate, tuple(each.shape for each in shown), setup()),
        publics=public_inputs(statement_digest(case.predicate, shown, SETTING), shown, outputs),
        proof=Proof.from_octets(encoded.proof),
    )
