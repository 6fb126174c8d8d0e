"""What must hold of a folder of vectors beyond that it was generated, found in its files alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mpctls.spec.reasons import Reason

from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import ShapeError
from ..protocol.strict_json import ProtocolError
from ..running.cases import read_case
from .exemptions import GRID, REASONS, exempted
from .foundation.encoding import ARTIFACTS, MESSAGES, STEP, fields_of, hyphenated
from .rendering import FORMAT_VERSION, INDEX
from .schemas import schema_files
from .vector import Importance, MutationKind
from .writing import documents, read

FEWEST_OF_A_REASON = 2

_MEMBERS = (
    "id", "operation", "comment", "importance", "features", "seed", "source", "input", "randomness", "expected", "base",
    "mutation", "intermediate",
)  # fmt: skip
_MAY_BE_ABSENT = {"base", "mutation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What is wrong, each with where; and how many vectors there are of each family and for each reason."""

    findings: tuple[str, ...]
    of_family: Mapping[str, int]
    of_reason: Mapping[str, int]
    validators: tuple[str, ...]


def lint(folder: Path) -> Linted:
    """Hold a folder against every rule of the corpus."""
    files = documents(folder)
    vectors = {path: document.get("vectors", []) for path, document in files.items()}
    everything = [vector for found in vectors.values() for vector in found]
    reasons = Counter(reason for vector in everything for reason in reasons_of(vector))
    validators, invalid = _by_another_validator(folder, files)
    findings = [
        *_index(folder),
        *(finding for path, document in files.items() for finding in _document(path, document)),
        *invalid,
        *_identities(vectors),
        *_bases(everything),
        *_inputs(everything),
        *_reasons(reasons),
        *_grid(files),
    ]
    return Linted(
        findings=tuple(findings),
        of_family={path.removesuffix(".json"): len(found) for path, found in vectors.items()},
        of_reason=dict(sorted(reasons.items())),
        validators=("closed members and shapes", *validators),
    )


def reasons_of(vector: Mapping[str, Any]) -> frozenset[str]:
    """The reason codes that a vector is refused for: none of one that is accepted, several of a session."""
    refused = (each["expected"].get("reject") for each in vector.get("operations", [vector]))
    return frozenset(f"{each['stage']}/{each['reason']}" for each in refused if each is not None)


def _index(folder: Path) -> Iterator[str]:
    files = read(folder)
    index = json.loads(files.pop(INDEX, '{"files": []}'))
    listed = {entry["path"]: entry for entry in index["files"]}
    for path in sorted({*listed, *(each for each in files if not each.startswith("schema/"))}):
        if path not in listed:
            yield f"{path}: not in the index"
        elif path not in files:
            yield f"{path}: in the index, and not there"
        elif sha256(files[path].encode()).hexdigest() != listed[path]["sha256"]:
            yield f"{path}: another digest than in the index"
    yield from (f"{path}: another schema" for path, text in schema_files().items() if files.get(path) != text)


def _document(path: str, document: Any) -> Iterator[str]:
    """The first validator: members by hand, values by the shapes of the operation."""
    if list(document) != ["format", "step", "family", "summary", "vectors"]:
        yield f"{path}: other members than a file of vectors has"
        return
    if document["format"] != FORMAT_VERSION:
        yield f"{path}: format {document['format']}"
    if path != f"{document['step']}/{document['family']}.json":
        yield f"{path}: holds {document['step']}/{document['family']}"
    for vector in document["vectors"]:
        where = f"{path}: {vector.get('id')}"
        if "operations" in vector:
            yield from (f"{where}: {finding}" for finding in _session(vector))
            continue
        others = set(vector) ^ set(_MEMBERS)
        if others - _MAY_BE_ABSENT or set(vector) - set(_MEMBERS):
            yield f"{where}: members {sorted(others)}"
            continue
        form = forms().get(vector["operation"])
        if form is None:
            yield f"{where}: no operation {vector['operation']}"
            continue
        yield from (f"{where}: {finding}" for finding in _vector(form, vector))


def _session(vector: Mapping[str, Any]) -> Iterator[str]:
    """A whole session, read as the runner reads it."""
    try:
        case = read_case(vector)
    except (ProtocolError, ShapeError) as error:
        yield str(error)
        return
    if case.refused and not {"base", "mutation"} <= set(vector):
        yield "is refused and names no base and mutation"
    yield from _told(vector)


