"""The JSON Schema (2020-12) of the adapter protocol: every message, and every operation's members."""

from __future__ import annotations

from collections.abc import Iterable

from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import Json
from .closed import closed_schema
from .messages import REPLIES, REQUESTS, Run, Step

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:mpctls:conformance:adapter-protocol:1"


def protocol_schema() -> dict[str, Json]:
    """Every message in both directions; `run` and `step` with the members of each operation."""
    definitions: dict[str, Json] = {}
    for request in REQUESTS:
        definitions[f"request-{request.TAG}"] = closed_schema(request, request.TAG)
    for reply in REPLIES:
        definitions[f"answer-{reply.TAG}"] = closed_schema(reply, reply.TAG)
    for kind in (Run, Step):
        for form in forms().values():
            definitions[f"{kind.TAG}:{form.name}"] = _asked(kind, form)
    for form in forms().values():
        definitions[f"output:{form.name}"] = form.output_schema()
    return {
        "$schema": DIALECT,
        "$id": IDENTIFIER,
        "title": "mpctls adapter protocol, version 1",
        "oneOf": [
            *_references(sorted(name for name in definitions if name.startswith(("request", "answer"))))
        ],
        "$defs": definitions,
    }


def _asked(kind: type[Run | Step], form: Form) -> dict[str, Json]:
    schema = closed_schema(kind, kind.TAG)
    properties = schema["properties"]
    members = dict(properties) if isinstance(properties, dict) else {}
    members["operation"] = {"const": form.name}
    if kind is Run:
        members["role"] = {"const": form.role.value}
    members["input"] = form.input_schema(drawn=False)
    members["randomness"] = form.input_schema(drawn=True)
    return {**schema, "description": form.summary, "properties": members}


def _references(names: Iterable[str]) -> Iterable[Json]:
    return ({"$ref": f"#/$defs/{name}"} for name in names)
