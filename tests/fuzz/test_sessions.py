"""One frame of an honest session is anything at all: both parties end, refuse with a reason, or are unharmed."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

import pytest
from hypothesis import given, settings

from mpctls.reference.channel.messages import SESSION_MESSAGE, CommitRequest, EncodingRequest
from mpctls.reference.encoding_commitment import commitment_value
from mpctls.reference.foundation.artifacts import Attestation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from tests.fuzz.arena import Arena, Ended, tls_server
from tests.fuzz.deviations import (
    QUICK_KINDS,
    SLOW_KINDS,
    DeviatingLink,
    Deviation,
    Kind,
    deviating,
    deviations,
)
from tests.sessions.running import commit_request_headers

R = TypeVar("R")

# What both sides send in an honest session of the arena; the first test holds these numbers.
PROVER_FRAMES: Final = 104
NOTARY_FRAMES: Final = 40
_WAITING: Final = 8
"""Examples that each end with a deadline: seconds for one."""
_FEW: Final = max(6, settings.default.max_examples // 3 if settings.default is not None else 0)


@pytest.fixture(scope="module", autouse=True)
def constants() -> None:
    """The constants of Poseidon are made at first use, which on a busy machine takes as long as a peer waits here."""
    for length in (3, 34):
        commitment_value(Direction.SENT, bytes(length), message=0, blinder=0)


def both_kinds(transcript: Transcript) -> Sequence[CommitRequest]:
    """Hash commitments to everything, and encoding commitments to ranges of both directions that overlap."""
    encoded = [
        CommitRequest(
            direction=direction,
            ranges=RangeSet.of([span]),
            kind=EncodingRequest(),
            lexical_class=LexicalClass.ANY,
        )
        for direction, span in (
            (Direction.SENT, (0, 3)),
            (Direction.RECEIVED, (0, 4)),
            (Direction.RECEIVED, (2, 36)),
        )
    ]
    return [encoded[0], *commit_request_headers(transcript), *encoded[1:]]


def alone(session: Coroutine[Any, Any, R]) -> R:
    """Run one attack to its end; nothing of it may be left: no task, no thread."""
    before = set(threading.enumerate())

    async def run() -> R:
        async with asyncio.timeout(60):
            result = await session
        others = asyncio.all_tasks() - {asyncio.current_task()}
        _, running = await asyncio.wait(others, timeout=10) if others else (set(), set())
        assert not running, running
        return result

    result = asyncio.run(run())
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
        assert not thread.is_alive(), thread.name
    return result


async def attacked(
    prover: Deviation | None = None, notary: Deviation | None = None, foreign: tuple[bytes, ...] = (b"\x00",)
) -> tuple[Ended, list[DeviatingLink], list[DeviatingLink]]:
    """One session in which one side deviates; how it ended, and the links of both sides."""
    made: tuple[list[DeviatingLink], list[DeviatingLink]] = ([], [])
    async with tls_server() as port:
        arena = Arena(
            port=port,
            commit_config=both_kinds,
            prover_link=deviating(prover, made[0], foreign),
            notary_link=deviating(notary, made[1], foreign),
        )
        return await arena.play(), *made


@functools.cache
def honest() -> tuple[Ended, tuple[bytes, ...], int, int]:
    """An honest session: its end, all its session messages, and how many frames each side sent."""
    ended, prover, notary = alone(attacked())
    frames = prover[0].frames + notary[0].frames
    messages = tuple(body for channel, body in frames if channel == 0)
    return ended, messages, len(prover[0].frames), len(notary[0].frames)


def test_honest_session() -> None:
    ended, messages, of_prover, of_notary = honest()
    assert isinstance(ended.notary, Attestation)
    assert ended.prover == ended.notary
    assert (of_prover, of_notary) == (PROVER_FRAMES, NOTARY_FRAMES)
    # All messages of a session that is notarized take part.
    assert {type(SESSION_MESSAGE.decode(each)).__name__ for each in messages} >= {
        "SessionRequest",
        "TlsHandshakeData",
        "SentRecord",
        "CloseSession",
        "IncludeCommitments",
        "EncodingCommitments",
        "SignedAttestation",
    }


def _prover_deviates(deviation: Deviation) -> None:
    ended, _, _ = alone(attacked(prover=deviation, foreign=honest()[1]))
    ended.check()


def _notary_deviates(deviation: Deviation) -> None:
    ended, _, links = alone(attacked(notary=deviation, foreign=honest()[1]))
    ended.check()
    said_twice = deviation.kind is Kind.DUPLICATE and deviation.at == NOTARY_FRAMES - 1
    if links[0].effective and not said_twice:
        # Nothing that a Notary says may be changed without the Prover noticing.
        assert isinstance(ended.prover, Refused)


@settings(max_examples=_FEW)
@given(deviations(PROVER_FRAMES, QUICK_KINDS))
def test_prover_deviates(deviation: Deviation) -> None:
    _prover_deviates(deviation)


@settings(max_examples=_FEW)
@given(deviations(NOTARY_FRAMES, QUICK_KINDS))
def test_notary_deviates(deviation: Deviation) -> None:
    _notary_deviates(deviation)


@pytest.mark.slow
@settings(max_examples=_WAITING)
@given(deviations(PROVER_FRAMES, SLOW_KINDS))
def test_prover_lets_the_notary_wait(deviation: Deviation) -> None:
    _prover_deviates(deviation)


@pytest.mark.slow
@settings(max_examples=_WAITING)
@given(deviations(NOTARY_FRAMES, SLOW_KINDS))
def test_notary_lets_the_prover_wait(deviation: Deviation) -> None:
    _notary_deviates(deviation)


@pytest.mark.parametrize(
    "deviation",
    [
        Deviation(at=0, kind=Kind.LENGTH),
        Deviation(at=14, kind=Kind.OTHER_CHANNEL, place=1),
        Deviation(at=70, kind=Kind.RESET),
    ],
    ids=lambda each: each.kind.value,
)
def test_session_beside_an_attacked_one_is_unharmed(deviation: Deviation) -> None:
    async def both() -> tuple[Ended, Ended]:
        async with tls_server() as port:
            links: list[DeviatingLink] = []
            attacked_one = Arena(port=port, prover_link=deviating(deviation, links))
            return await asyncio.gather(attacked_one.play(), Arena(port=port).play())

    ended, beside = alone(both())
    ended.check()
    assert isinstance(ended.notary, Refused)
    assert isinstance(beside.notary, Attestation)
    assert beside.prover == beside.notary
