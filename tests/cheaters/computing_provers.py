"""Provers that deviate in the joint computation or in the proof; the engines run over a pair in memory."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mpctls.reference.attestation.commitment_proofs import draw_blinders, prove_commitments
from mpctls.reference.channel.messages import CommitRequest, HashRequest
from mpctls.reference.foundation.artifacts import HashCommitment
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.engine import messages as engine_messages
from mpctls.reference.mpc.engine.plan import PRE_MASTER_SECRET
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord
from mpctls.reference.mpc.kernels.binary_field import from_gcm, multiply, power, to_gcm
from mpctls.reference.mpc.oblivious_transfer import messages as transfer_messages
from mpctls.reference.mpc.share_conversion import messages as conversion_messages
from mpctls.reference.mpc.share_conversion.curve import CoordinateShares, EllipticCurveToField
from mpctls.reference.mpc.share_conversion.fields import P256_MODULUS
from mpctls.reference.mpc.zero_knowledge.batch import Gates
from mpctls.reference.mpc.zero_knowledge.bits import octets_of
from mpctls.reference.prover import hash_commitment
from tests.cheaters.dataflow import last_ands
from tests.cheaters.garblers import (
    WATCHED,
    CarelessProver,
    LabelReadingProver,
    TweakRepeatingProver,
    garble_otherwise,
    watched_gate,
)
from tests.cheaters.match import Match, new, play, prepared
from tests.cheaters.table import Cheater, Elsewhere, Outcome, Role
from tests.unit.engine.parties import Server, Tamper
from tests.unit.engine.test_cheating_prover import StubbornProof, StubbornProver

OTHER_SHARE: Final = Server(prover_scalar=0xABCDEF0123)
FIRST, SECOND = b"HTTP/1.1 200 OK\r\n\r\n", b'{"balance":"17"}'


# --- the key exchange -------------------------------------------------------------------------------------


class WrongShareProver(StubbornProver):
    """Multiplies the server's key by another scalar than that of its key share."""

    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(OTHER_SHARE.prover_point())


class Shifted:
    """A conversion whose owner adds one to its share of the first run, of the second, or of both."""

    def __init__(self, conversion: EllipticCurveToField, leading: int, following: int) -> None:
        self._conversion = conversion
        self._shift = leading, following

    def convert(self, x: int, y: int) -> CoordinateShares:
        shares = self._conversion.convert(x, y)
        leading, following = shares.leading + self._shift[0], shares.following + self._shift[1]
        return CoordinateShares(leading=leading % P256_MODULUS, following=following % P256_MODULUS)


def shift(match: Match, leading: int, following: int) -> None:
    """Let the Prover shift its shares of the runs of the conversion."""
    match.prover.curve = Shifted(match.prover.curve, leading, following)  # type: ignore[assignment]


def nothing() -> None:
    """After a Finished that the server refused there is nothing more to send."""


def play_wrong_share() -> Outcome:
    match = prepared(WrongShareProver)
    outcome = play(match, records=nothing)
    if match.delivered:
        raise AssertionError("the server accepts a Finished under other keys")
    return outcome


def play_shifted_runs() -> Outcome:
    match = prepared(StubbornProver)
    shift(match, 1, 1)
    return play(match, records=nothing)


def play_shifted_run() -> Outcome:
    match = prepared(StubbornProver)
    shift(match, 0, 1)
    return play(match)


def play_forged_comparison() -> Outcome:
    match = prepared(CarelessProver)
    shift(match, 0, 1)
    match.notary.evaluator._decoding[PRE_MASTER_SECRET][0, 0] ^= 1
    return play(match)


# --- preprocessing ----------------------------------------------------------------------------------------


