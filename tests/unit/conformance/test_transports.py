"""Addresses, and one implementation reached over every transport with the same results."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from mpctls.conformance.adapter import AdapterBrokeError, AdapterHungError, UnsupportedError
from mpctls.conformance.adapters.by_form import ByForm
from mpctls.conformance.adapters.connected import Connected
from mpctls.conformance.fields import Fields, listed, number, numbers
from mpctls.conformance.operations.shapes import Json
from mpctls.conformance.outcomes import Accepted, Outcome, Rejected
from mpctls.conformance.protocol.messages import (
    Accept,
    Greeting,
    Reject,
    Run,
    Stop,
    Unsupported,
    read_answer,
    read_hello,
    write,
)
from mpctls.conformance.protocol.serving import answer_line, answer_lines
from mpctls.conformance.protocol.strict_json import ProtocolError
from mpctls.conformance.transports.address import REFERENCE, AddressError, read_address
from mpctls.conformance.transports.channel import Descriptors
from mpctls.conformance.transports.conversation import Conversation, Deadlines
from mpctls.conformance.transports.in_process import implementation_at
from tests.conformance.faux.tree import TREE

ROOT = Path(__file__).parents[3]
PROGRAM = "tests.conformance.faux.tree"
ONE_LEAF: dict[str, Json] = {"algorithm": 1, "leaves": ["00"], "opened": [0]}
ROOT_OF_ONE_LEAF = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"


@contextmanager
def reached(address: str, workers: int = 1) -> Iterator[Conversation]:
    """A conversation that is ended in order."""
    conversation = Conversation(
        opener=read_address(address).opener(workers=workers), deadlines=Deadlines(operation=10)
    )
    try:
        yield conversation
        conversation.stop()
    finally:
        conversation.abandon()


@contextmanager
def listening() -> Iterator[str]:
    """The address of a process that listens."""
    command = [sys.executable, "-m", PROGRAM, "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield f"tcp:{process.stdout.readline().rpartition(' ')[2].strip()}"
        finally:
            process.wait(timeout=10)


def asked(conversation: Conversation) -> None:
    """What every transport must carry."""
    assert conversation.hello().name == "tree"
    changes: tuple[dict[str, Json], ...] = ({}, {"leaves": []}, {"algorithm": 2})
    answers = [
        conversation.run("foundation/build-tree", "any", {**ONE_LEAF, **change}, {}) for change in changes
    ]
    assert answers == [
        Accept(output={"root": ROOT_OF_ONE_LEAF, "proof": []}),
        Reject(stage="verification", reason="merkle-proof-invalid"),
        Unsupported(feature="blake3"),
    ]
    assert conversation.open("notary", {}, {}) == Unsupported(feature="sessions")


def test_an_object_of_this_process() -> None:
    with reached(f"py:{PROGRAM}:TREE") as conversation:
        asked(conversation)


def test_an_object_in_a_process_of_its_own() -> None:
    with reached(f"py:{PROGRAM}:TREE", workers=2) as conversation:
        asked(conversation)


def test_a_program() -> None:
    with reached(f"exec:{sys.executable} -m {PROGRAM}") as conversation:
        asked(conversation)
        assert "> " in conversation.transcript[0] and len(conversation.transcript) == 10


def test_a_listening_socket() -> None:
    with listening() as address, reached(address) as conversation:
        asked(conversation)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exec:",
        "exec: ",
        "node adapter.js",
        "http://x",
        "tcp:localhost",
        "tcp::80",
        "tcp:h:0",
        "tcp:h:65536",
        "tcp:h:8o",
        "py:module",
        "py:a b:c",
        "py:module:",
        "py:a..b:c",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        read_address(text)


@pytest.mark.parametrize(
    "address",
    [
        "exec:/nowhere/at-all",
        "exec:'unclosed",
        "tcp:127.0.0.1:1",
        "py:nowhere.at.all:X",
        f"py:{PROGRAM}:NONE",
        "py:types:SimpleNamespace",
    ],
)
def test_what_cannot_be_reached_breaks(address: str) -> None:
    with pytest.raises(AdapterBrokeError), reached(address) as conversation:
        conversation.hello()


def test_an_object_that_raises_when_it_is_looked_at_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    class Raising:
        def hello(self) -> None: ...

        @property
        def run(self) -> None:
            raise ValueError("no licence")

    module = ModuleType("raising")
    module.__dict__["OBJECT"] = Raising()
    monkeypatch.setitem(sys.modules, "raising", module)
    with pytest.raises(AdapterBrokeError, match="no licence"):
        implementation_at("raising", "OBJECT")


def test_an_address_is_ours_or_not() -> None:
    assert read_address(REFERENCE).is_default and read_address(REFERENCE).ours
    assert read_address("exec:python -m mpctls.conformance.adapters.reference").ours
    assert not read_address("exec:node adapter.js").ours


class Pipes:
    """Both ends of a conversation."""

    def __init__(self) -> None:
        self.answers, self.writing = os.pipe()
        self.reading, self.requests = os.pipe()
        self.lines = Descriptors(self.answers, self.requests, None)

    def close(self) -> None:
        """Close what is open."""
        for descriptor in (self.answers, self.writing, self.reading, self.requests):
            os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    """Descriptors without a process."""
    made = Pipes()
    yield made
    made.close()


def test_what_was_said_before_the_question_is_no_answer(pipes: Pipes) -> None:
    os.write(pipes.writing, b"{}\n")
    with pytest.raises(AdapterBrokeError, match="it spoke without being asked"):
        pipes.lines.exchange(b"?\n", 1)


def test_who_does_not_read_a_long_question_hangs(pipes: Pipes) -> None:
    with pytest.raises(AdapterHungError):
        pipes.lines.exchange(b"?" * 2**20 + b"\n", 0.05)


def test_who_answers_before_a_long_question_ends_breaks(pipes: Pipes) -> None:
    threading.Timer(0.05, os.write, (pipes.writing, b"{}\n")).start()
    with pytest.raises(AdapterBrokeError, match="before the question had ended"):
        pipes.lines.exchange(b"?" * 2**20 + b"\n", 5)


def test_the_loop_answers_until_it_is_stopped() -> None:
    lines = [
        write(Greeting(protocol=1)),
        write(Run(seq=1, operation="foundation/build-tree", role="any", input=ONE_LEAF, randomness={})),
        write(Run(seq=2, operation="nothing", role="any", input={}, randomness={})),
        write(Run(seq=3, operation="foundation/build-tree", role="any", input={}, randomness={})),
        write(Stop()),
        b"never read",
    ]
    answers = io.BytesIO()
    answer_lines(TREE, io.BytesIO(b"".join(lines)), answers)
    hello, *outcomes = answers.getvalue().splitlines()
    assert read_hello(hello) == TREE.hello()
    assert [read_answer(line).seq for line in outcomes] == [1, 2, 3]
    said = [read_answer(line).outcome.to_json() for line in outcomes]
    assert said[0] == {"accept": {"root": ROOT_OF_ONE_LEAF, "proof": []}}
    assert "no operation nothing" in str(said[1]) and "TypeError" in str(said[2])


@pytest.mark.parametrize("line", [b"{}\n", b"x" * 10, b'{"type":"hello","protocol":2}\n'])
def test_the_loop_refuses_what_is_no_message(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        answer_lines(TREE, io.BytesIO(line), io.BytesIO())


class Playing:
    """An adapter of fields that refuses everything."""

    name = "playing"

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Refuse."""
        return Rejected(stage="decode", reason="x")


def test_fields_go_through_json_and_come_back() -> None:
    with reached(f"py:{PROGRAM}:TREE") as conversation:
        connected = Connected(conversation=conversation)
        fields = {"algorithm": number(1), "leaves": listed([b"\0"]), "opened": numbers([0])}
        accepted = Accepted(output={"root": bytes.fromhex(ROOT_OF_ONE_LEAF), "proof": listed([])})
        assert connected.run("foundation/build-tree", fields) == accepted
        refused = connected.run("foundation/build-tree", {**fields, "leaves": listed([])})
        assert refused == Rejected.of("verification/merkle-proof-invalid")
        with pytest.raises(UnsupportedError, match="keccak256"):
            connected.run("foundation/build-tree", {**fields, "algorithm": number(3)})
        with pytest.raises(UnsupportedError, match="root-from-proof"):
            connected.run("foundation/root-from-proof", {})
    served = ByForm(adapter=Playing(), greeting=TREE.hello())
    line = write(Run(seq=1, operation="foundation/build-tree", role="any", input=ONE_LEAF, randomness={}))
    answer = answer_line(served, line)
    assert answer is not None and read_answer(answer).outcome == Reject(stage="decode", reason="x")
