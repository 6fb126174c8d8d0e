"""A failure becomes a vector that every implementation is asked from then on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..operations.shapes import Json
from .cases import FORMAT_VERSION, PROMOTED, Case, Corpus, CorpusError, read_file


class PromotionError(ValueError):
    """A file is no failure, or what it holds stands among the vectors already."""


def promote(source: Path, directory: Path, corpus: Corpus, name: str) -> Path:
    """Add what a failure file asks to a folder of vectors; gives the new file. Raises PromotionError.

    The vector keeps its operation, input and specified outcome, is checked as every other, and gets the id
    `<stage>/<step>/promoted/<name>`. Refused is one whose operation and input stand there already, one that is refused
    without a base that is accepted, and one whose outcome is not what the specification says today.
    """
    try:
        cases = read_file(source.read_bytes(), str(source))
    except (CorpusError, OSError) as error:
        raise PromotionError(str(error)) from None
    last = cases[-1]
    target = directory / PROMOTED / last.step / f"{name}.json"
    documents = _renamed(cases, name)
    new = {case.id: case for case in read_file(_file(last, documents).encode(), str(target))}
    if target.exists() or any(case in corpus.cases for case in new):
        raise PromotionError(f"{target.name} stands there already")
    twin = next((known for known in corpus.cases.values() if _question(known) == _question(last)), None)
    if twin is not None:
        raise PromotionError(f"the same question stands there already: {twin.id}")
    for case in new.values():
        _require_specified(case)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_file(last, documents), encoding="ascii")
    return target


def _renamed(cases: list[Case], name: str) -> list[dict[str, Json]]:
    """The vectors of a failure under their new ids: the last is the failure, others are its base."""
    last = cases[-1]
    ids = {case.id: f"{last.step}/promoted/{name}-base" for case in cases[:-1]}
    ids[last.id] = f"{last.step}/promoted/{name}"
    documents = []
    for case in cases:
        document: dict[str, Json] = {**case.document, "id": ids[case.id]}
        if case.base is not None:
            if case.base not in ids:
                raise PromotionError(f"the base {case.base} is not in the file")
            document["base"] = ids[case.base]
        documents.append(document)
    return documents


def _file(case: Case, documents: list[dict[str, Json]]) -> str:
    document: dict[str, Json] = {
        "format": FORMAT_VERSION,
        "step": case.step,
        "family": "promoted",
        "summary": "Found by a run or a property, and kept.",
        "vectors": documents,
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _question(case: Case) -> str:
    asked = [[call.kind, call.operation, dict(call.input), dict(call.randomness)] for call in case.calls]
    return json.dumps(asked, sort_keys=True)


def _require_specified(case: Case) -> None:
    """Ask the specification; a session is asked by the tests of the folder."""
    from ..generation.rendering import specified_operations
    from ..operations.registry import form_of
    from ..outcomes import Accepted

    for call in case.calls:
        operation = specified_operations().get(call.operation)
        if call.kind != "run" or operation is None:
            continue
        form = form_of(call.operation)
        outcome = operation.specified(form.input_fields(dict(call.input), dict(call.randomness)))
        specified: Mapping[str, Json] = (
            {"accept": form.output_json(outcome.output)}
            if isinstance(outcome, Accepted)
            else {"reject": {"stage": outcome.stage, "reason": outcome.reason}}
        )
        if specified != call.expected.to_json():
            raise PromotionError(f"{case.id}: the specification says {json.dumps(specified)[:300]}")
