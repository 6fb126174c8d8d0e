"""A structured view on paper: start lines, header fields and the tree of JSON values, with what is redacted marked."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from ..foundation.identifiers import Direction
from ..foundation.ranges import Range
from ..http.json_values import JsonArray, JsonNode, JsonValue, TokenKind
from ..http.message import Token
from ..http.structure import ExchangeView, MessageView
from .escaping import escape_line
from .transcript_view import GUTTER, Marker

_INDENT: Final = "  "


Places: TypeAlias = Mapping[tuple[Direction, tuple[Range, ...]], Sequence[int]]
"""Tokens by their octets, each with the numbers of the predicates that are proved about it."""


def exchange_document(view: ExchangeView, proved: Places | None = None) -> dict[str, Any]:
    """The JSON of a view: both messages, each value with its octets or the index of its leaf, and what is proved."""
    places = proved or {}
    return {
        "request": {"method": view.method, "target": view.target} | _message(view.request, places),
        "response": {"status": view.status} | _message(view.response, places),
    }


def _message(message: MessageView, proved: Places) -> dict[str, Any]:
    return {
        "fields": [{"name": each.name, "value": _token(each.value, proved)} for each in message.fields],
        "content": None if message.root is None else _node(message, message.root, proved),
    }


def _node(message: MessageView, node: JsonNode, proved: Places) -> dict[str, Any]:
    """Members are a list of pairs: a name of the server's cannot collide with those of this document."""
    if isinstance(node, JsonValue):
        return {"value": _token(message.token(node), proved)}
    if isinstance(node, JsonArray):
        return {"array": [_node(message, each, proved) for each in node.items]}
    return {"object": [[name, _node(message, each, proved)] for name, each in node.members.items()]}


def _token(token: Token | None, proved: Places) -> dict[str, Any] | None:
    """None is a value without octets: an empty string, or an empty header value."""
    if token is None:
        return None
    document: dict[str, Any] = {
        "kind": None if token.kind is None else token.kind.value,
        "count": token.length,
    }
    predicates = proved.get((token.direction, token.ranges))
    if predicates:
        document["predicates"] = list(predicates)
    if token.octets is None:
        return document | {"redacted": True, "leaf": token.leaf}
    return document | {"redacted": False, "base64": base64.b64encode(token.octets).decode("ascii")}


def render_exchange(document: Mapping[str, Any], marker: Marker) -> list[str]:
    """Lines of both messages; every line begins with the gutter."""
    request, response = document["request"], document["response"]
    lines = ["", f"request       {escape_line(request['method'])} {escape_line(request['target'])}"]
    lines += [GUTTER + line for line in _lines(request, marker)]
    lines += ["", f"response      status {response['status']}"]
    return lines + [GUTTER + line for line in _lines(response, marker)]


def _lines(message: Mapping[str, Any], marker: Marker) -> Iterator[str]:
    for each in message["fields"]:
        yield f"{each['name']}: {_text(each['value'], marker)}"
    if message["content"] is not None:
        yield from _tree(message["content"], marker, "", "")


def _tree(node: Mapping[str, Any], marker: Marker, indent: str, label: str) -> Iterator[str]:
    if "value" in node:
        yield indent + label + _quoted(node["value"], marker)
        return
    opening, closing = ("{", "}") if "object" in node else ("[", "]")
    yield indent + label + opening
    if "object" in node:
        for name, member in node["object"]:
            interior = json.dumps(name, ensure_ascii=False)[1:-1].encode("utf-8")
            yield from _tree(member, marker, indent + _INDENT, f'"{_interior(interior, marker)}": ')
    else:
        for index, item in enumerate(node["array"]):
            yield from _tree(item, marker, indent + _INDENT, f"{index}: ")
    yield indent + closing


def _quoted(value: Mapping[str, Any] | None, marker: Marker) -> str:
    quote = '"' if value is None or value["kind"] == TokenKind.STRING.value else ""
    return quote + _text(value, marker) + quote


def _text(value: Mapping[str, Any] | None, marker: Marker) -> str:
    if value is None:
        return ""
    if value["redacted"]:
        return marker.redaction(value["count"], about="proved about" if "predicates" in value else "")
    octets = base64.b64decode(value["base64"], validate=True)
    return _interior(octets, marker) if value["kind"] == TokenKind.STRING.value else marker.content(octets)


def _interior(octets: bytes, marker: Marker) -> str:
    """The interior of a JSON string: its backslashes are escapes already, and are not escaped again."""
    return marker.content(octets).replace("\\\\", "\\")
