"""What both parties of the proof keep alike: numbered wires, the steps of the current batch, its limits."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ...foundation.errors import Refused
from ..circuits.circuit import Circuit
from ..kernels.binary_field import inner, powers
from ..kernels.proof_lanes import BIT_LANES
from .bits import Bits, Blocks

Wires: TypeAlias = npt.NDArray[np.int64]
Element = TypeVar("Element", bound=np.generic)

BATCH_GATES: Final = 1 << 20
"""AND gates of a batch, which hold 16 octets each at either party, unless the profile says otherwise."""
# What is computed at once: small beside what correlations come in, and it stays in the cache.
_STEP_GATES: Final = 1 << 17
MASK_BITS: Final = 128
DIGEST_OCTETS: Final = 32
CHALLENGE_OCTETS: Final = 16
_ASSERTION: Final = b"mpctls/half-gates-1/equal-wires\x00"


class Growing(Generic[Element]):
    """An array that grows at its end, by doubling."""

    __slots__ = ("_items", "_length")

    def __init__(self, empty: npt.NDArray[Element]) -> None:
        self._items = empty
        self._length = len(empty)

    def __len__(self) -> int:
        return self._length

    @property
    def items(self) -> npt.NDArray[Element]:
        """The array as far as it is in use; writing to it changes the content."""
        return self._items[: self._length]

    def extend(self, count: int) -> None:
        """Append `count` zeroed items."""
        needed = self._length + count
        if needed > len(self._items):
            larger = np.zeros(
                (max(needed, 2 * len(self._items), 1024), *self._items.shape[1:]), self._items.dtype
            )
            larger[: self._length] = self.items
            self._items = larger
        self._length = needed

    def truncate(self, length: int) -> None:
        """Forget all items from `length` on; their memory is overwritten and serves the next ones."""
        self._items[length : self._length] = 0
        self._length = length


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gates:
    """Instances of a circuit: wires int64[m, n] in, int64[m, k] out."""

    circuit: Circuit
    inputs: Wires
    outputs: Wires

    @property
    def and_count(self) -> int:
        return len(self.inputs) * self.circuit.and_count


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """Wires that are the exclusive or of two others."""

    left: Wires
    right: Wires
    outputs: Wires


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assertion:
    """Wires that carry bits both parties know."""

    wires: Wires
    bits: Bits


def combine_mask(blocks: Blocks) -> Blocks:
    """Sum 128 blocks, block i weighted by x^i: one element of GF(2^128) out of 128 correlated bits,
    uint64[2].
    """
    return inner(blocks, powers(np.array([2, 0], np.uint64), MASK_BITS))


class Proof(ABC):
    """One party's side of the proof. Both parties call the same methods in the same order.

    Wires are numbers, so slices, concatenations and reshapings of `Wires` arrays are again wires. Wire 0 is
    the constant 0, wire 1 the constant 1. Steps are collected in a batch; `flush` proves it. Whatever a batch
    asserts or opens holds only once `flush` has returned at the Notary. Source of the protocol: QuickSilver,
    eprint 2021/076, section 4.
    """

    def __init__(self, session_id: bytes, batch_gates: int) -> None:
        self._session_id = session_id
        self._batch_gates = batch_gates
        self._steps: list[Gates | Sum] = []
        self._assertions: list[Assertion] = []
        self._pending_gates = 0
        self._wire_count = 2
        self._ready: Growing[np.bool_] = Growing(np.ones(2, np.bool_))
        self._batches = 0
        self._inputs_accepted = True
        self._ended = False
        self._concluded = False
        self.proved_gates = 0

    def constant(self, bits: Bits) -> Wires:
        """Return wires of public bits, shaped as `bits`."""
        return bits.astype(np.int64)

    def random_bits(self, count: int) -> Wires:
        """Return wires of fresh uniform bits that only the Prover knows; costs no message."""
        self._require_input_allowed()
        wires = self._allocate((count,))
        self._take_random(wires)
        self._ready.items[wires] = True
        return wires

    def exclusive_or(self, left: Wires, right: Wires) -> Wires:
        """Return wires of left ⊕ right, item by item; costs nothing."""
        if left.shape != right.shape:
            raise Refused("engine/wrong-shape", "wires to add differ in shape")
        self._require_open()
        step = Sum(left=left, right=right, outputs=self._allocate(left.shape))
        self._add_sum(step)
        self._steps.append(step)
        return step.outputs

    def apply(self, circuit: Circuit, inputs: Wires) -> Wires:
        """Run m instances of a circuit on wires int64[m, inputs] and return wires int64[m, outputs].

        Costs one correlated bit and one correction bit for each AND gate. Proves the batch when it would grow
        beyond the gates that a batch may have.
        """
        if inputs.ndim != 2 or inputs.shape[1] != circuit.input_count or not len(inputs):
            raise Refused("engine/wrong-shape", f"wires do not fit the inputs of {circuit.name}")
        self._require_open()
        rows = max(1, self._batch_gates // max(1, circuit.and_count))
        parts = [
            self._apply_rows(circuit, inputs[start : start + rows]) for start in range(0, len(inputs), rows)
        ]
        return np.concatenate(parts)

    def reserve(self, gates: int) -> None:
        """Make at once what `gates` AND gates will consume, at most what a batch may have: one round trip in place of
        several. Both parties call it at the same point; a number too low costs round trips, one too high octets.
        """
        self._require_open()
        self._reserve(min(gates, self._batch_gates) + MASK_BITS)

    def assert_equal(self, wires: Wires, bits: Bits) -> None:
        """Assert that wires carry bits that both parties know already."""
        if wires.shape != bits.shape:
            raise Refused("engine/wrong-shape", "wires and bits differ in shape")
        self._require_open()
        self._check_assertion(wires, bits)
        self._assertions.append(Assertion(wires=wires.ravel(), bits=bits.ravel()))

    def flush(self) -> None:
        """Prove the batch: all correction bits, then the challenge, then the answer. Nothing happens when it
        is empty.

        At the Notary: returns only if every gate and assertion of the batch holds, except with probability
        about 2^-107 for each 2^20 gates; rejects with `mpc-tls/proof-invalid`. One challenge serves one batch.
        """
        if not self._steps and not self._assertions:
            return
        self._require_open()
        try:
            self._prove_batch()
        except Refused:
            self.end()
            raise
        self.proved_gates += self._pending_gates
        self._steps.clear()
        self._assertions.clear()
        self._pending_gates = 0
        self._ready.items[:] = True
        self._batches += 1

    def refuse_inputs(self) -> None:
        """From here on no new witness bit enters the proof: `random_bits` and `private_input` are refused."""
        self._inputs_accepted = False

    def accept_inputs(self) -> None:
        """Allow new private bits again, such as blinders of commitments."""
        self._inputs_accepted = True

    @property
    def mark(self) -> int:
        """The number of the next wire, for `retain`."""
        return self._wire_count

    def retain(self, mark: int, wires: Sequence[Wires]) -> list[Wires]:
        """Forget every wire made since `mark` but these, and return their new numbers.

        What is long is proved part after part in this way, in memory that does not grow with it. Wires made before
        `mark` keep their numbers. Requires that every batch is proved: rejects with `engine/batch-open`.
        """
        self._require_proved()
        chosen = [array >= mark for array in wires]
        later_wires = [array[later] for array, later in zip(wires, chosen, strict=True)]
        kept = np.concatenate([np.empty(0, np.int64), *later_wires])
        self._keep(kept, mark)
        self._wire_count = mark + len(kept)
        self._ready.truncate(self._wire_count)
        numbers = np.arange(mark, self._wire_count, dtype=np.int64)
        renumbered = [array.copy() for array in wires]
        for array, later in zip(renumbered, chosen, strict=True):
            count = int(later.sum())
            array[later], numbers = numbers[:count], numbers[count:]
        return renumbered

    def conclude(self) -> None:
        """End the proof in good order: everything that was stated is proved; rejects with `engine/batch-open`.

        Keys and macs of the wires are served on, for conversions.
        """
        self._require_proved()
        self._concluded = True
        self.end()

    @property
    def concluded(self) -> bool:
        """Whether the proof has ended with every batch proved."""
        return self._concluded

    def end(self) -> None:
        """Use the proof no more: every further step is refused, unused correlations are erased."""
        self._ended = True
        self._erase()

    def _apply_rows(self, circuit: Circuit, inputs: Wires) -> Wires:
        gates = len(inputs) * circuit.and_count
        if self._pending_gates and self._pending_gates + gates > self._batch_gates:
            self.flush()
        self._reserve(gates + MASK_BITS)
        outputs = self._allocate((len(inputs), circuit.output_count))
        rows = max(1, _STEP_GATES // max(1, circuit.and_count))
        if rows > BIT_LANES:
            rows -= rows % BIT_LANES
        for start in range(0, len(inputs), rows):
            chosen = slice(start, start + rows)
            step = Gates(circuit=circuit, inputs=inputs[chosen], outputs=outputs[chosen])
            self._add_gates(step)
            self._steps.append(step)
        self._pending_gates += gates
        return outputs

    def _allocate(self, shape: tuple[int, ...]) -> Wires:
        count = math.prod(shape)
        wires = np.arange(self._wire_count, self._wire_count + count, dtype=np.int64).reshape(shape)
        self._wire_count += count
        self._ready.extend(count)
        self._grow(count)
        return wires

    def _require_open(self) -> None:
        if self._ended:
            raise Refused("engine/proof-ended", "the proof has ended")

    def _require_proved(self) -> None:
        self._require_open()
        if self._steps or self._assertions:
            raise Refused("engine/batch-open", "a batch is not proved yet")

    def _require_input_allowed(self) -> None:
        self._require_open()
        if not self._inputs_accepted:
            raise Refused("engine/new-witness", "this proof accepts no new witness")

    def _require_authenticated(self, wires: Wires) -> None:
        if not np.all(self._ready.items[wires]):
            raise Refused("engine/batch-open", "the wires belong to a batch that is not proved yet")

    def _assertion_header(self) -> bytes:
        return _ASSERTION + self._session_id + self._batches.to_bytes(8, "little")

    @abstractmethod
    def _reserve(self, count: int) -> None:
        """Have so many correlated bits at hand."""

    @abstractmethod
    def open(self, wires: Wires) -> Bits:
        """Show the Notary the bits of wires, with proof; the Notary may rely on them once `flush` has
        returned.
        """

    @abstractmethod
    def _grow(self, count: int) -> None: ...

    @abstractmethod
    def _keep(self, wires: Wires, mark: int) -> None:
        """Move what belongs to `wires` to the numbers from `mark` on, and overwrite everything behind."""

    @abstractmethod
    def _take_random(self, wires: Wires) -> None: ...

    @abstractmethod
    def _add_sum(self, step: Sum) -> None: ...

    @abstractmethod
    def _add_gates(self, step: Gates) -> None: ...

    @abstractmethod
    def _check_assertion(self, wires: Wires, bits: Bits) -> None: ...

    @abstractmethod
    def _prove_batch(self) -> None: ...

    @abstractmethod
    def _erase(self) -> None: ...
