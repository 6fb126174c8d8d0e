"""Inner digests against hashlib and hmac, and the coin toss."""

from __future__ import annotations

import hashlib
import hmac
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine import messages
from mpctls.reference.mpc.engine.coin import toss_as_notary, toss_as_prover
from mpctls.reference.mpc.engine.pseudorandom import compress, inner_digest

INITIAL = struct.pack(
    ">8I",
    0x6A09E667,
    0xBB67AE85,
    0x3C6EF372,
    0xA54FF53A,
    0x510E527F,
    0x9B05688C,
    0x1F83D9AB,
    0x5BE0CD19,
)


@given(key=st.binary(max_size=64), message=st.binary(max_size=200))
def test_inner_and_outer_digest_make_hmac(key: bytes, message: bytes) -> None:
    padded = key.ljust(64, b"\0")
    inner_state = compress(INITIAL, bytes(octet ^ 0x36 for octet in padded))
    outer_state = compress(INITIAL, bytes(octet ^ 0x5C for octet in padded))
    digest = inner_digest(outer_state, inner_digest(inner_state, message))
    assert digest == hmac.digest(key, message, "sha256")


def test_compression_of_one_block_is_sha256() -> None:
    block = b"abc\x80" + bytes(52) + struct.pack(">Q", 24)
    assert compress(INITIAL, block) == hashlib.sha256(b"abc").digest()


@pytest.mark.parametrize(("state", "block"), [(31, 64), (32, 63)])
def test_compression_refuses_other_lengths(state: int, block: int) -> None:
    with pytest.raises(Refused, match="engine/wrong-length"):
        compress(bytes(state), bytes(block))


def toss(prover_session: bytes, notary_session: bytes, *, flip: bool = False) -> tuple[bytes, bytes]:
    prover_end, notary_end = memory_pair(5)
    sent: list[bytes] = []

    class Ends:
        def send(self, kind: int, payload: bytes) -> None:
            if flip and kind == messages.COIN_OPENING:
                payload = bytes([payload[0] ^ 1]) + payload[1:]
            prover_end.send(kind, payload)

        def receive(self, kind: int, length: int) -> bytes:
            return prover_end.receive(kind, length)

    thread = threading.Thread(
        target=lambda: sent.append(toss_as_prover(Ends(), SeededRandomness(b"p"), prover_session)),
        daemon=True,
    )
    thread.start()
    found = toss_as_notary(notary_end, SeededRandomness(b"n"), notary_session)
    thread.join()
    return sent[0], found


def test_both_get_the_coin_of_their_session() -> None:
    first, other = toss(bytes(32), bytes(32)), toss(b"\x01" * 32, b"\x01" * 32)
    assert first[0] == first[1]
    assert len(first[0]) == 16
    assert first != other


@pytest.mark.parametrize(("session", "flip"), [(bytes(32), True), (b"\x01" * 32, False)])
def test_another_share_or_session_is_refused(session: bytes, flip: bool) -> None:
    with pytest.raises(Refused, match="engine/coin-opening-invalid"):
        toss(bytes(32), session, flip=flip)
