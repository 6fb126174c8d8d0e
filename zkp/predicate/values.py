"""Value hashes: one field element for each typed value, whatever octets wrote it (predicates page, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..poseidon import KIND_VALUE, header, pack, poseidon
from .poseidon_arrays import poseidon_many
from .types import BooleanType, DateType, DecimalType, FieldType, IntegerType, OctetsType, TextType, Value

VALUE_HEADER: Final = header(KIND_VALUE)
NUMBER_TAG: Final = 1
DATE_TAG: Final = 2
BOOLEAN_TAG: Final = 3
TEXT_TAG: Final = 4
OCTETS_TAG: Final = 5


def value_preimage(field_type: FieldType, value: Value) -> list[int]:
    """What the value hash of `value` is the Poseidon hash of; requires a value that `types.parse` gave."""
    match field_type, value:
        case (IntegerType(), int()):
            return [VALUE_HEADER, NUMBER_TAG, 0, value % SCALAR_MODULUS]
        case (DecimalType(scale=scale), int()):
            return [VALUE_HEADER, NUMBER_TAG, scale, value % SCALAR_MODULUS]
        case (DateType(), int()):
            return [VALUE_HEADER, DATE_TAG, 0, value]
        case (BooleanType(), bool()):
            return [VALUE_HEADER, BOOLEAN_TAG, 0, int(value)]
        case (TextType(), bytes()):
            return [VALUE_HEADER, TEXT_TAG, len(value), *pack(value)]
        case (OctetsType(), bytes()):
            return [VALUE_HEADER, OCTETS_TAG, len(value), *pack(value)]
    raise TypeError(f"no value of type {field_type}")


def value_hash(field_type: FieldType, value: Value) -> int:
    """The value hash of one value."""
    return poseidon(value_preimage(field_type, value))


def value_hashes(field_type: FieldType, values: Sequence[Value]) -> list[int]:
    """The value hashes of many values of one type, in their order."""
    preimages = [value_preimage(field_type, value) for value in values]
    by_width: dict[int, list[int]] = {}
    for index, preimage in enumerate(preimages):
        by_width.setdefault(len(preimage), []).append(index)
    hashes = [0] * len(values)
    for width, indices in by_width.items():
        columns = [SCALAR.encode([preimages[index][column] for index in indices]) for column in range(width)]
        for index, each in zip(indices, SCALAR.decode(poseidon_many(np.stack(columns))), strict=True):
            hashes[index] = each
    return hashes
