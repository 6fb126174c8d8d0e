"""Gates of several instances of a circuit at once, two labels in each register of 256 bits (VAES, AVX2).

A slot holds the labels of all lanes side by side, lane l being the instance that the kernel put there. The same
formulas as in `garbling`, written for registers: what is selected by a colour is masked, nothing branches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from ...foundation.instructions import ARRAY, WORD, generated

GARBLING_LANES: Final = 4
EVALUATION_LANES: Final = 8
FEATURES: Final = ("aes", "avx2", "vaes")
WORDS_A_LABEL: Final = 2
_WORDS_A_REGISTER: Final = 4
_ROUNDS: Final = 10
_ENCRYPT: Final = "llvm.x86.aesni.aesenc.256"
_ENCRYPT_LAST: Final = "llvm.x86.aesni.aesenclast.256"

FIRST_PAIRS: Final = (0, 1, 4, 5)
SECOND_PAIRS: Final = (2, 3, 6, 7)
LOW_WORDS: Final = (0, 0, 2, 2)

Register: TypeAlias = Any
Registers: TypeAlias = list[Register]


class LaneCode:
    """LLVM's instructions for registers of four words, written with one builder."""

    def __init__(self, builder: Any, lanes: int) -> None:
        from llvmlite import ir

        self._ir = ir
        self.builder = builder
        self.word = ir.IntType(64)
        self.register = ir.VectorType(self.word, _WORDS_A_REGISTER)
        self.zero = ir.Constant(self.word, 0)
        self.count = lanes * WORDS_A_LABEL // _WORDS_A_REGISTER
        self._pair = ir.FunctionType(self.register, [self.register, self.register])

    def constant(self, words: Sequence[int]) -> Register:
        return self._ir.Constant(self.register, list(words))

    def address(self, array: Any, words: Any) -> Any:
        """Pointer to a register `words` words behind the first element."""
        return self.builder.bitcast(self.builder.gep(array, [words]), self.register.as_pointer())

    def load(self, array: Any, words: Any) -> Register:
        loaded = self.builder.load(self.address(array, words))
        loaded.align = 8
        return loaded

    def store(self, value: Register, array: Any, words: Any) -> None:
        self.builder.store(value, self.address(array, words)).align = 8

    def offset(self, start: Any, words: int) -> Any:
        return self.builder.add(start, self._ir.Constant(self.word, words))

    def slot(self, number: Any) -> Any:
        """Words before a slot."""
        return self.builder.mul(number, self._ir.Constant(self.word, self.count * _WORDS_A_REGISTER))

    def load_slot(self, slots: Any, number: Any) -> Registers:
        start = self.slot(number)
        return [self.load(slots, self.offset(start, _WORDS_A_REGISTER * each)) for each in range(self.count)]

    def store_slot(self, values: Registers, slots: Any, number: Any) -> None:
        start = self.slot(number)
        for each, value in enumerate(values):
            self.store(value, slots, self.offset(start, _WORDS_A_REGISTER * each))

    def shuffle(self, left: Register, right: Register, places: Sequence[int]) -> Register:
        mask = self._ir.Constant(self._ir.VectorType(self._ir.IntType(32), len(places)), list(places))
        return self.builder.shuffle_vector(left, right, mask)

    def xor(self, left: Registers, right: Registers) -> Registers:
        return [self.builder.xor(a, b) for a, b in zip(left, right, strict=True)]

    def select(self, colours: Registers, values: Registers) -> Registers:
        """The values of the lanes whose label, in `colours`, has lowest bit 1; zero in the others."""
        selected = []
        for colour, value in zip(colours, values, strict=True):
            bit = self.builder.and_(self.shuffle(colour, colour, LOW_WORDS), self.constant([1] * 4))
            mask = self.builder.sub(self.constant([0] * 4), bit)
            selected.append(self.builder.and_(mask, value))
        return selected

    def tweaks(self, lanes: Any, tweak: Any) -> Registers:
        """Tweak of each lane: its own offset and the gate's number in the low word, the domain 0 in the high."""
        low = self.builder.insert_element(self.constant([0] * 4), tweak, self.zero)
        spread = self.shuffle(low, self.constant([0] * 4), (0, 4, 0, 4))
        starts = [self._ir.Constant(self.word, _WORDS_A_REGISTER * each) for each in range(self.count)]
        return [self.builder.add(self.load(lanes, start), spread) for start in starts]

    def encrypt(self, round_keys: Any, blocks: Registers) -> Registers:
        """AES-128 of all blocks side by side; every round key stands twice in `round_keys`."""
        module = self.builder.module
        middle = module.declare_intrinsic(_ENCRYPT, (), self._pair)
        last = module.declare_intrinsic(_ENCRYPT_LAST, (), self._pair)
        keys = [
            self.load(round_keys, self._ir.Constant(self.word, _WORDS_A_REGISTER * each))
            for each in range(_ROUNDS + 1)
        ]
        blocks = [self.builder.xor(block, keys[0]) for block in blocks]
        for key in keys[1:_ROUNDS]:
            blocks = [self.builder.call(middle, [block, key]) for block in blocks]
        return [self.builder.call(last, [block, keys[_ROUNDS]]) for block in blocks]

    def hash(self, round_keys: Any, labels: Registers, tweaks: Registers) -> Registers:
        """H(x, i) = π(π(x) ⊕ i) ⊕ π(x), the hash of `circular_hash`."""
        permuted = self.encrypt(round_keys, labels)
        return self.xor(self.encrypt(round_keys, self.xor(permuted, tweaks)), permuted)

    def lane_starts(self, starts: Any, row: Any) -> list[Any]:
        """Word at which each lane's table row begins."""
        words = self.builder.mul(row, self._ir.Constant(self.word, _WORDS_A_REGISTER))
        found = []
        for lane in range(2 * self.count):
            start = self.builder.load(self.builder.gep(starts, [self._ir.Constant(self.word, lane)]))
            found.append(self.builder.add(start, words))
        return found


