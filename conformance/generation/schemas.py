"""JSON Schemas (2020-12) of the files of vectors: one of what all have in common, and one for each operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from ..operations.form import Feature, Form
from ..operations.registry import forms
from ..operations.shapes import Json
from .rendering import FORMAT_VERSION, canonical
from .vector import Importance, MutationKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROOT = f"urn:mpctls:vectors:{FORMAT_VERSION}"
"""Identifiers of schemas begin with this; they name, and are not fetched."""

_OPENING = "sessions/open-"

_TEXT: Mapping[str, Json] = {"type": "string"}
_REASON_PART = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_ID = {"type": "string", "pattern": "^[a-z0-9_]+(/[a-z0-9_-]+){3}$"}


@cache
def schema_files() -> Mapping[str, str]:
    """Every schema by its path within the folder of vectors."""
    files = {
        "schema/vectors.json": canonical(file_schema()),
        "schema/session.json": canonical(session_schema()),
        "schema/index.json": canonical(_index_schema()),
    }
    for form in forms().values():
        files[f"schema/operations/{form.name}.json"] = canonical(vector_schema(form))
    return MappingProxyType(files)


def file_schema() -> dict[str, Json]:
    """Of a file of vectors: its members, and each vector by that of its operation."""
    return _object(
        {
            "format": {"const": FORMAT_VERSION},
            "step": {"type": "string", "pattern": "^[a-z0-9_]+/[a-z0-9_]+$"},
            "family": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "summary": _TEXT,
            "vectors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "if": {"required": ["operations"]},
                    "then": {"$ref": _identifier("session")},
                    "else": {
                        "required": ["operation"],
                        "properties": {"operation": {"enum": [form.name for form in forms().values()]}},
                        "allOf": [
                            {
                                "if": {"properties": {"operation": {"const": form.name}}},
                                "then": {"$ref": _identifier(form.name)},
                            }
                            for form in forms().values()
                        ],
                    },
                },
            },
        },
        identifier="file",
        title="A file of test vectors",
    )


def vector_schema(form: Form) -> dict[str, Json]:
    """Of a vector of one operation."""
    schema = _object(
        {
            "id": _ID,
            "operation": {"const": form.name},
            **_common(),
            "input": form.input_schema(drawn=False),
            "randomness": form.input_schema(drawn=True),
            "expected": _expected(form.output_schema()),
            **_ending(),
        },
        identifier=form.name,
        title=f"A test vector of {form.name}",
        optional=("base", "mutation"),
    )
    refused: Json = {"properties": {"expected": {"required": ["reject"]}}}
    return {**schema, "if": refused, "then": {"required": ["base", "mutation"]}}


def session_schema() -> dict[str, Json]:
    """Of a vector of a whole session: operations in order, each with its outcome."""
    return _object(
        {
            "id": _ID,
            **_common(),
            "operations": {"type": "array", "minItems": 1, "items": {"oneOf": list(_session_operations())}},
            **_ending(),
        },
        identifier="session",
        title="A test vector of a whole session",
        optional=("base", "mutation"),
    )


def _session_operations() -> Iterator[Json]:
    handle: Json = {"type": "string", "minLength": 1, "maxLength": 64}
    for form in forms().values():
        if not form.name.startswith("sessions/"):
            continue
        drawn: dict[str, Json] = {
            "input": form.input_schema(drawn=False),
            "randomness": form.input_schema(drawn=True),
        }
        kind, named = "step", {"operation": {"const": form.name}}
        if form.name.startswith(_OPENING):
            kind, named = "open", {"role": {"const": form.name.removeprefix(_OPENING)}}
        content = _plain_object({"handle": handle, **named, **drawn})
        yield _plain_object({kind: content, "expected": _expected(form.output_schema())})
    yield _plain_object(
        {"close": _plain_object({"handle": handle}), "expected": _expected(_plain_object({}))}
    )


def _common() -> dict[str, Json]:
    return {
        "comment": {"type": "string", "minLength": 1},
        "importance": {"enum": [each.value for each in Importance]},
        "features": {
            "type": "array",
            "uniqueItems": True,
            "items": {"enum": [feature.value for feature in Feature]},
        },
        "seed": _TEXT,
        "source": _TEXT,
    }


def _expected(output: Json) -> Json:
    reason = _plain_object({"stage": _REASON_PART, "reason": _REASON_PART})
    return {"oneOf": [_plain_object({"accept": output}), _plain_object({"reject": reason})]}


def _ending() -> dict[str, Json]:
    mutation = _plain_object(
        {"kind": {"enum": [kind.value for kind in MutationKind]}, "field": _TEXT, "detail": _TEXT}
    )
    return {"base": _ID, "mutation": mutation, "intermediate": {"type": "object"}}


def _index_schema() -> dict[str, Json]:
    entry = _plain_object(
        {
            "path": {"type": "string", "pattern": "^[a-z0-9_]+/[a-z0-9_]+/[a-z0-9-]+\\.json$"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "vectors": {"type": "integer", "minimum": 1},
        }
    )
    return _object(
        {"format": {"const": FORMAT_VERSION}, "files": {"type": "array", "items": entry}},
        identifier="index",
        title="The index of all files of test vectors",
    )


def _identifier(name: str) -> str:
    return f"{ROOT}:{name.replace('/', ':')}"


def _plain_object(properties: Mapping[str, Json], optional: tuple[str, ...] = ()) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _object(
    properties: Mapping[str, Json], *, identifier: str, title: str, optional: tuple[str, ...] = ()
) -> dict[str, Json]:
    return {
        "$schema": DIALECT,
        "$id": _identifier(identifier),
        "title": title,
        **_plain_object(properties, optional),
    }
