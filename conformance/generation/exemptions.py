"""What the vectors need not cover, by name, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .vector import MutationKind

_CHEATING = "only a party that cheats inside the two-party computation comes there; tests of both engines do"
_MEMORY = "a party's own memory, which no operation reads"
_FILES = "files of setups, circuits and witnesses are no artifacts of the protocol; tests of `zkp/` read them"

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "key-exchange/pre-master-secret-mismatch": _CHEATING,
        "mpc-tls/proof-invalid": _CHEATING,
        "mpc-tls/values-differ": _CHEATING,
        "mpc-tls/notary-opening-invalid": _CHEATING,
        "presentation-building/field-not-committed": "selections for a predicate are the Prover's own affair",
        "verification/unsupported-commitment-kind": "for a Verifier without encoding commitments; ours has them",
        "verification/unsupported-predicate": "for a Verifier without predicates; ours has them",
        "verification/octet-not-authenticated": _MEMORY,
        "predicate/false": "a Prover refuses its own predicate; whether one holds is in the vectors of its value",
        "zero-knowledge/unsatisfied": "a Prover's circuit without a witness; circuits are not specified",
        "zero-knowledge/cancelled": "a Prover that is interrupted",
        "zero-knowledge/not-an-encoding-commitment": "there is one other kind of leaf, and it has its vector",
        "zero-knowledge/malformed-setup": _FILES,
        "zero-knowledge/setup-structure-invalid": _FILES,
        "zero-knowledge/unknown-ceremony": _FILES,
        "zero-knowledge/element-not-canonical": _FILES,
        "zero-knowledge/malformed-witness": _FILES,
        "zero-knowledge/witness-count": _FILES,
    }
)
"""Reason codes with fewer than two vectors, each with why."""

GRID = (
    MutationKind.FLIP,
    MutationKind.ZERO,
    MutationKind.MAXIMUM,
    MutationKind.TRUNCATE,
    MutationKind.EXTEND,
    MutationKind.SWAP,
    MutationKind.DUPLICATE,
    MutationKind.REORDER,
    MutationKind.FROM_ANOTHER_SESSION,
)
"""What is done to every field of every message and artifact, where decoding can notice it."""

_VALUE = "every value decodes; what a step makes of another one is in the vectors of the step"
_WIDTH = "a fixed width has no room: an octet more is the next field's"
_ONE = "there is one value, and nothing to repeat or to reorder"
_TAG = "a flipped tag is another tag: the first that is not registered, and the largest, stand for all"
_SESSION = "decoding knows no session; steps and sessions have vectors of their own"
_NEIGHBOUR = (
    "decoding knows no neighbour of the same form; where the order of two fields counts, a step says so"
)
_COUNT = "the count stands for the length: above the limit, below the minimum, and with a superfluous octet"
_INSIDE = "its fields have a grid in the family of its type"

_EVERYWHERE = {MutationKind.FROM_ANOTHER_SESSION: _SESSION, MutationKind.SWAP: _NEIGHBOUR}
_SINGLE = {MutationKind.DUPLICATE: _ONE, MutationKind.REORDER: _ONE}
_ANY_VALUE = {MutationKind.FLIP: _VALUE, MutationKind.ZERO: _VALUE, MutationKind.MAXIMUM: _VALUE}
_TAGGED = {MutationKind.FLIP: _TAG, MutationKind.ZERO: "zero is registered", MutationKind.EXTEND: _WIDTH}

_OF_FORM: Mapping[str, Mapping[MutationKind, str]] = {
    "number": {**_ANY_VALUE, **_SINGLE, MutationKind.EXTEND: _WIDTH},
    "octets": {**_ANY_VALUE, **_SINGLE, MutationKind.EXTEND: _WIDTH},
    "counted octets": {**_ANY_VALUE, **_SINGLE},
    "text": {
        **_SINGLE,
        MutationKind.FLIP: "the family of texts has what is no UTF-8",
        MutationKind.ZERO: "U+0000 is text; the family of texts has it",
    },
    "list": {
        MutationKind.FLIP: _COUNT,
        MutationKind.ZERO: "an empty list is one, unless there is a minimum, which then has a vector",
        MutationKind.MAXIMUM: _COUNT,
        MutationKind.DUPLICATE: "a list without a rule of order may repeat itself",
        MutationKind.REORDER: "a list without a rule of order has any order",
    },
    "option": {**_SINGLE, **_TAGGED},
    "flag": {**_SINGLE, **_TAGGED},
    "index": {**_SINGLE, **_TAGGED},
    "choice": {**_SINGLE, **_TAGGED},
    "identifier": {**_SINGLE, MutationKind.FLIP: _TAG, MutationKind.EXTEND: _WIDTH},
    "set of ranges": {
        MutationKind.FLIP: "faults of a set are faults of its rule of order",
        MutationKind.ZERO: "the range 0 to 0 stands in foundation/ranges",
        MutationKind.MAXIMUM: "the largest positions stand in foundation/ranges",
        MutationKind.EXTEND: "the family of range-set has its count with a superfluous octet",
    },
    "key": {
        **_SINGLE,
        MutationKind.FLIP: "a flipped key is on the curve or is not; foundation/signatures/keys has every kind",
        MutationKind.MAXIMUM: "foundation/signatures/keys has the largest coordinates of every curve",
        MutationKind.EXTEND: "foundation/signatures/keys has keys with an octet more",
    },
    "artifact": {
        **_SINGLE,
        MutationKind.FLIP: _INSIDE,
        MutationKind.ZERO: _INSIDE,
        MutationKind.MAXIMUM: _INSIDE,
        MutationKind.EXTEND: _INSIDE,
    },
}


def exempted(forms: Iterable[str]) -> Mapping[MutationKind, str]:
    """What need not be done to a field of these forms, and why."""
    found = dict(_EVERYWHERE)
    for form in forms:
        found.update(_OF_FORM[form])
    return found
