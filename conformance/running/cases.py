"""Files of vectors, read strictly, as the cases of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from ..operations.registry import forms
from ..operations.shapes import Json, ShapeError
from ..protocol.messages import Accept, Reject, read_outcome
from ..protocol.strict_json import ProtocolError, read_json

INDEX = "index.json"
FORMAT_VERSION = 1
OUTSIDE = ("schema", "engine")
"""Folders beside the vectors that hold none."""
PROMOTED = "promoted"
"""Where failures of runs stand that became vectors; no generator makes them, and no index lists them."""
WITHOUT_BASE = (PROMOTED, "found")
"""Families of vectors that were drawn and not written, so that what is refused may come from no accepted one."""
_COMMON = {"id", "comment", "importance", "features", "seed", "source", "expected", "intermediate"}
_OPTIONAL = {"base", "mutation"}

Expected: TypeAlias = Accept | Reject


class CorpusError(ValueError):
    """A folder of vectors is not one; the text begins with the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that an implementation is asked, and the outcome that it must have.

    `kind` is `run` for a vector of one operation; in a session also `open`, `step` and `close`. `handle` names the
    role within the session, as the vector calls it.
    """

    kind: str
    operation: str
    role: str
    input: Mapping[str, Json]
    randomness: Mapping[str, Json]
    expected: Expected
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector. `document` is all of it, as it stands in its file."""

    id: str
    calls: tuple[Call, ...]
    importance: str
    features: tuple[str, ...]
    base: str | None
    document: Mapping[str, Json]

    @property
    def family(self) -> str:
        """`stage/step/family`."""
        return self.id.rpartition("/")[0]

    @property
    def step(self) -> str:
        """`stage/step`."""
        return self.family.rpartition("/")[0]

    @property
    def stage(self) -> str:
        """The first part of its id."""
        return self.id.partition("/")[0]

    @property
    def operation(self) -> str:
        """The operation; of a session, none."""
        return self.calls[0].operation if len(self.calls) == 1 else ""

    @property
    def operations(self) -> frozenset[str]:
        """Every operation that it asks for."""
        return frozenset(call.operation for call in self.calls if call.operation)

    @property
    def refused(self) -> bool:
        """Whether one of its outcomes is a rejection."""
        return any(isinstance(call.expected, Reject) for call in self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All vectors of a folder, by id, and the SHA-256 of its index (empty where it has none)."""

    cases: Mapping[str, Case]
    index: str


def shipped() -> Path:
    """The folder of vectors that comes with the package."""
    return Path(str(files("mpctls.conformance"))) / "vectors"


def read_corpus(directory: Path) -> Corpus:
    """Every vector of a folder. Raises CorpusError for whatever the format does not allow.

    Where the folder has an index, each file must be the one that it names.
    """
    if not directory.is_dir():
        raise CorpusError(f"{directory}: not a folder")
    paths = sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*.json")
        if path.relative_to(directory).parts[0] not in OUTSIDE
    )
    index_path = directory / INDEX
    digest = ""
    known: dict[str, str] | None = None
    if INDEX in paths:
        paths.remove(INDEX)
        digest, known = sha256(index_path.read_bytes()).hexdigest(), _index(index_path)
    cases: dict[str, Case] = {}
    for path in paths:
        octets = (directory / path).read_bytes()
        named = sha256(octets).hexdigest()
        if known is not None and not path.startswith(f"{PROMOTED}/") and known.pop(path, None) != named:
            raise CorpusError(f"{path}: not the file that {INDEX} names")
        for case in read_file(octets, path):
            if case.id in cases:
                raise CorpusError(f"{path}: {case.id} stands in two files")
            cases[case.id] = case
    if known:
        raise CorpusError(f"{INDEX}: names {sorted(known)[0]}, which is not there")
    if not cases:
        raise CorpusError(f"{directory}: holds no vectors")
    _require_bases(cases)
    return Corpus(cases=cases, index=digest)


def read_file(octets: bytes, path: str) -> list[Case]:
    """The vectors of one file. Raises CorpusError."""
    try:
        document = read_json(octets)
        if not isinstance(document, dict) or not isinstance(document.get("vectors"), list):
            raise ProtocolError("not an object with a list of vectors")
        if set(document) - {"format", "step", "family", "summary", "vectors", "failure"}:
            raise ProtocolError("with members that a file of vectors does not have")
        if document.get("format") != FORMAT_VERSION:
            raise ProtocolError(f"not format {FORMAT_VERSION}")
        family = f"{document.get('step')}/{document.get('family')}"
        cases = [read_case(vector) for vector in document["vectors"]]
    except (ProtocolError, ShapeError) as error:
        raise CorpusError(f"{path}: {error}") from None
    for case in cases:
        if case.family != family:
            raise CorpusError(f"{path}: {case.id} does not belong to {family}")
    return cases


def read_case(vector: Json) -> Case:
    """One vector. Raises ProtocolError, ShapeError."""
    if not isinstance(vector, dict) or not isinstance(vector.get("id"), str):
        raise ProtocolError("a vector without an id")
    name: str = vector["id"]
    if len(PurePosixPath(name).parts) != 4:
        raise ProtocolError(f"{name[:200]!r} is no id of four parts")
    try:
        calls = _calls(vector)
        base, features = vector.get("base"), vector["features"]
        if not isinstance(features, list) or not all(isinstance(each, str) for each in features):
            raise ProtocolError("features that are no list of text")
        if not isinstance(vector["importance"], str) or not isinstance(base, str | None):
            raise ProtocolError("an importance or a base that is no text")
        return Case(
            id=name,
            calls=calls,
            importance=vector["importance"],
            features=tuple(features),
            base=base,
            document=vector,
        )
    except (ProtocolError, ShapeError) as error:
        raise ProtocolError(f"{name}: {error}") from None


def _calls(vector: Mapping[str, Json]) -> tuple[Call, ...]:
    if "operations" in vector:
        from .sessions import read_calls

        _require_members(vector, {*_COMMON, "operations"} - {"expected"})
        return read_calls(vector["operations"])
    _require_members(vector, {*_COMMON, "operation", "input", "randomness"})
    return (read_run(vector),)


def read_run(vector: Mapping[str, Json]) -> Call:
    """What a vector of one operation asks for. Raises ProtocolError, ShapeError."""
    operation, given, drawn = vector["operation"], vector["input"], vector["randomness"]
    form = forms().get(operation) if isinstance(operation, str) else None
    if form is None:
        raise ProtocolError(f"no operation {operation!r}")
    form.input_fields(given, drawn)
    return Call(
        kind="run",
        operation=form.name,
        role=form.role.value,
        input=given if isinstance(given, dict) else {},
        randomness=drawn if isinstance(drawn, dict) else {},
        expected=read_expected(vector["expected"], form.name),
    )


def read_expected(value: Json, operation: str) -> Expected:
    """The outcome that a vector specifies. Raises ProtocolError, ShapeError."""
    expected = read_outcome(value, "expected")
    if isinstance(expected, Accept):
        if operation:
            forms()[operation].output_fields(expected.output)
        return expected
    if isinstance(expected, Reject):
        return expected
    raise ProtocolError("expected: neither accept nor reject")


def _require_members(vector: Mapping[str, Json], required: set[str]) -> None:
    missing, other = required - vector.keys(), vector.keys() - required - _OPTIONAL
    if missing or other:
        raise ProtocolError(f"without {sorted(missing)}" if missing else f"with unknown {sorted(other)}")


def _index(path: Path) -> dict[str, str]:
    document = read_json(path.read_bytes())
    listed: Json = document.get("files") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise CorpusError(f"{INDEX}: not an object with a list of files")
    return {str(each["path"]): str(each["sha256"]) for each in _objects(listed)}


def _objects(items: Sequence[Json]) -> Iterable[Mapping[str, Json]]:
    for item in items:
        if not isinstance(item, dict) or not {"path", "sha256"} <= item.keys():
            raise CorpusError(f"{INDEX}: an entry without path and sha256")
        yield item


def _require_bases(cases: Mapping[str, Case]) -> None:
    for case in cases.values():
        if case.base is None:
            if case.refused and case.family.rpartition("/")[2] not in WITHOUT_BASE:
                raise CorpusError(f"{case.id}: is refused and has no base")
            continue
        base = cases.get(case.base)
        if base is None or base.refused or base.family != case.family:
            raise CorpusError(f"{case.id}: its base {case.base} is no accepted vector of its family")
