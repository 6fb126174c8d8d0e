"""TLS session stage of the reference: request, answer, handshake data and what the Notary records of them."""

from __future__ import annotations

from mpctls.reference.channel.establishment import answer_request, check_answer, session_request
from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    SESSION_ANSWER,
    SESSION_REQUEST,
    Budget,
    RecordedSessionParameters,
    TlsHandshakeData,
)
from mpctls.reference.channel.session_parameters import check_recorded_parameters, parameters_digest
from mpctls.reference.foundation.artifacts import HANDSHAKE_DATA
from mpctls.reference.foundation.commitments import handshake_commitment
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.identifiers import SessionKind, SignatureAlgorithm
from mpctls.reference.foundation.signatures import VERIFYING_KEY

from ...fields import Fields, read_list, read_number, read_numbers
from .foundation import signing_key
from .roles import answer as agreed_answer
from .roles import notary
from .scripted import content, message, play

_BUDGET = Struct(Budget)
_HANDSHAKE = Struct(TlsHandshakeData)


def _profiles(fields: Fields) -> list[str]:
    return [name.decode("utf-8") for name in read_list(fields["profiles"])]


def _request(fields: Fields) -> Fields:
    request = session_request(
        kind=SessionKind(read_number(fields["kind"])),
        signature_algorithms=[SignatureAlgorithm(each) for each in read_numbers(fields["algorithms"])],
        budget=_BUDGET.decode(fields["budget"]),
        nonce=fields["nonce"],
        engine_profiles=tuple(_profiles(fields)),
    )
    return {"message": message(request)}


def _answer(fields: Fields) -> Fields:
    pairs = map(read_list, read_list(fields["keys"]))
    keys = [signing_key(read_number(algorithm), secret) for algorithm, secret in pairs]
    answer, _ = answer_request(
        SESSION_REQUEST.decode(fields["request"]),
        signing_keys=keys,
        kinds=[SessionKind(each) for each in read_numbers(fields["kinds"])],
        largest=_BUDGET.decode(fields["largest"]),
        session_id=fields["session id"],
        engine_profiles=_profiles(fields),
    )
    return {"message": message(answer)}


def _accept(fields: Fields) -> Fields:
    check_answer(
        SESSION_REQUEST.decode(fields["request"]),
        SESSION_ANSWER.decode(fields["answer"]),
        trusted=VERIFYING_KEY.decode(fields["trusted"]),
    )
    return {}


def _commit(fields: Fields) -> Fields:
    data = HANDSHAKE_DATA.decode(fields["handshake data"])
    return {"commitment": handshake_commitment(data, fields["blinder"])}


def _receive(fields: Fields) -> Fields:
    async def check(link: Link) -> None:
        suites = read_numbers(fields["suites"])
        session = notary(link, agreed=agreed_answer(session_id=fields["session id"], suites=suites))
        session._client_random = fields["client random"]
        session._scalar = 1
        await session.verify_and_record_session_parameters()

    handshake = _HANDSHAKE.decode(fields["handshake"])
    _, sent = play(check, [message(handshake)])
    return {"digest": content(sent[0], Struct(RecordedSessionParameters))}


def _record(fields: Fields) -> Fields:
    return {"digest": parameters_digest(fields["session id"], _HANDSHAKE.decode(fields["handshake"]))}


def _accept_recorded(fields: Fields) -> Fields:
    check_recorded_parameters(
        RecordedSessionParameters(digest=fields["digest"]),
        session_id=fields["session id"],
        message=_HANDSHAKE.decode(fields["handshake"]),
    )
    return {}


HANDLERS = {
    "tls_session/request": _request,
    "tls_session/answer": _answer,
    "tls_session/accept": _accept,
    "tls_session/commit-handshake": _commit,
    "tls_session/receive-handshake-data": _receive,
    "tls_session/record": _record,
    "tls_session/accept-recorded": _accept_recorded,
}
