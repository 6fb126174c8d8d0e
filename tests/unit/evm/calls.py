"""Calls of a contract with all that may be wrong about one, each with the verdict that it must get."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.evm.calldata import encode_call
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.plonk import proof as plonk

from .machine import Verdict

SELECTOR = 4
WORD = 32
POINTS = 9
EVALUATIONS = 6
BESIDE_THE_SUBGROUP = (
    (1, 0),
    (
        18278151005453108793778860132295291098363647455926340152056652516292830556603,
        5912654199736721486680175016176231956195085055698687135131307249486702594212,
    ),
)
"""A point of the twist with x = 1 whose order is not r."""

Calls = dict[str, tuple[bytes, Verdict]]


def numbers_of(data: bytes) -> list[int]:
    """The words of a call."""
    return [int.from_bytes(data[start : start + WORD], "big") for start in range(SELECTOR, len(data), WORD)]


def with_words(data: bytes, words: dict[int, int]) -> bytes:
    """A call with other words at some places."""
    changed = bytearray(data)
    for place, number in words.items():
        changed[SELECTOR + WORD * place : SELECTOR + WORD * (place + 1)] = number.to_bytes(WORD, "big")
    return bytes(changed)


def plonk_calls(proof: plonk.Proof, publics: Sequence[int]) -> Calls:
    """A valid call under one key of PLONK, and all others."""
    data = encode_call(proof, publics)
    moduli = [BASE_MODULUS] * 2 * POINTS + [SCALAR_MODULUS] * (EVALUATIONS + len(publics))
    calls = _calls(data, moduli)
    numbers = numbers_of(data)
    for point in range(POINTS):
        x, y = 2 * point, 2 * point + 1
        calls[f"point {point} at infinity"] = (with_words(data, {x: 0, y: 0}), False)
        calls[f"point {point} negated"] = (with_words(data, {y: BASE_MODULUS - numbers[y]}), False)
        calls[f"point {point} the generator"] = (with_words(data, {x: 1, y: 2}), False)
    zeros = plonk.Proof.of(list(proof.points), [0] * EVALUATIONS)
    calls["all evaluations zero"] = (encode_call(zeros, publics), False)
    return calls


def groth16_calls(proof: groth16.Proof, publics: Sequence[int]) -> Calls:
    """A valid call under one key of Groth16, and all others: a B outside its group stops the precompiled contract."""
    data = encode_call(proof, publics)
    calls = _calls(data, [BASE_MODULUS] * 8 + [SCALAR_MODULUS] * len(publics))
    calls.update((name, (call, None)) for name, (call, _) in calls.items() if _changes_a_bit_of_b(name))
    for name, other, verdict in (
        ("A at infinity", dataclasses.replace(proof, a=(0, 0)), False),
        ("C at infinity", dataclasses.replace(proof, c=(0, 0)), False),
        ("B at infinity", dataclasses.replace(proof, b=((0, 0), (0, 0))), False),
        ("B outside the subgroup", dataclasses.replace(proof, b=BESIDE_THE_SUBGROUP), None),
        ("B with its limbs exchanged", dataclasses.replace(proof, b=_exchanged(proof.b)), None),
        ("A and C exchanged", dataclasses.replace(proof, a=proof.c, c=proof.a), False),
        ("A negated", dataclasses.replace(proof, a=(proof.a[0], BASE_MODULUS - proof.a[1])), False),
    ):
        calls[name] = (encode_call(other, publics), verdict)
    return calls


def _changes_a_bit_of_b(name: str) -> bool:
    return name in {f"word {place} with another bit" for place in range(2, 6)}


def _exchanged(point: plonk.TwistPoint) -> plonk.TwistPoint:
    (x_real, x_imaginary), (y_real, y_imaginary) = point
    return (x_imaginary, x_real), (y_imaginary, y_real)


def _calls(data: bytes, moduli: Sequence[int]) -> Calls:
    """What may be wrong about a call in any proof system; `moduli` has that of each word."""
    calls: Calls = {"valid": (data, True)}
    for place, (number, modulus) in enumerate(zip(numbers_of(data), moduli, strict=True)):
        calls[f"word {place} with another bit"] = (with_words(data, {place: number ^ 1}), False)
        calls[f"word {place} not canonical"] = (with_words(data, {place: number + modulus}), False)
    calls["word 0 the largest"] = (with_words(data, {0: (1 << 256) - 1}), False)
    calls["an octet less"] = (data[:-1], None)
    calls["a word less"] = (data[:-WORD], None)
    calls["an octet more"] = (data + b"\0", None)
    calls["a word more"] = (data + bytes(WORD), None)
    calls["the function's name alone"] = (data[:SELECTOR], None)
    calls["nothing"] = (b"", None)
    calls["another function"] = (bytes([data[0] ^ 1]) + data[1:], None)
    return calls
