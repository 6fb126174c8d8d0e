"""Names of tokens: `header NAME`, or the path of a JSON value, in the one spelling that each has."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused

_HEADER = re.compile(r"header ([!#$%&'*+\-.^_`|~0-9a-z]+)")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = re.compile(
    r"\.(?P<plain>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|\[(?P<index>0|[1-9][0-9]*)\]"
    r'|\[(?P<quoted>"(?:[^"\\\x00-\x1f]++|\\["bfnrt\\]|\\u00[01][0-9a-f])*+")\]'
)
_INDEX_DIGITS: Final = 9
"""No array has more elements than can be written with so many digits."""

Step = str | int
"""A member's name, unescaped, or an element's index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderName:
    """The value of the only header field of this name (in lower case)."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPath:
    """A value in a JSON text: the steps that lead to it."""

    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """The path as it is written."""
        return "$" + "".join(_spell(each) for each in self.steps)


def _spell(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    return f"[{json.dumps(step, ensure_ascii=False)}]"


def parse_path(text: str) -> JsonPath:
    """Read a path; refuses with `structure/malformed-name` whatever is no path or has another spelling."""
    if not text.startswith("$"):
        raise Refused("structure/malformed-name", "a path begins with $")
    steps: list[Step] = []
    position = 1
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            raise Refused("structure/malformed-name", f"no step of a path at character {position}")
        if found["index"] is not None:
            digits = found["index"]
            steps.append(int(digits) if len(digits) <= _INDEX_DIGITS else 10**_INDEX_DIGITS)
        elif found["plain"] is not None:
            steps.append(found["plain"])
        else:
            steps.append(_quoted(found["quoted"]))
        position = found.end()
    return JsonPath(steps=tuple(steps))


def _quoted(quoted: str) -> str:
    name: str = json.loads(quoted)
    if _spell(name) != f"[{quoted}]":
        raise Refused("structure/malformed-name", "a name in quotes that has another spelling")
    return name


def parse_name(text: str) -> HeaderName | JsonPath:
    """Read a name; refuses with `structure/malformed-name`."""
    header = _HEADER.fullmatch(text)
    return HeaderName(name=header.group(1)) if header else parse_path(text)


def join_path(steps: Sequence[Step]) -> str:
    """The path with these steps, as it is written."""
    return JsonPath(steps=tuple(steps)).text
