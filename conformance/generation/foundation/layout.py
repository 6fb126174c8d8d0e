"""Where every field of an encoded value stands: what a mutation is made of."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from mpctls.spec.encoding import Choice, Fixed, IdentifierEnum, IndexEnum, Limit, Width, encode_as
from mpctls.spec.source import encode_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field, or an item of one: its path in the words of the formats, its type, and where its octets stand.

    `items` are the octets of the items of a list; `content` is where what follows a count, an index or the octet of an
    option begins; `owner` is the structure whose field it is, also of an item.
    """

    path: tuple[str, ...]
    hint: Any
    value: Any
    start: int
    end: int
    content: int
    items: tuple[bytes, ...] = ()
    owner: Any = None

    @property
    def name(self) -> str:
        """The path, joined by dots."""
        return ".".join(self.path)

    @property
    def mark(self) -> object:
        """What the annotation says of its form; None without one."""
        return get_args(self.hint)[1] if get_origin(self.hint) is Annotated else None

    @property
    def is_option(self) -> bool:
        """Whether it may be absent."""
        return get_origin(self.hint) in {Union, types.UnionType}

    @property
    def is_list(self) -> bool:
        """Whether it is a count and items."""
        return isinstance(self.mark, Limit) and get_origin(get_args(self.hint)[0]) is tuple

    @property
    def form(self) -> str:
        """What it is, in a word or two."""
        if self.is_option:
            return "option"
        if self.is_list:
            return "list"
        match self.mark:
            case Choice():
                return "choice"
            case Limit():
                return "text" if get_args(self.hint)[0] is str else "counted octets"
            case Fixed():
                return "octets"
            case Width():
                return "number"
        if self.hint is bool:
            return "flag"
        if issubclass(self.hint, IndexEnum):
            return "index"
        if issubclass(self.hint, IdentifierEnum):
            return "identifier"
        return {"RangeSet": "set of ranges", "VerifyingKey": "key"}.get(self.hint.__name__, "artifact")

    @property
    def holds_others(self) -> bool:
        """Whether other parts stand in it."""
        return self.is_option or self.is_list or isinstance(self.mark, Choice)


_NOT_IN_THE_FORMATS = "terms"
"""The specification keeps the fields of an answer but its signature together; its octets do not."""


def parts(
    hint: Any,
    value: Any,
    opaque: frozenset[Any],
    path: tuple[str, ...] = (),
    start: int = 0,
    owner: Any = None,
) -> Iterator[Part]:
    """Every part of a value of an annotated type, outer ones first; `opaque` types are one part each."""
    end = start + len(encode_as(hint, value))
    whole = Part(path=path, hint=hint, value=value, start=start, end=end, content=start, owner=owner)
    if path and hint in opaque:
        yield whole
        return
    if get_origin(hint) is Annotated:
        yield from _of_annotated(whole, opaque)
    elif whole.is_option:
        yield _with_content(whole, 1)
        if value is not None:
            yield from parts(get_args(hint)[0], value, opaque, path, start + 1, owner)
    elif hasattr(hint, "__dataclass_fields__"):
        yield from _of_structure(hint, value, opaque, path, start)
    else:
        yield whole


def _of_annotated(whole: Part, opaque: frozenset[Any]) -> Iterator[Part]:
    plain, mark = get_args(whole.hint)
    if whole.is_list:
        item = get_args(plain)[0]
        items = tuple(encode_as(item, each) for each in whole.value)
        yield _with_content(whole, len(encode_number(len(items))), items)
        position = whole.start + len(encode_number(len(items)))
        for at, (each, octets) in enumerate(zip(whole.value, items, strict=True)):
            yield from parts(item, each, opaque, (*whole.path, str(at)), position, whole.owner)
            position += len(octets)
    elif isinstance(mark, Choice):
        yield _with_content(whole, 1)
        yield from _of_structure(type(whole.value), whole.value, opaque, whole.path, whole.start + 1)
    elif isinstance(mark, Limit):
        length = len(whole.value.encode()) if plain is str else len(whole.value)
        yield _with_content(whole, len(encode_number(length)))
    else:
        yield whole


def _with_content(whole: Part, header: int, items: tuple[bytes, ...] = ()) -> Part:
    return replace(whole, content=whole.start + header, items=items)


def _of_structure(
    kind: Any, value: Any, opaque: frozenset[Any], path: tuple[str, ...], start: int
) -> Iterator[Part]:
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(cast(Any, kind)):
        inner, hint = getattr(value, field.name), hints[field.name]
        below = path if field.name == _NOT_IN_THE_FORMATS else (*path, field.name)
        yield from parts(hint, inner, opaque, below, start, kind)
        start += len(encode_as(hint, inner))
