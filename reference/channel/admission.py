"""Who gets in: a session's place is taken by a request, not by a connection, and refusing costs next to nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ..foundation.errors import Refused
from .link import Link

R = TypeVar("R")

WAITING_FOR_EACH_PLACE: Final = 4
"""Connections that may be without a request, for each place; the one that has said nothing longest makes room."""
HEARD_OUT_AT_ONCE: Final = 64
"""Refused connections that are kept, a second at most, so that the reason arrives; further ones are closed at once."""

_log = logging.getLogger(__name__)
_FULL: Final = "tls-session/budget-exceeded"


class Admission:
    """The places of a service's sessions; whoever listens runs every connection through `run`.

    Connections without a request hold no place: at most `WAITING_FOR_EACH_PLACE * places` of them wait, each with at
    most three times `FIRST_LIMIT` octets.
    """

    __slots__ = ("_heard_out", "_places", "_taken", "_waiting")

    def __init__(self, places: int) -> None:
        self._places = places
        self._taken = 0
        self._heard_out = 0
        # Oldest first. A timeout that is moved to now ends the wait it belongs to.
        self._waiting: dict[asyncio.Timeout, None] = {}

    @property
    def taken(self) -> int:
        """Sessions that run now."""
        return self._taken

    async def run(self, link: Link, session: Callable[[Link], Awaitable[R]], *, deadline: float) -> R | None:
        """Run `session` when the link's first frame is there within `deadline` seconds and a place is free.

        Returns what the session comes to, or None for a peer that was refused: with `tls-session/budget-exceeded`
        when there is no place for it, before anything of it is read, or with the `link/…` reason of its first frame.
        """
        try:
            await self._take_place(link, deadline)
        except Refused as refused:
            _log.info("a connection ended before a session began: %s", refused)
            await self._refuse(link, refused)
            return None
        try:
            return await session(link)
        finally:
            self._taken -= 1

    async def _take_place(self, link: Link, deadline: float) -> None:
        self._check_for_place()
        while len(self._waiting) >= WAITING_FOR_EACH_PLACE * self._places:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())
        waiting = asyncio.timeout(None)
        try:
            async with waiting:
                self._waiting[waiting] = None
                await link.await_first_frame(deadline)
        except TimeoutError:
            raise Refused(_FULL, "too many connections that say nothing") from None
        finally:
            self._waiting.pop(waiting, None)
        self._check_for_place()
        self._taken += 1

    def _check_for_place(self) -> None:
        if self._taken >= self._places:
            raise Refused(_FULL, "too many sessions at once")

    async def _refuse(self, link: Link, refused: Refused) -> None:
        if self._heard_out >= HEARD_OUT_AT_ONCE:
            await link.refuse(refused, hear_out=False)
            return
        self._heard_out += 1
        try:
            await link.refuse(refused)
        finally:
            self._heard_out -= 1
