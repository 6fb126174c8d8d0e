"""The link between Prover and Notary: length-prefixed frames on two channels, with limits and deadlines.

A frame is `u32 length ‖ u8 channel ‖ body` (formats page, section 9). Channel 0 carries session messages, channel 1
the engine's. Frames are read only when the state of the session wants one, so a peer can never make the other side
hold more than one frame; a frame of another channel, type or length than the state allows ends the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

from ..foundation.errors import Refused
from ..foundation.reasons import NORMATIVE
from .messages import LONG_INDICES, LONG_MESSAGES, SESSION_MESSAGE, Refusal, SessionMessage

M = TypeVar("M")
R = TypeVar("R")

SESSION_CHANNEL: Final = 0
ENGINE_CHANNEL: Final = 1
FIRST_LIMIT: Final = 65_536
SESSION_LIMIT: Final = 2**20
LONG_LIMIT: Final = 2**25
ENGINE_LIMIT: Final = 2**22
REFUSAL_LIMIT: Final = 4096
"""Octets of a frame on a channel that is not waited for: it can only be a refusal."""
WRITE_BUFFER: Final = 2**23
DEFAULT_DEADLINE: Final = 60.0
"""Seconds that a peer may take for one frame."""
_LINGER: Final = 1.0
_LOOK: Final = 1.0
"""Seconds after which a thread that waits for the loop looks whether there still is one."""
# A peer whose machine is gone sends no end; while the Prover talks to the Server, nothing else would tell for minutes.
_KEEP_ALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
_REASON = re.compile(r"[a-z][a-z-]{0,31}/[a-z0-9-]{1,48}")
# A longer message takes so long to decode that the sessions beside this one would notice.
_DECODED_ON_LOOP: Final = 2**17


class PeerRefused(Refused):
    """The peer ended the session and said why; nothing is sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The engine message with which the Prover asks for the key stream of its next record (see the engine profile)."""

    KIND: ClassVar[int] = 0x0600
    sequence_number: int
    length: int

    def encode(self) -> bytes:
        """Kind ‖ sequence number (u64) ‖ length (u32), little-endian."""
        kind = self.KIND.to_bytes(2, "little")
        return kind + self.sequence_number.to_bytes(8, "little") + self.length.to_bytes(4, "little")

    @staticmethod
    def decode(body: bytes) -> Announcement:
        """Refuses with `link/unexpected-message` any other engine message."""
        if len(body) != 14 or int.from_bytes(body[:2], "little") != Announcement.KIND:
            raise Refused("link/unexpected-message", "an engine message in this state")
        return Announcement(
            sequence_number=int.from_bytes(body[2:10], "little"), length=int.from_bytes(body[10:], "little")
        )


class Link:
    """One framed connection; owned by one role of one session.

    Not safe for use by several tasks at once: a session has one thread of control.
    """

    __slots__ = (
        "_agreed",
        "_closed",
        "_deadline",
        "_first",
        "_observer",
        "_reader",
        "_reading",
        "_writer",
        "octets_received",
        "octets_sent",
    )

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        deadline: float = DEFAULT_DEADLINE,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._deadline = deadline
        self._agreed = False
        self._closed = False
        self._reading: asyncio.Task[Any] | None = None
        self._first: tuple[int, bytes] | None = None
        self._observer: Callable[[str, bytes], None] | None = None
        self.octets_sent = 0
        self.octets_received = 0
        writer.transport.set_write_buffer_limits(high=WRITE_BUFFER)
        _keep_alive(writer)

    @property
    def deadline(self) -> float:
        """Seconds that the peer may take for one frame."""
        return self._deadline

    def observe(self, observer: Callable[[str, bytes], None]) -> None:
        """Show every frame that arrives from here on: `received/channel/<n>` and its body."""
        self._observer = observer

    def agree(self) -> None:
        """Allow frames of the agreed length from here on (after the session answer)."""
        self._agreed = True

    async def send(self, message: SessionMessage) -> None:
        """Send a session message; refuses with `link/closed` or `link/timeout`."""
        await self.send_frame(SESSION_CHANNEL, SESSION_MESSAGE.encode(message))

    async def send_frame(self, channel: int, body: bytes) -> None:
        """Send one frame; waits, no longer than the deadline, while too much is unsent."""
        if self._closed:
            raise Refused("link/closed", "this side has closed the link")
        self._writer.write((len(body) + 1).to_bytes(4, "little") + bytes([channel]))
        self._writer.write(body)
        self.octets_sent += len(body) + 5
        try:
            async with asyncio.timeout(self._deadline):
                await self._writer.drain()
        except TimeoutError:
            raise Refused("link/timeout", "the peer does not read") from None
        except OSError:
            raise Refused("link/closed", "the peer went away") from None

    async def receive(self, *expected: type[M], deadline: float | None = None) -> M:
        """Return the next session message, which must be of one of the `expected` types.

        Refuses with the peer's own reason (`PeerRefused`), `link/unexpected-message`, the `link/…` and `encoding/…`
        reasons.
        """
        long = any(each in LONG_MESSAGES for each in expected)
        body = await self.receive_frame(SESSION_CHANNEL, LONG_LIMIT if long else SESSION_LIMIT, deadline)
        if len(body) > _DECODED_ON_LOOP:
            return await asyncio.to_thread(self._session_message, body, expected)
        return self._session_message(body, expected)

    def _session_message(self, body: bytes, expected: tuple[type[M], ...]) -> M:
        message = SESSION_MESSAGE.decode(body)
        if isinstance(message, Refusal):
            raise _said(message.reason)
        if not isinstance(message, expected):
            raise Refused("link/unexpected-message", f"{type(message).__name__} in this state")
        return message

    async def receive_or_announcement(
        self, *expected: type[M], deadline: float | None = None
    ) -> M | Announcement:
        """Like `receive`, where the engine's announcement of a record to protect may stand instead of a message."""
        arrived, body = await self._read_frame(None, SESSION_LIMIT, deadline)
        if arrived == ENGINE_CHANNEL:
            return Announcement.decode(body)
        return self._session_message(body, expected)

    async def receive_frame(self, channel: int, limit: int, deadline: float | None = None) -> bytes:
        """Return the body of the next frame, which must be of this channel and at most `limit` octets."""
        arrived, body = await self._read_frame(channel, limit, deadline)
        if arrived != channel:
            raise self._out_of_place(arrived, body)
        return body

    async def await_first_frame(self, deadline: float) -> None:
        """Wait for the peer's first frame, which is kept for the next `receive`; refuses with the `link/…` reasons."""
        self._first = await self._next_frame(SESSION_CHANNEL, FIRST_LIMIT, deadline)

    async def _read_frame(self, channel: int | None, limit: int, deadline: float | None) -> tuple[int, bytes]:
        first, self._first = self._first, None
        arrived, body = first or await self._next_frame(channel, limit, deadline)
        if self._observer is not None:
            self._observer(f"received/channel/{arrived}", body)
        return arrived, body

    async def _next_frame(self, channel: int | None, limit: int, deadline: float | None) -> tuple[int, bytes]:
        if self._closed:
            raise Refused("link/closed", "this side has closed the link")
        self._reading = asyncio.current_task()
        try:
            async with asyncio.timeout(self._deadline if deadline is None else deadline):
                length = int.from_bytes(await self._reader.readexactly(4), "little")
                if length == 0:
                    raise Refused("link/frame-empty", "a frame without channel")
                arrived = (await self._reader.readexactly(1))[0]
                if arrived not in (SESSION_CHANNEL, ENGINE_CHANNEL):
                    raise Refused("link/unknown-channel", f"channel {arrived}")
                if channel not in (None, arrived):
                    limit = REFUSAL_LIMIT
                if length > (limit if self._agreed else FIRST_LIMIT):
                    raise Refused("link/frame-too-long", f"{length} octets on channel {arrived}")
                start = b""
                if arrived == SESSION_CHANNEL and length > SESSION_LIMIT:
                    # Which message it is decides its limit, so that is read before there is room for the rest.
                    start = await self._reader.readexactly(1)
                    if start[0] not in LONG_INDICES:
                        raise Refused(
                            "link/frame-too-long", f"{length} octets of a message that is never long"
                        )
                body = start + await self._reader.readexactly(length - 1 - len(start))
        except TimeoutError:
            raise Refused("link/timeout", "nothing arrived in time") from None
        except (asyncio.IncompleteReadError, OSError):
            raise Refused("link/closed", "the peer went away") from None
        finally:
            self._reading = None
        self.octets_received += length + 4
        return arrived, body

    def _out_of_place(self, arrived: int, body: bytes) -> Refused:
        """A peer may refuse while an engine message is awaited; anything else on the other channel is out of place."""
        if arrived == SESSION_CHANNEL:
            message = SESSION_MESSAGE.decode(body)
            if isinstance(message, Refusal):
                return _said(message.reason)
        return Refused("link/unexpected-message", f"a frame on channel {arrived} in this state")

    async def refuse(self, refused: Refused, *, hear_out: bool = True) -> None:
        """Tell the peer the reason, if it did not say one itself and still listens, and close.

        Unless it is heard out, a peer that was still sending may see a reset instead of the reason.
        """
        if not isinstance(refused, PeerRefused):
            with contextlib.suppress(Refused):
                await self.send(Refusal(reason=refused.reason))
                if hear_out:
                    await self._hear_out()
        await self.close()

    async def _hear_out(self) -> None:
        """Send nothing more, and drop what still arrives, for a second at most, until the peer closes.

        A connection that is closed with octets unread is reset, and the peer may lose the refusal by that.
        """
        self._closed = True
        if self._reading is not None:
            # A thread still waits for a frame, in a session that has ended meanwhile.
            self._reading.cancel()
            await asyncio.wait([self._reading])
        with contextlib.suppress(OSError):
            async with asyncio.timeout(_LINGER):
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                while await self._reader.read(FIRST_LIMIT):
                    pass

    async def close(self) -> None:
        """Close the connection; never raises, never waits longer than a second.

        What a peer has not read by then is dropped: otherwise it would hold the connection, by not reading, for ever.
        """
        self._closed = True
        self._writer.close()
        try:
            async with asyncio.timeout(_LINGER):
                await self._writer.wait_closed()
        except OSError:
            pass
        finally:
            # Early releases of Python 3.11 fail to abort a TLS transport whose connection is lost already.
            with contextlib.suppress(AttributeError):
                self._writer.transport.abort()


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Have the system ask a peer that says nothing for half a minute whether it is there, as far as it can."""
    connection = writer.get_extra_info("socket")
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    # A connection that has ended already says so when it is read.
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE:
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _said(text: str) -> PeerRefused:
    """A peer's reason when it is registered; one of its own, in the same form, is only its explanation."""
    if text in NORMATIVE:
        return PeerRefused(text, "said by the peer")
    own = f": {text}" if _REASON.fullmatch(text) else ""
    return PeerRefused("link/unexpected-message", f"refused by the peer{own}")


