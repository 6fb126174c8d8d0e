"""What a property or a plan found, as a file of one vector: `replay` runs it, `promote` keeps it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from ..fields import Fields
from ..operations.registry import forms
from ..operations.shapes import Json
from ..outcomes import Accepted, Outcome
from .cases import FORMAT_VERSION

FOUND = "found"
"""The family of such vectors."""


def found_document(
    operation: str, fields: Fields, expected: Outcome, comment: str = ""
) -> dict[str, Json] | None:
    """A file of one vector. None for an operation without a form, or fields that no JSON of it can hold."""
    form = forms().get(operation)
    if form is None:
        return None
    try:
        given, drawn = form.input_json(fields)
    except ValueError:
        return None
    question = json.dumps([operation, given, drawn], sort_keys=True)
    name = f"{operation.rpartition('/')[2]}-{sha256(question.encode()).hexdigest()[:12]}"
    outcome: dict[str, Json] = (
        {"accept": form.output_json(expected.output)}
        if isinstance(expected, Accepted)
        else {"reject": {"stage": expected.stage, "reason": expected.reason}}
    )
    vector: dict[str, Json] = {
        "id": f"{form.step}/{FOUND}/{name}",
        "operation": operation,
        "comment": comment or "Found by a property, and shrunk.",
        "importance": "high",
        "features": sorted(feature.value for feature in form.features),
        "seed": "",
        "source": "",
        "input": given,
        "randomness": drawn,
        "expected": outcome,
        "intermediate": {},
    }
    return {
        "format": FORMAT_VERSION,
        "step": form.step,
        "family": FOUND,
        "summary": "Where an implementation differed from the specification.",
        "vectors": [vector],
    }


def write_found(
    operation: str, fields: Fields, expected: Outcome, directory: Path, comment: str = ""
) -> Path | None:
    """Write it into a folder; its name is its id with hyphens. None where it cannot be written."""
    document = found_document(operation, fields, expected, comment)
    if document is None:
        return None
    vectors = document["vectors"]
    first = vectors[0] if isinstance(vectors, list) else {}
    name = str(first["id"]) if isinstance(first, dict) else FOUND
    path = directory / f"{name.replace('/', '-')}.json"
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")
    return path
