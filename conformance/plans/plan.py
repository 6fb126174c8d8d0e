"""A plan: calls of operations, in order, whose fields come from outside, from earlier calls, or from an attacker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..operations.shapes import Json


class PlanError(ValueError):
    """A plan that is none: a source without its call, or JSON of another form."""


@dataclass(frozen=True, slots=True)
class Given:
    """Octets that stand in the plan."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """What an earlier call gave: a field, or one item of a field that is a list."""

    call: int
    field: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What the attacker made of two things that it saw, by a way that has a name (`ways.py`)."""

    way: str
    one: Source
    other: Source


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of things."""

    items: tuple[Source, ...]


Source: TypeAlias = "Given | Output | Made | Listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation, and where each of its fields comes from."""

    operation: str
    fields: Mapping[str, Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Calls in order. Every source is of an earlier call."""

    calls: tuple[Call, ...]

    def to_json(self) -> Json:
        """The plan as JSON."""
        return [
            {
                "operation": call.operation,
                "fields": {name: _source_json(source) for name, source in call.fields.items()},
            }
            for call in self.calls
        ]

    @classmethod
    def from_json(cls, value: Json) -> Plan:
        """The plan of a JSON value. Raises PlanError."""
        calls: list[Call] = []
        for each in _items(value):
            members = _members(each, {"operation", "fields"})
            operation, fields = members["operation"], members["fields"]
            if not isinstance(operation, str) or not isinstance(fields, Mapping):
                raise PlanError("a call without operation or fields")
            sources = {name: _source(source, len(calls)) for name, source in fields.items()}
            calls.append(Call(operation=operation, fields=sources))
        return cls(calls=tuple(calls))


def _source_json(source: Source) -> Json:
    match source:
        case Given(octets=octets):
            return {"given": octets.hex()}
        case Output(call=call, field=field, item=item):
            return {"output": {"call": call, "field": field, "item": item}}
        case Made(way=way, one=one, other=other):
            return {"made": {"way": way, "one": _source_json(one), "other": _source_json(other)}}
        case Listed(items=items):
            return {"listed": [_source_json(each) for each in items]}


def _source(value: Json, calls: int) -> Source:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise PlanError("a source is exactly one of given, output, made and listed")
    ((kind, content),) = value.items()
    match kind:
        case "given":
            if not isinstance(content, str):
                raise PlanError("given: not hexadecimal")
            try:
                return Given(bytes.fromhex(content))
            except ValueError:
                raise PlanError("given: not hexadecimal") from None
        case "output":
            members = _members(content, {"call", "field", "item"})
            call, field, item = members["call"], members["field"], members["item"]
            if not isinstance(call, int) or not 0 <= call < calls:
                raise PlanError("output: of no earlier call")
            if not isinstance(field, str) or not isinstance(item, int | None):
                raise PlanError("output: neither a field nor an item of one")
            return Output(call, field, item)
        case "made":
            members = _members(content, {"way", "one", "other"})
            if not isinstance(members["way"], str):
                raise PlanError("made: by no way")
            return Made(members["way"], _source(members["one"], calls), _source(members["other"], calls))
        case "listed":
            return Listed(tuple(_source(each, calls) for each in _items(content)))
        case _:
            raise PlanError(f"a source of the kind {str(kind)[:40]!r}")


def _members(value: Json, wanted: set[str]) -> Mapping[str, Json]:
    if not isinstance(value, Mapping) or set(value) != wanted:
        raise PlanError(f"not an object with exactly {sorted(wanted)}")
    return value


def _items(value: Json) -> tuple[Json, ...]:
    if not isinstance(value, list | tuple):
        raise PlanError("not a list")
    return tuple(value)
