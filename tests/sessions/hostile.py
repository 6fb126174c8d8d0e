"""A link whose owner follows the protocol and which does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from mpctls.reference.channel.link import ENGINE_CHANNEL, SESSION_CHANNEL, Link
from mpctls.reference.channel.messages import SESSION_MESSAGE, SessionMessage

Mutation: TypeAlias = Callable[[bytes], Sequence[bytes]]
"""What is sent instead of an encoded message; a body that begins with 0xff goes to the engine's channel."""


class HostileLink(Link):
    """Sends something else than its owner wants, once: instead of the first message of a type."""

    __slots__ = ("_done", "_kind", "_mutation")

    def arm(self, kind: type[SessionMessage], mutation: Mutation) -> None:
        """Choose the message and what becomes of it; to be called before use."""
        self._kind, self._mutation, self._done = kind, mutation, False

    async def send(self, message: SessionMessage) -> None:
        body = SESSION_MESSAGE.encode(message)
        bodies: Sequence[bytes] = [body]
        if isinstance(message, self._kind) and not self._done:
            self._done = True
            bodies = self._mutation(body)
        for each in bodies:
            if each.startswith(b"\xff"):
                await self.send_frame(ENGINE_CHANNEL, each[1:])
            else:
                await self.send_frame(SESSION_CHANNEL, each)


def twice(body: bytes) -> list[bytes]:
    return [body, body]


def never(body: bytes) -> list[bytes]:
    return []


def longer(body: bytes) -> list[bytes]:
    return [body + b"\x00"]


def shorter(body: bytes) -> list[bytes]:
    return [body[:-1]]


def last_octet(body: bytes) -> list[bytes]:
    """The same message with one bit of its last octet flipped."""
    return [body[:-1] + bytes([body[-1] ^ 1])]


def on_engine_channel(body: bytes) -> list[bytes]:
    return [b"\xff" + body]


def before(message: SessionMessage) -> Mutation:
    """Another message first."""
    return lambda body: [SESSION_MESSAGE.encode(message), body]


def instead(message: SessionMessage) -> Mutation:
    return lambda body: [SESSION_MESSAGE.encode(message)]
