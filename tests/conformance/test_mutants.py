"""Checks are found in the specification's text, changed where they stand, and noticed by vectors that reach them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpctls.conformance.command_line.mutants import LEAST_MEANT, all_mutants
from mpctls.conformance.fields import listed, number, numbers
from mpctls.conformance.mutants.corpus import Case, Question, cases_of
from mpctls.conformance.mutants.explanations import (
    Explanation,
    ExplanationError,
    Kind,
    explained,
    idle,
    noticeable,
    unexplained,
)
from mpctls.conformance.mutants.finding import found_in
from mpctls.conformance.mutants.matrix import Row, UnsoundCorpusError, run_matrix
from mpctls.conformance.mutants.meant import steps_meant
from mpctls.conformance.mutants.mutant import Change, Mutant
from mpctls.conformance.mutants.patching import PatchError, patched
from mpctls.conformance.outcomes import Accepted, Outcome, Rejected
from mpctls.conformance.running.cases import read_corpus, shipped
from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.merkle import make_proof, root_from_proof, tree_root
from mpctls.spec.reasons import Rejection

LEAVES = (b"one", b"two", b"three")
PROOF = make_proof(HashAlgorithm.SHA256, LEAVES, [1])
MERKLE = "mpctls.spec.merkle"


def case(name: str, proof: tuple[bytes, ...], expected: Outcome, step: str = "foundation/merkle") -> Case:
    return Case(
        id=f"{step}/{name}",
        step=step,
        questions=(
            Question(
                kind="run",
                operation="foundation/root-from-proof",
                role="verifier",
                handle="",
                fields={
                    "algorithm": number(HashAlgorithm.SHA256),
                    "leaf count": number(3),
                    "opened": numbers([1]),
                    "leaves": listed([LEAVES[1]]),
                    "proof": listed(proof),
                },
                expected=expected,
            ),
        ),
    )


REFUSED = Rejected(stage="verification", reason="merkle-proof-invalid")
HONEST = case("honest", PROOF, Accepted(output={"root": tree_root(HashAlgorithm.SHA256, LEAVES)}))
LEFT_OVER = case("left-over", (*PROOF, bytes(32)), REFUSED)


def left_over_check() -> Mutant:
    (found,) = (
        each
        for each in found_in(MERKLE)
        if each.function == "root_from_proof" and each.change is Change.REMOVED
    )
    return found


def judged(mutant: Mutant, *cases: Case) -> Row:
    (row,) = run_matrix([mutant], cases, jobs=1)
    return row


def test_a_check_that_is_removed_lets_its_input_pass_and_comes_back() -> None:
    mutant = left_over_check()
    opened = {1: LEAVES[1]}
    with patched(MERKLE, mutant.build()):
        root_from_proof(HashAlgorithm.SHA256, 3, opened, (*PROOF, bytes(32)))
    with pytest.raises(Rejection):
        root_from_proof(HashAlgorithm.SHA256, 3, opened, (*PROOF, bytes(32)))


def test_a_change_of_nothing_is_no_mutant() -> None:
    from mpctls.conformance.mutants.finding import tree_of

    with pytest.raises(PatchError, match="nothing differs"), patched(MERKLE, tree_of(MERKLE)):
        pass


def test_the_vector_that_notices_is_named() -> None:
    row = judged(left_over_check(), HONEST, LEFT_OVER)
    assert row.reached == 1  # the other one is not refused here
    assert row.killed is not None
    assert (row.killed.by, row.killed.meant, row.killed.answer) == (LEFT_OVER.id, True, "accepted")


def test_accepted_vectors_alone_do_not_notice_a_missing_check() -> None:
    row = judged(left_over_check(), HONEST)
    assert row.reached == 0  # whoever is not refused cannot notice
    assert row.killed is None


def test_a_vector_of_another_step_is_not_the_one_that_is_meant() -> None:
    other = case("left-over", (*PROOF, bytes(32)), REFUSED, step="verification/check_commitment_consistency")
    row = judged(left_over_check(), HONEST, other)
    assert row.killed is not None and not row.killed.meant


def test_vectors_that_the_specification_does_not_agree_with_are_refused() -> None:
    with pytest.raises(UnsoundCorpusError, match="left-over"):
        judged(left_over_check(), case("left-over", PROOF, REFUSED))


def test_an_explanation_stands_for_a_survivor_and_for_nothing_else() -> None:
    mutant = left_over_check()
    survivor = judged(mutant, HONEST)
    key = (mutant.id, mutant.text)
    assert unexplained([survivor], {}) == (survivor,)
    assert unexplained([survivor], {key}) == ()
    assert idle([survivor], {key}) == ()
    assert idle([judged(mutant, HONEST, LEFT_OVER)], {key}) == (mutant.id,)


def test_what_cannot_be_noticed_is_not_counted_and_a_gap_is() -> None:
    mutant = left_over_check()
    survivor, noticed = judged(mutant, HONEST), judged(mutant, HONEST, LEFT_OVER)
    key = (mutant.id, mutant.text)
    for kind, counted in ((Kind.GAP, 1), (Kind.EQUIVALENT, 0), (Kind.UNREACHABLE, 0)):
        reasons = {key: Explanation(kind=kind, why="for this test")}
        assert len(noticeable([survivor], reasons)) == counted
        assert noticeable([noticed], reasons) == (noticed,)
    assert noticeable([survivor], {}) == (survivor,)


def test_an_explanation_of_no_kind_is_refused(tmp_path: Path) -> None:
    written = tmp_path / "explained.toml"
    written.write_text(
        '[[explained]]\nid = "a/b/1"\ntext = "c"\nkind = "harmless"\nwhy = "d"\n', encoding="utf-8"
    )
    with pytest.raises(ExplanationError, match="not exactly"):
        explained(written)


@pytest.mark.slow
def test_every_mutant_can_be_put_in_place_and_has_a_name_of_its_own() -> None:
    mutants = all_mutants()
    assert len({each.id for each in mutants}) == len(mutants) > 150
    for mutant in mutants[::7]:
        with patched(mutant.module, mutant.build()):
            pass


@pytest.mark.slow
def test_what_is_believed_is_noticed_by_the_vectors_or_explained() -> None:
    # `mpctls-conformance mutants` does this for every module; here are those that decide what a Verifier believes.
    mutants = all_mutants(("verification", "merkle", "binding", "verifier_policy"))
    meant = frozenset().union(*(steps_meant(each.module) for each in mutants))
    cases = [case for case in cases_of(read_corpus(shipped()).cases.values()) if case.step in meant]
    rows = list(run_matrix(mutants, cases, jobs=2))
    known = {key: why for key, why in explained().items() if key[0] in {each.id for each in mutants}}
    assert [row.mutant.id for row in unexplained(rows, known)] == []
    assert idle(rows, known) == ()
    assert len(known) < (1 - LEAST_MEANT) * len(rows) + 1
