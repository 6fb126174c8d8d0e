"""Structured views of the reference."""

from __future__ import annotations

from mpctls.reference.foundation.artifacts import TRANSCRIPT_COMMITMENT
from mpctls.reference.foundation.identifiers import Closure, Direction
from mpctls.reference.foundation.ranges import Range
from mpctls.reference.foundation.transcript import PartialDirection, PartialTranscript
from mpctls.reference.http.message import Token
from mpctls.reference.http.names import join_path
from mpctls.reference.http.rules import ExchangePolicy
from mpctls.reference.http.structure import CLASS_OF_KIND, ExchangeView, MessageView, structured_view

from ...fields import (
    Fields,
    listed,
    number,
    optional,
    read_list,
    read_number,
    read_optional,
)


def _partial(fields: Fields, name: str) -> PartialDirection:
    pieces = []
    for first, octets in map(read_list, read_list(fields[f"{name} runs"])):
        start = read_number(first)
        pieces.append((Range(start=start, end=start + len(octets)), octets))
    return PartialDirection(length=read_number(fields[f"{name} length"]), pieces=tuple(pieces))


def _names(fields: Fields, name: str) -> frozenset[str] | None:
    found = read_optional(fields[name])
    return None if found is None else frozenset(each.decode() for each in read_list(found))


def _view_of(fields: Fields) -> ExchangeView:
    leaves = [
        (read_number(index), TRANSCRIPT_COMMITMENT.decode(leaf))
        for index, leaf in map(read_list, read_list(fields["leaves"]))
    ]
    name = read_optional(fields["server name"])
    return structured_view(
        PartialTranscript(sent=_partial(fields, "sent"), received=_partial(fields, "received")),
        leaves,
        Closure(read_number(fields["closure"])),
        None if name is None else name.decode(),
        ExchangePolicy(
            redactable=frozenset(each.decode() for each in read_list(fields["redactable"])),
            methods=_names(fields, "methods"),
            targets=_names(fields, "targets"),
        ),
    )


def _described(token: Token | None) -> bytes:
    if token is None:
        return b""
    if token.kind is None:
        raise ValueError("a token of a view has a kind")
    return listed(
        [
            number(CLASS_OF_KIND[token.kind].value),
            number(token.direction.value),
            listed([listed([number(each.start), number(each.end)]) for each in token.ranges]),
            optional(token.octets),
            b"" if token.leaf is None else number(token.leaf),
        ]
    )


def _message(message: MessageView) -> bytes:
    headers = [listed([each.name.encode(), _described(each.value)]) for each in message.fields]
    values = [listed([join_path(steps).encode(), _described(token)]) for steps, token in message.tokens()]
    return listed([listed(headers), listed(values)])


def _view(fields: Fields) -> Fields:
    view = _view_of(fields)
    return {
        "method": view.method.encode(),
        "target": view.target.encode(),
        "status": number(view.status),
        "request": _message(view.request),
        "response": _message(view.response),
    }


def _field(fields: Fields) -> Fields:
    side = Direction(read_number(fields["side"]))
    return {"token": _described(_view_of(fields).field(side, fields["name"].decode()))}


HANDLERS = {
    "verification/structured-view": _view,
    "verification/named-field": _field,
}
