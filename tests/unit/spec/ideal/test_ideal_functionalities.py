"""The ideal functionalities: what they give, what they refuse, and exactly what a cheating party gains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.algebra.fields import prime_field
from mpctls.spec.diagram import Role
from mpctls.spec.ideal.oblivious_linear_evaluation import ObliviousLinearEvaluation
from mpctls.spec.ideal.oblivious_transfer import ObliviousTransfer, ProvisionalOutputError
from mpctls.spec.ideal.two_party_computation import (
    ComputationStopped,
    FunctionalityError,
    TwoPartyComputation,
)
from mpctls.spec.ideal.zero_knowledge_proof import LateWitnessError, ZeroKnowledgeProof
from mpctls.spec.mpc_tls.views import Item, UnspecifiedViewError, ViewStep
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason, Rejection


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _computation() -> TwoPartyComputation:
    computation = TwoPartyComputation()
    computation.commit_input(Role.PROVER, "p", b"\x0f")
    computation.commit_input(Role.NOTARY, "n", b"\x35")
    computation.evaluate("sum", _xor, "p", "n")
    return computation


def test_a_transfer_gives_one_message_of_each_pair_after_the_check() -> None:
    batch = ObliviousTransfer([(b"a", b"b"), (b"c", b"d")], [1, 0])
    with pytest.raises(ProvisionalOutputError):
        batch.receive()
    batch.check_consistency()
    assert batch.receive() == [b"b", b"c"]


@pytest.mark.parametrize(
    ("pairs", "choices"), [([(b"a", b"b")], []), ([(b"a", b"bb")], [0]), ([(b"a", b"b")], [2])]
)
def test_a_malformed_batch_is_refused(pairs: list[tuple[bytes, bytes]], choices: list[int]) -> None:
    with pytest.raises(ValueError):
        ObliviousTransfer(pairs, choices)


@given(*[st.integers(0, 2**256 - 1)] * 3)
def test_an_evaluation_adds_up_to_the_product(left: int, right: int, mask: int) -> None:
    field = prime_field()
    a, b, m = (field(value % field.order) for value in (left, right, mask))
    pair = ObliviousLinearEvaluation(field).evaluate(sender_input=a, receiver_input=b, sender_mask=m)
    assert pair.sender + pair.receiver == a * b


def test_a_deviating_sender_shifts_the_product_by_the_receivers_bits() -> None:
    """The sender tests bit 1 of the receiver's input: the error is there exactly when the bit is set."""
    field = prime_field()
    for receiver_input, error in ((0b101, 0), (0b110, 7)):
        pair = ObliviousLinearEvaluation(field).evaluate(
            sender_input=field(3),
            receiver_input=field(receiver_input),
            sender_mask=field(11),
            deviation=(0, 7),
        )
        assert pair.sender + pair.receiver == field(3) * field(receiver_input) + field(error)


def test_only_what_the_table_lists_is_shown() -> None:
    computation = _computation()
    with pytest.raises(UnspecifiedViewError):
        computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.HASH_KEY, "sum")
    with pytest.raises(UnspecifiedViewError):
        computation.open_to_prover(ViewStep.PROOF, Item.TAG_MASK, "sum")
    assert computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.INNER_STATE, "sum") == b"\x3a"
    assert [seen.octets for seen in computation.views.of(Role.NOTARY)] == [b"\x3a"]
    assert computation.opened("sum") == b"\x3a"
    with pytest.raises(FunctionalityError):
        computation.opened("n")


def test_shares_add_up_and_the_mask_is_the_provers() -> None:
    computation = _computation()
    step, item = ViewStep.SENT_RECORD, Item.SHARE_OF_TAG_MASK
    prover_share, notary_share = computation.share(step, item, "sum", mask="p")
    assert _xor(prover_share, notary_share) == b"\x3a"
    with pytest.raises(FunctionalityError, match="mask"):
        computation.share(step, item, "sum", mask="n")


def test_names_are_used_once() -> None:
    computation = _computation()
    with pytest.raises(FunctionalityError):
        computation.commit_input(Role.PROVER, "p", b"\0")
    with pytest.raises(FunctionalityError):
        computation.evaluate("sum", _xor, "p", "p")


