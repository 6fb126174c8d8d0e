"""The link of the reference, given what a peer sends before it closes."""

from __future__ import annotations

import asyncio
from typing import cast

from mpctls.reference.channel.link import ENGINE_CHANNEL, ENGINE_LIMIT, LONG_LIMIT, Link

from ...fields import Fields, number, read_flag


class _Transport:
    def set_write_buffer_limits(self, *, high: int) -> None:
        """Nothing is written here."""


class _Writer:
    transport = _Transport()

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""


async def _received(octets: bytes, *, answered: bool) -> tuple[int, bytes]:
    reader = asyncio.StreamReader()
    reader.feed_data(octets)
    reader.feed_eof()
    link = Link(reader, cast(asyncio.StreamWriter, _Writer()))
    if answered:
        link.agree()
    # The party waits for what begins to arrive: what is out of place is another property's matter.
    channel = int.from_bytes(octets[4:5])
    limit = ENGINE_LIMIT if channel == ENGINE_CHANNEL else LONG_LIMIT
    return channel, await link.receive_frame(channel, limit)


def _read(fields: Fields) -> Fields:
    channel, body = asyncio.run(_received(fields["octets"], answered=read_flag(fields["answered"])))
    return {"channel": number(channel), "body": body}


HANDLERS = {"foundation/read-frame": _read}
