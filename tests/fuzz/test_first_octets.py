"""A peer that is no Prover at all: any octets, and any message in place of the first."""

from __future__ import annotations

import asyncio
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import SESSION_MESSAGE
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.notary import Notary, NotarySession, NotarySettings
from mpctls.reference.settings import Deadlines
from tests.fuzz.arena import KEY, is_known, pair
from tests.fuzz.test_sessions import alone, honest

_MANY: Final = 8 * settings.default.max_examples if settings.default is not None else 200


def first_refusal(octets: bytes) -> str:
    """Send these octets to a Notary and no more; the reason with which its session ends."""
    reasons: list[str] = []

    class Session(NotarySession):
        async def refuse(self, refused: Refused) -> None:
            reasons.append(refused.reason)
            await super().refuse(refused)

    class Attacked(Notary):
        session_type = Session

    async def play() -> None:
        (_, writer), notary_end = await pair()
        deadlines = Deadlines(peer=5.0, session=10.0)
        notary = Attacked(NotarySettings(signing_keys=(KEY,), deadlines=deadlines))
        writer.write(octets)
        writer.write_eof()
        assert await notary.serve(Link(*notary_end, deadline=5.0)) is None
        writer.close()

    alone(play())
    (reason,) = reasons
    return reason


def _framed(body: bytes) -> bytes:
    return (len(body) + 1).to_bytes(4, "little") + b"\x00" + body


@settings(max_examples=_MANY)
@given(st.binary(max_size=300))
def test_any_octets(octets: bytes) -> None:
    assert is_known(first_refusal(octets))


@settings(max_examples=_MANY)
@given(st.binary(max_size=300))
def test_any_message(body: bytes) -> None:
    reason = first_refusal(_framed(body))
    assert reason.partition("/")[0] in ("encoding", "link", "tls-session")


@settings(max_examples=_MANY)
@given(st.integers(0, 200), st.binary(max_size=8), st.booleans())
def test_changed_request(place: int, octets: bytes, inserted: bool) -> None:
    """A request with some octets replaced or inserted, which ends where preprocessing would begin."""
    request = honest()[1][0]
    assert type(SESSION_MESSAGE.decode(request)).__name__ == "SessionRequest"
    place %= len(request)
    changed = request[:place] + octets + request[place + (0 if inserted else len(octets)) :]
    assert is_known(first_refusal(_framed(changed)))


def test_every_other_message_first() -> None:
    for message in honest()[1]:
        if message[0] not in (0, 1):
            assert first_refusal(_framed(message)) == "link/unexpected-message"


def test_sessions_of_nobody_end_beside_each_other() -> None:
    async def play() -> None:
        notary = Notary(NotarySettings(signing_keys=(KEY,), deadlines=Deadlines(peer=1.0)))
        ends = [await pair() for _ in range(10)]
        served = [notary.handle(*notary_end) for _, notary_end in ends]
        await asyncio.wait_for(asyncio.gather(*served), timeout=5)
        for (_, writer), _ in ends:
            writer.close()

    alone(play())
