"""`program.py LIE FOLDER`: an adapter that knows every specified outcome of a folder of vectors, and lies in one way.

Whatever it does not lie about is right, so that what the suite finds is the lie. It imports nothing of the suite.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Message = dict[str, Any]
VICTIM = "foundation/merkle/multiproofs/no-hash"
"""The vector on which an adapter breaks that breaks once."""


def key(operation: str, given: Any, drawn: Any) -> str:
    """A question."""
    return json.dumps([operation, given, drawn], sort_keys=True)


def read_vectors(folder: Path) -> dict[str, Message]:
    """Every vector of a folder, by id."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in folder.rglob("*.json")]
    return {vector["id"]: vector for file in files for vector in file["vectors"]}


class Liar:
    """Answers as specified; subclasses lie."""

    features: tuple[str, ...] = ("blake3", "keccak256")
    protocol = 1

    def __init__(self, vectors: Mapping[str, Message]) -> None:
        self.vectors = vectors
        self.known = {
            key(each["operation"], each["input"], each["randomness"]): each for each in vectors.values()
        }

    def hello(self) -> Message:
        """Who it is."""
        return {
            "type": "hello",
            "protocol": self.protocol,
            "name": type(self).__name__,
            "language": "Python",
            "version": "1",
            "protocol_versions": [self.protocol],
            "roles": ["prover", "notary", "verifier"],
            "operations": sorted({each["operation"] for each in self.vectors.values()}),
            "features": list(self.features),
        }

    def outcome(self, vector: Message) -> Message:
        """The right outcome."""
        expected: Message = json.loads(json.dumps(vector["expected"]))
        return expected

    def answer(self, seq: int, vector: Message) -> bytes:
        """The line that answers."""
        return line({"type": "outcome", "seq": seq, "outcome": self.outcome(vector)})


def line(message: Message) -> bytes:
    """A message on its line."""
    return json.dumps(message).encode() + b"\n"


class Honest(Liar):
    """Lies nowhere."""


class AcceptsAll(Liar):
    """Accepts what must be refused, with the output of the base."""

    def outcome(self, vector: Message) -> Message:
        return super().outcome(self.vectors[vector["base"]] if "base" in vector else vector)


class SaysWhy(AcceptsAll):
    """Accepts everything, and says what it does on standard error."""

    def answer(self, seq: int, vector: Message) -> bytes:
        sys.stderr.write(f"{vector['id']}\n")
        sys.stderr.flush()
        return super().answer(seq, vector)


class RejectsAll(Liar):
    """Refuses everything, what must be refused for the right reason."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        return (
            right
            if "reject" in right
            else {"reject": {"stage": "verification", "reason": "merkle-proof-invalid"}}
        )


class WrongReason(Liar):
    """Refuses for another reason of the same stage."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        if "reject" in right:
            right["reject"] = {**right["reject"], "reason": "not-that"}
        return right


class WrongStage(Liar):
    """Refuses in another stage."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        if "reject" in right:
            right["reject"] = {**right["reject"], "stage": "decode"}
        return right


class WrongOutput(Liar):
    """Is wrong in the last octet of a root."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        if "accept" in right:
            root = right["accept"]["root"]
            right["accept"] = {**right["accept"], "root": root[:-2] + f"{int(root[-2:], 16) ^ 1:02x}"}
        return right


