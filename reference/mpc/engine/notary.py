"""The Notary's end of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ...foundation.errors import Refused
from ...foundation.identifiers import ENGINE_PROFILE
from ...foundation.randomness import Randomness
from ..conversion.messages import CHECK_TRANSFERS, Entry, Released
from ..conversion.notary import NotaryConversion
from ..duplex import Duplex
from ..kernels.aes import expand_key
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from ..share_conversion.curve import EllipticCurveToField
from ..share_conversion.ghash import HashKeyPowers
from ..zero_knowledge.batch import Wires
from ..zero_knowledge.bits import Bits, Blocks, blocks_to_octets, octets_of
from ..zero_knowledge.correlations import NotaryReserve
from ..zero_knowledge.verifier import NotaryProof
from .closing import check_registered_records, open_tag_values, require_recordable
from .coin import toss_as_notary
from .computation import Computation
from .evaluator import Evaluator
from .interleaving import TableReceivingDuplex
from .ledger import Evaluation, no_public_bits
from .messages import OPENED_INPUTS
from .plaintext import AuthenticatedPlaintext
from .plan import PRE_MASTER_SECRET, Disclosure, Limits, session_plan
from .profiles import PROFILES
from .records import ProtectedRecord, record_tag_share
from .setup import (
    GARBLING_TREES,
    NOTARY_TO_PROVER,
    PROOF_TREES,
    PROVER_TO_NOTARY,
    SHARE_BITS,
    check_session_id,
    reserved_bits,
    share_bits,
)
from .tap import MeasuredDuplex, NoTap, PhaseCost, Tap
from .trace import repeat_in_proof


class NotaryEngine(Computation):
    """One session at the Notary, which evaluates and verifies. `ProverEngine` is called in the same order.

    The Notary never repeats a counter, gives one tag share for a record, and helps with nothing after
    `close`.
    """

    proof_type: ClassVar[type[NotaryProof]] = NotaryProof
    conversion_type: ClassVar[type[NotaryConversion]] = NotaryConversion
    evaluator_type: ClassVar[type[Evaluator]] = Evaluator
    curve: EllipticCurveToField
    hash_key_powers: HashKeyPowers
    proof: NotaryProof
    conversion: NotaryConversion
    evaluator: Evaluator
    plaintext: AuthenticatedPlaintext

    def __init__(
        self,
        duplex: Duplex,
        randomness: Randomness,
        session_id: bytes,
        limits: Limits,
        tap: Tap | None = None,
        profile: str = ENGINE_PROFILE,
    ) -> None:
        super().__init__(session_plan(limits))
        check_session_id(session_id)
        self.tap = tap or NoTap()
        self.duplex = MeasuredDuplex(duplex, self.tap)
        self.randomness = randomness
        self.session_id = session_id
        self._profile = PROFILES[profile]
        self._mask_wires: dict[str, Wires] = {}
        self._share_wires: Wires = np.empty(0, np.int64)
        self._share_bits: Bits = np.empty(0, np.uint8)
        self._powers: Blocks = np.empty((0, 2), np.uint64)

    @property
    def costs(self) -> Mapping[str, PhaseCost]:
        """Octets, rounds, AND gates and seconds by phase so far."""
        return self.duplex.settled(self.proof.proved_gates if self._prepared else 0)

    def preprocess(self) -> None:
        """Do everything that needs no input; see `ProverEngine.preprocess`."""
        self._require(not self._prepared)
        self.duplex.begin("preprocessing", self.plan.and_count)
        hash_key = toss_as_notary(self.duplex, self.randomness, self.session_id)
        round_keys = expand_key(hash_key)
        self.evaluator = self.evaluator_type(
            self.duplex,
            session_id=self.session_id,
            plan=self.plan,
            scheme=self._profile.garbling,
            hash_key=hash_key,
        )
        duplex = TableReceivingDuplex(self.duplex, self.evaluator.receive_plan())
        duplex.start()
        receiver = CorrelatedReceiver.setup(
            duplex, self.randomness, self.session_id, PROVER_TO_NOTARY, GARBLING_TREES
        )
        sender = CorrelatedSender.setup(
            duplex, self.randomness, self.session_id, NOTARY_TO_PROVER, False, PROOF_TREES
        )
        choices, macs = receiver.extend(SHARE_BITS)
        self.curve = EllipticCurveToField.prepare(
            duplex, self.randomness, sender, receiver, round_keys, sends_first=False
        )
        self.hash_key_powers = HashKeyPowers.prepare_as_sender(
            duplex, self.randomness, sender, round_keys, self.plan.limits.hash_key_powers
        )
        transfers = self._profile.correlation_sender(sender, duplex=duplex, randomness=self.randomness)
        correlation = NotaryReserve(transfers)
        correlation.reserve(reserved_bits(self.plan, self._profile.proof_batch))
        check_keys = correlation.take(CHECK_TRANSFERS)
        self.proof = self.proof_type(
            self.duplex,
            self.randomness,
            session_id=self.session_id,
            correlation=correlation,
            batch_gates=self._profile.proof_batch,
        )
        self.conversion = self.conversion_type(
            self.duplex,
            self.randomness,
            session_id=self.session_id,
            proof=self.proof,
            reserved=check_keys,
        )
        self._draw_masks()
        self.evaluator.accept_setup(choices=choices, macs=macs)
        duplex.finish()
        self.evaluator.receive_decoding()
        self._prepared = True

    def key_exchange(self, point: tuple[int, int]) -> None:
        """Join the pre-master secret from this party's point; see `ProverEngine.key_exchange`.

        The Prover's shares are committed in the proof before anything that depends on them is evaluated.
        """
        self._require(self._prepared and not self._pre_master_state)
        application = self.plan[PRE_MASTER_SECRET]
        rows = slice(0, 1)
        self.duplex.begin(application.phase, application.gates(rows))
        with self._ending_on_refusal():
            shares = self.curve.convert(*point)
            self._share_bits = share_bits(shares)
            self.tap.record("own pre-master secret shares", octets_of(self._share_bits))
            self._share_wires = self.proof.private_input(SHARE_BITS)
            self.evaluator.choose_labels(application, self._share_bits)
            labels = self.evaluator.evaluate(application, rows)
            decoded = self.evaluator.decode(application, rows, labels)
            self.evaluator.give_back(application, rows, slice(0, 1), decoded, labels)
            if not decoded[0, 0]:
                raise Refused(
                    "key-exchange/pre-master-secret-mismatch", "the runs of the share conversion differ"
                )
            self.evaluator.give_back(application, rows, slice(1, application.decoded), decoded, labels)
        self.ledger.append(
            Evaluation(application=application, rows=rows, public=no_public_bits(1), decoded=decoded)
        )
        self._pre_master_state = octets_of(decoded[:, 1:])

    def key_expansion(self, *, seed: bytes) -> None:
        super().key_expansion(seed=seed)
        with self._ending_on_refusal():
            self._powers = self.hash_key_powers.convert(self._hash_key_share)
        self.tap.record("own shares of the powers of H", blocks_to_octets(self._powers))

    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        application = self.plan[name]
        self._require(True)
        self.duplex.begin(application.phase, application.gates(rows))
        with self._ending_on_refusal():
            labels = self.evaluator.evaluate(application, rows)
        decoded: Bits | None = None
        if application.disclosure is not Disclosure.NOBODY:
            decoded = self.evaluator.decode(application, rows, labels)
            self.tap.record(name, octets_of(decoded))
        if application.returned and decoded is not None:
            self.evaluator.give_back(application, rows, slice(0, application.decoded), decoded, labels)
        self.ledger.append(Evaluation(application=application, rows=rows, public=public, decoded=decoded))
        return None if application.disclosure is Disclosure.PROVER else decoded

    def tag_share(self, sequence: int, content_type: int, ciphertext: bytes) -> bytes:
        """This party's share of a sent record's tag, once for each sequence number.

        Rejects with `engine/second-tag-share` a record that has had one or has no key stream yet, with
        `engine/wrong-length` a ciphertext that is not as long as its key stream.
        """
        self._require(True)
        if sequence not in self._tag_masks:
            raise Refused("engine/second-tag-share", f"record {sequence}")
        if len(ciphertext) != self.record_lengths[sequence]:
            raise Refused("engine/wrong-length", f"record {sequence} has another length than its key stream")
        mask = self._tag_masks.pop(sequence)
        return record_tag_share(self._powers, mask, sequence, content_type, ciphertext)

    def close(self) -> None:
        """Help with nothing more of the joint computation, irrevocably; the tables are erased."""
        self.forbid_further_runs()
        self.evaluator.erase()
        self._tag_masks.clear()

    def finalise(self, sent: Sequence[ProtectedRecord], received: Sequence[ProtectedRecord]) -> None:
        """Open the own inputs, verify the proof of the whole session, then recompute the tags of all records.

        Rejects with `mpc-tls/proof-invalid`, `mpc-tls/tag-mismatch`, `mpc-tls/client-finished-mismatch`,
        `mpc-tls/server-finished-mismatch` and `mpc-tls/alert-not-close-notify`.
        """
        self.duplex.begin("finalisation", 0)
        self.require_finalisable()
        require_recordable(self, sent, received)
        self._open_inputs()
        self.proof.refuse_inputs()
        wires = repeat_in_proof(
            self.proof,
            self.ledger,
            prover_wires=self._share_wires,
            notary_bits=self._share_bits,
            masks=self._mask_wires,
        )
        self.proof.flush()
        opened = open_tag_values(self.proof, self, wires, sent, received)
        check_registered_records(self, opened, sent, received)
        self.proof.accept_inputs()
        self.plaintext = AuthenticatedPlaintext(
            self.proof,
            wires,
            sent,
            received,
            first_pool_rows=self.first_pool_rows,
            server_initial_vector=self.server_initial_vector,
        )
        self.duplex.begin("submission", 0, proved=self.proof.proved_gates)

    def convert(self, entries: Sequence[Entry]) -> None:
        """Convert the bits of committed octets to scalars; the proof has concluded. See `NotaryConversion.convert`."""
        self.duplex.begin("conversion", 0, proved=self.proof.proved_gates)
        with self._ending_on_refusal():
            self.require_finalisable()
            self.conversion.convert(entries)

    def release(self, registered: Sequence[bytes]) -> tuple[Released, ...]:
        """Release the difference of the proof when all commitments are registered; the last step of the engine."""
        with self._ending_on_refusal():
            self.require_finalisable()
            return self.conversion.release(registered)

    def _draw_masks(self) -> None:
        for application in self.plan.applications:
            if application.masked:
                shape = (application.instances, application.decoded)
                self._mask_wires[application.name] = self.proof.random_bits(shape[0] * shape[1]).reshape(
                    shape
                )

    def _open_inputs(self) -> None:
        self.duplex.send(OPENED_INPUTS, octets_of(self._share_bits) + self.evaluator.open_inputs())
