"""The table of cheating Provers in the joint computation."""

from __future__ import annotations

import functools
from typing import Final

from mpctls.reference.foundation.identifiers import LexicalClass
from tests.cheaters.computing_provers import (
    play_chosen_client_hash,
    play_chosen_server_hash,
    play_coin_opened_first,
    play_forged_comparison,
    play_inconsistent_transfers,
    play_label_encoding,
    play_other_coin,
    play_other_session,
    play_repeated_tweaks,
    play_selective_failure,
    play_shifted_run,
    play_shifted_runs,
    play_wrong_decoding,
    play_wrong_share,
)
from tests.cheaters.recording_provers import (
    HashKeyReadingProver,
    TagMaskReadingProver,
    claim_another_type,
    drop,
    duplicate,
    forge_ciphertext,
    play_other_block,
    play_records,
    play_scaled_conversion,
    register_a_record_not_made,
    reorder,
    take_tag_of_another,
)
from tests.cheaters.submitting_provers import (
    FalseGateProver,
    claim_with_false_gate,
    play_submission,
    replaced,
    requested,
    transcript,
)
from tests.cheaters.table import Cheater, Elsewhere, Role
from tests.unit.engine.test_cheating_prover import StubbornProver

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
        name="a chosen transcript hash for the client's Finished",
        role=Role.PROVER,
        attacks=("F15", "12", "37"),
        step="finalisation",
        reason="mpc-tls/server-finished-mismatch",
        play=play_chosen_client_hash,
    ),
    Cheater(
        name="a chosen transcript hash for the server's Finished",
        role=Role.PROVER,
        attacks=("F15", "12", "37"),
        step="finalisation",
        reason="mpc-tls/server-finished-mismatch",
        play=play_chosen_server_hash,
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
        name="E(J0) of an own record read as key stream",
        role=Role.PROVER,
        attacks=("F15", "7"),
        step="finalisation",
        reason="mpc-tls/proof-invalid",
        play=functools.partial(play_other_block, TagMaskReadingProver),
    ),
    Cheater(
        name="H of the own direction read as key stream",
        role=Role.PROVER,
        attacks=("F15", "7"),
        step="finalisation",
        reason="mpc-tls/proof-invalid",
        play=functools.partial(play_other_block, HashKeyReadingProver),
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
_CONVERSION = "tests/unit/encoding/test_attacks_conversion.py::"
_SUBMISSION = "tests/integration/cheaters/test_encoding_commitments.py::"
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
        (
            "an authenticator moved by one, other octets under the right one",
            ("I14", "15"),
            "verification/opening-mismatch",
            _SUBMISSION + "test_a_false_value_is_signed_and_opens_to_nothing",
        ),
        (
            "one bit in two commitments",
            ("I14", "16"),
            "engine/repeated-tweak",
            _CONVERSION + "test_no_tweak_serves_twice",
        ),
        (
            "values before the conversion, another number of them, scalars said early",
            ("C15", "I14", "18"),
            "data-submission/commitment-mismatch",
            _SUBMISSION + "test_nothing_is_released_or_signed",
        ),
        (
            "something proved with the released difference",
            ("I14", "18"),
            "engine/proof-ended",
            _CONVERSION + "test_nothing_is_proved_under_a_released_difference",
        ),
    )
)
