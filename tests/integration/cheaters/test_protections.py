"""Each protection taken away lets a cheat through that is caught with it: the protections are what catches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest

from mpctls.reference.channel.messages import ReceivedRecord
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE, THREE_HALVES_ENGINE_PROFILE
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.circuits.builder import Builder
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine import closing, coin, garbler, trace
from mpctls.reference.mpc.engine import messages as engine_messages
from mpctls.reference.mpc.engine.evaluator import Evaluator
from mpctls.reference.mpc.engine.garbler import Garbler
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import PRE_MASTER_SECRET, SERVER_FINISHED_KEY_STREAM, Application
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord, SessionKeys
from mpctls.reference.mpc.engine.trace import Recomputation
from mpctls.reference.mpc.kernels.binary_field import from_gcm, multiply, power, to_gcm
from mpctls.reference.mpc.oblivious_transfer import correlated
from mpctls.reference.mpc.oblivious_transfer import messages as transfer_messages
from mpctls.reference.mpc.zero_knowledge import messages as proof_messages
from mpctls.reference.mpc.zero_knowledge import verifier
from mpctls.reference.mpc.zero_knowledge.bits import (
    Bits,
    Blocks,
    blocks_from_octets,
)
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.mpc.zero_knowledge.verifier import NotaryProof
from mpctls.reference.tls.registration import RecordRegister, RegisteredRecord
from tests.cheaters.computing_notaries import FalselyOpeningNotary, KeyStreamAlteringNotary
from tests.cheaters.computing_provers import flipping, play_forged_comparison, shift
from tests.cheaters.garblers import (
    WATCHED,
    CarelessProver,
    LabelReadingGarbler,
    LabelReadingProver,
    garble_otherwise,
    true_operand,
    watched_gate,
)
from tests.cheaters.match import Match, new, play, prepared
from tests.cheaters.recording_provers import SERVED, forge_ciphertext, play_records, play_scaled_conversion
from tests.cheaters.session_provers import SESSION_PROVERS
from tests.cheaters.sessions import Game, account_page
from tests.cheaters.submitting_provers import (
    FalseGateProver,
    claim_with_false_gate,
    play_submission,
    requested,
)
from tests.cheaters.table import Outcome, Role
from tests.sessions.running import Page
from tests.unit.engine.parties import SESSION_ID
from tests.unit.engine.test_cheating_prover import WrongBlockProver, WrongBlockProverWithAnotherMask
from tests.unit.zero_knowledge.dealer import Parties

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("engine_profile")]

THROUGH: Final = Outcome(step=None, reasons={}, proved=True)


class Agreeing:
    """Stands for a module, and finds whatever it compares equal."""

    def __init__(self, module: object) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def array_equal(self, left: object, right: object) -> bool:
        return True

    def compare_digest(self, left: bytes, right: bytes) -> bool:
        return True


@pytest.fixture
def disable(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
    """Take a comparison away from a module: all that it compares with `np` or `hmac` is equal."""

    def agree(module: object, name: str) -> None:
        monkeypatch.setattr(module, name, Agreeing(getattr(module, name)))

    return agree


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with account_page(tmp_path_factory.mktemp("server")) as found:
        yield found


Disable = Callable[[object, str], None]


def test_without_label_hashes_the_digest_tells_secret_bits_and_nothing_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Evaluator, "_check_output_labels", lambda *_: None)
    read = set()
    garbled = new(LabelReadingProver)
    garbled.preprocess()
    for scalar in (0x5F4E3D2C1B, 0x5F4E3D2C1E):
        match = garbled.copy()
        match.server = replace(match.server, notary_scalar=scalar)
        garble_otherwise(match, WATCHED, watched_gate().number, half=0)
        assert play(match) == THROUGH
        assert isinstance(match.prover.garbler, LabelReadingGarbler)
        assert match.prover.garbler.operand == true_operand(match)
        read.add(match.prover.garbler.operand)
    assert read == {0, 1}


class LateMaskNotary(NotaryEngine):
    """Takes the masks of the server's Finished as a new witness of the final proof."""

    def _open_inputs(self) -> None:
        super()._open_inputs()
        wires = self.proof.private_input(128)
        self._mask_wires[SERVER_FINISHED_KEY_STREAM] = wires.reshape(1, 128)


class LateMaskProver(WrongBlockProverWithAnotherMask):
    """Reads H of the server's direction, and claims a mask under which that was key stream."""

    def _recompute(self, notary_bits: Bits) -> Recomputation:
        found = super()._recompute(notary_bits)
        claimed = self.proof.bits(self._mask_wires[SERVER_FINISHED_KEY_STREAM])
        self._mask_wires[SERVER_FINISHED_KEY_STREAM] = self.proof.private_input(claimed)
        return found


def test_without_commitment_before_evaluation_another_mask_is_claimed_later() -> None:
    match = prepared(LateMaskProver, LateMaskNotary)
    assert play(match) == THROUGH


