"""Data submission and attestation of the reference: both roles at the point where each step begins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from mpctls.reference.attestation.commit_config import check_commitments, hash_commitment
from mpctls.reference.attestation.commitment_proofs import draw_blinders, prove_commitments
from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    SESSION_MESSAGE,
    CommitRequest,
    IncludeCommitments,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.foundation.artifacts import (
    ATTESTATION_BODY,
    ATTESTATION_SECRETS,
    HANDSHAKE_DATA,
    HEADER,
    AttestationBody,
    Extension,
    HashCommitment,
    HashSecret,
    SecretCommitment,
)
from mpctls.reference.foundation.commitments import tree_root
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.identifiers import Closure, Direction, HashAlgorithm
from mpctls.reference.foundation.signatures import VERIFYING_KEY
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, octets_of
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.notary import NotarySession
from mpctls.reference.prover import Prover
from mpctls.reference.settings import NotaryLimits
from mpctls.reference.tls.registration import RecordRegister
from mpctls.reference.tls.server_name import read_server_name

from ...fields import Fields, listed, read_flag, read_list, read_number, read_numbers
from .connection import finalised, received_octets
from .foundation import signing_key
from .roles import answer, notary, prover
from .scripted import PrescribedRandomness, message, play

_REQUEST = Struct(CommitRequest)
_EXTENSION = Struct(Extension)


class _UncheckedProof(ProverProof):
    """Proves what does not hold, as a cheating Prover would try: the Notary's refusal is what is looked at."""

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        """Whatever the wires carry, go on."""


class _CheatingEngine(ProverEngine):
    proof_type = _UncheckedProof


class _Lengths:
    """What is left of a register when the connection is over."""

    def __init__(self, fields: Fields) -> None:
        self._lengths = {
            Direction.SENT: len(fields["sent"]),
            Direction.RECEIVED: len(fields["received"]),
        }
        self.alert_received = Closure(read_number(fields["closure"])) is Closure.CLOSE_NOTIFY

    def application_length(self, direction: Direction) -> int:
        """Octets of application data."""
        return self._lengths[direction]


def _transcript(fields: Fields) -> Transcript:
    return Transcript(sent=fields["sent"], received=fields["received"])


def _config(fields: Fields) -> tuple[CommitRequest, ...]:
    return tuple(_REQUEST.decode(octets) for octets in read_list(fields["config"]))


def _extensions(fields: Fields, name: str) -> tuple[Extension, ...]:
    return tuple(_EXTENSION.decode(octets) for octets in read_list(fields[name]))


def _commitments(fields: Fields) -> tuple[HashCommitment, ...]:
    pairs = zip(_config(fields), read_list(fields["blinders"]), strict=True)
    return tuple(hash_commitment(request, _transcript(fields), blinder) for request, blinder in pairs)


def _submission(fields: Fields) -> SubmitTranscriptCommitConfig:
    return SubmitTranscriptCommitConfig(
        config=_config(fields),
        tree_algorithm=read_number(fields["tree algorithm"]),
        body_hash_algorithm=read_number(fields["body algorithm"]),
        prover_extensions=_extensions(fields, "prover extensions"),
    )


def _notary(link: Link, fields: Fields, *, drawn: tuple[bytes, ...] = (), **settings: Any) -> NotarySession:
    """The Notary after the connection, its commitments received."""
    key = signing_key(fields["key"][0], fields["key"][1:])
    session = notary(
        link,
        key=key,
        agreed=answer(session_id=fields["session id"], key=key.verifying_key),
        randomness=PrescribedRandomness(*drawn),
        notary_extensions=_extensions(fields, "notary extensions"),
        clock=lambda: read_number(fields["now"]),
        **settings,
    )
    session._parameters = Struct(TlsHandshakeData).decode(fields["handshake"])
    session._register = cast(RecordRegister, _Lengths(fields))
    return session


def _notary_with_tree(link: Link, fields: Fields, *drawn: bytes) -> NotarySession:
    session = _notary(link, fields, drawn=drawn)
    session._config = _submission(fields)
    session._commitments = _commitments(fields)
    session._root = tree_root(HashAlgorithm(session._config.tree_algorithm), session._commitments)
    return session


def _prover(link: Link, fields: Fields) -> Prover:
    """The Prover after the connection."""
    handshake = Struct(TlsHandshakeData).decode(fields["handshake"])
    key = signing_key(fields["key"][0], fields["key"][1:]).verifying_key
    role = prover(
        link,
        key=key,
        agreed=answer(session_id=fields["session id"], key=key),
        server_name=read_server_name(fields["server name"].decode()),
        clock=lambda: read_number(fields["now"]),
        time_tolerance=read_number(fields["tolerance"]) if "tolerance" in fields else 0,
    )
    role._session_parameters = handshake
    role._client_random = handshake.client_random
    role._flight = cast(
        Any,
        SimpleNamespace(
            server_random=handshake.server_random, server_ephemeral_key=handshake.server_ephemeral_key
        ),
    )
    role._handshake_data = HANDSHAKE_DATA.decode(fields["handshake data"])
    role._handshake_blinder = fields["handshake blinder"]
    role._transcript = _transcript(fields)
    role._closure = Closure(read_number(fields["closure"]))
    return role


