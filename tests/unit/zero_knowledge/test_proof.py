"""The proof: honest runs against plain evaluation, and every way in which it must not accept."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.aes import aes_encrypt_block, aes_key_schedule
from mpctls.reference.mpc.circuits.sha256 import sha256_compression
from mpctls.reference.mpc.zero_knowledge import batch, messages
from mpctls.reference.mpc.zero_knowledge.batch import Gates, Proof, Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, bits_of, octets_of, select
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.mpc.zero_knowledge.verifier import NotaryProof
from tests.unit.foundation.refusals import refused

from .dealer import Parties

# FIPS 197 appendix C.1.
KEY = bytes(range(16))
BLOCK = bytes.fromhex("00112233445566778899aabbccddeeff")
ENCRYPTED = bytes.fromhex("69c4e0d86a7b0430d8cdb78070b4c55a")


def encrypt(proof: Proof, key: Wires) -> Wires:
    round_keys = proof.apply(aes_key_schedule(), key.reshape(1, -1))
    block = proof.constant(bits_of(BLOCK)).reshape(1, -1)
    return proof.apply(aes_encrypt_block(), np.concatenate([round_keys, block], axis=1))


def prove_encryption(proof: ProverProof, *, claim: bytes = ENCRYPTED) -> Wires:
    wires = encrypt(proof, proof.private_input(bits_of(KEY)))
    proof.assert_equal(wires, bits_of(claim).reshape(1, -1))
    proof.flush()
    return wires


def verify_encryption(proof: NotaryProof, *, claim: bytes = ENCRYPTED) -> Wires:
    wires = encrypt(proof, proof.private_input(128))
    proof.assert_equal(wires, bits_of(claim).reshape(1, -1))
    proof.flush()
    return wires


def test_known_answer_is_accepted_and_outputs_stay_authenticated() -> None:
    parties = Parties()
    proved, verified = parties.both(prove_encryption, verify_encryption)
    assert octets_of(parties.prover.bits(proved)) == ENCRYPTED
    macs, keys = parties.prover.macs(proved), parties.notary.keys(verified)
    assert np.array_equal(keys, macs ^ select(parties.prover.bits(proved), parties.notary.delta))
    assert parties.prover.proved_gates == parties.notary.proved_gates == 6400


def test_sha256_of_private_octets_over_several_batches() -> None:
    message = b"abc"
    padded = message + b"\x80" + bytes(52) + (24).to_bytes(8, "big")
    initial = bytes.fromhex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
    parties = Parties(batch_gates=30000)

    def digest(proof: Proof, octets: Wires) -> Wires:
        block = np.concatenate([octets, proof.constant(bits_of(padded[3:]))])
        state = proof.constant(bits_of(initial))
        inputs = np.concatenate([state, block])[np.newaxis]
        return proof.apply(sha256_compression(), np.concatenate([inputs] * 3))

    def prove(proof: ProverProof) -> Bits:
        opened = proof.open(digest(proof, proof.private_input(bits_of(message))))
        proof.flush()
        return opened

    def verify(proof: NotaryProof) -> Bits:
        opened = proof.open(digest(proof, proof.private_input(24)))
        proof.flush()
        return opened

    _, opened = parties.both(prove, verify)
    assert [octets_of(row) for row in opened] == [hashlib.sha256(message).digest()] * 3
    assert parties.notary._batches == 3


def test_many_blocks_are_proved_in_steps_within_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-one blocks, eight at a time: whole groups of lanes, and what is left of them."""
    monkeypatch.setattr(batch, "_STEP_GATES", 9 * 5120)
    blocks = bytes(range(16)) * 20 + BLOCK
    parties = Parties()

    def run(proof: ProverProof | NotaryProof, key: Wires) -> Bits:
        round_keys = proof.apply(aes_key_schedule(), key.reshape(1, -1))
        inputs = proof.constant(bits_of(blocks)).reshape(-1, 128)
        keys = np.broadcast_to(round_keys, (len(inputs), round_keys.shape[1]))
        opened = proof.open(proof.apply(aes_encrypt_block(), np.concatenate([keys, inputs], axis=1)))
        assert [len(step.inputs) for step in proof._steps if isinstance(step, Gates)] == [1, 8, 8, 5]
        proof.flush()
        return opened

    _, opened = parties.both(
        lambda proof: run(proof, proof.private_input(bits_of(KEY))),
        lambda proof: run(proof, proof.private_input(128)),
    )
    encryptor = Cipher(AES(KEY), ECB()).encryptor()
    assert octets_of(opened) == encryptor.update(blocks)
    assert parties.notary._batches == 1


class ClaimingProof(ProverProof):
    """Asserts what it likes."""

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        return


