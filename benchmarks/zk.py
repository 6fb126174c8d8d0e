"""What proofs of predicates cost: rows, seconds to prove and to verify, beside snarkjs on the same circuit.

    python -m benchmarks.zk [--json] [--repeat 9] [--without-snarkjs] [--without-zksnake] [--only NAME ...]

Each line is one predicate over encoding commitments: rows of its table, seconds to make its keys, medians of proving
(witness and proof, keys loaded) and of verifying one proof, and of verifying a hundred at once for each proof. Where
snarkjs is installed (`npm ci` in tests/integration/snarkjs) it proves and verifies the same constraint system in the
same run: medians of whole processes less the time of one that does nothing. Where zksnake (arkworks behind Python) is
installed it proves the same rows, with keys loaded. Peak memory is this process's, the peers' included where they run
in it.
Compilation happens before the clock starts. The kernels are those of this processor; numba's own variables choose
others, so `NUMBA_CPU_NAME=generic NUMBA_CPU_FEATURES=+bmi2,+adx` measures the scalar path, and MPCTLS_PORTABLE=1 the
twins in plain Python (hundreds of times slower: with --only decimal --repeat 1).
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests import capabilities
from tests.unit.plonk import circom_writers

from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.path import kernel_path
from mpctls.zkp.plonk.keys import make_keys
from mpctls.zkp.plonk.prover import prove
from mpctls.zkp.plonk.verifier import verify, verify_many
from mpctls.zkp.poseidon import KIND_ENCODING, commit, header
from mpctls.zkp.predicate.compile import CompiledPredicate, compile_predicate
from mpctls.zkp.predicate.evaluate import Token, evaluate
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.text_form import read_text
from mpctls.zkp.predicate.trees import Tree, read_members, tree_of_values
from mpctls.zkp.predicate.types import TextType
from mpctls.zkp.predicate.witness import FieldInputs, circuit_inputs
from mpctls.zkp.setup.making import make_development_setup

from . import _zksnake

_LARGE_SET: Final = 65_000
_BATCH: Final = 100
_OFFSET: Final = 12345
_FACTOR: Final = 67890
_BLINDER: Final = 13579
STRING: Final = LexicalClass.JSON_STRING_INTERIOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A predicate and values of which it holds."""

    name: str
    predicate: str
    values: tuple[bytes, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One predicate; seconds, medians."""

    name: str
    rows: int
    size: int
    keys: float
    prove: float
    verify: float
    verify_in_batch: float
    snarkjs_prove: float | None
    snarkjs_verify: float | None
    zksnake_prove: float | None
    zksnake_verify: float | None


def cases() -> list[Case]:
    """The predicates that are measured."""
    names = tuple(f"m{number}" for number in range(_LARGE_SET))
    terms = " + ".join(f"response $.v{number}: decimal(2)" for number in range(8))
    pattern = "[a-z0-9]{1,20}@[a-z0-9]{1,20}([.][a-z]{2,10}){1,3}[a-z0-9]*"
    address = b"adalovelace1815@analyticalengine.example.computing.london1843121"
    tree = tree_of(names)
    return [
        Case(name="decimal", predicate="response $.v: decimal(2) >= 1000", values=(b"1234567890123.45",)),
        Case(
            name="decimal, close",
            predicate="response $.v: decimal(2) >= 123456789",
            values=(b"123456789.45",),
        ),
        Case(
            name="age",
            predicate="age(response $.v: date(YYYY-MM-DD), 2026-11-22) >= 18",
            values=(b"1990-02-28",),
        ),
        Case(name="sum of 8", predicate=f"{terms} >= 1000", values=(b"1234.50",) * 8),
        Case(
            name="pattern of 64",
            predicate=f'response $.v: text(64) matches "{pattern}"',
            values=(address,),
        ),
        Case(
            name="set of 2^16",
            predicate=f"response $.v: text(8) in tree({tree.depth}, {tree.root.hex()})",
            values=(b"m4711",),
            members=names,
        ),
    ]


def tree_of(members: Sequence[str]) -> Tree:
    """The tree over texts."""
    kind = TextType(maximum=8)
    return tree_of_values(kind, read_members(kind, members))


def median(repeat: int, action: Callable[[], object]) -> float:
    """The median of the seconds that an action takes."""
    seconds: list[float] = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def inputs_of(case: Case, compiled: CompiledPredicate) -> Mapping[str, Sequence[int]]:
    """The inputs of the case's circuit, its fields committed to as in a session."""
    tokens = [Token(kind=STRING, octets=value) for value in case.values]
    trees = {}
    if case.members:
        tree = tree_of(case.members)
        trees[tree.root] = tree
    evaluation = evaluate(compiled.predicate, tokens, trees)
    fields: list[FieldInputs] = []
    for token in tokens:
        octets = token.octets
        elements = [int.from_bytes(octets[at : at + 31], "little") for at in range(0, len(octets), 31)]
        message = (_OFFSET + sum(pow(_FACTOR, e, SCALAR_MODULUS) * x for e, x in enumerate(elements, 1))) % (
            SCALAR_MODULUS
        )
        head = header(KIND_ENCODING, Direction.RECEIVED.value, len(octets))
        value = commit(head, message, _BLINDER, elements)
        fields.append(
            FieldInputs(publics=(value, _OFFSET, _FACTOR, len(octets)), token=token, blinder=_BLINDER)
        )
    return circuit_inputs(compiled, [1, 2], fields, evaluation, trees)


def measure(case: Case, repeat: int, *, with_snarkjs: bool, with_zksnake: bool) -> Measured:
    """Measure one predicate."""
    predicate = read_text(case.predicate)
    shapes = tuple(Shape(length=len(value), kind=STRING) for value in case.values)
    compiled = compile_predicate(predicate, shapes)
    table = compiled.table
    size_log2 = max(3, (table.row_count - 1).bit_length())
    setup = make_development_setup(size_log2, "benchmark")
    start = time.perf_counter()
    key = make_keys(table, setup)
    seconds_of_keys = time.perf_counter() - start
    inputs = inputs_of(case, compiled)
    witness = compiled.circuit.witness(inputs)
    publics = compiled.circuit.public_values(witness)
    proof = prove(key, witness)
    claims = [(key.verifying_key, publics, proof)] * _BATCH
    verify_many(claims)
    theirs = _snarkjs(compiled, witness, size_log2, repeat) if with_snarkjs else (None, None)
    peer = None
    if with_zksnake:
        peer = _zksnake.measured(table, witness, lambda action: median(min(repeat, 3), action))
    return Measured(
        name=case.name,
        rows=table.row_count,
        size=1 << size_log2,
        keys=seconds_of_keys,
        prove=median(repeat, lambda: prove(key, compiled.circuit.witness(inputs))),
        verify=median(repeat, lambda: verify(key.verifying_key, publics, proof)),
        verify_in_batch=median(3, lambda: verify_many(claims)) / _BATCH,
        snarkjs_prove=theirs[0],
        snarkjs_verify=theirs[1],
        zksnake_prove=peer.prove if peer else None,
        zksnake_verify=peer.verify if peer else None,
    )


def _snarkjs(
    compiled: CompiledPredicate, witness: Sequence[int], size_log2: int, repeat: int
) -> tuple[float, float]:
    """Seconds that snarkjs takes to prove and to verify, less those of a process that does nothing."""
    program = [capabilities.program("node"), capabilities.program("snarkjs")]

    def run(*arguments: str | Path) -> None:
        subprocess.run([*program, *map(str, arguments)], check=True, capture_output=True, timeout=600)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {
            "made.ptau": (b"ptau", 1, circom_writers.powers_of_tau(size_log2 + 1, 987654321)),
            "circuit.r1cs": (b"r1cs", 1, circom_writers.constraint_system(compiled.circuit)),
            "witness.wtns": (b"wtns", 2, circom_writers.witness(witness)),
        }
        for each, (magic, version, contents) in files.items():
            (folder / each).write_bytes(circom_writers.sections(magic, version, contents))
        run("plonk", "setup", folder / "circuit.r1cs", folder / "made.ptau", folder / "circuit.zkey")
        run("zkey", "export", "verificationkey", folder / "circuit.zkey", folder / "key.json")
        proof = (folder / "proof.json", folder / "public.json")
        prove_command = ("plonk", "prove", folder / "circuit.zkey", folder / "witness.wtns", *proof)
        run(*prove_command)
        idle = median(3, lambda: subprocess.run([*program, "--version"], capture_output=True, check=False))
        proving = median(min(repeat, 3), lambda: run(*prove_command))
        verifying = median(
            min(repeat, 3), lambda: run("plonk", "verify", folder / "key.json", proof[1], proof[0])
        )
    return proving - idle, verifying - idle


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--repeat", type=int, default=9, help="measurements of which the median is taken")
    parser.add_argument("--without-snarkjs", action="store_true")
    parser.add_argument("--without-zksnake", action="store_true")
    parser.add_argument("--only", nargs="*", help="names of predicates")
    options = parser.parse_args(arguments)
    warm_up()
    theirs = not options.without_snarkjs and capabilities.find("snarkjs") is not None
    peer = not options.without_zksnake and _zksnake.available()
    measured: list[Measured] = []
    for case in cases():
        if options.only and case.name not in options.only:
            continue
        measured.append(measure(case, options.repeat, with_snarkjs=theirs, with_zksnake=peer))
        if not options.json:
            _print(measured[-1], first=len(measured) == 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    path = kernel_path()
    if options.json:
        document = {"kernels": path, "peak_memory": peak, "predicates": [asdict(each) for each in measured]}
        json.dump(document, sys.stdout, indent=2)
        print()
    else:
        print(f"kernels: {path}; peak memory {peak / 1e6:.0f} MB")


def _print(each: Measured, *, first: bool) -> None:
    if first:
        print(
            f"{'predicate':<16}{'rows':>7}{'keys':>9}{'prove':>10}{'verify':>10}{'of 100':>10}{'beside snarkjs':>24}"
        )
    line = f"{each.name:<16}{each.rows:>7}{each.keys:>7.2f} s{each.prove * 1e3:>7.0f} ms{each.verify * 1e3:>7.1f} ms"
    line += f"{each.verify_in_batch * 1e3:>7.2f} ms"
    if each.snarkjs_prove is not None and each.snarkjs_verify is not None:
        line += f"{each.snarkjs_prove:>9.2f} s = {each.snarkjs_prove / each.prove:>4.0f} x,"
        line += f" {each.snarkjs_verify * 1e3:.0f} ms"
    if each.zksnake_prove is not None and each.zksnake_verify is not None:
        line += f"; zksnake {each.zksnake_prove:.2f} s = {each.zksnake_prove / each.prove:.0f} x,"
        line += f" {each.zksnake_verify * 1e3:.0f} ms"
    print(line, flush=True)


if __name__ == "__main__":
    main()
