"""Provers that register other records than they sent or received; the engines run over a pair in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from mpctls.reference.mpc.engine.computation import tag_mask_block
from mpctls.reference.mpc.engine.plan import KEY_STREAM
from mpctls.reference.mpc.engine.records import ProtectedRecord
from mpctls.reference.mpc.kernels.binary_field import from_gcm, multiply, power, to_gcm
from mpctls.reference.mpc.share_conversion import messages as conversion_messages
from mpctls.reference.mpc.zero_knowledge.bits import Bits, bits_of
from tests.cheaters.match import Match, play, prepared
from tests.cheaters.table import Outcome
from tests.unit.engine.parties import encrypt_block
from tests.unit.engine.test_cheating_prover import StubbornProver

FIRST, SECOND = b"HTTP/1.1 200 OK\r\n\r\n", b'{"balance":"17"}'

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


class OtherBlockProver(StubbornProver, ABC):
    """Supplies labels of another counter block than agreed where its first record's key stream begins."""

    @abstractmethod
    def block(self) -> bytes:
        """The counter block, 16 octets, whose key stream it wants to read."""

    def run(self, name: str, public: Bits, rows: slice = slice(0, 1)) -> Bits | None:
        if name != KEY_STREAM:
            return super().run(name, public, rows)
        supplied = public.copy()
        supplied[0] = bits_of(self.block())
        values = super().run(name, supplied, rows)
        self.ledger[-1] = replace(self.ledger[-1], public=public)
        return values


class TagMaskReadingProver(OtherBlockProver):
    """Has E(J0) of its own record opened: with it and the tag it learns what the tag is made of."""

    def block(self) -> bytes:
        return tag_mask_block(self.client_initial_vector, (1).to_bytes(8, "big"))


class HashKeyReadingProver(OtherBlockProver):
    """Has H of its own direction opened."""

    def block(self) -> bytes:
        return bytes(16)


def play_other_block(prover_type: type[OtherBlockProver]) -> Outcome:
    match = prepared(prover_type)
    prover = match.prover
    if not isinstance(prover, OtherBlockProver):
        raise TypeError("of another type")

    def records() -> None:
        content = match.requests[0]
        record = match.send(1, 23, content)
        read = bytes(a ^ b for a, b in zip(record.ciphertext[:16], content[:16], strict=True))
        if read != encrypt_block(match.server.client_key, prover.block()):
            raise AssertionError("the block was not read")
        match.received.append(match.server.protect(1, 23, FIRST))

    return play(match, records=records)
