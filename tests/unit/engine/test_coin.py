"""The coin toss."""

from __future__ import annotations

import threading

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import memory_pair
from mpctls.reference.mpc.engine import messages
from mpctls.reference.mpc.engine.coin import toss_as_notary, toss_as_prover


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
