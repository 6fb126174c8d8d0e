"""The link of the reference, given what a peer sends before it closes."""

from __future__ import annotations

import asyncio
from typing import cast

from mpctls.reference.channel.link import ENGINE_CHANNEL, ENGINE_LIMIT, LONG_LIMIT, SESSION_LIMIT, Link

from ...fields import Fields, number, read_flag

_BULKY = (15, 16, 18, 19, 21)
"""Indices of the messages that the page marks as long."""


class _Transport:
    def set_write_buffer_limits(self, *, high: int) -> None:
        """Nothing is written here."""


class _Writer:
    transport = _Transport()


async def _received(octets: bytes, *, answered: bool) -> tuple[int, bytes]:
    reader = asyncio.StreamReader()
    reader.feed_data(octets)
    reader.feed_eof()
    link = Link(reader, cast(asyncio.StreamWriter, _Writer()))
    if answered:
        link.agree()
    # The party waits for what begins to arrive: what is out of place is another property's matter.
    channel = int.from_bytes(octets[4:5])
    if channel == ENGINE_CHANNEL:
        limit = ENGINE_LIMIT
    else:
        limit = LONG_LIMIT if octets[5:6] and octets[5] in _BULKY else SESSION_LIMIT
    return channel, await link.receive_frame(channel, limit)


def _read(fields: Fields) -> Fields:
    channel, body = asyncio.run(_received(fields["octets"], answered=read_flag(fields["answered"])))
    return {"channel": number(channel), "body": body}


HANDLERS = {"foundation/read-frame": _read}