def test_before_close_nothing_is_opened_or_proved() -> None:
    computation = _computation()
    with pytest.raises(FunctionalityError, match="not closed"):
        computation.open_notary_inputs()
    with pytest.raises(FunctionalityError, match="not closed"):
        computation.prove_opening(Item.HASH_KEY, _xor, "p", "n")


def test_after_close_nothing_is_computed_and_no_input_taken() -> None:
    computation = _computation()
    computation.close()
    assert computation.is_closed
    for attempt in (
        lambda: computation.commit_input(Role.PROVER, "late", b"\0"),
        lambda: computation.evaluate("late", _xor, "p", "n"),
        lambda: computation.open_to_prover(ViewStep.SENT_RECORD, Item.KEY_STREAM, "sum"),
        lambda: computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.INNER_STATE, "sum"),
        lambda: computation.share(ViewStep.SENT_RECORD, Item.SHARE_OF_TAG_MASK, "sum", mask="p"),
        computation.close,
    ):
        with pytest.raises(FunctionalityError, match="is closed"):
            attempt()
    assert computation.open_notary_inputs() == {"n": b"\x35"}
    assert computation.prove_opening(Item.HASH_KEY, _xor, "p", "n") == b"\x3a"
    computation.prove_statement(lambda total: total == b"\x3a", "sum", reason=Reason.MPC_TLS_TAG_MISMATCH)
    with pytest.raises(Rejection) as refused:
        computation.prove_statement(lambda total: total == b"", "sum", reason=Reason.MPC_TLS_TAG_MISMATCH)
    assert refused.value.reason is Reason.MPC_TLS_TAG_MISMATCH


def test_a_corrupt_notary_learns_one_bit_by_stopping() -> None:
    computation = _computation()
    computation.stop_if(lambda inputs: inputs["p"] == b"\0")
    with pytest.raises(FunctionalityError, match="one such predicate"):
        computation.stop_if(lambda inputs: inputs["p"] == b"\x0f")
    with pytest.raises(ComputationStopped):
        _computation().stop_if(lambda inputs: "n" not in inputs and inputs["p"] == b"\x0f")


def test_a_corrupt_prover_learns_bits_and_is_caught_as_stated() -> None:
    """Of many seeds, k = 2 bits escape in a quarter; the bits are right in any case."""
    escaped = 0
    for seed in range(200):
        computation = _computation()
        assert computation.learn_bits("n", (0, 1, 2)[1:], Randomness(seed.to_bytes(2, "big"))) == [0, 1]
        computation.close()
        try:
            computation.prove_opening(Item.HASH_KEY, _xor, "p", "n")
        except Rejection as rejection:
            assert rejection.reason is Reason.MPC_TLS_PROOF_INVALID
        else:
            escaped += 1
    assert 30 < escaped < 70


def test_bits_are_those_of_the_notary_and_distinct() -> None:
    with pytest.raises(FunctionalityError):
        _computation().learn_bits("p", (0,), Randomness(b""))
    with pytest.raises(FunctionalityError):
        _computation().learn_bits("n", (0, 0), Randomness(b""))


def test_a_proof_takes_no_witness_after_the_challenge_and_answers_none_before() -> None:
    proof = ZeroKnowledgeProof({"sent": b"GET"})
    proof.commit("blinder", b"r")
    with pytest.raises(LateWitnessError):
        proof.commit("sent", b"PUT")
    with pytest.raises(LateWitnessError):
        proof.require(lambda sent: sent == b"GET", "sent", reason=Reason.MPC_TLS_PROOF_INVALID)
    proof.challenge()
    with pytest.raises(LateWitnessError):
        proof.commit("late", b"w")
    proof.require(lambda sent, r: sent + r == b"GETr", "sent", "blinder", reason=Reason.MPC_TLS_PROOF_INVALID)
    with pytest.raises(Rejection) as refused:
        proof.require(lambda sent: sent == b"PUT", "sent", reason=Reason.MPC_TLS_PROOF_INVALID)
    assert refused.value.reason is Reason.MPC_TLS_PROOF_INVALID
