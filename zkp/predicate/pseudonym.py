"""Enumerable pseudonyms: the same for one value in one scope, inverted by whoever can list the possible values."""

from __future__ import annotations

import hashlib

from mpctls.reference.foundation.contexts import PSEUDONYM_SCOPE

from ..bn254.constants import SCALAR_MODULUS
from ..poseidon import KIND_NULLIFIER, header, poseidon

PSEUDONYM_HEADER = header(KIND_NULLIFIER)


def scope_element(scope: str) -> int:
    """The field element that stands for a scope."""
    octets = hashlib.sha512(PSEUDONYM_SCOPE + scope.encode("utf-8")).digest()
    return int.from_bytes(octets, "little") % SCALAR_MODULUS


def pseudonym(value_hash: int, scope: str) -> int:
    """The enumerable pseudonym, in a scope, of the value with this value hash (predicates page, section 4)."""
    return poseidon([PSEUDONYM_HEADER, scope_element(scope), 0, value_hash])
