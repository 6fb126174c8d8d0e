"""A Prover that deviates: the Notary catches it before anything is signed, with a reason of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.sha256 import inner_digest
from mpctls.reference.mpc.circuits.circuit import INV, Circuit
from mpctls.reference.mpc.engine import messages as engine_messages
from mpctls.reference.mpc.engine.garbler import Garbler
from mpctls.reference.mpc.engine.plan import SERVER_FINISHED_KEY_STREAM, Application, digest_name
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord, SessionKeys, finished_message
from mpctls.reference.mpc.engine.trace import Recomputation
from mpctls.reference.mpc.share_conversion.curve import CoordinateShares, EllipticCurveToField
from mpctls.reference.mpc.zero_knowledge import messages
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, Blocks, bits_of, octets_of
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof

from .parties import CLIENT_RANDOM, SERVER_RANDOM, Session, Tamper, encrypt_block, exchanged, prepared


def refusal_of_notary(session: Session) -> str:
    """Close and finalise; the reason for which the Notary refuses."""
    session.prover.close()
    session.notary.close()
    _, refusal = session.outcomes(
        lambda: session.prover.finalise(session.sent, session.received),
        lambda: session.notary.finalise(session.sent, session.received),
    )
    assert isinstance(refusal, Refused)
    return refusal.reason


def changing(kind: int, change: Callable[[bytes], bytes]) -> Tamper:
    """Change the first message of a kind."""
    changed = False

    def tamper(sent: int, payload: bytes) -> bytes:
        nonlocal changed
        if sent != kind or changed:
            return payload
        changed = True
        return change(payload)

    return tamper


class StubbornProof(ProverProof):
    """Asserts what it likes."""

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        return


class StubbornProver(ProverEngine):
    """Goes on where an honest Prover would stop, claiming the values that the Notary has."""

    proof_type = StubbornProof

    def _recompute(self, notary_bits: Bits) -> Recomputation:
        shown = [evaluation.decoded for evaluation in self.ledger]
        self.ledger = [replace(evaluation, decoded=None) for evaluation in self.ledger]
        found = super()._recompute(notary_bits)
        claimed = [
            completed if bits is None else replace(completed, decoded=bits)
            for completed, bits in zip(found.ledger, shown, strict=True)
        ]
        return Recomputation(outputs=found.outputs, ledger=claimed)

    def _check_records(
        self, keys: SessionKeys, sent: Sequence[ProtectedRecord], received: Sequence[ProtectedRecord]
    ) -> None:
        return


def test_flipped_garbled_rows_are_noticed_before_anything_is_returned() -> None:
    def flip(payload: bytes) -> bytes:
        tables = bytearray(payload)
        tables[32 * 1000 : 32 * 1100] = bytes(octet ^ 1 for octet in tables[32 * 1000 : 32 * 1100])
        return bytes(tables)

    session = Session()
    session.ends[0].tamper = changing(engine_messages.TABLES, flip)
    session.preprocess()
    with pytest.raises(Refused, match="engine/output-label-unknown"):
        session.key_exchange()
    assert session.notary.costs["pre-master-secret"].octets_sent < 350
    with pytest.raises(Refused, match="engine/out-of-order"):
        session.notary.key_exchange(session.server.notary_point())


class ShiftedConversion:
    """A conversion whose owner adds one to its share of one of the two runs."""

    def __init__(self, conversion: EllipticCurveToField) -> None:
        self._conversion = conversion

    def convert(self, x: int, y: int) -> CoordinateShares:
        shares = self._conversion.convert(x, y)
        return replace(shares, following=shares.following + 1)


def test_offset_in_one_of_two_runs_ends_the_session_at_both() -> None:
    session = prepared().fork()
    session.prover.curve = ShiftedConversion(session.prover.curve)  # type: ignore[assignment]
    point = session.server.prover_point(), session.server.notary_point()
    refusals = session.outcomes(
        lambda: session.prover.key_exchange(point[0]), lambda: session.notary.key_exchange(point[1])
    )
    assert [refusal.reason for refusal in refusals] == ["key-exchange/pre-master-secret-mismatch"] * 2


def faulty(circuit: Circuit) -> Circuit:
    """AES with one more INV, on the lowest bit of the octet that counts: gates and wires of the Notary's
    circuit.
    """
    place = np.array([circuit.input_sizes[0] + 8 * 15], np.int32)
    return replace(
        circuit,
        operations=np.concatenate([np.array([INV], np.uint8), circuit.operations]),
        left=np.concatenate([place, circuit.left]),
        right=np.concatenate([place, circuit.right]),
        target=np.concatenate([place, circuit.target]),
    )


class FaultyGarbler(Garbler):
    """Garbles another circuit for one block."""

    def _garble_chunk(self, application: Application, rows: slice) -> Blocks:
        if application.name == SERVER_FINISHED_KEY_STREAM:
            application = replace(application, circuit=faulty(application.circuit))
        return super()._garble_chunk(application, rows)


class WrongCircuitProver(StubbornProver):
    garbler_type = FaultyGarbler


class WrongBlockProver(StubbornProver):
    """Supplies the labels of the zero block, so that H of the server's direction is opened to it before
    close.
    """

    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        if name != SERVER_FINISHED_KEY_STREAM:
            return super().run(name, public, rows)
        values = super().run(name, np.zeros_like(public), rows)
        self.ledger[-1] = replace(self.ledger[-1], public=public)
        return values


class WrongBlockProverWithAnotherMask(WrongBlockProver):
    """Claims, after close, the mask under which the Notary's value is the true key stream."""

    def _recompute(self, notary_bits: Bits) -> Recomputation:
        found = super()._recompute(notary_bits)
        for evaluation in found.ledger:
            if evaluation.application.name == SERVER_FINISHED_KEY_STREAM and evaluation.decoded is not None:
                true = found.outputs[SERVER_FINISHED_KEY_STREAM][evaluation.rows]
                wires = self._mask_wires[SERVER_FINISHED_KEY_STREAM]
                self.proof._bits.items[wires] = evaluation.decoded ^ true
        return found


