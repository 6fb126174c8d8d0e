"""What the runner makes of files, ids, lists and outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mpctls.conformance.generation.writing import write
from mpctls.conformance.operations.shapes import Json
from mpctls.conformance.running.cases import Case, CorpusError, read_corpus
from mpctls.conformance.running.difference import first_difference
from mpctls.conformance.running.expected_failures import ListError, applied, read_list, unused
from mpctls.conformance.running.judging import Verdict
from mpctls.conformance.running.results import Result
from mpctls.conformance.running.selection import Selection, Shard, matches, read_shard
from mpctls.conformance.running.whole_run import parts

STEP, FAMILY = "foundation/merkle", "multiproofs"


def vector(name: str, **members: Any) -> dict[str, Any]:
    """A vector of the tree of one leaf."""
    return {
        "id": f"{STEP}/{FAMILY}/{name}",
        "operation": "foundation/build-tree",
        "comment": "One leaf.",
        "importance": "high",
        "features": [],
        "seed": "",
        "source": "",
        "input": {"algorithm": 1, "leaves": ["00"], "opened": [0]},
        "randomness": {},
        "expected": {"accept": {"root": "00" * 32, "proof": []}},
        "intermediate": {},
        **members,
    }


REJECTED = {"reject": {"stage": "verification", "reason": "merkle-proof-invalid"}}
MUTATION = {"kind": "flip", "field": "leaves", "detail": ""}


def written(directory: Path, vectors: list[dict[str, Any]], *, index: bool = True) -> Path:
    """A folder of one file."""
    path = directory / STEP / f"{FAMILY}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"format": 1, "step": STEP, "family": FAMILY, "summary": "", "vectors": vectors}
    path.write_text(json.dumps(document))
    if index:
        entry = {
            "path": f"{STEP}/{FAMILY}.json",
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "vectors": 1,
        }
        (directory / "index.json").write_text(json.dumps({"format": 1, "files": [entry]}))
    return path


def test_a_folder_is_read_with_or_without_an_index(tmp_path: Path) -> None:
    written(
        tmp_path, [vector("a"), vector("b", expected=REJECTED, base=f"{STEP}/{FAMILY}/a", mutation=MUTATION)]
    )
    corpus = read_corpus(tmp_path)
    assert [case.refused for case in corpus.cases.values()] == [False, True]
    assert len(corpus.index) == 64
    case = corpus.cases[f"{STEP}/{FAMILY}/a"]
    assert (case.stage, case.step, case.family) == ("foundation", STEP, f"{STEP}/{FAMILY}")
    (tmp_path / "index.json").unlink()
    assert read_corpus(tmp_path).index == ""


def _without(member: str) -> dict[str, Any]:
    return {name: value for name, value in vector("a").items() if name != member}


BAD: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "a member is missing": lambda: [_without("comment")],
    "a member is unknown": lambda: [vector("a", more=1)],
    "no such operation": lambda: [vector("a", operation="foundation/nothing")],
    "an input is missing": lambda: [vector("a", input={"algorithm": 1, "leaves": ["00"]})],
    "an input has another shape": lambda: [
        vector("a", input={"algorithm": 1, "leaves": ["0G"], "opened": [0]})
    ],
    "an output has another shape": lambda: [vector("a", expected={"accept": {"root": "00", "proof": []}})],
    "expected is no outcome": lambda: [vector("a", expected={"error": {"message": ""}})],
    "refused without a base": lambda: [vector("a", expected=REJECTED)],
    "a base that is not there": lambda: [vector("a", expected=REJECTED, base=f"{STEP}/{FAMILY}/b")],
    "a base that is refused": lambda: [vector("a", expected=REJECTED, base=f"{STEP}/{FAMILY}/a")],
    "an id of another family": lambda: [{**vector("a"), "id": f"{STEP}/trees/a"}],
    "an id of three parts": lambda: [{**vector("a"), "id": f"{STEP}/a"}],
    "one id twice": lambda: [vector("a"), vector("a")],
    "none": list,
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_folder_that_is_none_is_refused(make: Callable[[], list[dict[str, Any]]], tmp_path: Path) -> None:
    written(tmp_path, make())
    with pytest.raises(CorpusError):
        read_corpus(tmp_path)


def test_a_file_that_the_index_does_not_name_as_it_is_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, [vector("a")])
    path.write_text(path.read_text().replace("One leaf", "Two leaves"))
    with pytest.raises(CorpusError, match=r"not the file that index\.json names"):
        read_corpus(tmp_path)
    path.unlink()
    with pytest.raises(CorpusError, match="which is not there"):
        read_corpus(tmp_path)


def cases(tmp_path: Path, count: int = 100) -> list[Case]:
    """Cases of one family."""
    written(tmp_path, [vector(f"n{at}", features=["blake3"] if at % 2 else []) for at in range(count)])
    return list(read_corpus(tmp_path).cases.values())


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("foundation/merkle/multiproofs/n1", 1),
        ("foundation/merkle/multiproofs/n1*", 11),
        ("foundation/merkle", 100),
        ("foundation/merkle/", 100),
        ("foundation", 100),
        ("found", 0),
        ("*/merkle/*/n?", 10),
        ("merkle", 0),
    ],
)
def test_an_id_is_chosen_whole_by_its_beginning_or_by_a_glob(
    pattern: str, matched: int, tmp_path: Path
) -> None:
    assert len(Selection(ids=(pattern,)).of(cases(tmp_path))) == matched


def test_parts_of_a_selection_hold_together(tmp_path: Path) -> None:
    known = cases(tmp_path)
    assert len(Selection(stages=("foundation",), features=("blake3",)).of(known)) == 50
    assert len(Selection(steps=("merkle",)).of(known)) == len(Selection(steps=(STEP,)).of(known)) == 100
    assert Selection(steps=("ranges",)).of(known) == []
    assert Selection(importances=("critical",)).of(known) == []


def test_shards_divide_all_cases_among_them(tmp_path: Path) -> None:
    known = cases(tmp_path)
    shares = [Selection(shard=read_shard(f"{number}/3")).of(known) for number in (1, 2, 3)]
    assert sorted(case.id for share in shares for case in share) == sorted(case.id for case in known)
    assert all(20 < len(share) < 50 for share in shares)
    assert Shard().holds("anything")


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "-1/3", "a/b", "1/3/3", "²/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="i"):
        read_shard(text)


def test_a_seed_orders_the_cases_and_leaves_none_out(tmp_path: Path) -> None:
    known = cases(tmp_path)
    orders = [[case.id for part in parts(known, seed) for case in part] for seed in (None, 1, 1, 2)]
    assert orders[0] == [case.id for case in known]
    assert orders[1] == orders[2] != orders[3]
    assert sorted(orders[1]) == sorted(orders[3]) == sorted(orders[0])


def result(case: Case, verdict: Verdict) -> Result:
    """A result."""
    return Result(
        case=case, verdict=verdict, message="", got=(), difference=None, seconds=0, transcript=(), errors=""
    )


def test_the_list_of_expected_failures_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(
        '[[expected]]\nid = "*/n1"\nreason = "not yet"\n[[expected]]\nid = "a/b"\nreason = "gone"\n'
    )
    entries = read_list(path)
    known = cases(tmp_path, 3)
    after = {
        verdict: applied(result(known[1], verdict), entries).verdict
        for verdict in (Verdict.FAILED, Verdict.BROKE, Verdict.HANG, Verdict.PASSED, Verdict.UNSUPPORTED)
    }
    assert after == {
        Verdict.FAILED: Verdict.EXPECTED_FAILURE,
        Verdict.BROKE: Verdict.EXPECTED_FAILURE,
        Verdict.HANG: Verdict.EXPECTED_FAILURE,
        Verdict.PASSED: Verdict.UNEXPECTED_PASS,
        Verdict.UNSUPPORTED: Verdict.UNSUPPORTED,
    }
    assert applied(result(known[0], Verdict.FAILED), entries).verdict is Verdict.FAILED
    assert unused(entries, known) == ("a/b",)


@pytest.mark.parametrize(
    "text",
    [
        'expected = "all"',
        '[[expected]]\nid = "x"',
        '[[expected]]\nid = "x"\nreason = " "',
        '[[expected]]\nid = "x"\nreason = "y"\nuntil = "z"',
        "other = 1",
        "[[",
    ],
)
def test_what_is_no_list_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(ListError):
        read_list(path)


@pytest.mark.parametrize(
    ("expected", "got", "field", "offset"),
    [
        ({"a": "00ff"}, {"a": "00fe"}, "a", 1),
        ({"a": "00ff"}, {"a": "00"}, "a", 1),
        ({"a": ["00", "01"]}, {"a": ["00", "02"]}, "a[1]", 0),
        ({"a": ["00", "01"]}, {"a": ["00"]}, "a", None),
        ({"a": {"b": 1}}, {"a": {"b": True}}, "a.b", None),
        ({"a": 1}, {}, "a", None),
        ({}, {"b": 1}, "b", None),
        ({"a": None}, {"a": "00"}, "a", None),
        ({"a": "text"}, {"a": "texts"}, "a", None),
    ],
)
def test_the_first_difference_is_named(expected: Json, got: Json, field: str, offset: int | None) -> None:
    found = first_difference(expected, got)
    assert found is not None and (found.field, found.offset) == (field, offset)
    assert first_difference(expected, expected) is None


def test_a_long_value_is_shown_from_where_it_differs() -> None:
    found = first_difference({"a": "00" * 1000}, {"a": "00" * 900 + "01" + "00" * 99})
    assert found is not None
    assert str(found).startswith("a differs from octet 900: specified …00000000000000")
    assert "got …0000000001" in str(found)


def test_a_glob_does_not_cross_what_it_does_not_name() -> None:
    assert matches("a/*/c", "a/b/c") and matches("a/b", "a/b/c/d") and not matches("a/b", "a/bc/d")


def test_generating_the_folder_again_keeps_what_was_promoted(tmp_path: Path) -> None:
    kept = tmp_path / "promoted" / STEP / "kept.json"
    kept.parent.mkdir(parents=True)
    document = {"format": 1, "step": STEP, "family": "promoted", "summary": ""}
    one = {**vector("x", expected=REJECTED), "id": f"{STEP}/promoted/kept"}
    kept.write_text(json.dumps({**document, "vectors": [one]}))
    written(tmp_path, [vector("a")])
    write({}, tmp_path)
    assert kept.is_file()
    assert list(read_corpus(tmp_path).cases) == [f"{STEP}/promoted/kept"]