def _submit(fields: Fields) -> Fields:
    async def submit(link: Link) -> None:
        await _prover(link, fields).submit_transcript_commit_config(
            _config(fields),
            tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
            body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
            prover_extensions=_extensions(fields, "prover extensions"),
        )

    _, sent = play(submit, [])
    return {"message": sent[0]}


def _check_config(fields: Fields) -> Fields:
    limits = NotaryLimits(
        commitments=read_number(fields["largest count"]),
        hash_algorithms=frozenset(map(HashAlgorithm, read_numbers(fields["hash algorithms"]))),
    )

    async def check(link: Link) -> None:
        await _notary(link, fields, limits=limits).submit_transcript_commit_config()

    play(check, [fields["message"]])
    return {}


def _commit(fields: Fields) -> Fields:
    return {"message": message(IncludeCommitments(commitments=_commitments(fields)))}


def _check_commitments(fields: Fields) -> Fields:
    included = cast(IncludeCommitments, SESSION_MESSAGE.decode(fields["message"]))
    check_commitments(_config(fields), included.commitments)
    return {}


def _prove(fields: Fields) -> Fields:
    engines = finalised(fields, _CheatingEngine)
    config = _config(fields)
    transcript = Transcript(sent=b"".join(read_list(fields["requests"])), received=received_octets(engines))
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
        altered = bytes([value[0] ^ 1]) + value[1:]
        commitments[0] = HashCommitment(
            direction=commitments[0].direction,
            ranges=commitments[0].ranges,
            lexical_class=commitments[0].lexical_class,
            algorithm=commitments[0].algorithm,
            value=altered,
        )
    engines.both(
        lambda: prove_commitments(engines.prover.proof, engines.prover.plaintext, commitments, wires[0]),
        lambda: prove_commitments(engines.notary.proof, engines.notary.plaintext, commitments, wires[1]),
    )
    return {}


def _root(fields: Fields) -> Fields:
    async def build(link: Link) -> bytes:
        return await _notary_with_tree(link, fields).generate_merkle_tree_root()

    root, _ = play(build, [])
    return {"root": root or b""}


def _body(fields: Fields) -> AttestationBody:
    async def build(link: Link) -> AttestationBody:
        return _notary_with_tree(link, fields).build_attestation_body(fields["key exchange blinder"])

    body, _ = play(build, [])
    if body is None:
        raise ValueError("no body was built")
    return body


def _start_body(fields: Fields) -> Fields:
    body = _body(fields)
    return {
        "verifying key": VERIFYING_KEY.encode(body.verifying_key),
        "prover extensions": listed([_EXTENSION.encode(each) for each in body.prover_extensions]),
        "notary extensions": listed([_EXTENSION.encode(each) for each in body.notary_extensions]),
    }


def _complete_body(fields: Fields) -> Fields:
    return {"body": ATTESTATION_BODY.encode(_body(fields))}


def _returned(fields: Fields) -> bytes:
    async def give(link: Link) -> None:
        session = _notary_with_tree(link, fields, fields["key exchange blinder"], fields["attestation id"])
        await session.return_signed_attestation()

    _, sent = play(give, [])
    return sent[0]


def _sign(fields: Fields) -> Fields:
    attestation = cast(SignedAttestation, SESSION_MESSAGE.decode(_returned(fields))).attestation
    return {"header": HEADER.encode(attestation.header), "signature": attestation.signature}


def _return(fields: Fields) -> Fields:
    return {"message": _returned(fields)}


def _accept(fields: Fields) -> Fields:
    kept: list[bytes] = []

    async def accept(link: Link) -> None:
        role = _prover(link, fields)
        commitments = _commitments(fields)
        role._config = _submission(fields)
        role._secrets = tuple(
            SecretCommitment(commitment=commitment, opening=HashSecret(blinder=blinder))
            for commitment, blinder in zip(commitments, read_list(fields["blinders"]), strict=True)
        )
        role._root = tree_root(HashAlgorithm(role._config.tree_algorithm), commitments)
        _, secrets = await role.receive_signed_attestation()
        kept.append(ATTESTATION_SECRETS.encode(secrets))

    play(accept, [fields["message"]])
    return {"secrets": kept[0]}


HANDLERS = {
    "data_submission/submit": _submit,
    "data_submission/check-config": _check_config,
    "data_submission/commit": _commit,
    "data_submission/check-commitments": _check_commitments,
    "data_submission/prove": _prove,
    "data_submission/root": _root,
    "attestation_generation/start-body": _start_body,
    "attestation_generation/complete-body": _complete_body,
    "attestation_generation/sign": _sign,
    "attestation_generation/return": _return,
    "attestation_generation/accept": _accept,
}
