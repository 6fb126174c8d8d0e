"""Inverses of integers modulo a 254-bit prime inside kernels (Bernstein and Yang, 2019: division steps).

Thirty steps at a time depend on the lowest thirty bits only; they become a matrix that is then applied to the
numbers. Limbs are signed, of 30 bits, the highest takes what is left. Not in constant time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mpctls.reference.foundation.compiled import generated, inlined

LIMBS = 9
_STEPS = np.int64(30)
_MASK = np.int64((1 << 30) - 1)
_LIMB_MASK = np.uint64((1 << 30) - 1)
_LIMB_BITS = np.uint64(30)
_SIX_BITS = np.int64(63)
_ONE = np.int64(1)
_TWO = np.int64(2)
_ZERO = np.int64(0)
_SIGN = np.int64(63)
_WORD_BITS = np.uint64(64)
_LAST_WORD = np.uint64(3)
_ONE_WORD = np.uint64(1)


def limbs_of(number: int) -> tuple[np.int64, ...]:
    """Return a number below 2^270 as nine limbs of 30 bits."""
    return tuple(np.int64(number >> 30 * limb & (1 << 30) - 1) for limb in range(LIMBS))


@generated(1, result=1)
def _trailing_zeros(builder: Any, number: Sequence[Any]) -> Sequence[Any]:
    from llvmlite import ir

    return [builder.cttz(number[0], ir.Constant(ir.IntType(1), 0))]


@inlined
def _matrix(balance: Any, first: Any, second: Any) -> Any:
    """Return the balance after thirty steps on the lowest bits of two numbers, and their matrix."""
    first_first, first_second, second_first, second_second = _ONE, _ZERO, _ZERO, _ONE
    left = _STEPS
    while True:
        stop = np.uint64(_ONE << left)
        (zeros_word,) = _trailing_zeros((np.uint64(second) | stop,))
        zeros = np.int64(zeros_word)
        second >>= zeros
        first_first <<= zeros
        first_second <<= zeros
        balance -= zeros
        left -= zeros
        if left == _ZERO:
            return balance, first_first, first_second, second_first, second_second
        if balance < _ZERO:
            balance = -balance
            first, second = second, -first
            first_first, second_first = second_first, -first_first
            first_second, second_second = second_second, -first_second
        count = min(balance + _ONE, left, np.int64(6))
        # Minus the inverse of an odd number modulo 2^6, by one step of Newton's from its inverse modulo 2^3.
        factor = (second * first * (first * first - _TWO)) & (_SIX_BITS >> (np.int64(6) - count))
        second += first * factor
        second_first += first_first * factor
        second_second += first_second * factor


@inlined
def _apply(first: Any, second: Any, matrix: Any) -> None:
    """Replace two numbers by the matrix times them, divided by 2^30, which it leaves exact."""
    a, b, c, d = matrix
    upper = a * first[0] + b * second[0]
    lower = c * first[0] + d * second[0]
    upper >>= _STEPS
    lower >>= _STEPS
    for limb in range(1, len(first)):
        upper += a * first[limb] + b * second[limb]
        lower += c * first[limb] + d * second[limb]
        first[limb - 1] = upper & _MASK
        second[limb - 1] = lower & _MASK
        upper >>= _STEPS
        lower >>= _STEPS
    first[LIMBS - 1] = upper
    second[LIMBS - 1] = lower


@inlined
def _apply_modulo(first: Any, second: Any, matrix: Any, modulus: Any, inverse: Any) -> None:
    """The same modulo the modulus: numbers above minus twice the modulus and below it stay such."""
    a, b, c, d = matrix
    first_sign, second_sign = first[LIMBS - 1] >> _SIGN, second[LIMBS - 1] >> _SIGN
    upper_factor = (a & first_sign) + (b & second_sign)
    lower_factor = (c & first_sign) + (d & second_sign)
    upper = a * first[0] + b * second[0]
    lower = c * first[0] + d * second[0]
    upper_factor -= (inverse * (upper & _MASK) + upper_factor) & _MASK
    lower_factor -= (inverse * (lower & _MASK) + lower_factor) & _MASK
    upper = (upper + modulus[0] * upper_factor) >> _STEPS
    lower = (lower + modulus[0] * lower_factor) >> _STEPS
    for limb in range(1, len(first)):
        upper += a * first[limb] + b * second[limb] + modulus[limb] * upper_factor
        lower += c * first[limb] + d * second[limb] + modulus[limb] * lower_factor
        first[limb - 1] = upper & _MASK
        second[limb - 1] = lower & _MASK
        upper >>= _STEPS
        lower >>= _STEPS
    first[LIMBS - 1] = upper
    second[LIMBS - 1] = lower


@inlined
def invert_modulo(number: Any, modulus_limbs: Any, inverse: Any) -> Any:
    """Return the inverse of a number, not zero and below the modulus, as four words.

    `modulus_limbs` is what `limbs_of` returns, `inverse` that of the modulus modulo 2^30.
    """
    rows = np.zeros((5, LIMBS), np.int64)
    modulus, first, second, first_multiple, second_multiple = rows[0], rows[1], rows[2], rows[3], rows[4]
    for limb in range(len(modulus)):
        modulus[limb] = first[limb] = modulus_limbs[limb]
        start = np.uint64(limb) * _LIMB_BITS
        word, shift = start // _WORD_BITS, start % _WORD_BITS
        bits = number[word] >> shift
        if shift + _LIMB_BITS > _WORD_BITS and word < _LAST_WORD:
            bits |= number[word + _ONE_WORD] << (_WORD_BITS - shift)
        second[limb] = np.int64(bits & _LIMB_MASK)
    second_multiple[0] = _ONE
    balance = -_ONE
    rest = _ONE
    while rest != _ZERO:
        balance, a, b, c, d = _matrix(balance, first[0], second[0])
        _apply_modulo(first_multiple, second_multiple, (a, b, c, d), modulus, inverse)
        _apply(first, second, (a, b, c, d))
        rest = _ZERO
        for limb in range(len(modulus)):
            rest |= second[limb]
    # The last divisor is 1 or -1 and its multiple the inverse or minus it, above -2 moduli and below one.
    flip = first[LIMBS - 1] >> _SIGN
    for _ in range(2):
        negative, carry = first_multiple[LIMBS - 1] >> _SIGN, _ZERO
        for limb in range(len(modulus)):
            carry += ((first_multiple[limb] + (modulus[limb] & negative)) ^ flip) - flip
            first_multiple[limb] = carry & _MASK
            if limb == LIMBS - 1:
                first_multiple[limb] = carry
            carry >>= _STEPS
        flip = _ZERO
    words = np.zeros(5, np.uint64)
    for limb in range(len(modulus)):
        start = np.uint64(limb) * _LIMB_BITS
        word, shift = start // _WORD_BITS, start % _WORD_BITS
        bits = np.uint64(first_multiple[limb])
        words[word] |= bits << shift
        if shift + _LIMB_BITS > _WORD_BITS:
            words[word + _ONE_WORD] |= bits >> (_WORD_BITS - shift)
    return words[0], words[1], words[2], words[3]
