"""Adapters that lie before the suite: each is found, for the right reason, and the run goes on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from mpctls.conformance.adapter import AdapterBrokeError
from mpctls.conformance.running.cases import Case, Corpus, read_corpus, shipped
from mpctls.conformance.running.judging import Verdict
from mpctls.conformance.running.results import Result, Summary
from mpctls.conformance.running.whole_run import Plan, Run
from mpctls.conformance.transports.address import read_address
from mpctls.conformance.transports.conversation import Deadlines, StaleProtocolError

from .faux.program import GARBAGE, VICTIM

FAMILY = "foundation/merkle/multiproofs"
PROGRAM = Path(__file__).parent / "faux" / "program.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One small family."""
    directory = tmp_path_factory.mktemp("vectors")
    (directory / FAMILY).parent.mkdir(parents=True)
    shutil.copy(shipped() / f"{FAMILY}.json", directory / f"{FAMILY}.json")
    return directory


def held(
    lie: str, folder: Path, *, strict: bool = False, deadline: float = 20.0
) -> tuple[dict[str, Result], Summary]:
    """The results of a lie by id, and the whole."""
    corpus = read_corpus(folder)
    plan = Plan(
        corpus=corpus,
        cases=list(corpus.cases.values()),
        strict=strict,
        deadlines=Deadlines(operation=deadline, stop=1.0),
    )
    run = Run(plan, read_address(f"exec:{sys.executable} {PROGRAM} {lie} {folder}").opener(workers=1))
    results = {result.case.id: result for result in run.results()}
    assert set(results) == set(corpus.cases)
    return results, run.summary()


def cases(folder: Path) -> Corpus:
    """What was asked."""
    return read_corpus(folder)


def but_for_the_victim(results: dict[str, Result]) -> set[Verdict]:
    """How all other cases ended."""
    return {result.verdict for name, result in results.items() if name != VICTIM}


def test_who_does_not_lie_conforms(folder: Path) -> None:
    results, summary = held("Honest", folder, strict=True)
    assert summary.conforms
    assert {result.verdict for result in results.values()} == {Verdict.PASSED}
    assert summary.counts[Verdict.PASSED] == len(cases(folder).cases) > 20


def _by_kind(results: dict[str, Result], *, refused: bool) -> list[Result]:
    return [result for result in results.values() if result.case.refused is refused]


def test_who_accepts_everything_fails_what_must_be_refused_and_only_that(folder: Path) -> None:
    results, summary = held("AcceptsAll", folder)
    assert not summary.conforms and not summary.broke
    assert all(result.verdict is Verdict.PASSED for result in _by_kind(results, refused=False))
    for result in _by_kind(results, refused=True):
        assert result.verdict is Verdict.FAILED
        assert result.message == "accepted what must be refused with verification/merkle-proof-invalid"


def test_what_is_said_on_standard_error_stands_with_the_case_that_failed(folder: Path) -> None:
    results, _ = held("SaysWhy", folder)
    for name, result in results.items():
        assert result.errors == (f"{name}\n" if result.verdict is Verdict.FAILED else "")


def test_who_refuses_everything_fails_everything_also_what_must_be_refused(folder: Path) -> None:
    results, summary = held("RejectsAll", folder, strict=True)
    assert not summary.conforms and summary.counts == {Verdict.FAILED: len(results)}
    for result in _by_kind(results, refused=True):
        assert f"its base {result.case.base} is not accepted" in result.message


def test_another_reason_of_the_stage_is_found_where_reasons_are_compared(folder: Path) -> None:
    assert held("WrongReason", folder)[1].conforms
    results, summary = held("WrongReason", folder, strict=True)
    assert not summary.conforms
    for result in _by_kind(results, refused=True):
        assert result.message == (
            "refused with verification/not-that; specified is verification/merkle-proof-invalid"
        )


def test_another_stage_is_found_always(folder: Path) -> None:
    results, summary = held("WrongStage", folder)
    assert not summary.conforms
    assert all(
        "the specified stage is 'verification'" in each.message for each in _by_kind(results, refused=True)
    )


def test_a_wrong_octet_is_shown_where_it_is(folder: Path) -> None:
    results, _ = held("WrongOutput", folder)
    for result in _by_kind(results, refused=False):
        assert result.difference is not None
        assert (result.difference.field, result.difference.offset) == ("root", 31)
    # A base that is accepted with a wrong output is still one that is not refused.
    assert all(result.verdict is Verdict.PASSED for result in _by_kind(results, refused=True))


def test_an_output_that_is_left_out_fails(folder: Path) -> None:
    results, summary = held("WrongForm", folder)
    assert not summary.broke
    assert all("without ['root']" in each.message for each in _by_kind(results, refused=False))


def test_who_is_slow_hangs_and_the_rest_is_asked_of_a_new_process(folder: Path) -> None:
    results, summary = held("Slow", folder, deadline=0.5)
    assert results[VICTIM].verdict is Verdict.HANG
    assert results[VICTIM].message == "no answer in 0.5 s"
    assert but_for_the_victim(results) == {Verdict.PASSED}
    assert summary.broke and "started again 1 times" in summary.notes