@pytest.mark.parametrize(
    ("prover_type", "first"),
    [
        (WrongCircuitProver, 3),
        (WrongBlockProver, None),
        (WrongBlockProverWithAnotherMask, None),
    ],
)
def test_leak_through_a_mask_is_caught_whatever_mask_is_claimed_later(
    prover_type: type[ProverEngine], first: int | None
) -> None:
    session = prepared(prover_type).fork()
    session.client_finished()
    leak = session.server_finished()
    nonce = session.server.server_vector + session.received[0].explicit_nonce
    block = bytes(16) if first is None else nonce + first.to_bytes(4, "big")
    assert leak == encrypt_block(session.server.server_key, block)
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/proof-invalid"


class InnerDigestChoosingProver(StubbornProver):
    """Supplies labels of another inner digest for the client's verify_data: that of the first key block."""

    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        if name != digest_name("client-finished", "first-digest"):
            return super().run(name, public, rows)
        seed = b"key expansion" + SERVER_RANDOM + CLIENT_RANDOM
        (link,) = [e for e in self.ledger if e.application.name == digest_name("key-expansion", "first-link")]
        assert link.decoded is not None
        chosen = bits_of(inner_digest(self._master_state, octets_of(link.decoded) + seed))
        values = super().run(name, chosen[np.newaxis], rows)
        self.ledger[-1] = replace(self.ledger[-1], public=public)
        return values


def test_chosen_inner_digest_reads_key_octets_and_is_caught() -> None:
    session = prepared(InnerDigestChoosingProver).fork()
    session.client_finished()
    assert session.prover.verify_data["client-finished"] == session.server.client_key[:12]
    session.server_finished()
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/proof-invalid"


