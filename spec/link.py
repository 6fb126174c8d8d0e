"""The link between Prover and Notary: every message crosses it as octets, and is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from .diagram import Role
from .encoding import Structure, decode_as, encode_as
from .framing import Channel, Frame, decode_frame
from .messages import SessionAnswer, SessionMessage

_Message = TypeVar("_Message", bound=Structure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One frame that crossed the link, and the message in it."""

    sender: Role
    receiver: Role
    frame: bytes
    message: Structure


class Link:
    """Carries frames of channel 0 in both directions and keeps all of them in order."""

    def __init__(self) -> None:
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
        frame = Frame(channel=Channel.SESSION, body=encode_as(SessionMessage, message)).encode()
        arrived = decode_frame(frame, answered=self._answered)
        decoded: _Message = decode_as(SessionMessage, arrived.body)
        self._answered = self._answered or isinstance(decoded, SessionAnswer)
        self._deliveries.append(Delivery(sender=sender, receiver=receiver, frame=frame, message=decoded))
        return decoded
