"""The schemas of the folder, applied by a library that knows nothing of how the vectors were made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def invalid(texts: Mapping[str, str], files: Mapping[str, Any]) -> Iterator[str]:
    """What the schemas among `texts` refuse of the parsed `files` and of the index."""
    schemas = {path: _checked(text) for path, text in texts.items() if path.startswith("schema/")}
    resources: Registry[Any] = Registry()
    registry = resources.with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    whole = Draft202012Validator(schemas["schema/vectors.json"], registry=registry)
    of_operation = {
        schema["properties"]["operation"]["const"]: Draft202012Validator(schema, registry=registry)
        for path, schema in schemas.items()
        if path.startswith("schema/operations/")
    }
    sessions = Draft202012Validator(schemas["schema/session.json"], registry=registry)
    for path, document in files.items():
        # The schema of a file asks for that of each operation in turn; once for a file is enough of that.
        for error in whole.iter_errors({**document, "vectors": document.get("vectors", [])[:1]}):
            yield f"{path}: {error.json_path}: {error.message[:200]}"
        for at, vector in enumerate(document.get("vectors", [])):
            validator = sessions if "operations" in vector else of_operation.get(vector["operation"])
            if validator is None:
                yield f"{path}: $.vectors[{at}]: there is no schema of {vector['operation']}"
                continue
            for error in validator.iter_errors(vector):
                yield f"{path}: $.vectors[{at}]{error.json_path.removeprefix('$')}: {error.message[:200]}"
    index = Draft202012Validator(schemas["schema/index.json"], registry=registry)
    for error in index.iter_errors(json.loads(texts["index.json"])):
        yield f"index.json: {error.json_path}: {error.message[:200]}"


@cache
def _checked(text: str) -> Any:
    """A schema that is one."""
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return schema