class LateProof(ProverProof):
    """Answers before the Notary has the corrections."""

    def _prove_batch(self) -> None:
        self._duplex.send(messages.ANSWER, bytes(64))
        super()._prove_batch()


class LateProver(ProverEngine):
    proof_type = LateProof


def with_all_zero(payload: bytes) -> bytes:
    return bytes(len(payload))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (messages.GATE_CORRECTIONS, with_all_zero),
        (messages.ANSWER, lambda payload: payload[:32] + bytes(32)),
        (messages.OPENED_BITS, with_all_zero),
        (messages.INPUT_CORRECTIONS, with_all_zero),
    ],
    ids=["omitted corrections", "omitted assertion", "another opening", "other shares than computed with"],
)
def test_changed_proofs_are_refused(kind: int, change: Callable[[bytes], bytes]) -> None:
    session = prepared().fork()
    session.ends[0].tamper = changing(kind, change)
    session.handshake()
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/proof-invalid"


def test_corrections_come_before_the_challenge() -> None:
    session = exchanged(LateProver).fork()
    assert refusal_of_notary(session) == "engine/unexpected-message"


def test_the_final_proof_takes_no_new_witness() -> None:
    session = exchanged().fork()
    session.prover.proof.refuse_inputs()
    with pytest.raises(Refused, match="engine/new-witness"):
        session.prover.proof.private_input(np.ones(8, np.uint8))
    session.prover.duplex.send(messages.INPUT_CORRECTIONS, b"\x01")
    assert refusal_of_notary(session) == "engine/unexpected-message"


def flip(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


@pytest.mark.parametrize(("direction", "part"), [("sent", "ciphertext"), ("received", "tag")])
def test_forged_records_do_not_carry_the_recomputed_tag(direction: str, part: str) -> None:
    session = exchanged(StubbornProver).fork()
    records = getattr(session, direction)
    changed = flip(getattr(records[1], part))
    records[1] = (
        replace(records[1], tag=changed) if part == "tag" else replace(records[1], ciphertext=changed)
    )
    assert refusal_of_notary(session) == "mpc-tls/tag-mismatch"


def test_finished_records_hold_what_was_computed() -> None:
    session = prepared(StubbornProver).fork()
    session.client_finished()
    session.received[0] = session.server.protect(0, 22, finished_message(bytes(12)))
    session.server_finished()
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/server-finished-mismatch"


def test_client_finished_record_holds_what_was_computed() -> None:
    session = prepared(StubbornProver).fork()
    session.finished = finished_message(bytes(12))
    session.handshake()
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/client-finished-mismatch"


def test_alerts_other_than_close_notify_are_refused() -> None:
    session = prepared(StubbornProver).fork()
    session.closure = b"\x01\x5a"
    session.handshake()
    session.exchange()
    assert refusal_of_notary(session) == "mpc-tls/alert-not-close-notify"


def test_one_tag_share_for_a_record_of_the_agreed_length() -> None:
    session = prepared().fork()
    session.handshake()
    session.both(lambda: session.prover.key_stream(1, 20), lambda: session.notary.key_stream(1, 20))
    with pytest.raises(Refused, match="engine/wrong-length"):
        session.notary.tag_share(1, 23, bytes(19))
    session.notary.tag_share(1, 23, bytes(20))
    with pytest.raises(Refused, match="engine/second-tag-share"):
        session.notary.tag_share(1, 23, bytes(20))
    with pytest.raises(Refused, match="engine/second-tag-share"):
        session.notary.tag_share(2, 23, bytes(20))
    for sequence in (0, 1, 3):
        with pytest.raises(Refused, match="engine/repeated-counter"):
            session.notary.key_stream(sequence, 16)
    for length in (0, 21, 31):
        with pytest.raises(Refused, match="engine/budget-exceeded"):
            session.notary.key_stream(2, length)
    with pytest.raises(Refused, match="engine/evaluated-twice"):
        session.notary.evaluator._take_tables(session.notary.plan[SERVER_FINISHED_KEY_STREAM], slice(0, 1))
