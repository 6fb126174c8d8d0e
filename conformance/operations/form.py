"""The form of an operation: who runs it, what it takes and gives, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..fields import Fields
from .shapes import Json, Shape, ShapeError


class Role(StrEnum):
    """Who runs an operation."""

    PROVER = "prover"
    NOTARY = "notary"
    VERIFIER = "verifier"
    ANY = "any"
    BOTH = "prover and notary"
    """Both ends of one computation, in one implementation; the output is what its ideal functionality defines."""


class Feature(StrEnum):
    """What an implementation may lack and say so; an operation or a vector names what it needs."""

    TWO_PARTY_COMPUTATION = "two-party-computation"
    SESSIONS = "sessions"
    SERVER_IDENTITY = "server-identity"
    ENCODING_COMMITMENTS = "encoding-commitments"
    STRUCTURE = "structure"
    PREDICATES = "predicates"
    PLONK = "plonk"
    GROTH16 = "groth16"
    HASH_BRIDGES = "hash-bridges"
    CIRCUITS = "circuits"
    SECP256K1 = "secp256k1"
    BLAKE3 = "blake3"
    KECCAK256 = "keccak256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its shape, and what it is, in a sentence. `drawn` is randomness that the runner supplies."""

    shape: Shape
    meaning: str
    drawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An operation for a stranger.

    `step` is the step of the catalogue that it belongs to (`stage/name`), `source` where the documents define it, as
    page and section. Names of fields have spaces here and underscores in JSON.
    """

    name: str
    step: str
    summary: str
    role: Role
    source: str
    takes: Mapping[str, Field]
    gives: Mapping[str, Field] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()

    def input_json(self, fields: Fields) -> tuple[dict[str, Json], dict[str, Json]]:
        """What is given and what is drawn, as JSON objects. Raises ValueError for fields of another form."""
        whole = _to_json(self.name, self.takes, fields)
        drawn = {json_name(name): whole[json_name(name)] for name, each in self.takes.items() if each.drawn}
        return {name: value for name, value in whole.items() if name not in drawn}, drawn

    def input_fields(self, given: Json, drawn: Json) -> Fields:
        """The fields of two JSON objects. Raises ShapeError."""
        taken = {name: each for name, each in self.takes.items() if not each.drawn}
        random = {name: each for name, each in self.takes.items() if each.drawn}
        return {**_from_json("input", taken, given), **_from_json("randomness", random, drawn)}

    def output_json(self, fields: Fields) -> dict[str, Json]:
        """What came out, as a JSON object."""
        return _to_json(self.name, self.gives, fields)

    def output_fields(self, value: Json) -> Fields:
        """The fields of a JSON object. Raises ShapeError."""
        return _from_json("output", self.gives, value)

    def input_schema(self, *, drawn: bool) -> dict[str, Json]:
        """The JSON Schema of what is given, or of what is drawn."""
        return _schema({name: each for name, each in self.takes.items() if each.drawn is drawn})

    def output_schema(self) -> dict[str, Json]:
        """The JSON Schema of what comes out."""
        return _schema(self.gives)


def json_name(name: str) -> str:
    """The name of a field in JSON."""
    return name.replace(" ", "_")


def _to_json(what: str, known: Mapping[str, Field], fields: Fields) -> dict[str, Json]:
    if set(fields) != set(known):
        raise ValueError(f"{what}: fields {sorted(fields)} instead of {sorted(known)}")
    written: dict[str, Json] = {}
    for name, each in known.items():
        try:
            written[json_name(name)] = each.shape.to_json(fields[name])
        except ValueError as error:
            raise ValueError(f"{what}: {name}: {error}") from error
    return written


def _from_json(what: str, known: Mapping[str, Field], value: Json) -> dict[str, bytes]:
    if not isinstance(value, Mapping):
        raise ShapeError(what, "not an object")
    names = {json_name(name): name for name in known}
    if set(value) != set(names):
        missing, other = sorted(set(names) - set(value)), sorted(set(value) - set(names))
        raise ShapeError(what, f"without {missing}" if missing else f"with unknown {other[:4]}")
    return {
        name: known[name].shape.from_json(value[written], f"{what}.{written}")
        for written, name in names.items()
    }


def _schema(known: Mapping[str, Field]) -> dict[str, Json]:
    properties: dict[str, Json] = {
        json_name(name): {**each.shape.schema(), "description": each.meaning} for name, each in known.items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
