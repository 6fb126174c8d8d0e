"""How families of these stages write vectors down: an accepted one, and what is refused with one change to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...fields import Fields
from ...operations.form import Feature
from ...operations.shapes import Json
from ..vector import Importance, Mutation, MutationKind, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An input that is accepted, from which others come."""

    operation: str
    name: str
    given: Fields

    def vector(
        self,
        comment: str,
        *,
        importance: Importance = Importance.HIGH,
        intermediate: Mapping[str, Json] | None = None,
        features: tuple[Feature, ...] = (),
        source: str = "",
    ) -> Vector:
        """The vector of it."""
        return Vector(
            name=self.name,
            operation=self.operation,
            comment=comment,
            input=self.given,
            importance=importance,
            intermediate=intermediate or {},
            features=features,
            source=source,
        )

    def but(self, name: str, **changed: bytes) -> Accepted:
        """Another accepted input; names of fields have underscores for spaces."""
        return Accepted(operation=self.operation, name=name, given=self._changed(changed))

    def refused(
        self,
        name: str,
        comment: str,
        reason: str,
        kind: MutationKind,
        field: str,
        *,
        detail: str = "",
        importance: Importance = Importance.CRITICAL,
        features: tuple[Feature, ...] = (),
        **changed: bytes,
    ) -> Vector:
        """What is refused when fields are changed; `field` is the path of the one fault."""
        return Vector(
            name=name,
            operation=self.operation,
            comment=comment,
            input=self._changed(changed),
            expects=reason,
            base=self.name,
            mutation=Mutation(kind=kind, field=field, detail=detail),
            importance=importance,
            features=features,
        )

    def _changed(self, changed: Mapping[str, bytes]) -> Fields:
        return {**self.given, **{name.replace("_", " "): octets for name, octets in changed.items()}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Octets of the same length as honest ones, and how they differ."""

    word: str
    kind: MutationKind
    detail: str
    octets: bytes


def changes(octets: bytes) -> Iterator[Change]:
    """One bit at either end, all octets zero, all octets 0xff, the halves changed about."""
    half = len(octets) // 2
    for word, kind, detail, changed in (
        ("first-bit", MutationKind.FLIP, "highest bit of the first octet", flip(octets, 0, 0x80)),
        ("last-bit", MutationKind.FLIP, "lowest bit of the last octet", flip(octets, len(octets) - 1)),
        ("zero", MutationKind.ZERO, "", bytes(len(octets))),
        ("maximum", MutationKind.MAXIMUM, "", b"\xff" * len(octets)),
        ("halves", MutationKind.SWAP, "both halves", octets[half:] + octets[:half]),
    ):
        if changed != octets:
            yield Change(word=word, kind=kind, detail=detail, octets=changed)


def flip(octets: bytes, place: int, bit: int = 1) -> bytes:
    """The octets with one bit changed."""
    return octets[:place] + bytes([octets[place] ^ bit]) + octets[place + 1 :]
