"""Data submission and attestation of the reference: both roles at the point where each step begins."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from mpctls.reference.attestation.commit_config import encoding_commitment, hash_commitment
from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    SESSION_MESSAGE,
    CommitRequest,
    EncodingRequest,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.encoding_commitment import opened_value
from mpctls.reference.foundation.artifacts import (
    ATTESTATION_BODY,
    ATTESTATION_SECRETS,
    HANDSHAKE_DATA,
    HEADER,
    AttestationBody,
    Extension,
    TranscriptCommitment,
)
from mpctls.reference.foundation.commitments import tree_root
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.field_encoding import SCALAR_OCTETS, authenticator, elements, scalar_octets
from mpctls.reference.foundation.identifiers import Closure, Direction, HashAlgorithm, SessionKind
from mpctls.reference.foundation.signatures import VERIFYING_KEY, VerifyingKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.mpc.conversion.messages import Released
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.notary import NotarySession
from mpctls.reference.prover import Prover
from mpctls.reference.settings import NotaryLimits
from mpctls.reference.tls.registration import RecordRegister
from mpctls.reference.tls.server_name import read_server_name

from ...fields import Fields, listed, read_flag, read_list, read_number, read_numbers
from .believed import BelievedEngine
from .clear_proof import ClearPlaintext, ClearProof
from .foundation import signing_key
from .roles import answer, notary, prover
from .scripted import PrescribedRandomness, play

_REQUEST = Struct(CommitRequest)
_EXTENSION = Struct(Extension)


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


def config_of(fields: Fields) -> tuple[CommitRequest, ...]:
    """The entries of a config."""
    return tuple(_REQUEST.decode(octets) for octets in read_list(fields["config"]))


def extensions_of(fields: Fields, name: str) -> tuple[Extension, ...]:
    """A list of extensions."""
    return tuple(_EXTENSION.decode(octets) for octets in read_list(fields[name]))


def _released(fields: Fields) -> dict[int, Released]:
    """What is released of each encoding entry, by leaf index."""
    return {
        index: Released(
            offset=int.from_bytes(octets[:SCALAR_OCTETS], "little"),
            factor=int.from_bytes(octets[SCALAR_OCTETS:], "little"),
        )
        for index, octets in enumerate(read_list(fields["released"]))
        if octets
    }


def _messages(fields: Fields) -> dict[int, int]:
    """What the conversion gives the Prover for each encoding entry, by leaf index."""
    config, transcript = config_of(fields), _transcript(fields)
    return {
        index: authenticator(
            each.offset,
            each.factor,
            elements(config[index].ranges.select(transcript.octets(config[index].direction))),
        )
        for index, each in _released(fields).items()
    }


def _commitments(fields: Fields) -> tuple[TranscriptCommitment, ...]:
    """All leaves as the tree holds them."""
    transcript, released = _transcript(fields), _released(fields)
    leaves: list[TranscriptCommitment] = []
    entries = zip(config_of(fields), read_list(fields["blinders"]), strict=True)
    for index, (request, blinder) in enumerate(entries):
        if isinstance(request.kind, EncodingRequest):
            leaf = replace(
                encoding_commitment(request),
                offset=scalar_octets(released[index].offset),
                factor=scalar_octets(released[index].factor),
            )
            octets = request.ranges.select(transcript.octets(request.direction))
            leaves.append(replace(leaf, commitment=opened_value(leaf, octets, blinder)))
        else:
            leaves.append(hash_commitment(request, transcript, blinder))
    return tuple(leaves)


def _submission(fields: Fields) -> SubmitTranscriptCommitConfig:
    return SubmitTranscriptCommitConfig(
        config=config_of(fields),
        tree_algorithm=read_number(fields["tree algorithm"]),
        body_hash_algorithm=read_number(fields["body algorithm"]),
        prover_extensions=extensions_of(fields, "prover extensions"),
    )


def notary_after(
    link: Link, fields: Fields, *, drawn: tuple[bytes, ...] = (), **settings: Any
) -> NotarySession:
    """The Notary after the connection."""
    key = signing_key(fields["key"][0], fields["key"][1:])
    session = notary(
        link,
        key=key,
        agreed=answer(session_id=fields["session id"], key=key.verifying_key),
        randomness=PrescribedRandomness(*drawn),
        notary_extensions=extensions_of(fields, "notary extensions"),
        clock=lambda: read_number(fields["now"]),
        **settings,
    )
    session._parameters = Struct(TlsHandshakeData).decode(fields["handshake"])
    session._register = cast(RecordRegister, _Lengths(fields))
    return session


def _notary_with_tree(link: Link, fields: Fields, *drawn: bytes) -> NotarySession:
    session = notary_after(link, fields, drawn=drawn)
    session._config = _submission(fields)
    session._commitments = _commitments(fields)
    session._root = tree_root(HashAlgorithm(session._config.tree_algorithm), session._commitments)
    return session


def prover_after(
    link: Link,
    fields: Fields,
    *,
    kind: SessionKind = SessionKind.NOTARIZE,
    notary_key: VerifyingKey | None = None,
) -> Prover:
    """The Prover after the connection."""
    handshake = Struct(TlsHandshakeData).decode(fields["handshake"])
    key = notary_key or signing_key(fields["key"][0], fields["key"][1:]).verifying_key
    role = prover(
        link,
        key=key,
        agreed=answer(session_id=fields["session id"], key=key),
        server_name=read_server_name(fields["server name"].decode()),
        kind=kind,
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
        await prover_after(
            link, fields, kind=SessionKind(read_number(fields["kind"]))
        ).submit_transcript_commit_config(
            config_of(fields),
            tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
            body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
            prover_extensions=extensions_of(fields, "prover extensions"),
        )

    _, sent = play(submit, [])
    return {"message": sent[0]}


def _check_config(fields: Fields) -> Fields:
    limits = NotaryLimits(
        commitments=read_number(fields["largest count"]),
        committed_octets=read_number(fields["largest octets"]),
        hash_algorithms=frozenset(map(HashAlgorithm, read_numbers(fields["hash algorithms"]))),
    )

    async def check(link: Link) -> None:
        session = notary_after(link, fields, limits=limits)
        session._kind = SessionKind(read_number(fields["kind"]))
        await session.submit_transcript_commit_config()

    play(check, [fields["message"]])
    return {}


def encoding_blinders(fields: Fields) -> list[int]:
    """The blinders of encoding entries, which a Prover draws itself."""
    entries = zip(config_of(fields), read_list(fields["blinders"]), strict=True)
    return [
        int.from_bytes(blinder, "little")
        for request, blinder in entries
        if isinstance(request.kind, EncodingRequest)
    ]


def _including_prover(link: Link, fields: Fields, *, deviates: bool = False) -> Prover:
    """The Prover after its config, before an engine that believes it."""
    encoding = [isinstance(each.kind, EncodingRequest) for each in config_of(fields)]
    blinders = list(zip(encoding, read_list(fields["blinders"]), strict=True))
    role = prover_after(link, fields)
    scalars = [int.from_bytes(blinder, "little") for encoded, blinder in blinders if encoded]
    role._randomness = PrescribedRandomness(numbers=scalars)
    engine = BelievedEngine(
        blinders=[blinder for encoded, blinder in blinders if not encoded],
        messages=_messages(fields),
        released=_released(fields),
        deviates=deviates,
    )
    role._engine = cast(ProverEngine, engine)
    role._config = _submission(fields)
    return role


def checking_engine(fields: Fields, *, deviates: bool = False) -> BelievedEngine:
    """An engine that knows the transcript and the blinders, and refuses what is not true of them."""
    engine = BelievedEngine(messages=_messages(fields), released=_released(fields), deviates=deviates)
    kinds = (each.kind for each in config_of(fields))
    entries = zip(kinds, read_list(fields["blinders"]), strict=True)
    engine.proof = ClearProof([blinder for kind, blinder in entries if not isinstance(kind, EncodingRequest)])
    engine.plaintext = ClearPlaintext(fields["sent"], fields["received"])
    return engine


def _commit(fields: Fields) -> Fields:
    async def commit(link: Link) -> None:
        try:
            await _including_prover(link, fields).include_commitments()
        except Refused as refused:
            # The script ends where the root would come.
            if refused.reason != "link/closed":
                raise

    _, sent = play(commit, [])
    return {"messages": listed(sent)}


def _check_commitments(fields: Fields) -> Fields:
    async def check(link: Link) -> None:
        session = notary_after(link, fields)
        session._engine = cast(NotaryEngine, checking_engine(fields))
        session._config = _submission(fields)
        await session.include_commitments()
        await session.generate_merkle_tree_root()

    _, sent = play(check, read_list(fields["messages"]))
    return {"root": sent[0]}


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
    refusals: list[Refused] = []
    deviates = read_flag(fields["deviates"])

    async def accept(link: Link) -> None:
        try:
            async with _including_prover(link, fields, deviates=deviates) as role:
                await role.include_commitments()
                _, secrets = await role.receive_signed_attestation()
                kept.append(ATTESTATION_SECRETS.encode(secrets))
        except Refused as refused:
            refusals.append(refused)

    _, sent = play(accept, read_list(fields["messages"]))
    if _released(fields) and len(sent) != 2:
        raise ValueError("the Prover said something after the release")
    if refusals:
        raise refusals[0]
    return {"secrets": kept[0]}


HANDLERS = {
    "data_submission/submit": _submit,
    "data_submission/check-config": _check_config,
    "data_submission/commit": _commit,
    "data_submission/check-commitments": _check_commitments,
    "data_submission/root": _root,
    "attestation_generation/start-body": _start_body,
    "attestation_generation/complete-body": _complete_body,
    "attestation_generation/sign": _sign,
    "attestation_generation/return": _return,
    "attestation_generation/accept": _accept,
}
