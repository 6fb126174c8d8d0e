"""What families of zero knowledge are made with: vectors in one line, predicates from their JSON form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mpctls.spec.identifiers import LexicalClass
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.reading_predicates import read_json
from mpctls.spec.zero_knowledge.scalar_field import encode_scalar

from ...fields import Fields, listed, number
from ...operations.form import Feature
from ...operations.shapes import Json
from ..vector import Importance, Mutation, MutationKind, Vector

STRING, NUMBER, LITERAL, HEADER = (
    LexicalClass.JSON_STRING_INTERIOR,
    LexicalClass.JSON_NUMBER,
    LexicalClass.JSON_LITERAL,
    LexicalClass.HEADER_VALUE,
)
ANY = LexicalClass.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """Vectors of one operation that have one importance."""

    operation: str
    importance: Importance = Importance.CRITICAL
    features: tuple[Feature, ...] = ()
    seed: str = ""

    def accepted(
        self, name: str, comment: str, fields: Fields, intermediate: dict[str, Json] | None = None
    ) -> Vector:
        """A vector that is accepted."""
        return Vector(
            name=name,
            operation=self.operation,
            comment=comment,
            input=fields,
            importance=self.importance,
            features=self.features,
            seed=self.seed,
            intermediate=intermediate or {},
        )

    def refused(
        self, name: str, comment: str, fields: Fields, reason: str, *, base: str, mutation: Mutation
    ) -> Vector:
        """A vector that is refused for one fault."""
        return Vector(
            name=name,
            operation=self.operation,
            comment=comment,
            input=fields,
            expects=reason,
            base=base,
            mutation=mutation,
            importance=self.importance,
            features=self.features,
            seed=self.seed,
        )


def replaced(field: str, detail: str) -> Mutation:
    """Another value in a field."""
    return Mutation(kind=MutationKind.REPLACE, field=field, detail=detail)


def scalars(values: Sequence[int]) -> bytes:
    """A list of scalars."""
    return listed([encode_scalar(value) for value in values])


def of_type(
    type_: str, name: str = "a", side: str = "response", kind: str = "json", attestation: int = 0
) -> dict[str, Json]:
    """A field in the JSON form; a name is a path after `$.`, or that of a header."""
    spelled = name if kind == "header" else f"$.{name}"
    return {"attestation": attestation, "side": side, kind: spelled, "type": type_}


def text_of(condition: Json, *fields: dict[str, Json], version: Json = 1) -> str:
    """The JSON form of a predicate, whether it is one or not."""
    value = {"version": version, "fields": list(fields), "condition": condition}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def predicate_of(condition: Json, *fields: dict[str, Json]) -> Predicate:
    """The predicate of a JSON form."""
    return read_json(text_of(condition, *fields))


def token(class_: LexicalClass, octets: bytes) -> bytes:
    """A token with the class that says its kind."""
    return listed([number(class_), octets])


def tree(depth: int, members: Sequence[int]) -> bytes:
    """A tree that a Prover knows."""
    return listed([number(depth), scalars(members)])


def name_of(text: str) -> str:
    """A text as part of the name of a vector: its letters and digits, others as hyphens."""
    words = "".join(each if each.isascii() and each.isalnum() else " " for each in text.lower())
    return "-".join(words.split()) or "empty"