def test_without_recomputed_tags_forged_and_exchanged_records_are_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(closing, "_check_tags", lambda *_: None)
    assert play_records(forge_ciphertext) == THROUGH
    # Plays the whole attack: the server has got SERVED, the Notary another record.
    assert SERVED
    assert play_scaled_conversion() == THROUGH


def test_without_equality_in_the_proof_a_wrong_block_is_accepted(disable: Disable) -> None:
    disable(verifier, "hmac")
    assert play(prepared(WrongBlockProver)) == THROUGH
    assert play_forged_comparison() == THROUGH


def test_without_the_check_of_gates_other_octets_are_committed_to(disable: Disable) -> None:
    disable(verifier, "np")
    assert play_submission(FalseGateProver, [requested(0, 16)], claim_with_false_gate) == THROUGH


class NoComparisonEvaluator(Evaluator):
    def decode(self, application: Application, rows: slice, labels: Blocks) -> Bits:
        decoded = super().decode(application, rows, labels)
        if application.name == PRE_MASTER_SECRET:
            decoded[:, 0] = 1
        return decoded


class NoComparisonNotary(NotaryEngine):
    """Neither ends the session when the runs differ nor has it proved that they agree."""

    evaluator_type = NoComparisonEvaluator

    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        decoded = self.ledger[0].decoded
        assert decoded is not None
        decoded[0, 0] = 0


def test_without_the_comparison_an_offset_in_one_run_is_not_noticed() -> None:
    match = prepared(CarelessProver, NoComparisonNotary)
    shift(match, 0, 1)
    assert play(match) == THROUGH


# With silent transfers the bits of SoftSpoken are not the masks but what those are made of: nothing goes on unnoticed.
@pytest.mark.parametrize(
    "engine_profile", [THREE_HALVES_ENGINE_PROFILE, pytest.param(ENGINE_PROFILE, marks=pytest.mark.slow)], indirect=True
)
def test_without_the_consistency_check_inconsistent_transfers_are_used(
    disable: Disable, engine_profile: str
) -> None:
    def cheat() -> Outcome:
        match = new()
        # The last mask of key stream, of which this session uses less; two extensions of 15 corrections before.
        place = match.prover.plan.mask_count - 1
        match.ends[0].tamper = flipping(transfer_messages.CHOICE_CORRECTION, 30 + 7, place)
        return play(match)

    caught = cheat()
    assert (caught.step, caught.reasons) == (
        "preprocessing",
        {Role.NOTARY: "engine/inconsistent-oblivious-transfer"},
    )
    disable(correlated, "hmac")
    assert cheat() == THROUGH


def test_without_the_commitment_the_prover_chooses_the_coin(disable: Disable) -> None:
    def cheat() -> bytes:
        """Commit to something, and look for a share that gives a coin beginning with a zero octet."""
        prover, notary = memory_pair(5.0)
        prover.send(engine_messages.COIN_COMMITMENT, bytes(32))
        shares = (number.to_bytes(32, "little") for number in range(10_000))
        own = SeededRandomness(b"notary").octets(32)
        chosen = next(share for share in shares if not coin._result(SESSION_ID, share, own)[0])
        prover.send(engine_messages.COIN_OPENING, chosen + bytes(32))
        result = coin.toss_as_notary(notary, SeededRandomness(b"notary"), SESSION_ID)
        assert prover.receive(engine_messages.COIN_SHARE, 32) == own
        return result

    with pytest.raises(Refused, match="engine/coin-opening-invalid"):
        cheat()
    disable(coin, "hmac")
    assert cheat()[0] == 0


def test_opened_inputs_are_held_by_three_protections_one_behind_the_other(
    monkeypatch: pytest.MonkeyPatch, disable: Disable
) -> None:
    def no_check(self: ProverEngine, keys: SessionKeys, *_: list[ProtectedRecord]) -> None:
        return

    layers: list[tuple[str, Callable[[], None]]] = [
        (
            "mpc-tls/notary-opening-invalid",
            lambda: monkeypatch.setattr(Garbler, "check_opened_inputs", lambda *_: None),
        ),
        ("mpc-tls/values-differ", lambda: disable(trace, "np")),
        ("mpc-tls/tag-mismatch", lambda: monkeypatch.setattr(ProverEngine, "_check_records", no_check)),
    ]
    for reason, take_away in layers:
        outcome = play(prepared(notary_type=FalselyOpeningNotary))
        assert (outcome.step, outcome.reasons.get(Role.PROVER)) == ("finalisation", reason)
        assert not outcome.proved
        take_away()
    assert play(prepared(notary_type=FalselyOpeningNotary)).proved


def test_without_the_digest_of_labels_the_server_accepts_another_request(disable: Disable) -> None:
    match = prepared(notary_type=KeyStreamAlteringNotary)
    assert play(match).step == "records"
    assert match.requests[0] not in match.delivered
    disable(garbler, "hmac")
    match = prepared(notary_type=KeyStreamAlteringNotary)
    outcome = play(match)
    (request,) = match.requests
    assert match.delivered[-1] == bytes([request[0] ^ 1]) + request[1:]
    # Too late for the server, the Prover finds out when the inputs are open.
    assert (outcome.step, outcome.reasons.get(Role.PROVER)) == ("finalisation", "mpc-tls/values-differ")