class WrongForm(Liar):
    """Leaves an output out."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        return {"accept": {}} if "accept" in right else right


class Slow(Liar):
    """Takes too long for one vector."""

    def answer(self, seq: int, vector: Message) -> bytes:
        if vector["id"] == VICTIM:
            time.sleep(60)
        return super().answer(seq, vector)


class Crashes(Liar):
    """Dies in the middle of a line, and says why on standard error."""

    def answer(self, seq: int, vector: Message) -> bytes:
        if vector["id"] == VICTIM:
            sys.stdout.buffer.write(super().answer(seq, vector)[:20])
            sys.stdout.buffer.flush()
            sys.exit("segmentation fault, so to say")
        return super().answer(seq, vector)


class AlwaysCrashes(Liar):
    """Dies of every question."""

    def answer(self, seq: int, vector: Message) -> bytes:
        sys.exit(3)


class Errs(Liar):
    """Answers what must be refused with an error, as who throws where it should refuse."""

    def outcome(self, vector: Message) -> Message:
        right = super().outcome(vector)
        return {"error": {"message": "index out of range"}} if "reject" in right else right


class ClaimsFeatures(Liar):
    """Names a feature in its hello and answers that it lacks it."""

    def outcome(self, vector: Message) -> Message:
        return (
            {"unsupported": {"feature": "blake3"}}
            if "blake3" in vector["features"]
            else super().outcome(vector)
        )


class LacksWhatIsNotNeeded(Liar):
    """Answers that it lacks a feature of which the vector says nothing."""

    features = ("blake3", "keccak256")

    def outcome(self, vector: Message) -> Message:
        return {"unsupported": {"feature": "plonk"}} if vector["id"] == VICTIM else super().outcome(vector)


class LacksHonestly(Liar):
    """Lacks a feature, and its hello does not name it."""

    features = ("keccak256",)

    def outcome(self, vector: Message) -> Message:
        return (
            {"unsupported": {"feature": "blake3"}}
            if "blake3" in vector["features"]
            else super().outcome(vector)
        )


class StaleProtocol(Liar):
    """Speaks a later version of the protocol."""

    protocol = 2


class Talkative(Liar):
    """Says a line that nobody asked for, a little after an answer."""

    def answer(self, seq: int, vector: Message) -> bytes:
        right = super().answer(seq, vector)
        return right + right if vector["id"] == VICTIM else right


class GoesOn(Liar):
    """Does not end when it is told to."""


class NoHello(Liar):
    """Begins with something else."""

    def hello(self) -> Message:
        return {"type": "outcome", "seq": 1, "outcome": {"accept": {}}}


GARBAGE: Mapping[str, Callable[[int], bytes]] = {
    "not-json": lambda seq: b"garbage\n",
    "not-utf-8": lambda seq: b'{"type":"outcome","seq":1,"outcome":{"error":{"message":"\xff"}}}\n',
    "deep": lambda seq: b"[" * 100_000 + b"\n",
    "endless": lambda seq: b"x" * (2**24 + 1),
    "empty": lambda seq: b"\n",
    "twice": lambda seq: line({"type": "outcome", "seq": seq, "outcome": {"accept": {}}}).replace(
        b'"seq"', b'"seq": 1, "seq"'
    ),
    "nan": lambda seq: b'{"type":"outcome","seq":NaN,"outcome":{"accept":{}}}\n',
    "fraction": lambda seq: b'{"type":"outcome","seq":1.0,"outcome":{"accept":{}}}\n',
    "huge": lambda seq: b'{"type":"outcome","seq":' + b"9" * 5000 + b',"outcome":{"accept":{}}}\n',
    "surrogate": lambda seq: b'{"type":"outcome","seq":1,"outcome":{"error":{"message":"\\ud800"}}}\n',
    "other-seq": lambda seq: line({"type": "outcome", "seq": seq + 1, "outcome": {"accept": {}}}),
    "boolean-seq": lambda seq: line({"type": "outcome", "seq": True, "outcome": {"accept": {}}}),
    "unknown-member": lambda seq: line({"type": "outcome", "seq": seq, "outcome": {"accept": {}}, "more": 1}),
    "two-outcomes": lambda seq: line(
        {"type": "outcome", "seq": seq, "outcome": {"accept": {}, "error": {"message": ""}}}
    ),
    "no-outcome": lambda seq: line({"type": "outcome", "seq": seq, "outcome": {"maybe": {}}}),
}


class Garbage(Liar):
    """Answers one vector with what is no answer."""

    kind = "not-json"

    def answer(self, seq: int, vector: Message) -> bytes:
        return GARBAGE[self.kind](seq) if vector["id"] == VICTIM else super().answer(seq, vector)


def main() -> None:
    """Answer until the suite says stop."""
    name, _, kind = sys.argv[1].partition(":")
    liar: Liar = globals()[name](read_vectors(Path(sys.argv[2])))
    if isinstance(liar, Garbage):
        liar.kind = kind
    for read in sys.stdin.buffer:
        message = json.loads(read)
        if message["type"] == "stop":
            break
        if message["type"] == "hello":
            answer = line(liar.hello())
        else:
            vector = liar.known[key(message["operation"], message["input"], message["randomness"])]
            answer = liar.answer(message["seq"], vector)
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    if isinstance(liar, GoesOn):
        time.sleep(60)


if __name__ == "__main__":
    main()