def _vector(form: Form, vector: Mapping[str, Any]) -> Iterator[str]:
    try:
        form.input_fields(vector["input"], vector["randomness"])
        if "accept" in vector["expected"]:
            form.output_fields(vector["expected"]["accept"])
    except ShapeError as error:
        yield str(error)
    if set(vector["expected"]) not in ({"accept"}, {"reject"}):
        yield "neither accepted nor refused"
    elif "reject" in vector["expected"] and not {"base", "mutation"} <= set(vector):
        yield "is refused and names no base and mutation"
    yield from _told(vector)


def _told(vector: Mapping[str, Any]) -> Iterator[str]:
    """What is said about a vector."""
    if vector["importance"] not in set(Importance):
        yield f"importance {vector['importance']}"
    if "mutation" in vector and vector["mutation"]["kind"] not in set(MutationKind):
        yield f"mutation {vector['mutation']['kind']}"
    if not vector["comment"].strip():
        yield "says nothing of itself"
    elif re.search(r"<[a-z_.]+ at 0x|Traceback|mpctls\.|__[a-z]+__", vector["comment"]):
        yield "speaks of the code that made it"


def _by_another_validator(folder: Path, files: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """The second validator, where `jsonschema` is installed."""
    if find_spec("jsonschema") is None:
        return (), []
    from .second_validator import invalid

    return ("jsonschema",), list(invalid(read(folder), files))


def _identities(vectors: Mapping[str, list[Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for path, found in vectors.items():
        for vector in found:
            id_ = vector["id"]
            if id_.rpartition("/")[0] != path.removesuffix(".json"):
                yield f"{path}: {id_} belongs elsewhere"
            if id_ in seen:
                yield f"{id_}: stands twice"
            seen.add(id_)


def _bases(vectors: list[Any]) -> Iterator[str]:
    accepted = {vector["id"] for vector in vectors if not reasons_of(vector)}
    for vector in vectors:
        if "base" in vector and vector["base"] not in accepted:
            yield f"{vector['id']}: its base {vector['base']} is not accepted, or not there"


def _inputs(vectors: list[Any]) -> Iterator[str]:
    """No input stands twice, but for that of an accepted vector that others of its file are held against."""
    bases = {vector["base"] for vector in vectors if "base" in vector}
    seen: dict[str, str] = {}
    for vector in vectors:
        asked = ("operation", "input", "randomness", "operations")
        key = json.dumps([vector.get(member) for member in asked], sort_keys=True)
        other = seen.setdefault(key, vector["id"])
        elsewhere = other.rpartition("/")[0] != vector["id"].rpartition("/")[0]
        if other != vector["id"] and not (elsewhere and {other, vector["id"]} & bases):
            yield f"{vector['id']}: has the input of {other}"


def _reasons(found: Mapping[str, int]) -> Iterator[str]:
    for reason in Reason:
        count = found.get(reason.value, 0)
        if count < FEWEST_OF_A_REASON and reason.value not in REASONS:
            yield f"{reason.value}: {count} vectors, fewer than {FEWEST_OF_A_REASON}"
        if count >= FEWEST_OF_A_REASON and reason.value in REASONS:
            yield f"{reason.value}: exempted, and has {count} vectors"


def _grid(files: Mapping[str, Any]) -> Iterator[str]:
    """To every field of every message and artifact is done what the grid has, or an exemption says why not."""
    kinds = {hyphenated(case.__name__): case for case in MESSAGES} | dict(ARTIFACTS)
    for name, kind in kinds.items():
        done: dict[str, set[str]] = {}
        for vector in files.get(f"{STEP}/{name}.json", {"vectors": []})["vectors"]:
            if "mutation" in vector:
                field = re.sub(r"\.[0-9]+", "", vector["mutation"]["field"])
                done.setdefault(field, set()).add(vector["mutation"]["kind"])
        for field, its_forms in fields_of(kind).items():
            excused = exempted(its_forms)
            missing = [
                each.value for each in GRID if each not in done.get(field, set()) and each not in excused
            ]
            if missing:
                yield f"{STEP}/{name}: {field} has no {', '.join(missing)}"
