"""What a hostile peer does with one of its frames, and links that do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hypothesis import strategies as st

from mpctls.reference.channel.link import Link
from mpctls.reference.foundation.errors import Refused

_ALL_ONES: Final = 0xFF


class Kind(Enum):
    """Each changes what one frame, or the connection behind it, would have been."""

    RANDOM_FRAME = "random frame"
    OTHER_CHANNEL = "other channel"
    FLIP = "flip"
    ZERO = "zero"
    ONES = "ones"
    TRUNCATE = "truncate"
    EXTEND = "extend"
    DUPLICATE = "duplicate"
    DROP = "drop"
    REORDER = "reorder"
    REPLAY = "replay"
    FOREIGN = "message of another session"
    EMPTY_FRAME = "empty frame"
    LENGTH = "length"
    HALF_CLOSE = "half close"
    RESET = "reset"
    SILENCE = "silence"


@dataclass(frozen=True)
class Deviation:
    """At frame `at` of what this side sends, do `kind`; the rest is for those kinds that need it."""

    at: int
    kind: Kind
    place: int = 0
    octets: bytes = b"\x00"

    def changed(self, body: bytes) -> bytes:
        """The body of the frame with some of its octets changed."""
        if self.kind is Kind.TRUNCATE:
            return body[: self.place % max(1, len(body))]
        if self.kind is Kind.EXTEND:
            return body + self.octets
        if not body:
            return self.octets
        place = self.place % len(body)
        end = place + len(self.octets)
        if self.kind is Kind.FLIP:
            return body[:place] + bytes([body[place] ^ (1 << self.place % 8)]) + body[place + 1 :]
        filling = bytes([_ALL_ONES if self.kind is Kind.ONES else 0])
        return body[:place] + filling * len(body[place:end]) + body[end:]


# A peer that waits for what does not come is refused when its deadline passes: such examples take seconds.
SLOW_KINDS: Final = (Kind.DROP, Kind.REORDER, Kind.REPLAY, Kind.HALF_CLOSE, Kind.SILENCE)
QUICK_KINDS: Final = tuple(each for each in Kind if each not in SLOW_KINDS)


def deviations(frames: int, kinds: tuple[Kind, ...]) -> st.SearchStrategy[Deviation]:
    """Deviations of a side that sends so many frames in an honest session."""
    return st.builds(
        Deviation,
        at=st.integers(0, frames - 1),
        kind=st.sampled_from(kinds),
        place=st.integers(0, 2**16),
        octets=st.binary(min_size=1, max_size=64),
    )


class DeviatingLink(Link):
    """A link whose owner runs honest code, but for one frame. `effective` tells whether anything was changed."""

    __slots__ = ("_before", "_deviation", "_foreign", "_gone", "_held", "effective", "frames")

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        deadline: float,
        deviation: Deviation | None = None,
        foreign: Sequence[bytes] = (b"\x00",),
    ) -> None:
        super().__init__(reader, writer, deadline=deadline)
        self._foreign = foreign
        self._deviation = deviation
        self._before = b""
        self._held = b""
        self._gone = False
        self.effective = False
        self.frames: list[tuple[int, bytes]] = []

    async def send_frame(self, channel: int, body: bytes) -> None:
        number = len(self.frames)
        self.frames.append((channel, body))
        frame = _frame(channel, body)
        if self._deviation is not None and number == self._deviation.at:
            octets = self._deviate(self._deviation, channel, body)
            self.effective = octets != frame
        else:
            octets, self._held = frame + self._held, b""
        self._before = frame
        if self._gone or self._closed:
            return
        self._writer.write(octets)
        try:
            await self._writer.drain()
        except OSError:
            raise Refused("link/closed", "the peer went away") from None

    def _deviate(self, deviation: Deviation, channel: int, body: bytes) -> bytes:
        frame = _frame(channel, body)
        match deviation.kind:
            case Kind.RANDOM_FRAME:
                return _frame(deviation.place % 3, deviation.octets)
            case Kind.FOREIGN:
                return _frame(0, self._foreign[deviation.place % len(self._foreign)])
            case Kind.OTHER_CHANNEL:
                return _frame((1 - channel, 2, 255)[deviation.place % 3], body)
            case Kind.DUPLICATE:
                return frame + frame
            case Kind.DROP:
                return b""
            case Kind.REORDER:
                self._held = frame
                return b""
            case Kind.REPLAY:
                return self._before
            case Kind.EMPTY_FRAME:
                return bytes(4)
            case Kind.LENGTH:
                return (2**32 - 1 - deviation.place).to_bytes(4, "little") + frame[4:]
            case Kind.HALF_CLOSE:
                self._gone = True
                self._writer.write(frame[: deviation.place % len(frame)])
                self._writer.write_eof()
                return b""
            case Kind.RESET:
                self._gone = True
                self._writer.transport.abort()
                return b""
            case Kind.SILENCE:
                self._gone = True
                self._writer.write(frame[: deviation.place % len(frame)])
                return b""
            case _:
                return _frame(channel, deviation.changed(body))


def deviating(
    deviation: Deviation | None, made: list[DeviatingLink], foreign: Sequence[bytes] = (b"\x00",)
) -> Callable[..., Link]:
    """Something to make links with, for one side of an arena; they are appended to `made`.

    `foreign` are session messages of another session, for the deviation that sends one of them.
    """

    def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, deadline: float) -> Link:
        made.append(DeviatingLink(reader, writer, deadline=deadline, deviation=deviation, foreign=foreign))
        return made[-1]

    return link


def _frame(channel: int, body: bytes) -> bytes:
    return (len(body) + 1).to_bytes(4, "little") + bytes([channel]) + body
