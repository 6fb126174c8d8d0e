"""A role of the reference, played by its own code against a peer whose messages are written beforehand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import SESSION_MESSAGE, SessionMessage
from mpctls.reference.foundation.encoding import Codec
from mpctls.reference.mpc.engine.tap import NoTap

Result = TypeVar("Result")

_HEADER = 5


class ScriptEndedError(Exception):
    """The role went on to a part of the session that the script does not have."""


class PrescribedRandomness:
    """Gives prescribed octets in the order in which a role draws them, and prescribed numbers below a bound."""

    def __init__(self, *octets: bytes, numbers: Sequence[int] = ()) -> None:
        self._octets = list(octets)
        self._numbers = list(numbers)

    def octets(self, count: int) -> bytes:
        """The next octets."""
        drawn = self._octets.pop(0)
        if len(drawn) != count:
            raise ScriptEndedError(f"{count} octets are drawn where {len(drawn)} are prescribed")
        return drawn

    def below(self, bound: int) -> int:
        """The next number."""
        return self._numbers.pop(0) % bound


class EngineThatStops:
    """Stands where the computation would begin: a step that only exchanges messages ends before it."""

    tap = NoTap()

    def __getattr__(self, name: str) -> Any:
        raise ScriptEndedError(name)


class _Transport:
    def set_write_buffer_limits(self, *, high: int) -> None:
        """Nothing is buffered here."""


class Writer:
    """Keeps what a role sends."""

    def __init__(self) -> None:
        self.transport = _Transport()
        self.octets = bytearray()

    def write(self, octets: bytes) -> None:
        self.octets += octets

    async def drain(self) -> None:
        """Everything is taken at once."""

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""

    def can_write_eof(self) -> bool:
        """There is nobody who would notice."""
        return False

    def close(self) -> None:
        """There is no connection."""

    async def wait_closed(self) -> None:
        """It is closed already."""


def play(
    role: Callable[[Link], Awaitable[Result]], arriving: Sequence[bytes], *, agreed: bool = True
) -> tuple[Result | None, tuple[bytes, ...]]:
    """Run a role on a link on which these messages arrive; what it returned, and the messages it sent.

    The result is None when the role went beyond the script, which is an ordinary end.
    """
    return asyncio.run(_play(role, arriving, agreed=agreed))


async def _play(
    role: Callable[[Link], Awaitable[Result]], arriving: Sequence[bytes], *, agreed: bool
) -> tuple[Result | None, tuple[bytes, ...]]:
    reader, writer = asyncio.StreamReader(limit=2**26), Writer()
    for body in arriving:
        reader.feed_data((len(body) + 1).to_bytes(4, "little") + b"\0" + body)
    reader.feed_eof()
    link = Link(reader, cast(asyncio.StreamWriter, writer))
    if agreed:
        link.agree()
    result: Result | None = None
    with contextlib.suppress(ScriptEndedError):
        result = await role(link)
    return result, messages_of(bytes(writer.octets))


def messages_of(octets: bytes) -> tuple[bytes, ...]:
    """The session messages in a stream of frames."""
    messages = []
    while octets:
        length = int.from_bytes(octets[:4], "little")
        messages.append(octets[_HEADER : 4 + length])
        octets = octets[4 + length :]
    return tuple(messages)


def message(value: SessionMessage) -> bytes:
    """A session message as a frame carries it."""
    return SESSION_MESSAGE.encode(value)


def content(octets: bytes, codec: Codec[Any]) -> bytes:
    """The fields of a session message without its index, in canonical form."""
    return codec.encode(cast(Any, SESSION_MESSAGE.decode(octets)))