def flipping(kind: int, number: int, place: int) -> Tamper:
    """Flip one bit of the `number`-th message of a kind."""
    seen = 0

    def tamper(sent: int, payload: bytes) -> bytes:
        nonlocal seen
        if sent != kind:
            return payload
        seen += 1
        if seen != number + 1:
            return payload
        changed = bytearray(payload)
        changed[place // 8] ^= 1 << place % 8
        return bytes(changed)

    return tamper


def play_inconsistent_transfers() -> Outcome:
    match = new()
    match.ends[0].tamper = flipping(transfer_messages.CHOICE_CORRECTION, 3, 200)
    return play(match)


def play_other_coin() -> Outcome:
    match = new()
    match.ends[0].tamper = flipping(engine_messages.COIN_OPENING, 0, 0)
    return play(match)


def play_other_session() -> Outcome:
    match = new()
    match.prover.session_id = bytes(32)
    return play(match)


def play_coin_opened_first() -> Outcome:
    match = new()
    match.ends[0].send(engine_messages.COIN_OPENING, bytes(64))
    return play(match)


def play_repeated_tweaks() -> Outcome:
    return play(new(TweakRepeatingProver))


# --- garbling ---------------------------------------------------------------------------------------------


def play_label_encoding() -> Outcome:
    match = prepared(LabelReadingProver)
    garble_otherwise(match, WATCHED, watched_gate().number, half=0)
    return play(match)


def play_selective_failure() -> Outcome:
    match = prepared(StubbornProver)
    garble_otherwise(match, PRE_MASTER_SECRET, 0, half=1)
    return play(match)


def play_wrong_decoding() -> Outcome:
    """A decoding bit of the key stream is wrong: the Notary decodes and proves another value than the labels carry."""
    match = prepared(CarelessProver)
    match.notary.evaluator._decoding["client-finished/first-digest"][0, 5] ^= 1
    return play(match, records=nothing)


# --- share conversion of H, and records -------------------------------------------------------------------

FACTOR: Final = from_gcm(b"scale power five")
_DIVISOR: Final = power(FACTOR, 2**128 - 2)
SERVED: Final = b"GET /account/all HTTP/1.1\r\nHost: bank.example\r\nAccept: */*\r\n\r\n"


def scale_fifth_power(match: Match) -> None:
    """Let the Prover put FACTOR times its share of H^5 into the conversion back to additive shares."""
    blinder = match.prover.hash_key_powers._evaluations._inputs[2]

    def tamper(kind: int, payload: bytes) -> bytes:
        if kind != conversion_messages.HASH_KEY_POWERS:
            return payload
        blinded = np.frombuffer(payload, "<u8").astype(np.uint64).reshape(-1, 2)
        blinded[1] = multiply(blinded[1] ^ blinder, FACTOR) ^ blinder
        return blinded.astype("<u8").tobytes()

    match.ends[0].tamper = tamper


def send_another_record(match: Match) -> None:
    """Get a tag for a ciphertext of four blocks that is, with the scaled power, the tag of another one; send that.

    In a record of four blocks the first one is weighed with H^5, and no other with a multiple of it.
    """
    length = len(SERVED)
    stream, _ = match.both(
        lambda: match.prover.key_stream(1, length), lambda: match.notary.key_stream(1, length)
    )
    served = bytes(a ^ b for a, b in zip(SERVED, stream, strict=True))
    registered = to_gcm(multiply(from_gcm(served[:16]), _DIVISOR)) + served[16:]
    share = match.notary.tag_share(1, 23, registered)
    tag = match.prover.complete_tag(1, 23, registered, share)
    record = ProtectedRecord(
        content_type=23, explicit_nonce=(1).to_bytes(8, "big"), ciphertext=registered, tag=tag
    )
    match.sent.append(record)
    match.delivered.append(match.server.accept(1, replace(record, ciphertext=served)))
    match.received.append(match.server.protect(1, 23, FIRST))


def play_scaled_conversion() -> Outcome:
    match = prepared(StubbornProver)
    scale_fifth_power(match)
    outcome = play(match, records=lambda: send_another_record(match))
    if SERVED not in match.delivered:
        raise AssertionError("the server does not accept the other record")
    return outcome


def play_records(change: Callable[[Match], None]) -> Outcome:
    """A session whose Prover registers other records than arrived; it checks none of them itself."""
    match = prepared(StubbornProver)

    def records() -> None:
        match.closure = None
        match.response = FIRST
        match.exchange()
        match.received.append(match.server.protect(2, 23, SECOND))
        match.received.append(match.server.protect(3, 21, b"\x01\x00"))
        change(match)

    return play(match, records=records)


def drop(match: Match) -> None:
    del match.received[1]


def reorder(match: Match) -> None:
    match.received[1], match.received[2] = match.received[2], match.received[1]


def duplicate(match: Match) -> None:
    match.received.insert(2, match.received[1])


def forge_ciphertext(match: Match) -> None:
    changed = match.received[2].ciphertext[:-3] + b"999"
    match.received[2] = replace(match.received[2], ciphertext=changed)


def take_tag_of_another(match: Match) -> None:
    match.received[2] = replace(match.received[2], tag=match.received[1].tag)


def claim_another_type(match: Match) -> None:
    match.received[3] = replace(match.received[3], content_type=23)


def register_a_record_not_made(match: Match) -> None:
    match.sent.append(replace(match.sent[1], explicit_nonce=(2).to_bytes(8, "big")))


# --- data submission --------------------------------------------------------------------------------------


def submit(match: Match, config: Sequence[CommitRequest], claimed: Transcript) -> None:
    """Commit as the two roles do, to the octets that the Prover claims."""
    count = len(config)
    own, others = match.both(
        lambda: draw_blinders(match.prover.proof, count), lambda: draw_blinders(match.notary.proof, count)
    )
    commitments: list[HashCommitment] = [
        hash_commitment(request, claimed, octets_of(match.prover.proof.bits(wires)))
        for request, wires in zip(config, own, strict=True)
    ]
    match.both(
        lambda: prove_commitments(match.prover.proof, match.prover.plaintext, commitments, own),
        lambda: prove_commitments(match.notary.proof, match.notary.plaintext, commitments, others),
    )


def requested(start: int, end: int, lexical_class: LexicalClass = LexicalClass.ANY) -> CommitRequest:
    """Asks for a commitment to received octets."""
    return CommitRequest(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of([(start, end)]),
        kind=HashRequest(algorithm=HashAlgorithm.SHA256.value),
        lexical_class=lexical_class,
    )


def transcript(match: Match) -> Transcript:
    """What the session carried."""
    return Transcript(sent=b"".join(match.requests), received=match.response)


def replaced(match: Match, old: bytes, new: bytes) -> Transcript:
    """The transcript with other received octets."""
    return Transcript(sent=b"".join(match.requests), received=match.response.replace(old, new))


BALANCE: Final = b'HTTP/1.1 200 OK\r\n\r\n{"balance":"17"}'


class FalseGateProof(StubbornProof):
    """Corrects one gate of an AES block of the received direction to the wrong bit, and goes on with that bit.

    The gate is the last one on the way to some bits of key stream: those bits turn round, and with them plaintext.
    """

    cheating = False

    def _add_gates(self, step: Gates) -> None:
        super()._add_gates(step)
        if not self.cheating or step.circuit is not aes_encrypt_block():
            return
        gate = last_ands(step.circuit)[0]
        self._gate_corrections[-1][gate.number] ^= 1
        self._bits.items[step.outputs[0, list(gate.columns)]] ^= np.uint8(1)


class FalseGateProver(StubbornProver):
    proof_type = FalseGateProof


def play_submission(
    prover_type: type[ProverEngine], config: Sequence[CommitRequest], claim: Callable[[Match], Transcript]
) -> Outcome:
    match = prepared(prover_type)
    match.response = BALANCE
    return play(match, submission=lambda: submit(match, config, claim(match)))


def claim_with_false_gate(match: Match) -> Transcript:
    """What the first block of the response becomes under the false gate."""
    proof = match.prover.proof
    if not isinstance(proof, FalseGateProof):
        raise TypeError("of another Prover")
    proof.cheating = True
    flipped = last_ands(aes_encrypt_block())[0].columns
    octets = bytearray(BALANCE)
    for column in flipped:
        octets[column // 8] ^= 1 << column % 8
    return Transcript(sent=b"".join(match.requests), received=bytes(octets))


PROVERS: Final = (
    Cheater(
        name="a wrong key share",
        role=Role.PROVER,
        attacks=("F1",),
        step="finalisation",
        reason="mpc-tls/tag-mismatch",
        play=play_wrong_share,
    ),
    Cheater(
        name="the same offset in both runs of the share conversion",
        role=Role.PROVER,
        attacks=("F1",),
        step="finalisation",
        reason="mpc-tls/tag-mismatch",
        play=play_shifted_runs,
    ),
    Cheater(
        name="an offset in one run of the share conversion",
        role=Role.PROVER,
        attacks=("F2", "10"),
        step="key exchange",
        reason="key-exchange/pre-master-secret-mismatch",
        play=play_shifted_run,
    ),
    Cheater(
        name="an offset in one run, and the decoding bit of the comparison turned round",
        role=Role.PROVER,
        attacks=("F2", "F7"),
        step="finalisation",
        reason="mpc-tls/proof-invalid",
        play=play_forged_comparison,
    ),
    Cheater(
        name="inconsistent input to the transfers",
        role=Role.PROVER,
        attacks=("F6",),
        step="preprocessing",
        reason="engine/inconsistent-oblivious-transfer",
        play=play_inconsistent_transfers,
    ),
    Cheater(
        name="another share of the coin than committed",
        role=Role.PROVER,
        attacks=("F12", "6"),
        step="preprocessing",
        reason="engine/coin-opening-invalid",
        play=play_other_coin,
    ),
    Cheater(
        name="a share of the coin opened without commitment",
        role=Role.PROVER,
        attacks=("F12",),
        step="preprocessing",
        reason="engine/unexpected-message",
        play=play_coin_opened_first,
    ),
    Cheater(
        name="messages of another session",
        role=Role.PROVER,
        attacks=("F10",),
        step="preprocessing",
        reason="engine/coin-opening-invalid",
        play=play_other_session,
    ),
    Cheater(
        name="the same tweaks for every circuit",
        role=Role.PROVER,
        attacks=("F13",),
        step="key schedule",
        reason="engine/output-label-unknown",
        play=play_repeated_tweaks,
    ),
    Cheater(
        name="output labels that encode a secret bit while decoding is honest",
        role=Role.PROVER,
        attacks=("4", "10"),
        step="key schedule",
        reason="engine/output-label-unknown",
        play=play_label_encoding,
    ),
    Cheater(
        name="a garbled row that fails for one value of a bit of the Notary's share",
        role=Role.PROVER,
        attacks=("F4", "10"),
        step="key exchange",
        reason="engine/output-label-unknown",
        play=play_selective_failure,
    ),
    Cheater(
        name="a wrong decoding bit",
        role=Role.PROVER,
        attacks=("F7",),
        step="finalisation",
        reason="mpc-tls/proof-invalid",
        play=play_wrong_decoding,
    ),
    Cheater(
        name="scaled conversion input, and another record sent than registered",
        role=Role.PROVER,
        attacks=("F3", "3"),
        step="finalisation",
        reason="mpc-tls/tag-mismatch",
        play=play_scaled_conversion,
    ),
    *(
        Cheater(
            name=name,
            role=Role.PROVER,
            attacks=attacks,
            step="finalisation",
            reason=reason,
            play=functools.partial(play_records, change),
        )
        for name, attacks, reason, change in (
            ("a received record dropped", ("E1", "E2"), "mpc-tls/tag-mismatch", drop),
            ("received records reordered", ("E1",), "mpc-tls/tag-mismatch", reorder),
            ("a received record registered twice", ("E1",), "mpc-tls/tag-mismatch", duplicate),
            ("a received record forged", ("E4",), "mpc-tls/tag-mismatch", forge_ciphertext),
            ("the tag of another record", ("E4",), "mpc-tls/tag-mismatch", take_tag_of_another),
            ("an alert registered as application data", ("E4",), "mpc-tls/tag-mismatch", claim_another_type),
            (
                "a sent record that the Notary never helped to protect",
                ("E1", "9"),
                "mpc-tls/registered-record-differs",
                register_a_record_not_made,
            ),
        )
    ),
    Cheater(
        name="a commitment to other octets",
        role=Role.PROVER,
        attacks=("C11",),
        step="submission",
        reason="data-submission/commitment-proof-invalid",
        play=lambda: play_submission(
            StubbornProver, [requested(31, 33)], lambda match: replaced(match, b"17", b"99")
        ),
    ),
    Cheater(
        name="a commitment to other octets, with a false gate in the proof",
        role=Role.PROVER,
        attacks=("C11", "F9"),
        step="submission",
        reason="data-submission/commitment-proof-invalid",
        play=lambda: play_submission(FalseGateProver, [requested(0, 16)], claim_with_false_gate),
    ),
    Cheater(
        name="another lexical class than the octets have",
        role=Role.PROVER,
        attacks=("29",),
        step="submission",
        reason="data-submission/lexical-class-proof-invalid",
        play=lambda: play_submission(
            StubbornProver, [requested(30, 34, LexicalClass.JSON_NUMBER)], transcript
        ),
    ),
)

_UNIT = "tests/unit/engine/test_cheating_prover.py::"
PROVERS_ELSEWHERE: Final = tuple(
    Elsewhere(name=name, role=Role.PROVER, attacks=attacks, reason=reason, test=test)
    for name, attacks, reason, test in (
        (
            "flipped garbled rows",
            ("F4", "10"),
            "engine/output-label-unknown",
            _UNIT + "test_flipped_garbled_rows_are_noticed_before_anything_is_returned",
        ),
        (
            "a wrong circuit; a circuit that leaks through a mask, another mask claimed later",
            ("F5", "F15", "1", "2"),
            "mpc-tls/proof-invalid",
            _UNIT + "test_leak_through_a_mask_is_caught_whatever_mask_is_claimed_later",
        ),
        (
            "an inner digest chosen to read key octets",
            ("F15", "37"),
            "mpc-tls/proof-invalid",
            _UNIT + "test_chosen_inner_digest_reads_key_octets_and_is_caught",
        ),
        (
            "omitted corrections, omitted assertions, another opening, other shares",
            ("F9",),
            "mpc-tls/proof-invalid",
            _UNIT + "test_changed_proofs_are_refused",
        ),
        (
            "corrections after the challenge",
            ("F9", "5"),
            "engine/unexpected-message",
            _UNIT + "test_corrections_come_before_the_challenge",
        ),
        (
            "a new witness in the final proof",
            ("F9", "1"),
            "engine/unexpected-message",
            _UNIT + "test_the_final_proof_takes_no_new_witness",
        ),
        (
            "a second tag share, a repeated counter, a circuit evaluated twice",
            ("E2", "3", "41"),
            "engine/second-tag-share",
            _UNIT + "test_one_tag_share_for_a_record_of_the_agreed_length",
        ),
        (
            "masks that repeat",
            ("F14",),
            "",
            "tests/unit/engine/test_session.py::test_masks_and_wire_labels_do_not_repeat",
        ),
        (
            "messages reflected, or of another session or direction",
            ("F10",),
            "engine/inconsistent-oblivious-transfer",
            "tests/unit/oblivious_transfer/test_correlated.py::"
            "test_setup_for_another_session_or_direction_is_refused",
        ),
        (
            "messages of another length",
            ("F16",),
            "engine/unexpected-message",
            "tests/unit/oblivious_transfer/test_correlated.py::test_messages_of_another_length_are_refused",
        ),
        (
            "a circuit run after close",
            ("F17", "5"),
            "engine/out-of-order",
            "tests/unit/engine/test_session.py::test_nothing_is_computed_after_close",
        ),
    )
)