def test_who_crashes_breaks_and_the_rest_is_asked_of_a_new_process(folder: Path) -> None:
    results, summary = held("Crashes", folder)
    assert results[VICTIM].verdict is Verdict.BROKE
    assert results[VICTIM].message == "it ended in the middle of a line (exit code 1)"
    assert results[VICTIM].errors == "segmentation fault, so to say\n"
    assert results[VICTIM].transcript[-1].startswith("> ")
    assert but_for_the_victim(results) == {Verdict.PASSED}
    assert summary.broke


def test_who_crashes_always_is_not_started_for_every_vector(folder: Path) -> None:
    results, summary = held("AlwaysCrashes", folder)
    assert summary.broke and summary.counts[Verdict.PASSED] == 0
    assert any(
        each.message == "not asked: the implementation broke 5 times in a row" for each in results.values()
    )


def test_an_error_is_no_rejection(folder: Path) -> None:
    results, summary = held("Errs", folder)
    assert summary.broke
    for result in _by_kind(results, refused=True):
        assert result.verdict is Verdict.BROKE
        assert result.message == "answered with an error: index out of range"


SAID = {
    "not-json": "not JSON at character 0",
    "not-utf-8": "not UTF-8",
    "deep": "more than 32 levels",
    "endless": "a line of more than 2^24 octets",
    "empty": "not JSON at character 0",
    "twice": "the member 'seq' twice",
    "nan": "NaN is no JSON",
    "fraction": "the number 1.0",
    "huge": "an integer of 5000 digits",
    "surrogate": "half of a surrogate pair",
    "other-seq": "seq ",
    "boolean-seq": "not an integer",
    "unknown-member": "with unknown 'more'",
    "two-outcomes": "not exactly one of",
    "no-outcome": "'maybe' is no outcome",
}


QUICK = {"not-json", "endless", "other-seq"}
"""Of garbage that a reader refuses, the rest is asked in the tests of the messages too."""


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[] if kind in QUICK else [pytest.mark.slow]) for kind in sorted(GARBAGE)],
)
def test_garbage_is_no_outcome(kind: str, folder: Path) -> None:
    results, summary = held(f"Garbage:{kind}", folder)
    assert results[VICTIM].verdict is Verdict.BROKE and SAID[kind] in results[VICTIM].message
    assert but_for_the_victim(results) == {Verdict.PASSED}
    assert summary.broke


def test_who_claims_a_feature_may_not_lack_it(folder: Path) -> None:
    results, summary = held("ClaimsFeatures", folder)
    assert not summary.conforms
    failed = [result for result in results.values() if result.verdict is Verdict.FAILED]
    assert failed and all("which its hello names" in result.message for result in failed)
    assert all("blake3" in result.case.features for result in failed)


def test_who_lacks_what_a_vector_does_not_need_fails_it(folder: Path) -> None:
    results, _ = held("LacksWhatIsNotNeeded", folder)
    assert results[VICTIM].verdict is Verdict.FAILED and "does not need" in results[VICTIM].message


def test_who_says_what_it_lacks_conforms_for_the_rest(folder: Path) -> None:
    results, summary = held("LacksHonestly", folder)
    assert summary.conforms
    lacking = {name for name, result in results.items() if result.verdict is Verdict.UNSUPPORTED}
    assert lacking == {name for name, case in cases(folder).cases.items() if "blake3" in case.features}


def test_another_version_of_the_protocol_is_refused_at_hello(folder: Path) -> None:
    address = read_address(f"exec:{sys.executable} {PROGRAM} StaleProtocol {folder}")
    plan = Plan(corpus=cases(folder), cases=[], strict=False)
    with pytest.raises(StaleProtocolError, match=r"it speaks version 2 .* this is version 1"):
        Run(plan, address.opener(workers=1)).hello()


def test_who_begins_with_something_else_breaks_at_hello(folder: Path) -> None:
    address = read_address(f"exec:{sys.executable} {PROGRAM} NoHello {folder}")
    plan = Plan(corpus=cases(folder), cases=[], strict=False)
    with pytest.raises(AdapterBrokeError, match="hello: its type is not 'hello'"):
        Run(plan, address.opener(workers=1)).hello()


def test_a_line_too_many_is_found(folder: Path) -> None:
    results, summary = held("Talkative", folder)
    broken = [result for result in results.values() if result.verdict is Verdict.BROKE]
    assert [result.message for result in broken] in (
        ["more than one line for an answer"],
        ["it spoke without being asked"],
    )
    assert summary.broke


def test_who_does_not_end_when_it_is_told_to_is_found(folder: Path) -> None:
    results, summary = held("GoesOn", folder)
    assert but_for_the_victim(results) == {Verdict.PASSED}
    assert summary.broke and summary.faults == ("at the end: it goes on 1 s after the last message",)


def test_the_victim_is_one_of_the_vectors(folder: Path) -> None:
    found: Case = cases(folder).cases[VICTIM]
    assert found.refused
