"""JSON from outside, read strictly: closed objects, no repeated keys, no fractions, bounded size and depth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from mpctls.reference.foundation.errors import Refused

Json: TypeAlias = Any
MAXIMUM_TEXT: Final = 1 << 18
_DEEPEST_NESTING: Final = 64


def parse_strictly(text: str) -> Json:
    """A JSON value without fractions, repeated keys or lone surrogates; refuses with `predicate/malformed`."""
    if len(text) > MAXIMUM_TEXT:
        raise Refused("predicate/too-large", f"a text of more than {MAXIMUM_TEXT} characters")
    _require_shallow(text)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_no_number, parse_constant=_no_number)
        text.encode("utf-8")
    except ValueError as error:
        if isinstance(error, UnicodeEncodeError):
            raise malformed("$", "a lone surrogate") from None
        raise malformed("$", "not JSON") from None
    return value


def malformed(place: str, what: str) -> Refused:
    """What to raise for a value that is not of the JSON form."""
    return Refused("predicate/malformed", f"{place}: {what}")


def _require_shallow(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for sign in text:
        if in_string:
            in_string = escaped or sign != '"'
            escaped = not escaped and sign == "\\"
        elif sign == '"':
            in_string = True
        elif sign in "[{":
            depth += 1
            if depth > _DEEPEST_NESTING:
                raise Refused("predicate/too-large", "brackets nested too deeply")
        elif sign in "]}":
            depth -= 1


def _object(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a repeated key")
    return members


def _no_number(text: str) -> None:
    raise ValueError("a number that is no integer")


def closed_object(value: Json, place: str, required: Sequence[str]) -> dict[str, Json]:
    """The members of an object that has exactly these keys."""
    if not isinstance(value, dict) or set(value) != set(required):
        raise malformed(place, f"not an object with exactly {', '.join(required)}")
    return value


def bounded_array(value: Json, place: str, least: int, most: int) -> list[Json]:
    """The items of an array of `least` to `most`."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise malformed(place, f"not an array of {least} to {most}")
    return value


def small_integer(value: Json, place: str, bound: int = 256) -> int:
    """A non-negative integer below `bound`."""
    if type(value) is not int or not 0 <= value < bound:
        raise malformed(place, f"not an integer below {bound}")
    return value


def plain_text(value: Json, place: str) -> str:
    """A string that is Unicode text."""
    if not isinstance(value, str):
        raise malformed(place, "not a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise malformed(place, "a lone surrogate") from None
    return value


def hexadecimal(value: Json, place: str) -> bytes:
    """Octets written in lower-case hexadecimal."""
    text = plain_text(value, place)
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        octets = b""
    if octets.hex() != text:
        raise malformed(place, "not octets in lower-case hexadecimal")
    return octets


def text_at(place: str, read: Callable[[str], Any], value: Json) -> Any:
    """Read a text by a reader that does not know its place."""
    try:
        return read(plain_text(value, place))
    except Refused as refusal:
        detail = refusal.detail if place in refusal.detail else f"{place}: {refusal.detail}"
        raise Refused(refusal.reason, detail) from None