def _garble_and(
    builder: Any,
    slots: Any,
    left: Any,
    right: Any,
    target: Any,
    round_keys: Any,
    difference: Any,
    lanes: Any,
    tweak: Any,
    tables: Any,
    starts: Any,
    row: Any,
) -> Sequence[Any]:
    code = LaneCode(builder, GARBLING_LANES)
    delta = [code.load(difference, code.zero)] * code.count
    a, b = code.load_slot(slots, left), code.load_slot(slots, right)
    first = code.tweaks(lanes, tweak)
    second = [builder.add(each, code.constant([1, 0, 1, 0])) for each in first]
    hashes = code.hash(
        round_keys, [*a, *code.xor(a, delta), *b, *code.xor(b, delta)], [*first, *first, *second, *second]
    )
    a_hash, a_other, b_hash, b_other = (
        hashes[start : start + code.count] for start in range(0, 4 * code.count, code.count)
    )
    generator = code.xor(code.xor(a_hash, a_other), code.select(b, delta))
    evaluator = code.xor(code.xor(b_hash, b_other), a)
    a_half = code.xor(a_hash, code.select(a, generator))
    b_half = code.xor(b_hash, code.select(b, code.xor(evaluator, a)))
    code.store_slot(code.xor(a_half, b_half), slots, target)
    rows = code.lane_starts(starts, row)
    for each in range(code.count):
        for lane, pairs in enumerate((FIRST_PAIRS, SECOND_PAIRS)):
            code.store(code.shuffle(generator[each], evaluator[each], pairs), tables, rows[2 * each + lane])
    return ()


def _evaluate_and(
    builder: Any,
    slots: Any,
    left: Any,
    right: Any,
    target: Any,
    round_keys: Any,
    lanes: Any,
    tweak: Any,
    tables: Any,
    starts: Any,
    row: Any,
) -> Sequence[Any]:
    code = LaneCode(builder, EVALUATION_LANES)
    a, b = code.load_slot(slots, left), code.load_slot(slots, right)
    first = code.tweaks(lanes, tweak)
    second = [builder.add(each, code.constant([1, 0, 1, 0])) for each in first]
    hashes = code.hash(round_keys, [*a, *b], [*first, *second])
    rows = [code.load(tables, start) for start in code.lane_starts(starts, row)]
    generator = [code.shuffle(rows[i], rows[i + 1], FIRST_PAIRS) for i in range(0, len(rows), 2)]
    evaluator = [code.shuffle(rows[i], rows[i + 1], SECOND_PAIRS) for i in range(0, len(rows), 2)]
    a_half = code.xor(hashes[: code.count], code.select(a, generator))
    b_half = code.xor(hashes[code.count :], code.select(b, code.xor(evaluator, a)))
    code.store_slot(code.xor(a_half, b_half), slots, target)
    return ()


def _xor_of(lanes: int) -> Callable[..., Sequence[Any]]:
    def emit(builder: Any, slots: Any, left: Any, right: Any, target: Any) -> Sequence[Any]:
        code = LaneCode(builder, lanes)
        code.store_slot(code.xor(code.load_slot(slots, left), code.load_slot(slots, right)), slots, target)
        return ()

    return emit


_SLOTS: Final = (ARRAY, WORD, WORD, WORD)

# slots, left, right, target; round keys, difference (twice), offsets of lanes, tweak; tables, starts of lanes, row
garble_and = generated(*_SLOTS, ARRAY, ARRAY, ARRAY, WORD, ARRAY, ARRAY, WORD, result=0)(_garble_and)
# slots, left, right, target; round keys, offsets of lanes, tweak; tables, starts of lanes, row
evaluate_and = generated(*_SLOTS, ARRAY, ARRAY, WORD, ARRAY, ARRAY, WORD, result=0)(_evaluate_and)
xor_garbled = generated(*_SLOTS, result=0, variant=f"{GARBLING_LANES} lanes")(_xor_of(GARBLING_LANES))
xor_evaluated = generated(*_SLOTS, result=0, variant=f"{EVALUATION_LANES} lanes")(_xor_of(EVALUATION_LANES))
