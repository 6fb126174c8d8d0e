"""Names of fields: `header NAME`, or a path into the JSON content. Every field has exactly one name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ..reasons import Reason, Rejection

_HEADER = re.compile(r"header ([!#$%&'*+.^_`|~0-9a-z-]+)")
_PLAIN_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)")
_INDEX_STEP = re.compile(r"\[(0|[1-9][0-9]*)\]")
_QUOTED_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]')
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHORT_ESCAPES = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderName:
    """The only header field of this name, which is in lower case."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPath:
    """Steps from the top of a JSON text: the name of a member or the index of an array's value."""

    steps: tuple[str | int, ...]


def read_name(text: str) -> HeaderName | JsonPath:
    """Return what a name says. Rejects with structure/malformed-name any other spelling than the one it has."""
    header = _HEADER.fullmatch(text)
    if header is not None:
        return HeaderName(name=header.group(1))
    if not text.startswith("$"):
        raise Rejection(Reason.STRUCTURE_MALFORMED_NAME)
    steps: list[str | int] = []
    position = 1
    while position < len(text):
        step, position = _step(text, position)
        steps.append(step)
    path = JsonPath(steps=tuple(steps))
    if spell_path(path) != text:
        raise Rejection(Reason.STRUCTURE_MALFORMED_NAME, "the path is spelled otherwise")
    return path


def _step(text: str, position: int) -> tuple[str | int, int]:
    if (plain := _PLAIN_STEP.match(text, position)) is not None:
        return plain.group(1), plain.end()
    if (index := _INDEX_STEP.match(text, position)) is not None:
        return int(index.group(1)), index.end()
    if (quoted := _QUOTED_STEP.match(text, position)) is not None:
        try:
            return str(json.loads(quoted.group(1))), quoted.end()
        except ValueError:
            pass
    raise Rejection(Reason.STRUCTURE_MALFORMED_NAME, f"character {position}")


def spell_path(path: JsonPath) -> str:
    """Return the one spelling of a path."""
    return "$" + "".join(map(_spell_step, path.steps))


def _spell_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    return f'["{"".join(map(_spell_character, step))}"]'


def _spell_character(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return "\\" + _SHORT_ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 else character
