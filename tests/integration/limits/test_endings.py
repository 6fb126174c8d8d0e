"""Sessions that end from outside: a party that disappears, or is cancelled, in any phase leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from mpctls.reference.channel.link import Link
from mpctls.reference.foundation.artifacts import Attestation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.notary import Notary
from tests.fuzz.arena import Arena, Ended, Streams, pair, tls_server
from tests.fuzz.deviations import DeviatingLink, Deviation, Kind, deviating
from tests.fuzz.test_sessions import alone

# One frame of each phase of the Prover: request, key shares, pre-master secret, key schedule, Finished, request record,
# close, proof, commitments, the last answer.
PROVER_FRAMES = (0, 1, 2, 4, 6, 9, 17, 40, 62, 70, 78, 80, 88, 96, 102)
NOTARY_FRAMES = (0, 1, 3, 8, 16, 24, 29, 31, 35)
_QUICK = (1, 24, 62, 70, 96)


def _some_slow(*values: object, at: int) -> Any:
    """One case of a table, of which `./dev test` plays a part."""
    return pytest.param(*values, marks=() if at in _QUICK else pytest.mark.slow)


class _SignallingLink(DeviatingLink):
    """Says when its owner has sent frame `at`."""

    __slots__ = ("at", "reached")
    at: int
    reached: asyncio.Event

    async def send_frame(self, channel: int, body: bytes) -> None:
        await super().send_frame(channel, body)
        if len(self.frames) == self.at + 1:
            self.reached.set()


def _signalling(at: int, reached: asyncio.Event, made: list[Link]) -> Callable[..., Link]:
    def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, deadline: float) -> Link:
        signalling = _SignallingLink(reader, writer, deadline=deadline)
        signalling.at, signalling.reached = at, reached
        made.append(signalling)
        return signalling

    return link


@pytest.mark.parametrize("at", [_some_slow(at, at=at) for at in PROVER_FRAMES])
def test_prover_that_disappears_gives_its_place_back(at: int) -> None:
    async def play() -> tuple[Notary, Ended | None]:
        async with tls_server() as port:
            gone = Deviation(at=at, kind=Kind.RESET)
            arena = Arena(port=port, prover_link=deviating(gone, []))
            notary = arena.notary()
            prover_end, notary_end = await pair()
            handled, prover = await asyncio.gather(
                notary.handle(*notary_end), arena.prove(prover_end), return_exceptions=True
            )
            assert handled is None
            assert isinstance(prover, Refused | Attestation)
            session = arena.session
            ended = None if session is None else Ended(notary=session.refused, prover=prover)
            return notary, ended

    notary, ended = alone(play())
    assert notary.sessions == 0
    if at == 0:
        assert ended is None, "a session began without a request"
    else:
        assert ended is not None
        assert isinstance(ended.notary, Refused)
        assert ended.notary.reason == "link/closed"


async def _cancelled(role: str, at: int) -> tuple[bool, object]:
    """Cancel one role when it has sent frame `at`; whether its transport is closed, and how the other role ended."""
    reached = asyncio.Event()
    made: list[Link] = []
    async with tls_server() as port:
        arena = Arena(port=port)
        if role == "prover":
            arena.prover_link = _signalling(at, reached, made)
        else:
            arena.notary_link = _signalling(at, reached, made)
        prover_end, notary_end = await pair()
        runs: dict[str, Callable[[Streams], Coroutine[Any, Any, object]]] = {
            "prover": arena.prove,
            "notary": arena.serve,
        }
        ends = {"prover": prover_end, "notary": notary_end}
        tasks = {name: asyncio.create_task(run(ends[name])) for name, run in runs.items()}
        async with asyncio.timeout(20):
            await reached.wait()
        tasks[role].cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[role]
        other = await tasks["notary" if role == "prover" else "prover"]
        return made[0]._writer.transport.is_closing(), other


@pytest.mark.parametrize(
    ("role", "at"),
    [_some_slow("prover", at, at=at) for at in PROVER_FRAMES[:-1]]
    + [_some_slow("notary", at, at=at) for at in NOTARY_FRAMES[:-1]],
)
def test_cancelled_role_leaves_nothing(role: str, at: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        closed, other = alone(_cancelled(role, at))
        gc.collect()
    assert closed
    assert isinstance(other, Refused)
    assert other.reason == "link/closed"
