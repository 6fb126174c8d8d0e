"""JSON as the protocol allows it: UTF-8, one value, no member twice, no fractions, nothing deep."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from ..operations.shapes import Json

LINE_LIMIT = 2**24
"""Octets of a line, the one that ends it among them."""
DEPTH_LIMIT = 32
DIGITS_LIMIT = 20
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_CLOSING = b"]}"
_OPENING = b"[{"


class ProtocolError(ValueError):
    """A line or a message that the protocol does not allow; the text says what about it."""


def read_json(octets: bytes) -> Json:
    """The value that octets hold. Raises ProtocolError for whatever two readers could understand differently.

    Refuses other encodings than UTF-8, a member that stands twice, NaN and infinities, fractions and exponents,
    integers of more than 20 digits, halves of surrogate pairs, and depth above 32.
    """
    _require_shallow(octets)
    try:
        text = octets.decode()
        value: Json = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_float=_no_fraction,
            parse_int=_integer,
        )
        if b"\\u" in octets:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise ProtocolError(f"not UTF-8 at octet {error.start}") from None
    except UnicodeEncodeError:
        raise ProtocolError("half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ProtocolError(f"not JSON at character {error.pos}: {error.msg}") from None
    return value


def write_line(value: Json) -> bytes:
    """A value on one line of ASCII. Raises ProtocolError when it is too long."""
    line = json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > LINE_LIMIT:
        raise ProtocolError(f"a line of {len(line)} octets")
    return line


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProtocolError(f"the member {twice[:40]!r} twice")
    return members


def _no_constant(text: str) -> NoReturn:
    raise ProtocolError(f"{text} is no JSON")


def _no_fraction(text: str) -> NoReturn:
    raise ProtocolError(f"the number {text[:40]} is no integer as the protocol writes them")


def _integer(text: str) -> int:
    digits = len(text.lstrip("-"))
    if digits > DIGITS_LIMIT:
        raise ProtocolError(f"an integer of {digits} digits")
    return int(text)


def _require_shallow(octets: bytes) -> None:
    """Refuse depth before a parser that recurses sees it."""
    if octets.count(b"[") + octets.count(b"{") <= DEPTH_LIMIT:
        return
    depth = 0
    for octet in re.findall(rb"[\[\]{}]", _STRING.sub(b"", octets)):
        if octet in _OPENING:
            depth += 1
            if depth > DEPTH_LIMIT:
                raise ProtocolError(f"more than {DEPTH_LIMIT} levels")
        elif octet in _CLOSING:
            depth -= 1
