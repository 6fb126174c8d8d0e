"""Lines to an implementation and back, each exchange before its deadline."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from time import monotonic
from typing import Protocol, TypeAlias

from ..adapter import AdapterBrokeError, AdapterHungError
from ..protocol.strict_json import LINE_LIMIT

CHUNK = 2**16
ERRORS_KEPT = 2**14
"""Octets of standard error that are kept: the last ones."""

Traced: TypeAlias = Callable[[str, bytes], None]
"""Told every line that goes (`>`) and comes (`<`)."""


class Channel(Protocol):
    """One conversation with an implementation. After AdapterBrokeError only `abandon` may follow."""

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line and give back the one that answers. Raises AdapterBrokeError, AdapterHungError."""
        ...

    def finish(self, line: bytes, seconds: float) -> None:
        """Send the last line and wait for the end. Raises AdapterBrokeError, AdapterHungError."""
        ...

    def abandon(self) -> None:
        """End the conversation at once."""
        ...

    def errors(self) -> str:
        """What it wrote to standard error since the last call, at most 16 KiB; what is no UTF-8 is replaced."""
        ...


class Descriptors:
    """Lines over non-blocking file descriptors; none is read further than a line may be long."""

    def __init__(self, reading: int, writing: int, errors: int | None) -> None:
        self._reading, self._writing, self._errors = reading, writing, errors
        self._received = bytearray()
        self._said = bytearray()
        for descriptor in {reading, writing, *([] if errors is None else [errors])}:
            os.set_blocking(descriptor, False)

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line and give back the one that answers it, without its end.

        Raises AdapterBrokeError for an answer before the question, a second one, one that is too long and the end
        of the stream, AdapterHungError when the time is over.
        """
        limit = monotonic() + seconds
        self._drain(0.0, unsent=False)
        if self._received:
            raise AdapterBrokeError("it spoke without being asked")
        unsent, searched = memoryview(line), 0
        while True:
            end = self._received.find(b"\n", searched)
            if end >= 0:
                return self._answer(end, unsent=bool(unsent))
            searched = len(self._received)
            if searched >= LINE_LIMIT:
                raise AdapterBrokeError("a line of more than 2^24 octets")
            left = limit - monotonic()
            if left <= 0:
                raise AdapterHungError(f"no answer in {seconds:g} s")
            if self._drain(left, unsent=bool(unsent)):
                try:
                    unsent = unsent[os.write(self._writing, unsent[:CHUNK]) :]
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise AdapterBrokeError(f"it takes no input: {error.strerror}") from None

    def end(self, line: bytes, seconds: float) -> None:
        """Send the last line, and read until the stream ends. Raises as `exchange`."""
        limit = monotonic() + seconds
        try:
            os.write(self._writing, line)
        except OSError as error:
            raise AdapterBrokeError(f"it takes no input: {error.strerror}") from None
        try:
            while (left := limit - monotonic()) > 0:
                self._drain(left, unsent=False)
                if self._received:
                    raise AdapterBrokeError("it spoke after the last message")
            raise AdapterHungError(f"it goes on {seconds:g} s after the last message")
        except _EndedError:
            return

    def errors(self) -> str:
        """The last of what came on standard error since the last call."""
        if self._errors is not None:
            self._keep_errors(self._errors)
        said = self._said.decode(errors="replace")
        self._said.clear()
        return said

    def _answer(self, end: int, *, unsent: bool) -> bytes:
        answer = bytes(self._received[:end])
        rest = len(self._received) - end - 1
        self._received.clear()
        if unsent:
            raise AdapterBrokeError("it answered before the question had ended")
        if rest:
            raise AdapterBrokeError("more than one line for an answer")
        return answer

    def _drain(self, seconds: float, *, unsent: bool) -> bool:
        """Wait for something to read or, with `unsent`, to write; keep what came. Whether it can be written."""
        poll = select.poll()
        poll.register(self._reading, select.POLLIN)
        if unsent:
            poll.register(
                self._writing, (select.POLLIN if self._writing == self._reading else 0) | select.POLLOUT
            )
        if self._errors is not None:
            poll.register(self._errors, select.POLLIN)
        events = dict(poll.poll(max(0, int(seconds * 1000) + 1) if seconds else 0))
        if self._errors is not None and events.get(self._errors):
            self._keep_errors(self._errors)
        found = events.get(self._reading, 0)
        if found & ~select.POLLOUT:
            self._read()
        return bool(events.get(self._writing, 0) & ~select.POLLIN)

    def _keep_errors(self, descriptor: int) -> None:
        try:
            said = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return
        if not said:
            self._errors = None
        self._said += said
        del self._said[:-ERRORS_KEPT]

    def _read(self) -> None:
        try:
            came = os.read(self._reading, CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise _EndedError(f"the connection broke: {error.strerror}") from None
        if not came:
            raise _EndedError(
                "it ended in the middle of a line" if self._received else "it ended without an answer"
            )
        self._received += came


class _EndedError(AdapterBrokeError):
    """The stream of answers ended."""
