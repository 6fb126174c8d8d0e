"""Where two values of JSON first differ, for people who look for the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..operations.shapes import Json

_HEXADECIMAL = frozenset("0123456789abcdef")
SHOWN = 80
"""Characters of a value that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A path into the output, as in `proof[2]`, and the octet within it where it holds octets."""

    field: str
    offset: int | None
    expected: Json
    got: Json

    def to_json(self) -> dict[str, Json]:
        """The place."""
        return {"field": self.field, "offset": self.offset}

    def __str__(self) -> str:
        at = "" if self.offset is None else f" from octet {self.offset}"
        specified, got = (shown(value, self.offset) for value in (self.expected, self.got))
        return f"{self.field} differs{at}: specified {specified}, got {got}"


def first_difference(expected: Json, got: Json, where: str = "") -> Difference | None:
    """The first place where two values differ; members in the order of the first. None when they are equal.

    A boolean and an integer are never equal.
    """
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name in (*expected, *(name for name in got if name not in expected)):
            inner = f"{where}.{name}" if where else name
            if name not in expected or name not in got:
                return Difference(field=inner, offset=None, expected=expected.get(name), got=got.get(name))
            found = first_difference(expected[name], got[name], inner)
            if found is not None:
                return found
        return None
    if isinstance(expected, list) and isinstance(got, list):
        for at, (one, other) in enumerate(zip(expected, got, strict=False)):
            found = first_difference(one, other, f"{where}[{at}]")
            if found is not None:
                return found
        if len(expected) == len(got):
            return None
        return Difference(
            field=where, offset=None, expected=f"{len(expected)} items", got=f"{len(got)} items"
        )
    if type(expected) is type(got) and expected == got:
        return None
    return Difference(field=where, offset=_offset(expected, got), expected=expected, got=got)


def shown(value: Json, offset: int | None = None) -> str:
    """A value, cut: octets from a little before the place where they differ."""
    if isinstance(value, str) and offset is not None:
        start = max(0, offset - 4) * 2
        cut = value[start : start + SHOWN]
        return f"{'…' if start else ''}{cut}{'…' if start + SHOWN < len(value) else ''} ({len(value) // 2} octets)"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _offset(expected: Json, got: Json) -> int | None:
    """The octet where two hexadecimal texts part."""
    if not isinstance(expected, str) or not isinstance(got, str):
        return None
    if not (_HEXADECIMAL.issuperset(expected) and _HEXADECIMAL.issuperset(got)):
        return None
    if len(expected) % 2 or len(got) % 2:
        return None
    pairs = zip(expected, got, strict=False)
    common = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(got)))
    return common // 2
