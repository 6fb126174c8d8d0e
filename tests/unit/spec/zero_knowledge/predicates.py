"""Predicates and fields in short, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mpctls.spec.structure.view import Kind
from mpctls.spec.zero_knowledge.evaluation import FieldInPlain, evaluate
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.reading_predicates import read_json


def predicate(condition: object, *types: str, **changes: object) -> Predicate:
    """The predicate with this condition over response fields $.a, $.b, … of these types."""
    fields = [
        {"attestation": 0, "side": "response", "json": f"$.{'abcdefgh'[index]}", "type": type_}
        for index, type_ in enumerate(types)
    ]
    return read_json(json.dumps({"version": 1, "fields": fields, "condition": condition, **changes}))


def field(number: int) -> dict[str, int]:
    return {"field": number}


def token(octets: bytes, kind: Kind = Kind.STRING) -> FieldInPlain:
    return FieldInPlain(kind=kind, octets=octets)


def holds(condition: object, *given: tuple[str, bytes], trees: Sequence[Any] = ()) -> bool:
    """What a condition says of fields, each given as type and octets of a string (a literal for truth)."""
    types = [type_ for type_, _ in given]
    tokens = [token(octets, Kind.LITERAL if type_ == "boolean" else Kind.STRING) for type_, octets in given]
    return evaluate(predicate(condition, *types), tokens, trees).holds
