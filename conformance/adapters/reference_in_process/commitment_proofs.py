"""Commitments of the reference between its two real engines: proved, converted and released."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mpctls.reference.attestation.commit_config import (
    complete_commitments,
    encoding_commitment,
    hash_commitment,
)
from mpctls.reference.attestation.commitment_proofs import draw_blinders, prove_commitments
from mpctls.reference.channel.messages import CommitRequest
from mpctls.reference.encoding_commitment import commitment_value, opened_value
from mpctls.reference.foundation.artifacts import EncodingCommitment
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.field_encoding import scalar_octets
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.conversion.messages import DIFFERENCES, RELEASE
from mpctls.reference.mpc.duplex import Duplex
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, octets_of
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof

from ...fields import Fields, flag, read_flag, read_list, read_number, read_optional
from .connection import finalised, received_octets
from .engines import Engines

_REQUEST = Struct(CommitRequest)
_BLINDER = 7
_MESSAGES = {b"differences": DIFFERENCES, b"release": RELEASE}


class _UncheckedProof(ProverProof):
    """Proves what does not hold, as a cheating Prover would try: the Notary's refusal is what is looked at."""

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        """Whatever the wires carry, go on."""


class _CheatingEngine(ProverEngine):
    proof_type = _UncheckedProof


class _AlteringDuplex:
    """The Notary's channel, with one octet changed in messages of one kind on their way out."""

    def __init__(self, duplex: Duplex, kind: int, place: int) -> None:
        self._duplex = duplex
        self._kind = kind
        self._place = place

    def send(self, kind: int, payload: bytes) -> None:
        """Pass a message on."""
        if kind == self._kind:
            changed = bytes([payload[self._place] ^ 1])
            payload = payload[: self._place] + changed + payload[self._place + 1 :]
        self._duplex.send(kind, payload)

    def receive(self, kind: int, length: int) -> bytes:
        """Pass a message back."""
        return self._duplex.receive(kind, length)


def _transcript(engines: Engines, fields: Fields) -> Transcript:
    return Transcript(sent=b"".join(read_list(fields["requests"])), received=received_octets(engines))


def _prove(fields: Fields) -> Fields:
    engines = finalised(fields, _CheatingEngine)
    config = tuple(_REQUEST.decode(octets) for octets in read_list(fields["config"]))
    transcript = _transcript(engines, fields)
    wires = engines.both(
        lambda: draw_blinders(engines.prover.proof, len(config)),
        lambda: draw_blinders(engines.notary.proof, len(config)),
    )
    blinders = [octets_of(engines.prover.proof.bits(each)) for each in wires[0]]
    commitments = [
        hash_commitment(request, transcript, blinder)
        for request, blinder in zip(config, blinders, strict=True)
    ]
    if read_flag(fields["altered"]):
        value = commitments[0].value
        commitments[0] = replace(commitments[0], value=bytes([value[0] ^ 1]) + value[1:])
    engines.both(
        lambda: prove_commitments(engines.prover.proof, engines.prover.plaintext, commitments, wires[0]),
        lambda: prove_commitments(engines.notary.proof, engines.notary.plaintext, commitments, wires[1]),
    )
    return {}


def _encode(fields: Fields) -> Fields:
    """From the proof to complete leaves at both parties; the leaf is then opened as the Prover committed."""
    engines = finalised(fields)
    request = _REQUEST.decode(fields["request"])
    kind = _MESSAGES.get(fields["altered message"])
    if kind is not None:
        conversion: Any = engines.notary.conversion
        conversion._duplex = _AlteringDuplex(conversion._duplex, kind, read_number(fields["altered octet"]))
    leaves = [encoding_commitment(request)]
    entries = engines.both(
        lambda: prove_commitments(engines.prover.proof, engines.prover.plaintext, leaves, []),
        lambda: prove_commitments(engines.notary.proof, engines.notary.plaintext, leaves, []),
    )
    engines.prover.proof.conclude()
    engines.notary.proof.conclude()
    messages, _ = engines.both(
        lambda: engines.prover.convert(entries[0]), lambda: engines.notary.convert(entries[1])
    )
    octets = read_optional(fields["claimed"])
    if octets is None:
        octets = request.ranges.select(_transcript(engines, fields).octets(request.direction))
    value = commitment_value(request.direction, octets, message=messages[0], blinder=_BLINDER)
    _, released = engines.both(engines.prover.receive_release, lambda: engines.notary.release([value]))
    recomputed = engines.prover.check_release()
    (leaf,) = complete_commitments(leaves, [value], released)
    if (leaf,) != complete_commitments(leaves, [value], recomputed):
        raise ValueError("the parties have different leaves")
    if not isinstance(leaf, EncodingCommitment):
        raise ValueError("an encoding entry has another leaf")
    return {"opens": flag(opened_value(leaf, octets, scalar_octets(_BLINDER)) == value)}


HANDLERS = {
    "data_submission/prove": _prove,
    "data_submission/encode": _encode,
}
