"""Conditions on named fields, joined by `&`, `|` and `~`, until the fields of a predicate are known."""

from __future__ import annotations

from collections.abc import Callable

from .checking import check
from .conditions import All, AnyOf, Condition, Not, Predicate
from .expression import Field


class Fields:
    """The fields of a predicate while it is put together, in order of first use."""

    def __init__(self) -> None:
        self.listed: dict[Field, int] = {}

    def index(self, field: Field) -> int:
        """The index of a field."""
        return self.listed.setdefault(field, len(self.listed))


class Proposition:
    """A condition on named fields."""

    __slots__ = ("make", "parts")

    def __init__(
        self, make: Callable[[Fields], Condition], parts: tuple[type, tuple[Proposition, ...]] | None = None
    ) -> None:
        self.make = make
        self.parts = parts

    @property
    def predicate(self) -> Predicate:
        """The predicate; refuses as `checking.check` what is not well formed."""
        fields = Fields()
        condition = self.make(fields)
        predicate = Predicate(fields=tuple(fields.listed), condition=condition)
        check(predicate)
        return predicate

    def __and__(self, other: Proposition) -> Proposition:
        return _joined(All, self, other)

    def __or__(self, other: Proposition) -> Proposition:
        return _joined(AnyOf, self, other)

    def __invert__(self) -> Proposition:
        return Proposition(lambda fields: Not(condition=self.make(fields)))

    def __bool__(self) -> bool:
        raise TypeError("a proposition has no truth value here: join propositions with &, | and ~")


def _joined(case: type[All | AnyOf], left: Proposition, right: Proposition) -> Proposition:
    """One condition of all parts where a side is already of the same case."""
    parts: tuple[Proposition, ...] = ()
    for each in (left, right):
        parts += each.parts[1] if each.parts is not None and each.parts[0] is case else (each,)
    return Proposition(
        lambda fields: case(conditions=tuple(part.make(fields) for part in parts)), (case, parts)
    )
