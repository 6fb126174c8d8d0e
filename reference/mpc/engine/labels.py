"""What garbler and evaluator compute alike: chunks of the plan, gate numbers, hashes of labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from ..kernels.circular_hash import counter_tweaks, hash_labels
from ..zero_knowledge.bits import Blocks, blocks_to_octets
from .plan import Application, Plan

DIGEST_OCTETS: Final = 32
# Domain of the tweaks under which output labels are hashed; garbling has 0, oblivious transfer others above
# 2^63.
_OUTPUT_LABEL_DOMAIN: Final = 1
# Instances are garbled and sent together until their tables fill about a message.
_TABLE_OCTETS_AT_ONCE: Final = 1 << 20
_RETURNED: Final = b"mpctls/half-gates-1/returned-labels\x00"
_OPENED: Final = b"mpctls/half-gates-1/opened-inputs\x00"


class Numbering:
    """Where each application begins in the numbering of gates and of hashed output bits: no tweak is used
    twice.
    """

    __slots__ = ("_first_gates", "_first_outputs")

    def __init__(self, plan: Plan) -> None:
        self._first_gates: dict[str, int] = {}
        self._first_outputs: dict[str, int] = {}
        gates = outputs = 0
        for application in plan.applications:
            self._first_gates[application.name] = gates
            self._first_outputs[application.name] = outputs
            gates += application.and_count
            outputs += application.instances * application.decoded

    def first_gate(self, application: Application, row: int) -> int:
        """Number of the first AND gate of instance `row`."""
        return self._first_gates[application.name] + row * application.circuit.and_count

    def output_hashes(self, round_keys: Blocks, application: Application, row: int, labels: Blocks) -> Blocks:
        """Hash decoded output labels uint64[k, decoded, 2] of the instances from `row` on; the same shape."""
        first = self._first_outputs[application.name] + row * application.decoded
        tweaks = counter_tweaks(
            first=first, count=labels.shape[0] * labels.shape[1], domain=_OUTPUT_LABEL_DOMAIN
        )
        return hash_labels(round_keys, labels.reshape(-1, 2), tweaks).reshape(labels.shape)


def instance_chunks(application: Application) -> Iterator[slice]:
    """Cut the instances of an application into what is garbled and sent at once."""
    rows = max(1, _TABLE_OCTETS_AT_ONCE // (32 * max(1, application.circuit.and_count)))
    for start in range(0, application.instances, rows):
        yield slice(start, min(start + rows, application.instances))


def returned_digest(session_id: bytes, application: Application, first: int, labels: Blocks) -> bytes:
    """Digest of the active labels of returned bits, bound to session, application and the first instance."""
    name = application.name.encode()
    header = _RETURNED + session_id + len(name).to_bytes(2, "little") + name + first.to_bytes(8, "little")
    return hashlib.sha256(header + blocks_to_octets(labels)).digest()


def opened_inputs_digest(session_id: bytes, labels: Blocks) -> bytes:
    """Digest of the active labels of the Notary's inputs, by which it opens them after close."""
    return hashlib.sha256(_OPENED + session_id + blocks_to_octets(labels)).digest()
