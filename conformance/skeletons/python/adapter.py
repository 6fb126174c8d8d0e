"""An adapter for mpctls-conformance, with the Python standard library alone. Put your implementation before it.

mpctls-conformance run -i "exec:python3 adapter.py" foundation/merkle
"""

import hashlib
import json
import sys
from typing import Any


class Refused(Exception):
    """A check of the implementation refused: stage and reason."""


class Unsupported(Exception):
    """The implementation lacks a feature."""


def subtree(leaves: list[str]) -> str:
    """The root over some leaves, in hexadecimal."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + bytes.fromhex(leaves[0])).hexdigest()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return hashlib.sha256(
        b"\1" + bytes.fromhex(subtree(leaves[:split]) + subtree(leaves[split:]))
    ).hexdigest()


def proof(leaves: list[str], opened: list[int], start: int = 0) -> list[str]:
    """The hashes that somebody needs who has the opened leaves alone."""
    if not any(start <= index < start + len(leaves) for index in opened):
        return [subtree(leaves)]
    if len(leaves) == 1:
        return []
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return proof(leaves[:split], opened, start) + proof(leaves[split:], opened, start + split)


def build_tree(algorithm: int, leaves: list[str], opened: list[int]) -> dict[str, object]:
    """The operation foundation/build-tree; `mpctls-conformance explain foundation/build-tree` says what it is."""
    if algorithm != 1:
        raise Unsupported({2: "blake3", 3: "keccak256"}.get(algorithm, ""))
    return {"root": subtree(leaves), "proof": proof(leaves, opened)}


OPERATIONS = {"foundation/build-tree": build_tree}
HELLO = {
    "type": "hello",
    "protocol": 1,
    "name": "my implementation",
    "language": "Python",
    "version": "0",
    "protocol_versions": [1],
    "roles": ["prover", "notary", "verifier"],
    "operations": list(OPERATIONS),
    "features": [],
}


def outcome(message: dict[str, Any]) -> dict[str, object]:
    """Run one operation."""
    try:
        return {"accept": OPERATIONS[message["operation"]](**message["input"], **message["randomness"])}
    except Refused as refused:
        return {"reject": {"stage": refused.args[0], "reason": refused.args[1]}}
    except Unsupported as lack:
        return {"unsupported": {"feature": lack.args[0]}}
    except Exception as error:
        return {"error": {"message": repr(error)}}


def main() -> None:
    """Answer every line until the suite says stop."""
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "stop":
            return
        if message["type"] == "hello":
            print(json.dumps(HELLO), flush=True)
        elif message["type"] == "run":
            answer = {"type": "outcome", "seq": message["seq"], "outcome": outcome(message)}
            print(json.dumps(answer), flush=True)
        else:
            answer = {"unsupported": {"feature": "sessions"}}
            print(json.dumps({"type": "outcome", "seq": message["seq"], "outcome": answer}), flush=True)


if __name__ == "__main__":
    main()
