"""The Prover's end of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ...foundation.errors import Refused
from ...foundation.identifiers import ENGINE_PROFILE
from ...foundation.randomness import Randomness
from ..conversion.messages import CHECK_TRANSFERS, Entry, Released
from ..conversion.prover import ProverConversion
from ..duplex import Duplex
from ..kernels.aes import expand_key
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender, random_difference
from ..share_conversion.curve import EllipticCurveToField
from ..share_conversion.ghash import HashKeyPowers
from ..zero_knowledge.batch import Wires
from ..zero_knowledge.bits import Bits, Blocks, blocks_to_octets, octets_of, unpack
from ..zero_knowledge.correlations import ProverReserve
from ..zero_knowledge.prover import ProverProof
from .closing import check_own_records, derive_keys, open_tag_values, require_recordable
from .coin import toss_as_prover
from .computation import Computation
from .garbler import Garbler
from .interleaving import TableSendingDuplex
from .labels import DIGEST_OCTETS
from .ledger import Evaluation, no_public_bits
from .messages import OPENED_INPUTS
from .plaintext import AuthenticatedPlaintext
from .plan import PRE_MASTER_SECRET, Disclosure, Limits, Party, session_plan
from .profiles import PROFILES
from .records import TAG_OCTETS, ProtectedRecord, SessionKeys, record_tag_share
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
from .trace import Recomputation, recompute, repeat_in_proof


class ProverEngine(Computation):
    """One session at the Prover, which garbles and proves. `NotaryEngine` is called in the same order.

    Order: `preprocess`, `key_exchange`, then `Computation`'s methods; `complete_tag` after each `key_stream`
    with the Notary's tag share; `close`; `finalise`; then `proof` and `plaintext` serve data submission; where
    octets are committed to in scalars, `convert`, `receive_release` and `check_release` end it. All methods
    block.
    """

    proof_type: ClassVar[type[ProverProof]] = ProverProof
    conversion_type: ClassVar[type[ProverConversion]] = ProverConversion
    garbler_type: ClassVar[type[Garbler]] = Garbler
    curve: EllipticCurveToField
    hash_key_powers: HashKeyPowers
    proof: ProverProof
    conversion: ProverConversion
    garbler: Garbler
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
        self.masks: dict[str, Bits] = {}
        self._mask_wires: dict[str, Wires] = {}
        self._share_wires: Wires = np.empty(0, np.int64)
        self._powers: Blocks = np.empty((0, 2), np.uint64)

    @property
    def costs(self) -> Mapping[str, PhaseCost]:
        """Octets, rounds, AND gates and seconds by phase so far."""
        return self.duplex.settled(self.proof.proved_gates if self._prepared else 0)

    def preprocess(self) -> None:
        """Do everything that needs no input: base transfers, extensions, linear evaluations, garbling of the
        plan.
        """
        self._require(not self._prepared)
        self.duplex.begin("preprocessing", self.plan.and_count)
        hash_key = toss_as_prover(self.duplex, self.randomness, self.session_id)
        round_keys = expand_key(hash_key)
        delta = random_difference(self.randomness, lowest_bit_one=True)
        self.garbler = self.garbler_type(
            self.duplex,
            self.randomness,
            session_id=self.session_id,
            plan=self.plan,
            scheme=self._profile.garbling,
            hash_key=hash_key,
            delta=delta,
        )
        duplex = TableSendingDuplex(self.duplex, self.garbler.garble_plan())
        duplex.start()
        sender = CorrelatedSender.setup(
            duplex, self.randomness, self.session_id, PROVER_TO_NOTARY, True, GARBLING_TREES, delta=delta
        )
        receiver = CorrelatedReceiver.setup(
            duplex, self.randomness, self.session_id, NOTARY_TO_PROVER, PROOF_TREES
        )
        notary_keys = sender.extend(SHARE_BITS)
        self.curve = EllipticCurveToField.prepare(
            duplex, self.randomness, sender, receiver, round_keys, sends_first=True
        )
        self.hash_key_powers = HashKeyPowers.prepare_as_receiver(
            duplex, receiver, round_keys, self.plan.limits.hash_key_powers
        )
        transfers = self._profile.correlation_receiver(receiver, duplex=duplex, randomness=self.randomness)
        correlation = ProverReserve(transfers)
        correlation.reserve(reserved_bits(self.plan, self._profile.proof_batch))
        check_bits, check_macs = correlation.take(CHECK_TRANSFERS)
        self.proof = self.proof_type(
            self.duplex,
            session_id=self.session_id,
            correlation=correlation,
            batch_gates=self._profile.proof_batch,
        )
        self.conversion = self.conversion_type(
            self.duplex,
            session_id=self.session_id,
            proof=self.proof,
            bits=check_bits,
            macs=check_macs,
        )
        self._draw_masks()
        self.garbler.accept_setup(notary_keys=notary_keys, masks=self.masks)
        duplex.finish()
        self.garbler.send_decoding()
        self._prepared = True

    def key_exchange(self, point: tuple[int, int]) -> None:
        """Join the pre-master secret from this party's point, (x, y) of its scalar times the Server's point.

        Rejects with `key-exchange/equal-x-coordinates` and `key-exchange/pre-master-secret-mismatch`.
        """
        self._require(self._prepared and not self._pre_master_state)
        application = self.plan[PRE_MASTER_SECRET]
        rows = slice(0, 1)
        self.duplex.begin(application.phase, application.gates(rows))
        with self._ending_on_refusal():
            bits = share_bits(self.curve.convert(*point))
            self.tap.record("own pre-master secret shares", octets_of(bits))
            self._commit_shares(bits)
            self.garbler.send_chosen_labels(application)
            self.garbler.supply(application, rows, Party.PROVER, bits[np.newaxis])
            agree = self.garbler.receive_returned(application, rows, slice(0, 1))
            if not agree[0, 0]:
                raise Refused(
                    "key-exchange/pre-master-secret-mismatch", "the runs of the share conversion differ"
                )
            state = self.garbler.receive_returned(application, rows, slice(1, application.decoded))
        decoded = np.concatenate([agree, state], axis=1)
        self.ledger.append(
            Evaluation(application=application, rows=rows, public=no_public_bits(1), decoded=decoded)
        )
        self._pre_master_state = octets_of(state)

    def key_expansion(self, *, seed: bytes) -> None:
        super().key_expansion(seed=seed)
        with self._ending_on_refusal():
            self._powers = self.hash_key_powers.convert(self._hash_key_share)
        self.tap.record("own shares of the powers of H", blocks_to_octets(self._powers))

    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        application = self.plan[name]
        self._require(True)
        self.duplex.begin(application.phase, application.gates(rows))
        self.garbler.supply(application, rows, Party.PUBLIC, public)
        decoded: Bits | None = None
        values: Bits | None = None
        if application.returned:
            with self._ending_on_refusal():
                decoded = self.garbler.receive_returned(application, rows, slice(0, application.decoded))
            values = decoded
        if application.disclosure is Disclosure.PROVER and decoded is not None:
            values = decoded ^ self.masks[name][rows]
        if application.disclosure is Disclosure.SHARED:
            values = self.masks[name][rows]
        self.ledger.append(Evaluation(application=application, rows=rows, public=public, decoded=decoded))
        if values is not None:
            self.tap.record(name, octets_of(values))
        return values

    def complete_tag(self, sequence: int, content_type: int, ciphertext: bytes, notary_share: bytes) -> bytes:
        """The tag of a sent record from both shares; its `key_stream` has run."""
        if sequence not in self._tag_masks:
            raise Refused("engine/out-of-order", f"no key stream was made for record {sequence}")
        if len(notary_share) != TAG_OCTETS:
            raise Refused("engine/wrong-length", "a tag share has 16 octets")
        own = record_tag_share(self._powers, self._tag_masks[sequence], sequence, content_type, ciphertext)
        return bytes(left ^ right for left, right in zip(own, notary_share, strict=True))

    def close(self) -> None:
        """Ask for nothing more of the joint computation, irrevocably."""
        self.forbid_further_runs()

    def finalise(self, sent: Sequence[ProtectedRecord], received: Sequence[ProtectedRecord]) -> SessionKeys:
        """Take the Notary's opened inputs, recompute everything, check all records, then prove; return the
        keys.

        Before anything of the proof is sent, rejects with `mpc-tls/notary-opening-invalid`,
        `mpc-tls/values-differ`, `mpc-tls/tag-mismatch`, `mpc-tls/server-finished-mismatch`,
        `mpc-tls/client-finished-mismatch` or `mpc-tls/alert-not-close-notify`; the caller must not tell the
        Notary which.
        """
        self.duplex.begin("finalisation", 0)
        self.require_finalisable()
        with self._ending_on_refusal():
            require_recordable(self, sent, received)
            notary_bits = self._receive_opened_inputs()
            found = self._recompute(notary_bits)
            keys = derive_keys(self, found.outputs)
            self.tap.record("traffic keys", keys.client_key + keys.server_key)
            self._check_records(keys, sent, received)
        self._prove(found, notary_bits, sent, received)
        return keys

    def convert(self, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Convert the bits of committed octets to scalars; the authenticator of each entry.

        The proof has concluded. See `ProverConversion.convert`.
        """
        self.duplex.begin("conversion", 0, proved=self.proof.proved_gates)
        with self._ending_on_refusal():
            self.require_finalisable()
            return self.conversion.convert(entries)

    def receive_release(self) -> None:
        """Take what the Notary releases, unjudged; this party sends nothing from here on."""
        with self._ending_on_refusal():
            self.require_finalisable()
            self.conversion.receive_release()

    def check_release(self) -> tuple[Released, ...]:
        """Judge the release; rejects with `data-submission/conversion-check-failed`, which the Notary must not hear."""
        with self._ending_on_refusal():
            return self.conversion.check_release()

    def _draw_masks(self) -> None:
        for application in self.plan.applications:
            if application.masked:
                shape = (application.instances, application.decoded)
                wires = self.proof.random_bits(shape[0] * shape[1]).reshape(shape)
                self._mask_wires[application.name] = wires
                self.masks[application.name] = self.proof.bits(wires)

    def _commit_shares(self, bits: Bits) -> None:
        self._share_wires = self.proof.private_input(bits)

    def _receive_opened_inputs(self) -> Bits:
        octets = self.duplex.receive(OPENED_INPUTS, SHARE_BITS // 8 + DIGEST_OCTETS)
        bits = unpack(octets[:-DIGEST_OCTETS], SHARE_BITS)
        self.garbler.check_opened_inputs(self.plan[PRE_MASTER_SECRET], bits, octets[-DIGEST_OCTETS:])
        self.garbler.erase()
        return bits

    def _recompute(self, notary_bits: Bits) -> Recomputation:
        prover_bits = self.proof.bits(self._share_wires)
        return recompute(self.ledger, prover_bits=prover_bits, notary_bits=notary_bits, masks=self.masks)

    def _check_records(
        self, keys: SessionKeys, sent: Sequence[ProtectedRecord], received: Sequence[ProtectedRecord]
    ) -> None:
        check_own_records(self, keys, sent, received)

    def _prove(
        self,
        found: Recomputation,
        notary_bits: Bits,
        sent: Sequence[ProtectedRecord],
        received: Sequence[ProtectedRecord],
    ) -> None:
        self.proof.refuse_inputs()
        wires = repeat_in_proof(
            self.proof,
            found.ledger,
            prover_wires=self._share_wires,
            notary_bits=notary_bits,
            masks=self._mask_wires,
        )
        self.proof.flush()
        open_tag_values(self.proof, self, wires, sent, received)
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
