"""The link between Prover and Notary: every message crosses it as octets, and is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from .diagram import Role
from .encoding import Structure, decode_as, encode_as
from .framing import Channel, Frame, decode_frame
from .messages import SessionAnswer, SessionMessage
from .reasons import Reason, Rejection

_Message = TypeVar("_Message", bound=Structure)

Wire: TypeAlias = Callable[[int, bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One frame that crossed the link, and the message in it."""

    sender: Role
    receiver: Role
    frame: bytes
    message: Structure


def unchanged(_index: int, frame: bytes) -> bytes:
    """A wire that delivers what it was given."""
    return frame


class Link:
    """Carries frames of channel 0 in both directions and keeps all of them in order.

    The wire is given the index of each frame and its octets, and returns what arrives: an attacker can be put
    there.
    """

    def __init__(self, wire: Wire = unchanged) -> None:
        self._wire = wire
        self._deliveries: list[Delivery] = []
        self._answered = False

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Everything that crossed the link so far."""
        return tuple(self._deliveries)

    def to_notary(self, message: _Message) -> _Message:
        """Carry a message of the Prover; returns what the Notary decodes from the frame."""
        return self._carry(Role.PROVER, Role.NOTARY, message)

    def to_prover(self, message: _Message) -> _Message:
        """Carry a message of the Notary; returns what the Prover decodes from the frame."""
        return self._carry(Role.NOTARY, Role.PROVER, message)

    def _carry(self, sender: Role, receiver: Role, message: _Message) -> _Message:
        sent = Frame(channel=Channel.SESSION, body=encode_as(SessionMessage, message)).encode()
        frame = self._wire(len(self._deliveries), sent)
        arrived = decode_frame(frame, answered=self._answered)
        decoded = decode_as(SessionMessage, arrived.body)
        if arrived.channel is not Channel.SESSION or not isinstance(decoded, type(message)):
            raise Rejection(
                Reason.LINK_UNEXPECTED_MESSAGE, f"{receiver.value} waits for {type(message).__name__}"
            )
        self._answered = self._answered or isinstance(decoded, SessionAnswer)
        self._deliveries.append(Delivery(sender=sender, receiver=receiver, frame=frame, message=decoded))
        return decoded
