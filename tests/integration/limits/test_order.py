"""A Prover that asks for the next record before this one is registered: the Notary helps with one record at a time."""

from __future__ import annotations

from mpctls.reference.channel.link import ENGINE_CHANNEL, Announcement, Link
from mpctls.reference.foundation.errors import Refused
from tests.fuzz.arena import Arena, Ended, tls_server
from tests.fuzz.test_sessions import alone


class _ImpatientLink(Link):
    """Announces records 0 and 1 together."""

    async def send_frame(self, channel: int, body: bytes) -> None:
        await super().send_frame(channel, body)
        if channel == ENGINE_CHANNEL and body == Announcement(sequence_number=0, length=16).encode():
            await super().send_frame(channel, Announcement(sequence_number=1, length=16).encode())


class _SkippingLink(Link):
    """Says nothing of record 0 but its announcement: no ciphertext, no registration."""

    async def send_frame(self, channel: int, body: bytes) -> None:
        if channel == ENGINE_CHANNEL or body[0] not in (9, 11):
            await super().send_frame(channel, body)
        elif body[0] == 9:
            await super().send_frame(ENGINE_CHANNEL, Announcement(sequence_number=1, length=16).encode())


def _refusal(link: type[Link]) -> Refused:
    async def play() -> Ended:
        async with tls_server() as port:
            return await Arena(port=port, prover_link=link).play()

    ended = alone(play())
    assert isinstance(ended.notary, Refused)
    return ended.notary


def test_second_announcement_in_place_of_the_first_record() -> None:
    assert _refusal(_SkippingLink).reason == "mpc-tls/unregistered-record"


def test_two_announcements_at_once() -> None:
    # The second arrives while labels of the first are awaited.
    assert _refusal(_ImpatientLink).reason == "link/unexpected-message"
