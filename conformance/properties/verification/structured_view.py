"""A redacted exchange has one view or none: every hidden run is one token with its leaf, and every name one token.

Compared: method, target and status; every header field and every JSON leaf value with kind, ranges, and octets or
leaf; the token of a name; or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import TranscriptCommitment
from mpctls.spec.encoding import decode_as
from mpctls.spec.identifiers import Closure, Direction
from mpctls.spec.structure.json_text import Array, Leaf, Object, Value
from mpctls.spec.structure.message import Message, RequestPolicy
from mpctls.spec.structure.names import JsonPath, spell_path
from mpctls.spec.structure.view import (
    CLASS_OF,
    StructuredView,
    Token,
    structured_view,
    token_of_header,
    token_of_json,
)
from mpctls.spec.transcript import PartialOctets, PartialTranscript, Run

from ...fields import (
    Fields,
    listed,
    number,
    optional,
    read_list,
    read_number,
    read_optional,
)
from ...property import Operation
from ..exchanges import exchanges

_NAMES = (
    "header host",
    "header authorization",
    "header Host",
    "header set-cookie",
    "header x",
    "header",
    "$",
    "$.a",
    "$.b",
    "$[0]",
    "$[1]",
    "$[01]",
    "$.a.a",
    "$.a[0]",
    '$["na me"]',
    '$["é"]',
    '$["\\n"]',
    '$["\\u000a"]',
    '$["a"]',
    '$["q\\""]',
    "$[99999999999]",
    "$.",
    "a",
    '$[""]',
    "$.a.b",
    '$.b["na me"]',
)


@st.composite
def _named(draw: DrawFn) -> Fields:
    fields = draw(exchanges())
    return {
        **fields,
        "side": number(draw(st.sampled_from(Direction))),
        "name": draw(st.sampled_from(_NAMES)).encode(),
    }


def _partial(fields: Fields, name: str) -> PartialOctets:
    runs = tuple(
        Run(start=read_number(start), octets=octets)
        for start, octets in map(read_list, read_list(fields[f"{name} runs"]))
    )
    return PartialOctets(length=read_number(fields[f"{name} length"]), runs=runs)


def _names(fields: Fields, name: str) -> frozenset[str] | None:
    found = read_optional(fields[name])
    return None if found is None else frozenset(each.decode() for each in read_list(found))


def view_of(fields: Fields) -> StructuredView:
    """The view that fields describe."""
    leaves: dict[int, Any] = {
        read_number(index): decode_as(TranscriptCommitment, leaf)
        for index, leaf in map(read_list, read_list(fields["leaves"]))
    }
    name = read_optional(fields["server name"])
    return structured_view(
        PartialTranscript(sent=_partial(fields, "sent"), received=_partial(fields, "received")),
        leaves,
        Closure(read_number(fields["closure"])),
        None if name is None else name.decode(),
        RequestPolicy(
            redactable_headers=frozenset(each.decode() for each in read_list(fields["redactable"])),
            methods=_names(fields, "methods"),
            targets=_names(fields, "targets"),
        ),
    )


def _described(token: Token) -> bytes:
    bounds = [listed([number(part.start), number(part.end)]) for part in token.ranges.ranges]
    return listed(
        [
            number(CLASS_OF[token.kind]),
            number(token.direction),
            listed(bounds),
            optional(token.octets),
            b"" if token.leaf is None else number(token.leaf),
        ]
    )


def _values(
    message: Message, value: Value | None, steps: tuple[str | int, ...], view: StructuredView
) -> Iterator[bytes]:
    match value:
        case Leaf():
            token = (
                b"" if value.start == value.end else _described(token_of_json(message, value, view.leaves))
            )
            yield listed([spell_path(JsonPath(steps=steps)).encode(), token])
        case Array(values=values):
            for index, each in enumerate(values):
                yield from _values(message, each, (*steps, index), view)
        case Object(members=members):
            for name, each in members.items():
                yield from _values(message, each, (*steps, name), view)


def _message(message: Message, view: StructuredView) -> bytes:
    headers = [
        listed(
            [
                each.name.encode(),
                b"" if each.start == each.end else _described(token_of_header(message, each, view.leaves)),
            ]
        )
        for each in message.fields
    ]
    return listed([listed(headers), listed(list(_values(message, message.json, (), view)))])


def _view(fields: Fields) -> Fields:
    view = view_of(fields)
    line = view.request.request
    return {
        "method": b"" if line is None else line.method.encode(),
        "target": b"" if line is None else line.target.encode(),
        "status": number(view.response.status or 0),
        "request": _message(view.request, view),
        "response": _message(view.response, view),
    }


def _field(fields: Fields) -> Fields:
    view = view_of(fields)
    return {"token": _described(view.field(Direction(read_number(fields["side"])), fields["name"].decode()))}


OPERATIONS = (
    Operation(name="verification/structured-view", inputs=exchanges, specification=_view),
    Operation(name="verification/named-field", inputs=_named, specification=_field),
)