class Keeping(dict[int, bytes]):
    """Does not forget what was taken."""

    def pop(self, key: int, *default: Any) -> Any:
        return self[key]


def test_with_two_tag_shares_for_one_nonce_the_prover_computes_the_hash_key() -> None:
    def tags(match: Match) -> list[bytes]:
        match.key_exchange()
        match.key_schedule()
        match.both(lambda: match.prover.key_stream(0, 16), lambda: match.notary.key_stream(0, 16))
        ciphertexts = (bytes(16), bytes(range(16)))
        return [
            match.prover.complete_tag(0, 22, each, match.notary.tag_share(0, 22, each))
            for each in ciphertexts
        ]

    with pytest.raises(Refused, match="engine/second-tag-share"):
        tags(prepared())
    match = prepared()
    match.notary._tag_masks = Keeping()
    first, second = tags(match)
    difference = bytes(a ^ b for a, b in zip(first, second, strict=True))
    # One block of ciphertext is weighed with H^2, whose square root is its power 2^127.
    squared = multiply(from_gcm(difference), power(from_gcm(bytes(range(16))), 2**128 - 2))
    assert to_gcm(power(squared, 2**127)) == match.server.client_hash_key()


def test_without_registration_before_help_a_late_tag_is_signed(
    monkeypatch: pytest.MonkeyPatch, page: Page
) -> None:
    register = RecordRegister.register_received

    def without(self: RecordRegister, message: ReceivedRecord) -> RegisteredRecord:
        outstanding, self._outstanding = self._outstanding, None
        try:
            return register(self, message)
        finally:
            self._outstanding = outstanding

    (late,) = [each for each in SESSION_PROVERS if each.name == "a tag registered after the answer"]
    assert not Game(page=page, **late.changes()).play(Role.PROVER).signed
    monkeypatch.setattr(RecordRegister, "register_received", without)
    assert Game(page=page, **late.changes()).play(Role.PROVER).signed


# --- the challenge comes after the corrections ------------------------------------------------------------

_GATES: Final = 200


class EarlyChallenge(NotaryProof):
    """Draws its challenge before it has the corrections."""

    def _prove_batch(self) -> None:
        challenge = self._randomness.octets(16)
        self._duplex.send(proof_messages.CHALLENGE, challenge)
        self._randomness = SimpleNamespace(octets=lambda count: challenge)
        super()._prove_batch()


class AdaptiveProof(ProverProof):
    """With the challenge known, falsifies a set of gates whose errors cancel in the sum, the first gate among them."""

    def _check_assertion(self, wires: Any, bits: Bits) -> None:
        return

    def _prove_batch(self) -> None:
        challenge = blocks_from_octets(self._duplex.receive(proof_messages.CHALLENGE, 16))[0]
        for gate in cancelling(challenge, _GATES):
            self._gate_corrections[0][gate] ^= 1
        # The check's challenge is the same again.
        super()._prove_batch()


def cancelling(challenge: Blocks, count: int) -> list[int]:
    """Gates with the first among them whose weights, powers of the challenge, sum to zero; the last weighs least."""
    weights = []
    for gate in range(count):
        low, high = (int(word) for word in power(challenge, count - 1 - gate))
        weights.append(low | high << 64)
    basis: dict[int, tuple[int, int]] = {}
    for gate in reversed(range(count)):
        value, members = weights[gate], 1 << gate
        while value and value.bit_length() in basis:
            other = basis[value.bit_length()]
            value, members = value ^ other[0], members ^ other[1]
        if value:
            basis[value.bit_length()] = value, members
        elif gate == 0:
            return [each for each in range(count) if members >> each & 1]
    raise AssertionError("fewer gates than bits of the challenge")


def test_with_the_challenge_known_beforehand_false_gates_are_proved() -> None:
    builder = Builder("one-and")
    left, right = builder.take_input(1), builder.take_input(1)
    circuit = builder.finish([builder.and_(left[0], right[0])])
    parties = Parties(AdaptiveProof)
    parties.notary.__class__ = EarlyChallenge

    def prove(proof: ProverProof) -> None:
        inputs = proof.private_input(np.zeros(2 * _GATES, np.uint8)).reshape(_GATES, 2)
        proof.assert_equal(proof.apply(circuit, inputs)[0], np.ones(1, np.uint8))
        proof.flush()

    def verify(proof: NotaryProof) -> None:
        inputs = proof.private_input(2 * _GATES).reshape(_GATES, 2)
        proof.assert_equal(proof.apply(circuit, inputs)[0], np.ones(1, np.uint8))
        proof.flush()

    # Zero and zero is one, says a proof that the Notary accepts.
    parties.both(prove, verify)
    honest = Parties(AdaptiveProof)
    honest.ends[1].send(proof_messages.CHALLENGE, bytes(16))
    with pytest.raises(Refused, match="mpc-tls/proof-invalid"):
        honest.both(prove, verify)
