"""JSON from outside, read so that neither nesting nor a repeated name does harm.

The depth is counted before anything is parsed. The library's own guard is the interpreter's recursion limit,
which any module of the process may have raised beyond what the stack holds.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""What `json` reads and writes."""

LARGEST_NESTING: Final = 64

_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
"""A string, or what stands behind a quote that nothing closes: that is no nesting either."""
_NEITHER_OPENS_NOR_CLOSES = re.compile(r"[^\[\]{}]+")


class JsonError(Exception):
    """A text is not JSON, or an object has two members of one name."""


class NestedJsonError(JsonError):
    """Arrays and objects stand in each other more than 64 deep."""


def load_closed_json(text: str) -> Json:
    """Return the value that a text is. Refuses with JsonError, NestedJsonError."""
    brackets = _NEITHER_OPENS_NOR_CLOSES.sub("", _STRING.sub("", text))
    if max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0) > LARGEST_NESTING:
        raise NestedJsonError(f"nested more than {LARGEST_NESTING} deep")
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except ValueError as error:
        raise JsonError(f"not JSON: {error}") from None


def _without_duplicates(members: list[tuple[str, Json]]) -> dict[str, Json]:
    if len(dict(members)) != len(members):
        raise JsonError("an object has a member twice")
    return dict(members)
