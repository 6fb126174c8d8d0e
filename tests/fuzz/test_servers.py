"""A Server that says anything at any point: the Prover refuses with a reason, or attests what was really received."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.foundation.artifacts import Attestation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure
from tests.fuzz.arena import RESPONSE, Arena, Ended
from tests.fuzz.hostile_server import Interference, Trick, hostile_server
from tests.fuzz.test_sessions import alone

# The flight (four messages, each a record), ChangeCipherSpec, Finished, the response, close_notify.
RECORDS: Final = 8
CLOSE_NOTIFY: Final = RECORDS - 1
_SLOW: Final = (Trick.DROP, Trick.SILENCE, Trick.LENGTH)
_WAITING: Final = 8
"""Examples that each end with a deadline: seconds for one."""
_FEW: Final = max(8, settings.default.max_examples // 2 if settings.default is not None else 0)


def interferences(tricks: tuple[Trick, ...]) -> st.SearchStrategy[Interference]:
    return st.builds(
        Interference,
        at=st.integers(0, RECORDS - 1),
        trick=st.sampled_from(tricks),
        place=st.integers(0, 2**16),
        octets=st.binary(min_size=1, max_size=64),
    )


def served_by(interference: Interference | None) -> tuple[Ended, Arena]:
    """Play a session against this server."""

    async def play() -> tuple[Ended, Arena]:
        async with hostile_server(interference) as port:
            arena = Arena(port=port)
            return await arena.play(), arena

    return alone(play())


def check(interference: Interference) -> None:
    ended, arena = served_by(interference)
    ended.check()
    if not isinstance(ended.prover, Attestation):
        assert not isinstance(ended.notary, Attestation)
        return
    assert ended.notary == ended.prover
    assert arena.secrets is not None
    assert RESPONSE.startswith(arena.secrets.received)
    if ended.prover.body.connection_info.closure is Closure.CLOSE_NOTIFY:
        assert arena.secrets.received == RESPONSE


@settings(max_examples=_FEW)
@given(interferences(tuple(each for each in Trick if each not in _SLOW)))
def test_server_deviates(interference: Interference) -> None:
    check(interference)


@pytest.mark.slow
@settings(max_examples=_WAITING)
@given(interferences(_SLOW))
def test_server_lets_the_prover_wait(interference: Interference) -> None:
    check(interference)


@pytest.mark.parametrize(
    ("interference", "reason"),
    [
        (Interference(at=0, trick=Trick.ALERT, place=41), "tls/alert-received"),
        (Interference(at=0, trick=Trick.OVERSIZED), "tls/record-overflow"),
        (Interference(at=1, trick=Trick.CHANGE_CIPHER_SPEC), "tls/unexpected-message"),
        (Interference(at=2, trick=Trick.CLOSE, place=20), "tls/truncated"),
        (Interference(at=5, trick=Trick.FLIP, place=9), "mpc-tls/server-finished-mismatch"),
        (Interference(at=5, trick=Trick.ALERT), "tls/malformed"),
        (Interference(at=6, trick=Trick.HELLO_REQUEST), "tls/unexpected-message"),
        (Interference(at=6, trick=Trick.FLIP, place=9), "mpc-tls/tag-mismatch"),
        (Interference(at=6, trick=Trick.DUPLICATE), "mpc-tls/repeated-nonce"),
        (Interference(at=7, trick=Trick.APPLICATION_DATA), "mpc-tls/tag-mismatch"),
        (Interference(at=7, trick=Trick.RESET), "tls/connection-lost"),
    ],
    ids=lambda each: f"{each.trick.name}-{each.at}" if isinstance(each, Interference) else "",
)
def test_reason_of_the_prover(interference: Interference, reason: str) -> None:
    ended, _ = served_by(interference)
    assert isinstance(ended.prover, Refused)
    assert ended.prover.reason == reason
    assert isinstance(ended.notary, Refused)


@pytest.mark.parametrize(
    ("interference", "closure"),
    [
        (Interference(at=0, trick=Trick.PIECEMEAL), Closure.CLOSE_NOTIFY),
        (Interference(at=0, trick=Trick.AFTERWARDS), Closure.CLOSE_NOTIFY),
        (Interference(at=CLOSE_NOTIFY, trick=Trick.CLOSE), Closure.NOT_RECEIVED),
    ],
    ids=lambda each: each.trick.name if isinstance(each, Interference) else "",
)
def test_attested_all_the_same(interference: Interference, closure: Closure) -> None:
    ended, arena = served_by(interference)
    ended.check()
    assert isinstance(ended.prover, Attestation)
    assert ended.prover.body.connection_info.closure is closure
    assert arena.secrets is not None
    assert arena.secrets.received == RESPONSE
