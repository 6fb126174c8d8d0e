"""The messages of the adapter protocol, version 1 (docs/conformance/adapter-protocol.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from ..operations.form import Role
from ..operations.shapes import Json
from .closed import (
    INTEGER,
    MEMBERS,
    NAME,
    NAMES,
    TEXT,
    Integer,
    OneOf,
    Several,
    Words,
    closed_schema,
    member,
    read_closed,
    read_object,
    write_closed,
)
from .strict_json import ProtocolError, read_json, write_line

PROTOCOL = 1
HANDLE = Words(most=64, least=1)
ROLE = OneOf(words=tuple(role.value for role in Role))
PARTIES = Several(item=OneOf(words=(Role.PROVER.value, Role.NOTARY.value, Role.VERIFIER.value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Every check passed, and these are the outputs of the operation."""

    output: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """`{"accept": …}`."""
        return {"accept": dict(self.output)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A check refused; the two halves of its reason code."""

    stage: str = member(NAME)
    reason: str = member(NAME)

    def to_json(self) -> dict[str, Json]:
        """`{"reject": …}`."""
        return {"reject": write_closed(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """The implementation lacks a feature."""

    feature: str = member(NAME)

    def to_json(self) -> dict[str, Json]:
        """`{"unsupported": …}`."""
        return {"unsupported": write_closed(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """Anything else; the message is for people."""

    message: str = member(TEXT)

    def to_json(self) -> dict[str, Json]:
        """`{"error": …}`."""
        return {"error": write_closed(self)}


Verdict: TypeAlias = Accept | Reject | Unsupported | Error
"""What a message calls an outcome."""


def read_outcome(value: Json, where: str = "outcome") -> Verdict:
    """An object with exactly one of the four members. Raises ProtocolError."""
    found = read_object(value, where)
    if len(found) != 1:
        raise ProtocolError(f"{where}: not exactly one of accept, reject, unsupported, error")
    [(name, content)] = found.items()
    if name == "accept":
        return Accept(output=read_object(content, f"{where}.accept"))
    if name == "reject":
        return read_closed(Reject, content, f"{where}.reject")
    if name == "unsupported":
        return read_closed(Unsupported, content, f"{where}.unsupported")
    if name == "error":
        return read_closed(Error, content, f"{where}.error")
    raise ProtocolError(f"{where}: {name[:40]!r} is no outcome")


def outcome_schema() -> dict[str, Json]:
    """The JSON Schema of an outcome."""
    contents: dict[str, Json] = {
        "accept": MEMBERS.schema(),
        "reject": closed_schema(Reject),
        "unsupported": closed_schema(Unsupported),
        "error": closed_schema(Error),
    }
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {name: content},
                "required": [name],
                "additionalProperties": False,
            }
            for name, content in contents.items()
        ]
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """One of the four outcomes."""

    def read(self, value: Json, where: str) -> Verdict:
        """The outcome."""
        return read_outcome(value, where)

    def schema(self) -> dict[str, Json]:
        """One of four."""
        return outcome_schema()

    def write(self, outcome: Verdict) -> Json:
        """The object again."""
        return outcome.to_json()


OUTCOME = _Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The suite opens the conversation."""

    TAG: ClassVar = "hello"
    protocol: int = member(INTEGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The suite asks for one operation."""

    TAG: ClassVar = "run"
    seq: int = member(INTEGER)
    operation: str = member(NAME)
    role: str = member(ROLE)
    input: Mapping[str, Json] = member(MEMBERS)
    randomness: Mapping[str, Json] = member(MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The suite lets a role begin that keeps state between messages."""

    TAG: ClassVar = "open"
    seq: int = member(INTEGER)
    role: str = member(ROLE)
    input: Mapping[str, Json] = member(MEMBERS)
    randomness: Mapping[str, Json] = member(MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The suite asks the role behind a handle for one operation."""

    TAG: ClassVar = "step"
    seq: int = member(INTEGER)
    handle: str = member(HANDLE)
    operation: str = member(NAME)
    input: Mapping[str, Json] = member(MEMBERS)
    randomness: Mapping[str, Json] = member(MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The suite needs a handle no longer."""

    TAG: ClassVar = "close"
    seq: int = member(INTEGER)
    handle: str = member(HANDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The suite ends the conversation."""

    TAG: ClassVar = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """An adapter says who it is and what it has."""

    TAG: ClassVar = "hello"
    protocol: int = member(Integer(least=1))
    name: str = member(NAME)
    language: str = member(NAME)
    version: str = member(Words(most=256))
    protocol_versions: tuple[int, ...] = member(Several(item=INTEGER))
    roles: tuple[str, ...] = member(PARTIES)
    operations: tuple[str, ...] = member(NAMES)
    features: tuple[str, ...] = member(NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An adapter says how an operation ended."""

    TAG: ClassVar = "outcome"
    seq: int = member(INTEGER)
    outcome: Verdict = field(metadata={"kind": OUTCOME})


Question: TypeAlias = Run | Open | Step | Close
"""What an answer with an outcome follows."""
Request: TypeAlias = Greeting | Run | Open | Step | Close | Stop
Reply: TypeAlias = Hello | Answer
REQUESTS: tuple[type[Request], ...] = (Greeting, Run, Open, Step, Close, Stop)
REPLIES: tuple[type[Reply], ...] = (Hello, Answer)


def write(message: Request | Reply) -> bytes:
    """A message on its line."""
    return write_line(write_closed(message, message.TAG))


def read_request(line: bytes) -> Request:
    """A message of the suite. Raises ProtocolError."""
    value = read_json(line)
    tag = read_object(value, "the line").get("type")
    for each in REQUESTS:
        if tag == each.TAG:
            return read_closed(each, value, each.TAG, each.TAG)
    raise ProtocolError("its type is none of the protocol's")


def read_hello(line: bytes) -> Hello:
    """An adapter's first message. Raises ProtocolError."""
    return read_closed(Hello, read_json(line), "hello", Hello.TAG)


def read_answer(line: bytes) -> Answer:
    """An adapter's answer. Raises ProtocolError."""
    return read_closed(Answer, read_json(line), "the answer", Answer.TAG)