class EngineChannel:
    """The engine's view of a link: blocking messages of a kind, for the worker thread that computes.

    The thread hands every frame to the event loop and waits; the loop never waits for the thread.
    """

    __slots__ = ("_link", "_loop")

    def __init__(self, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._loop = loop

    def send(self, kind: int, payload: bytes) -> None:
        self._wait_for(self._link.send_frame(ENGINE_CHANNEL, kind.to_bytes(2, "little") + payload))

    def receive(self, kind: int, length: int) -> bytes:
        body = self._wait_for(self._link.receive_frame(ENGINE_CHANNEL, length + 3))
        if len(body) != length + 2 or int.from_bytes(body[:2], "little") != kind:
            raise Refused(
                "link/unexpected-message", f"an engine message other than kind {kind:#06x} of {length} octets"
            )
        return body[2:]

    def _wait_for(self, operation: Coroutine[Any, Any, R]) -> R:
        """Have the loop do it. A loop that has ended, or ends meanwhile, must not hold the thread for ever."""
        try:
            running = asyncio.run_coroutine_threadsafe(operation, self._loop)
        except RuntimeError:
            operation.close()
            raise Refused("link/closed", "the event loop has ended") from None
        end = time.monotonic() + 2 * self._link.deadline
        while True:
            try:
                return running.result(_LOOK)
            except CancelledError:
                raise Refused("link/closed", "the session was cancelled") from None
            except TimeoutError:
                if self._loop.is_closed():
                    # It ended before it began with this, and cancels nothing any more.
                    operation.close()
                    raise Refused("link/closed", "the event loop has ended") from None
                if running.done() or time.monotonic() > end:
                    raise Refused("link/timeout", "the event loop does not answer") from None