def test_false_assertion_is_refused() -> None:
    parties = Parties(ClaimingProof)
    claim = bytes([ENCRYPTED[0] ^ 1]) + ENCRYPTED[1:]
    with pytest.raises(Refused, match="mpc-tls/proof-invalid"):
        parties.both(
            lambda proof: prove_encryption(proof, claim=claim),
            lambda proof: verify_encryption(proof, claim=claim),
        )
    with pytest.raises(Refused, match="engine/proof-ended"):
        parties.notary.flush()


def test_honest_prover_does_not_assert_what_is_false() -> None:
    parties = Parties()
    wires = parties.prover.random_bits(8)
    with pytest.raises(Refused, match="mpc-tls/values-differ"):
        parties.prover.assert_equal(wires, parties.prover.bits(wires) ^ np.uint8(1))


@given(kind=st.sampled_from(["gates", "answer"]), place=st.integers(0, 10**6))
def test_one_flipped_bit_is_refused(kind: str, place: int) -> None:
    parties = Parties()
    end = parties.ends[0]
    tampered = {"gates": messages.GATE_CORRECTIONS, "answer": messages.ANSWER}[kind]

    class Flipping:
        def send(self, sent: int, payload: bytes) -> None:
            octets = bytearray(payload)
            if sent == tampered:
                octets[place // 8 % len(octets)] ^= 1 << place % 8
            end.send(sent, bytes(octets))

        def receive(self, expected: int, length: int) -> bytes:
            return end.receive(expected, length)

    parties.prover._duplex = Flipping()
    with pytest.raises(Refused, match="mpc-tls/proof-invalid"):
        parties.both(prove_encryption, verify_encryption)


def test_sums_and_constants_cost_no_gates() -> None:
    parties = Parties()

    def program(proof: Proof) -> None:
        left, right = proof.random_bits(64), proof.random_bits(64)
        both = proof.exclusive_or(left, right)
        shifted = proof.exclusive_or(both, proof.constant(np.ones(64, np.uint8)))
        back = proof.exclusive_or(shifted, proof.exclusive_or(right, proof.constant(np.ones(64, np.uint8))))
        proof.assert_equal(proof.exclusive_or(back, left), np.zeros(64, np.uint8))
        proof.flush()

    parties.both(program, program)
    assert parties.notary.proved_gates == 0


def test_inputs_are_refused_while_closed_for_them() -> None:
    parties = Parties()
    for proof in (parties.prover, parties.notary):
        proof.refuse_inputs()
        with pytest.raises(Refused, match="engine/new-witness"):
            proof.random_bits(1)
        proof.accept_inputs()
        proof.random_bits(1)
        proof.end()
        with pytest.raises(Refused, match="engine/proof-ended"):
            proof.random_bits(1)


def test_wires_of_an_open_batch_have_no_macs_yet() -> None:
    parties = Parties()
    wires = parties.prover.exclusive_or(parties.prover.random_bits(4), parties.prover.random_bits(4))
    with pytest.raises(Refused, match="engine/batch-open"):
        parties.prover.macs(wires)


def test_wrong_shapes_are_refused() -> None:
    proof = Parties().prover
    wires = proof.random_bits(8)
    with pytest.raises(Refused, match="engine/wrong-shape"):
        proof.exclusive_or(wires, wires[:4])
    with pytest.raises(Refused, match="engine/wrong-shape"):
        proof.apply(aes_key_schedule(), wires[np.newaxis])
    with pytest.raises(Refused, match="engine/wrong-shape"):
        proof.assert_equal(wires, np.zeros(4, np.uint8))


def test_filling_bits_of_corrections_must_be_zero() -> None:
    parties = Parties()
    parties.ends[0].send(messages.INPUT_CORRECTIONS, b"\x10")
    with pytest.raises(Refused, match="engine/not-canonical"):
        parties.notary.private_input(4)


def test_what_is_retained_is_still_authenticated_and_nothing_else_is_there() -> None:
    parties = Parties()
    bits = np.array([1, 0, 1, 1, 0, 1], np.uint8)

    def work(proof: ProverProof | NotaryProof, early: Wires) -> tuple[Wires, int]:
        mark = proof.mark
        sums = proof.exclusive_or(early, proof.constant(np.ones(6, np.uint8)))
        proof.flush()
        first, second = proof.retain(mark, [sums[3:], np.concatenate([early[:2], sums[:1]])])
        proof.assert_equal(first, 1 - bits[3:])
        proof.assert_equal(second, np.array([1, 0, 0], np.uint8))
        proof.flush()
        return first, proof.mark - mark

    (prover_wires, prover_count), (notary_wires, notary_count) = parties.both(
        lambda proof: work(proof, proof.private_input(bits)),
        lambda proof: work(proof, proof.private_input(6)),
    )
    assert prover_count == notary_count == 4
    assert np.array_equal(prover_wires, notary_wires)


def test_nothing_is_forgotten_while_a_batch_is_open() -> None:
    proof = Parties().prover
    wires = proof.private_input(np.ones(1, np.uint8))
    proof.exclusive_or(wires, wires)
    with refused("engine/batch-open"):
        proof.retain(2, [])
