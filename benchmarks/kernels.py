"""How fast the kernels run on one core, beside OpenSSL's AES-128 on the same core in the same run.

    python -m benchmarks.kernels [--json] [--portable] [--seconds 0.5]

Each measurement is taken between two measurements of OpenSSL, whose mean rate it is divided by: the ratio
says more than the rate on a machine that others use too. Half-gates cost 8 (garbling) and 4 (evaluation) AES
blocks an AND: OpenSSL's rate divided by that is what AES allows. Rows that something is asked of say whether it was
reached.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import processor_features, warm_up
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.circuits.circuit import Circuit
from mpctls.reference.mpc.circuits.sha256 import sha256_compression
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine.setup import GARBLING_TREES
from mpctls.reference.mpc.garbling.half_gates import evaluate, garble
from mpctls.reference.mpc.kernels.aes import encrypt, expand, expand_key
from mpctls.reference.mpc.kernels.binary_field import multiply
from mpctls.reference.mpc.kernels.circular_hash import hash_labels
from mpctls.reference.mpc.kernels.proof import evaluate_bits, prove_gates, verify_gates
from mpctls.reference.mpc.oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from mpctls.reference.mpc.oblivious_transfer.silent import SilentReceiver, SilentSender
from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS

KEY = bytes(range(16))
BLOCKS = 2**12  # 64 KiB, so that rows and results stay in the second cache
REPETITIONS = 5
TRANSFERS = 2**17

# Calls of AES that half-gates make for a gate: two for each hash.
GARBLING_CALLS = 8
EVALUATION_CALLS = 4
# Goals: shares of the rate that AES allows, for one chain of dependent gates and for batches; rates a second.
CHAIN_OF_BOUND = 0.2
BATCH_OF_BOUND = 0.8
PROOF_RATE = 20e6
TRANSFER_RATE = 10e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to measure: `run` does `units` of work at a time.

    What makes `aes_calls` calls of AES a unit is bound by OpenSSL's rate divided by them; `asked_of_bound` is the share
    of that bound to be reached, `asked_rate` a rate in units a second.
    """

    name: str
    unit: str
    units: int
    run: Callable[[], object]
    aes_calls: int = 0
    asked_of_bound: float = 0.0
    asked_rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Median rate of a task in units a second, and its ratio to OpenSSL's AES-128 blocks a second.

    `of_bound` is the ratio to the rate that AES allows, `reached` whether what is asked of the task was reached; None
    where there is no bound, or nothing is asked.
    """

    name: str
    unit: str
    rate: float
    ratio: float
    of_bound: float | None = None
    reached: bool | None = None

    @property
    def judgement(self) -> str:
        """What is said of bound and goal."""
        bound = "" if self.of_bound is None else f"  {self.of_bound:5.2f} of what AES allows"
        return bound + ("" if self.reached is None else "  reached" if self.reached else "  NOT REACHED")


def _words(generator: np.random.Generator, *shape: int) -> NDArray[np.uint64]:
    return generator.integers(0, 2**64, size=(*shape, 2), dtype=np.uint64)


def openssl_task() -> Task:
    """AES-128-ECB of OpenSSL through `cryptography`: the yardstick."""
    encryptor = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor()
    plain, room = bytes(16 * BLOCKS), bytearray(16 * BLOCKS + 15)
    return Task(
        name="OpenSSL AES-128-ECB",
        unit="blocks",
        units=BLOCKS,
        run=lambda: encryptor.update_into(plain, room),
    )


def block_tasks() -> Iterator[Task]:
    """The kernels on rows of blocks."""
    generator = np.random.default_rng(1)
    rows, others, round_keys = _words(generator, BLOCKS), _words(generator, BLOCKS), expand_key(KEY)
    yield Task(name="AES-128, one key", unit="blocks", units=BLOCKS, run=lambda: encrypt(round_keys, rows))
    yield Task(name="expansion to two blocks", unit="seeds", units=BLOCKS, run=lambda: expand(rows, 2))
    yield Task(
        name="circular hash", unit="labels", units=BLOCKS, run=lambda: hash_labels(round_keys, rows, others)
    )
    yield Task(name="GF(2^128)", unit="products", units=BLOCKS, run=lambda: multiply(rows, others))


def circuit_tasks(circuit: Circuit, instances: int) -> Iterator[Task]:
    """Garbling, evaluation, proof and its verification of one circuit."""
    generator = np.random.default_rng(2)
    units = instances * circuit.and_count
    bits = generator.integers(0, 2, size=(instances, circuit.input_count), dtype=np.uint8)
    labels = _words(generator, instances, circuit.input_count)
    delta, challenge = _words(generator), _words(generator)
    delta[0] |= np.uint64(1)
    blocks = _words(generator, instances, circuit.and_count)
    tables = garble(circuit, input_labels=labels, delta=delta, hash_key=KEY, first_gate=0).tables

    def task(name: str, run: Callable[[], object], **asked: Any) -> Task:
        return Task(name=f"{name} {circuit.name} x {instances}", unit="AND", units=units, run=run, **asked)

    yield task(
        "garble",
        lambda: garble(circuit, input_labels=labels, delta=delta, hash_key=KEY, first_gate=0),
        aes_calls=GARBLING_CALLS,
        asked_of_bound=CHAIN_OF_BOUND if instances == 1 else BATCH_OF_BOUND,
    )
    yield task(
        "evaluate",
        lambda: evaluate(circuit, input_labels=labels, tables=tables, hash_key=KEY, first_gate=0),
        aes_calls=EVALUATION_CALLS,
    )
    yield task("run in the clear", lambda: evaluate_bits(circuit, bits))
    yield task(
        "prove",
        lambda: prove_gates(
            circuit,
            input_bits=bits,
            input_macs=labels,
            and_macs=blocks,
            challenge=challenge,
            state=np.zeros(4, np.uint64),
        ),
        asked_rate=PROOF_RATE,
    )
    yield task(
        "verify",
        lambda: verify_gates(
            circuit,
            input_keys=labels,
            and_keys=blocks,
            delta=delta,
            challenge=challenge,
            state=np.zeros(2, np.uint64),
        ),
        asked_rate=PROOF_RATE,
    )


def transfer_task(log2_leaves: int) -> Task:
    """One correlated extension with its consistency check, both parties on this core."""
    ends = memory_pair()
    session_id, direction = bytes(32), b"benchmark"

    def receive() -> CorrelatedReceiver:
        randomness = SeededRandomness(b"receiver")
        return CorrelatedReceiver.setup(ends[1], randomness, session_id, direction, log2_leaves)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(receive)
        sender = CorrelatedSender.setup(
            ends[0], SeededRandomness(b"sender"), session_id, direction, True, log2_leaves
        )
        receiver = future.result()

    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            received = pool.submit(receiver.extend, TRANSFERS)
            sender.extend(TRANSFERS)
            received.result()

    return Task(
        name=f"correlated transfers, trees of 2^{log2_leaves}, both ends",
        unit="OT",
        units=TRANSFERS,
        run=run,
        asked_rate=TRANSFER_RATE if log2_leaves == GARBLING_TREES else 0.0,
    )


def silent_task(log2_batch: int) -> Task:
    """One batch of silent transfers after the first, both parties on this core."""
    ends, parameters = memory_pair(), PARAMETERS[log2_batch]
    randomness, names = SeededRandomness(b"silent"), (bytes(32), b"benchmark")
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(SilentReceiver.setup, ends[1], randomness, *names, 8, parameters)
        sender = SilentSender.setup(ends[0], randomness, *names, False, 8, parameters)
        receiver = future.result()

    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            received = pool.submit(receiver.extend, parameters.gained)
            sender.extend(parameters.gained)
            received.result()

    name = f"silent transfers, batches of 2^{log2_batch}, both ends"
    return Task(name=name, unit="OT", units=parameters.gained, run=run)


def tasks() -> Iterator[Task]:
    """Everything that is measured, in the order of the report."""
    yield from block_tasks()
    yield from circuit_tasks(sha256_compression(), 1)
    yield from circuit_tasks(sha256_compression(), 8)
    yield from circuit_tasks(aes_encrypt_block(), 32)
    yield transfer_task(4)
    yield transfer_task(8)
    yield from (silent_task(log2_batch) for log2_batch in PARAMETERS)


def rate(task: Task, seconds: float) -> float:
    """Return the median rate over several stretches that together take about `seconds`."""
    task.run()
    rates = []
    for _ in range(REPETITIONS):
        start, runs = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - start) < seconds / REPETITIONS or not runs:
            task.run()
            runs += 1
        rates.append(task.units * runs / elapsed)
    return statistics.median(rates)


def measure(seconds: float) -> Iterator[Measurement]:
    """Measure the yardstick, then every task between two measurements of the yardstick."""
    yardstick = openssl_task()
    before = rate(yardstick, seconds)
    yield Measurement(name=yardstick.name, unit=yardstick.unit, rate=before, ratio=1.0)
    for task in tasks():
        result = rate(task, seconds)
        after = rate(yardstick, seconds)
        yield judge(task, result, 2 * result / (before + after))
        before = after


def judge(task: Task, rate_found: float, ratio: float) -> Measurement:
    """Hold what was found against the bound and the goal of its task."""
    of_bound = ratio * task.aes_calls if task.aes_calls else None
    reached: bool | None = None
    if task.asked_rate:
        reached = rate_found >= task.asked_rate
    elif of_bound is not None and task.asked_of_bound:
        reached = of_bound >= task.asked_of_bound
    return Measurement(
        name=task.name, unit=task.unit, rate=rate_found, ratio=ratio, of_bound=of_bound, reached=reached
    )


def stay_on_one_core() -> None:
    """Bind this process to one of the cores it may use, where the system lets it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main() -> None:
    """Measure and print, a line each or one JSON object."""
    parser = argparse.ArgumentParser(
        description="Rates of the kernels on one core, beside OpenSSL's AES-128."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--portable", action="store_true", help="measure the portable twins")
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each measurement")
    options = parser.parse_args()
    if options.portable:
        os.environ["MPCTLS_PORTABLE"] = "1"
    stay_on_one_core()
    preparation = warm_up()
    if not options.json:
        compiled, loaded = preparation.compiled, preparation.loaded
        print(f"kernels: {compiled} compiled, {loaded} loaded, {preparation.portable} portable", end="")
        print(f", {preparation.seconds:.1f} s")
    results = []
    for result in measure(options.seconds):
        results.append(result)
        if not options.json:
            rate_in_millions = result.rate / 1e6
            print(
                f"{result.name:45} {rate_in_millions:9.3f} M {result.unit}/s   {result.ratio:7.4f} of OpenSSL"
                f"{result.judgement}"
            )
    if options.json:
        report = {
            "processor": platform.processor() or platform.machine(),
            "features": sorted(
                processor_features() & {"aes", "pclmul", "vaes", "vpclmulqdq", "avx2", "avx512f"}
            ),
            "python": platform.python_version(),
            "preparation": asdict(preparation),
            "measurements": [asdict(result) for result in results],
        }
        print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
