"""A conversation with an implementation: hello, questions and answers; begun anew after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..adapter import AdapterBrokeError
from ..operations.shapes import Json
from ..protocol.messages import (
    PROTOCOL,
    Close,
    Greeting,
    Hello,
    Open,
    Question,
    Run,
    Step,
    Stop,
    Verdict,
    read_answer,
    read_hello,
    write,
)
from ..protocol.strict_json import ProtocolError
from .address import Opener
from .channel import Channel, Traced

KEPT_LINE = 2**16
"""Octets of a line that a transcript keeps."""


class StaleProtocolError(AdapterBrokeError):
    """The implementation speaks another version of the protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds until an answer must be there: to hello, which starts a program, and to an operation."""

    hello: float = 60.0
    operation: float = 30.0
    stop: float = 10.0


@dataclass(slots=True, kw_only=True)
class Conversation:
    """Asks one implementation. After AdapterBrokeError the next question begins a conversation anew.

    `transcript` holds the lines since it was last cleared, those that go marked `> `, those that come `< `.
    """

    opener: Opener
    deadlines: Deadlines = field(default_factory=Deadlines)
    traced: Traced | None = None
    transcript: list[str] = field(default_factory=list)
    errors: str = ""
    """What the implementation had written to standard error when it last broke."""
    restarts: int = 0
    greeting: Hello | None = None
    """Who it said it is; it must say the same whenever it is started again."""
    _channel: Channel | None = None
    _sequence: int = 0

    def hello(self) -> Hello:
        """Who it is. Raises AdapterBrokeError; StaleProtocolError for another version of the protocol."""
        if self._channel is None:
            self._begin()
        if self.greeting is None:
            raise AdapterBrokeError("no hello")
        return self.greeting

    def run(
        self,
        operation: str,
        role: str,
        given: Mapping[str, Json],
        drawn: Mapping[str, Json],
        *,
        patience: float = 1.0,
    ) -> Verdict:
        """Let it run an operation; `patience` times the usual seconds. Raises AdapterBrokeError."""
        return self._ask(
            Run, patience, operation=operation, role=role, input=dict(given), randomness=dict(drawn)
        )

    def open(
        self, role: str, given: Mapping[str, Json], drawn: Mapping[str, Json], *, patience: float = 1.0
    ) -> Verdict:
        """Let it begin a role. Raises AdapterBrokeError."""
        return self._ask(Open, patience, role=role, input=dict(given), randomness=dict(drawn))

    def step(
        self,
        handle: str,
        operation: str,
        given: Mapping[str, Json],
        drawn: Mapping[str, Json],
        *,
        patience: float = 1.0,
    ) -> Verdict:
        """Let the role behind a handle run an operation. Raises AdapterBrokeError."""
        return self._ask(
            Step, patience, handle=handle, operation=operation, input=dict(given), randomness=dict(drawn)
        )

    def close(self, handle: str, *, patience: float = 1.0) -> Verdict:
        """Let it forget a handle. Raises AdapterBrokeError."""
        return self._ask(Close, patience, handle=handle)

    def stop(self) -> None:
        """End the conversation in order. Raises AdapterBrokeError when the implementation does not."""
        channel, self._channel = self._channel, None
        if channel is None:
            return
        line = write(Stop())
        self._note(">", line)
        try:
            channel.finish(line, self.deadlines.stop)
        finally:
            channel.abandon()

    def take_errors(self) -> str:
        """What it wrote to standard error since the last call."""
        said, self.errors = self.errors, ""
        return said if self._channel is None else said + self._channel.errors()

    def abandon(self) -> None:
        """End the conversation at once."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.abandon()

    def _ask(self, kind: Callable[..., Question], patience: float, **members: Any) -> Verdict:
        if self._channel is None:
            self._begin()
        self._sequence += 1
        try:
            line = write(kind(seq=self._sequence, **members))
            answer = read_answer(self._exchange(line, self.deadlines.operation * patience))
            if answer.seq != self._sequence:
                raise ProtocolError(f"seq {answer.seq} instead of {self._sequence}")
        except ProtocolError as error:
            self._broke()
            raise AdapterBrokeError(str(error)) from None
        except AdapterBrokeError:
            self._broke()
            raise
        return answer.outcome

    def _begin(self) -> None:
        if self.greeting is not None:
            self.restarts += 1
        self._channel = self.opener()
        self._sequence = 0
        try:
            hello = read_hello(self._exchange(write(Greeting(protocol=PROTOCOL)), self.deadlines.hello))
        except ProtocolError as error:
            self._broke()
            raise AdapterBrokeError(f"hello: {error}") from None
        except AdapterBrokeError as error:
            self._broke()
            raise type(error)(f"hello: {error}") from None
        if hello.protocol != PROTOCOL or PROTOCOL not in hello.protocol_versions:
            self._broke()
            spoken = ", ".join(map(str, hello.protocol_versions)) or "none"
            raise StaleProtocolError(
                f"hello: it speaks version {hello.protocol} of the protocol (all: {spoken}); this is version {PROTOCOL}"
            )
        if self.greeting is not None and hello != self.greeting:
            self._broke()
            raise AdapterBrokeError("hello: another one than before it was started again")
        self.greeting = hello

    def _exchange(self, line: bytes, seconds: float) -> bytes:
        if self._channel is None:
            raise AdapterBrokeError("no conversation")
        self._note(">", line)
        answer = self._channel.exchange(line, seconds)
        self._note("<", answer)
        return answer

    def _note(self, direction: str, line: bytes) -> None:
        line = line.removesuffix(b"\n")
        if self.traced is not None:
            self.traced(direction, line)
        cut = f"… ({len(line)} octets)" if len(line) > KEPT_LINE else ""
        self.transcript.append(f"{direction} {line[:KEPT_LINE].decode(errors='replace')}{cut}")

    def _broke(self) -> None:
        if self._channel is not None:
            self.errors = self._channel.errors()
        self.abandon()
