"""The loop that puts an adapter written in Python on its standard streams or on a socket."""

from __future__ import annotations

import socket
import sys
from typing import BinaryIO, Protocol

from .messages import (
    PROTOCOL,
    Answer,
    Close,
    Error,
    Greeting,
    Hello,
    Open,
    Question,
    Run,
    Step,
    Stop,
    Verdict,
    read_request,
    write,
)
from .strict_json import LINE_LIMIT, ProtocolError


class Implementation(Protocol):
    """What is served: an implementation, in the words of the protocol.

    Whatever a method raises becomes an outcome `error`. One without roles that keep state answers `open` with
    `Unsupported(feature="sessions")` and never sees `step` and `close`.
    """

    def hello(self) -> Hello:
        """Who it is and what it has."""
        ...

    def run(self, request: Run) -> Verdict:
        """Run one operation."""
        ...

    def open(self, request: Open) -> Verdict:
        """Begin a role that keeps state."""
        ...

    def step(self, request: Step) -> Verdict:
        """Let such a role run one operation."""
        ...

    def close(self, request: Close) -> Verdict:
        """Forget such a role."""
        ...


def serve(implementation: Implementation, *, port: int | None = None, host: str = "127.0.0.1") -> None:
    """Answer one suite until it stops: on the standard streams, or on the first connection to `host` and `port`.

    What the implementation prints goes to standard error. With port 0 the system chooses one; the first line on
    standard output is then `listening on HOST:PORT`. Raises ProtocolError for a line that is none of the protocol's.
    """
    if port is None:
        answers, sys.stdout = sys.stdout.buffer, sys.stderr
        answer_lines(implementation, sys.stdin.buffer, answers)
        return
    with socket.create_server((host, port)) as server:
        print(f"listening on {host}:{server.getsockname()[1]}", flush=True)
        connection, _ = server.accept()
    with connection, connection.makefile("rb") as requests, connection.makefile("wb") as answers:
        answer_lines(implementation, requests, answers)


def answer_lines(implementation: Implementation, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line until `stop` or the end of the stream."""
    while line := requests.readline(LINE_LIMIT + 1):
        if not line.endswith(b"\n"):
            raise ProtocolError("a line that does not end, or of more than 2^24 octets")
        answer = answer_line(implementation, line)
        if answer is None:
            return
        answers.write(answer)
        answers.flush()


def answer_line(implementation: Implementation, line: bytes) -> bytes | None:
    """The answer to one line; None to `stop`. Raises ProtocolError."""
    request = read_request(line)
    if isinstance(request, Stop):
        return None
    if isinstance(request, Greeting):
        if request.protocol != PROTOCOL:
            raise ProtocolError(f"version {request.protocol} of the protocol")
        return write(implementation.hello())
    answer = Answer(seq=request.seq, outcome=_outcome(implementation, request))
    try:
        return write(answer)
    except (ProtocolError, TypeError, ValueError) as error:
        message = f"an answer that cannot be written: {error}"
        return write(Answer(seq=request.seq, outcome=Error(message=message)))


def _outcome(implementation: Implementation, request: Question) -> Verdict:
    try:
        if isinstance(request, Run):
            return implementation.run(request)
        if isinstance(request, Open):
            return implementation.open(request)
        if isinstance(request, Step):
            return implementation.step(request)
        return implementation.close(request)
    # Whatever an implementation raises is an answer of the protocol, and the next question finds the loop running.
    except Exception as error:
        return Error(message=f"{type(error).__name__}: {error}"[:4096])
