"""GF(2^128) as polynomials modulo x^128 + x^7 + x^2 + x + 1, with the processor's carry-less product.

Elements are rows of two uint64 (see `blocks`): bit i of the 128-bit number is the coefficient of x^i. Kernels
and portable twins run in constant time. GCM writes the same field with the bits of each octet reversed.
"""

from __future__ import annotations

import numpy as np

from ...foundation.compiled import Block, compiled, inlined, vector_instruction
from .blocks import Words, aligned, block_from_octets, load, store, xor

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TOP = np.uint64(63)
_MODULUS_TAIL = np.uint64(0x87)  # x^7 + x^2 + x + 1

_product_of_lows = vector_instruction("llvm.x86.pclmulqdq", immediate=0x00)
_product_of_high_and_low = vector_instruction("llvm.x86.pclmulqdq", immediate=0x01)
_product_of_low_and_high = vector_instruction("llvm.x86.pclmulqdq", immediate=0x10)
_product_of_highs = vector_instruction("llvm.x86.pclmulqdq", immediate=0x11)


def multiply(left: Words, right: Words) -> Words:
    """Multiply elements pairwise; shapes uint64[..., 2] are broadcast against each other."""
    if left.shape[-1:] != (2,) or right.shape[-1:] != (2,):
        raise ValueError("field elements are uint64[..., 2]")
    shape = np.broadcast_shapes(left.shape, right.shape)
    products = np.empty(shape, np.uint64)
    left, right = (aligned(np.broadcast_to(factor, shape)).reshape(-1, 2) for factor in (left, right))
    _multiply(left, right, products.reshape(-1, 2))
    return products


def inner(left: Words, right: Words) -> Words:
    """Return the sum of the products of corresponding rows of two uint64[n, 2], as uint64[2]."""
    if left.ndim != 2 or left.shape[1] != 2 or left.shape != right.shape:
        raise ValueError("both sequences of field elements are uint64[n, 2]")
    total = np.zeros(2, np.uint64)
    _inner(aligned(left), aligned(right), total)
    return total


def horner(coefficients: Words, point: Words) -> Words:
    """Return c_0·x^(n-1) + ... + c_(n-1), uint64[2]; coefficients are uint64[n, 2], the point x uint64[2]."""
    if coefficients.ndim != 2 or coefficients.shape[1] != 2 or point.shape != (2,):
        raise ValueError("coefficients are uint64[n, 2], the point is uint64[2]")
    value = np.zeros(2, np.uint64)
    _horner(aligned(coefficients), aligned(point), value)
    return value


def powers(base: Words, count: int) -> Words:
    """Return 1, x, x^2, ..., `count` elements from `base` uint64[2], as uint64[count, 2]."""
    if base.shape != (2,) or count < 0:
        raise ValueError("the base is uint64[2] and the count not negative")
    sequence = np.zeros((count, 2), np.uint64)
    sequence[:1, 0] = 1
    known, step = 1, base  # `step` is the power of the base with exponent `known`
    while known < count:
        more = min(known, count - known)
        sequence[known : known + more] = multiply(sequence[:more], step)
        known, step = 2 * known, multiply(step, step)
    return sequence


def power(base: Words, exponent: int) -> Words:
    """Raise an element uint64[2] to a public exponent >= 0."""
    if base.shape != (2,) or exponent < 0:
        raise ValueError("the base is uint64[2] and the exponent not negative")
    result = np.array([1, 0], np.uint64)
    for digit in f"{exponent:b}":
        result = multiply(result, result)
        if digit == "1":
            result = multiply(result, base)
    return result


def from_gcm(block: bytes) -> Words:
    """Return the element, uint64[2], that GCM writes as these 16 octets (NIST SP 800-38D, section 6.3)."""
    return block_from_octets(block.translate(_REVERSED))


def to_gcm(element: Words) -> bytes:
    """Return the 16 octets as which GCM writes an element uint64[2] (NIST SP 800-38D, section 6.3)."""
    if element.shape != (2,):
        raise ValueError("a field element is uint64[2]")
    return element.astype("<u8").tobytes().translate(_REVERSED)


_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@inlined
def field_multiply(left: Block, right: Block) -> Block:
    """Multiply two elements: four carry-less products, then two that fold x^128 onto x^7 + x^2 + x + 1."""
    low = _product_of_lows(left, right)
    high = _product_of_highs(left, right)
    middle = xor(_product_of_low_and_high(left, right), _product_of_high_and_low(left, right))
    low = (low[0], low[1] ^ middle[0])
    high = (high[0] ^ middle[1], high[1])
    folded = _product_of_high_and_low(high, (_MODULUS_TAIL, _ZERO))
    low = (low[0], low[1] ^ folded[0])
    return xor(low, _product_of_lows((high[0] ^ folded[1], _ZERO), (_MODULUS_TAIL, _ZERO)))


def multiply_rows(left: Words, right: Words) -> Words:
    """Multiply uint64[n, 2] by uint64[n, 2] or uint64[2]; the portable way to do what `multiply` does."""
    right = np.atleast_2d(right)
    low, high = np.zeros((2, left.shape[0]), np.uint64)
    for position in reversed(range(128)):
        overflow = _ZERO - (high >> _TOP)
        high = (high << _ONE) | (low >> _TOP)
        low = (low << _ONE) ^ (overflow & _MODULUS_TAIL)
        digit = _ZERO - ((right[:, position // 64] >> np.uint64(position % 64)) & _ONE)
        low ^= left[:, 0] & digit
        high ^= left[:, 1] & digit
    return np.stack([low, high], axis=1)


def horner_rows(coefficients: Words, point: Words, value: Words) -> None:
    """Continue Horner's rule from `value`; by halving, where the kernel goes step by step."""
    coefficients = np.concatenate([value[None], coefficients])
    while len(coefficients) > 1:
        padding = np.zeros((len(coefficients) % 2, 2), np.uint64)
        coefficients = np.concatenate([padding, coefficients])
        coefficients = multiply_rows(coefficients[::2], point) ^ coefficients[1::2]
        point = multiply_rows(point[None], point)[0]
    value[:] = coefficients[0]


def _multiply_portable(left: Words, right: Words, products: Words) -> None:
    products[:] = multiply_rows(left, right)


def _inner_portable(left: Words, right: Words, total: Words) -> None:
    total ^= np.bitwise_xor.reduce(multiply_rows(left, right), axis=0)


@compiled(
    "const uint64[:,:], const uint64[:,:], uint64[:,:]", features=("pclmul",), portable=_multiply_portable
)
def _multiply(left: Words, right: Words, products: Words) -> None:
    for row in range(left.shape[0]):
        store(products, row, field_multiply(load(left, row), load(right, row)))


@compiled("const uint64[:,:], const uint64[:,:], uint64[:]", features=("pclmul",), portable=_inner_portable)
def _inner(left: Words, right: Words, total: Words) -> None:
    value = (total[0], total[1])
    for row in range(left.shape[0]):
        value = xor(value, field_multiply(load(left, row), load(right, row)))
    total[0], total[1] = value


@compiled("const uint64[:,:], const uint64[:], uint64[:]", features=("pclmul",), portable=horner_rows)
def _horner(coefficients: Words, point: Words, value: Words) -> None:
    step = (point[0], point[1])
    result = (value[0], value[1])
    for row in range(coefficients.shape[0]):
        result = xor(field_multiply(result, step), load(coefficients, row))
    value[0], value[1] = result
