"""What a session sends and how long it takes, predicted from what was agreed: gates, bits and rounds.

The terms are those of docs/engine/cost-model.md. Nothing here is measured: a prediction that misses a measurement is a
mistake of the model or of the implementation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mpctls.reference.channel.messages import Budget
from mpctls.reference.channel.session_parameters import engine_limits
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block
from mpctls.reference.mpc.circuits.sha256 import sha256_compression
from mpctls.reference.mpc.engine.plan import Party, Plan, session_plan
from mpctls.reference.mpc.engine.profiles import PROFILES, Transfers
from mpctls.reference.mpc.engine.setup import GARBLING_TREES, PROOF_TREES, SHARE_BITS, reserved_bits
from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS
from mpctls.reference.mpc.share_conversion.fields import GHASH_FIELD, P256_FIELD
from mpctls.reference.mpc.zero_knowledge.batch import MASK_BITS

SILENT_BATCH: Final = PARAMETERS[20]

LABEL: Final = 16
HASHES: Final = 2 * 16  # of both labels of a returned bit
CHECK: Final = 129 * 16  # hashes of all columns in the consistency check of an extension
EXTENSION: Final = (1 << 20) - 128  # transfers checked at a time
BLOCK: Final = 128
POINT: Final = 32
BASE_POINTS: Final = 2 * POINT * 128
CURVE_EVALUATIONS: Final = 3
BATCH_ANSWER: Final = 64
HASH_BLOCK: Final = 64
CIPHER_BLOCK: Final = 16
BLINDER_BITS: Final = 128

# Turns on the link outside the engine, by step: request and answer, key shares (two), handshake data, close, config and
# commitments, Merkle root and attestation. Announcements of records travel with the engine's own messages.
SESSION_ROUND_TRIPS: Final = 7
SERVER_ROUND_TRIPS: Final = 4  # connection, hello, Finished, request


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Octets that one cause makes the Prover and the Notary send."""

    name: str
    prover: int
    notary: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Octets by cause; the gates proved."""

    terms: tuple[Term, ...]
    proved_gates: int

    @property
    def prover_sends(self) -> int:
        """Octets from the Prover to the Notary."""
        return sum(term.prover for term in self.terms)

    @property
    def notary_sends(self) -> int:
        """Octets from the Notary to the Prover."""
        return sum(term.notary for term in self.terms)


def predict(
    budget: Budget, profile: str, *, response: int, request: int, committed_request: bool
) -> Prediction:
    """Predict a session that commits to its request, or to its response, by SHA-256; lengths in octets."""
    plan = session_plan(engine_limits(budget))
    powers = plan.limits.hash_key_powers
    ghash = (1 + (powers - 1) // 2) * GHASH_FIELD.gadget_length
    curve = CURVE_EVALUATIONS * P256_FIELD.gadget_length
    committed = request if committed_request else response
    blocks = -(-committed // HASH_BLOCK) + 1
    hashing = blocks * sha256_compression().and_count
    decrypting = 0 if committed_request else -(-response // CIPHER_BLOCK) * aes_encrypt_block().and_count
    records = 2 + -(-response // 16384)
    opening = (1 + records) * aes_encrypt_block().and_count
    proved = plan.and_count + opening + hashing + decrypting
    return Prediction(
        terms=(
            Term(name="tables", prover=_tables(profile, plan)),
            Term(name="hashes and decoding of returned bits", prover=_returned(plan)),
            Term(name="labels", prover=LABEL * _supplied(plan), notary=SHARE_BITS // 8),
            _linear_evaluations(curve, ghash),
            _transfers(profile, plan, proved, curve + ghash),
            Term(name="base transfers", prover=2 * BASE_POINTS, notary=2 * BASE_POINTS),
            _proof(PROFILES[profile].proof_batch, proved),
            Term(name="server's records, registered", prover=response + 29 * records + request),
        ),
        proved_gates=proved,
    )


def seconds(
    prediction: Prediction, *, upload: float, download: float, round_trip: float, engine_round_trips: int
) -> float:
    """Seconds on a line of `upload` and `download` octets a second, were computation free."""
    turns = engine_round_trips + SESSION_ROUND_TRIPS + SERVER_ROUND_TRIPS
    return prediction.prover_sends / upload + prediction.notary_sends / download + turns * round_trip


def _tables(profile: str, plan: Plan) -> int:
    """32 octets a gate with half-gates; with three-halves 24 and five bits, filled to octets in each instance."""
    garbling = PROFILES[profile].garbling
    return sum(each.instances * garbling.table_octets(each.circuit) for each in plan.applications)


def _returned(plan: Plan) -> int:
    hashed = sum(each.instances * each.decoded for each in plan.applications if each.returned)
    decoded = sum(each.instances * each.decoded for each in plan.applications)
    return HASHES * hashed + decoded // 8


def _supplied(plan: Plan) -> int:
    """Input bits whose labels the Prover sends: the public ones and its own, and the Notary's as chosen labels."""
    return sum(each.instances * each.fresh_count(party) for each in plan.applications for party in Party)


def _linear_evaluations(curve: int, ghash: int) -> Term:
    """Corrections of the evaluations on random inputs: the curve's from both, those of GHASH from the Notary."""
    return Term(
        name="linear evaluations",
        prover=curve * P256_FIELD.octets,
        notary=curve * P256_FIELD.octets + ghash * GHASH_FIELD.octets,
    )


def _transfers(profile: str, plan: Plan, proved: int, evaluated: int) -> Term:
    """Transfers under Δ_Z, whose receiver is the Prover, and under Δ_G, whose receiver is the Notary."""
    proof_batch = PROFILES[profile].proof_batch
    batches = -(-proved // proof_batch)
    needed = max(
        reserved_bits(plan, proof_batch), plan.mask_count + SHARE_BITS + MASK_BITS * batches + proved
    )
    notary = _extension(SHARE_BITS + evaluated // 2, GARBLING_TREES)
    if PROFILES[profile].transfers is not Transfers.SILENT:
        return Term(
            name="transfers",
            prover=_extension(evaluated, PROOF_TREES) + _extension(needed, PROOF_TREES),
            notary=notary,
        )
    silent = -(-needed // SILENT_BATCH.gained)
    sums = silent * SILENT_BATCH.blocks * SILENT_BATCH.log2_block * LABEL
    first = _extension(evaluated, PROOF_TREES) + _extension(SILENT_BATCH.consumed, PROOF_TREES)
    return Term(name="transfers", prover=first, notary=notary + sums)


def _extension(count: int, log2_leaves: int) -> int:
    """Octets from the receiver of `count` transfers: 128/k - 1 bits each, and the answers to the checks."""
    columns = 128 // log2_leaves - 1
    checks = -(-count // EXTENSION)
    return (count + BLOCK * checks) * columns // 8 + CHECK * checks


def _proof(proof_batch: int, proved: int) -> Term:
    batches = -(-proved // proof_batch)
    return Term(name="proof", prover=proved // 8 + BATCH_ANSWER * batches, notary=16 * batches)
