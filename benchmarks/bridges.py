"""What hash bridges cost: rows and constraints, seconds to make keys, to prove and to verify, with both proof systems.

    python -m benchmarks.bridges [--json] [--repeat 5] [--with-snarkjs] [--blocks 1 2] [--only plonk groth16]

Each line is one bridge: rows of PLONK's table or rank-one constraints, the size they are filled up to, seconds to make
the keys (of a setup or, for Groth16, of a known secret), medians of proving (witness and proof, keys loaded) and of
verifying. With --with-snarkjs (it takes minutes: its setup is made in the run) snarkjs proves and verifies the same
constraint system with PLONK, and verifies our proofs of Groth16: medians of whole processes less the time of one that
does nothing. Peak memory is this process's. Compilation happens before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests import capabilities
from tests.unit.plonk import circom_writers

from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.hashes import commitment_value
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.zkp.bn254.path import kernel_path
from mpctls.zkp.bridge import groth16, plonk
from mpctls.zkp.bridge.circuit import CompiledBridge, compile_bridge
from mpctls.zkp.bridge.keys import BridgeKeys
from mpctls.zkp.bridge.lengths import longest
from mpctls.zkp.bridge.statement import BridgeSetting, HashBridge, HashLeaf, HashSecret, bridge_publics
from mpctls.zkp.circom_files import constraints_octets, sections_octets, witness_octets
from mpctls.zkp.groth16 import snarkjs as groth16_json
from mpctls.zkp.groth16.development import make_development_key
from mpctls.zkp.groth16.proof import Proof, VerifyingKey
from mpctls.zkp.groth16.trust import AcceptedKeys
from mpctls.zkp.plonk.keys import table_size_log2
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.snarkjs_json import publics_to_json
from mpctls.zkp.verify import AcceptedSetups

from .zk import median

_BLINDER: Final = 13579
_SECRET: Final = 987654321
_SETTING: Final = BridgeSetting(header_digest=bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One bridge; seconds, medians."""

    name: str
    rows: int
    size: int
    keys: float
    prove: float
    verify: float
    snarkjs_prove: float | None
    snarkjs_verify: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Seconds that snarkjs takes to prove, where it does, and to verify."""

    prove: float | None
    verify: float | None


NO_PEER: Final = Peer(prove=None, verify=None)


def committed(blocks: int) -> HashSecret:
    """The longest octets of so many blocks, committed to as in a session."""
    octets, blinder = bytes(range(longest(blocks))), bytes(range(16))
    leaf = HashLeaf(
        index=0,
        direction=Direction.RECEIVED,
        length=len(octets),
        algorithm=HashAlgorithm.SHA256,
        value=commitment_value(HashAlgorithm.SHA256, octets, blinder),
    )
    return HashSecret(leaf=leaf, octets=octets, blinder=blinder)


def measure_plonk(blocks: int, repeat: int, *, with_snarkjs: bool) -> Measured:
    """Measure a bridge with PLONK."""
    secret, compiled = committed(blocks), compile_bridge(blocks)
    rows = compiled.table.row_count
    size_log2 = table_size_log2(rows)
    setup = make_development_setup(size_log2, "benchmark")
    setups = AcceptedSetups.of(setup, accept_development=True)
    keys = BridgeKeys()
    start = time.perf_counter()
    keys.proving_key(blocks, setup)
    seconds_of_keys = time.perf_counter() - start

    def prove() -> HashBridge:
        return plonk.prove_bridge(secret, _BLINDER, _SETTING, setup, keys=keys)

    bridge = prove()
    return _measured(
        name=f"plonk, {blocks}",
        counts=(rows, 1 << size_log2),
        seconds_of_keys=seconds_of_keys,
        prove=median(repeat, prove),
        verify=median(
            repeat,
            lambda: plonk.verify_bridge(bridge, secret.leaf, _SETTING, setup.digest, setups, keys=keys),
        ),
        peer=_plonk_of_snarkjs(compiled, secret, bridge, size_log2) if with_snarkjs else NO_PEER,
    )


def measure_groth16(blocks: int, repeat: int, *, with_snarkjs: bool) -> Measured:
    """Measure a bridge with Groth16."""
    secret, compiled = committed(blocks), compile_bridge(blocks)
    start = time.perf_counter()
    key = make_development_key(compiled.circuit)
    seconds_of_keys = time.perf_counter() - start
    accepted = AcceptedKeys(ceremonies={}, accept_development=True)

    def prove() -> HashBridge:
        return groth16.prove_bridge(secret, _BLINDER, _SETTING, key)

    bridge = prove()
    return _measured(
        name=f"groth16, {blocks}",
        counts=(compiled.circuit.constraint_count, 1 << key.size_log2),
        seconds_of_keys=seconds_of_keys,
        prove=median(repeat, prove),
        verify=median(
            repeat,
            lambda: groth16.verify_bridge(bridge, secret.leaf, _SETTING, key.verifying_key, accepted),
        ),
        peer=_groth16_of_snarkjs(key.verifying_key, secret, bridge) if with_snarkjs else NO_PEER,
    )


def _measured(
    *, name: str, counts: tuple[int, int], seconds_of_keys: float, prove: float, verify: float, peer: Peer
) -> Measured:
    return Measured(
        name=f"{name} block" + "s" * (not name.endswith("1")),
        rows=counts[0],
        size=counts[1],
        keys=seconds_of_keys,
        prove=prove,
        verify=verify,
        snarkjs_prove=peer.prove,
        snarkjs_verify=peer.verify,
    )


def _program() -> list[str]:
    return [capabilities.program("node"), capabilities.program("snarkjs")]


def _run(*arguments: str | Path) -> None:
    subprocess.run([*_program(), *map(str, arguments)], check=True, capture_output=True, timeout=3600)


def _idle() -> float:
    command = [*_program(), "--version"]
    return median(3, lambda: subprocess.run(command, capture_output=True, check=False))


def _plonk_of_snarkjs(
    compiled: CompiledBridge, secret: HashSecret, bridge: HashBridge, size_log2: int
) -> Peer:
    witness = compiled.witness(bridge_publics(secret.leaf, _SETTING, bridge.commitment), secret, _BLINDER)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        powers = sections_octets(b"ptau", 1, circom_writers.powers_of_tau(size_log2 + 1, _SECRET))
        (folder / "made.ptau").write_bytes(powers)
        (folder / "circuit.r1cs").write_bytes(constraints_octets(compiled.circuit))
        (folder / "witness.wtns").write_bytes(witness_octets(witness))
        _run("plonk", "setup", folder / "circuit.r1cs", folder / "made.ptau", folder / "circuit.zkey")
        _run("zkey", "export", "verificationkey", folder / "circuit.zkey", folder / "key.json")
        proof = (folder / "proof.json", folder / "public.json")
        idle = _idle()
        proving = median(
            1, lambda: _run("plonk", "prove", folder / "circuit.zkey", folder / "witness.wtns", *proof)
        )
        verifying = median(3, lambda: _run("plonk", "verify", folder / "key.json", proof[1], proof[0]))
    return Peer(prove=proving - idle, verify=verifying - idle)


def _groth16_of_snarkjs(key: VerifyingKey, secret: HashSecret, bridge: HashBridge) -> Peer:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = {
            "key.json": groth16_json.verifying_key_to_json(key),
            "public.json": publics_to_json(bridge_publics(secret.leaf, _SETTING, bridge.commitment)),
            "proof.json": groth16_json.proof_to_json(Proof.from_octets(bridge.proof)),
        }
        for each, text in texts.items():
            (folder / each).write_text(text)
        verifying = median(3, lambda: _run("groth16", "verify", *(folder / each for each in texts)))
    return Peer(prove=None, verify=verifying - _idle())


SYSTEMS: Final[dict[str, Callable[..., Measured]]] = {"plonk": measure_plonk, "groth16": measure_groth16}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of which the median is taken")
    parser.add_argument("--with-snarkjs", action="store_true")
    parser.add_argument("--blocks", nargs="*", type=int, choices=(1, 2), default=[1])
    parser.add_argument("--only", nargs="*", choices=tuple(SYSTEMS), default=list(SYSTEMS))
    options = parser.parse_args(arguments)
    warm_up()
    measured: list[Measured] = []
    for blocks in options.blocks:
        for name in options.only:
            measured.append(SYSTEMS[name](blocks, options.repeat, with_snarkjs=options.with_snarkjs))
            if not options.json:
                _print(measured[-1], first=len(measured) == 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    path = kernel_path()
    if options.json:
        document = {"kernels": path, "peak_memory": peak, "bridges": [asdict(each) for each in measured]}
        json.dump(document, sys.stdout, indent=2)
        print()
    else:
        print(f"kernels: {path}; peak memory {peak / 1e6:.0f} MB")


def _print(each: Measured, *, first: bool) -> None:
    if first:
        print(
            f"{'bridge':<18}{'rows':>8}{'size':>8}{'keys':>9}{'prove':>10}{'verify':>10}{'beside snarkjs':>24}"
        )
    line = f"{each.name:<18}{each.rows:>8}{each.size:>8}{each.keys:>7.2f} s{each.prove * 1e3:>7.0f} ms"
    line += f"{each.verify * 1e3:>7.1f} ms"
    if each.snarkjs_prove is not None:
        line += f"{each.snarkjs_prove:>9.2f} s = {each.snarkjs_prove / each.prove:>4.0f} x,"
    if each.snarkjs_verify is not None:
        line += f" {each.snarkjs_verify * 1e3:.0f} ms"
    print(line, flush=True)


if __name__ == "__main__":
    main()
