"""One test vector, as the code that makes it writes it down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..fields import Fields
from ..operations.form import Feature
from ..operations.shapes import Json


class Importance(StrEnum):
    """What follows when an implementation differs."""

    CRITICAL = "critical"
    """Somebody is cheated: something false is believed, or something hidden is shown."""
    HIGH = "high"
    """Two implementations do not understand each other."""
    MEDIUM = "medium"
    """Something is refused for another reason, or a limit differs."""


class MutationKind(StrEnum):
    """How a negative vector differs from the accepted one that it comes from."""

    FLIP = "flip"
    ZERO = "zero"
    MAXIMUM = "maximum"
    TRUNCATE = "truncate"
    EXTEND = "extend"
    SWAP = "swap"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    REMOVE = "remove"
    INSERT = "insert"
    REPLACE = "replace"
    FROM_ANOTHER_SESSION = "from-another-session"
    SIGN_AGAIN = "sign-again"
    """The change is made and signed by the key that the honest artifact was signed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """The one fault of a negative vector: what was done to which field, as a path of names joined by dots."""

    kind: MutationKind
    field: str
    detail: str = ""

    def to_json(self) -> dict[str, Json]:
        """The mutation as a JSON object."""
        return {"kind": self.kind.value, "field": self.field, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """An input of an operation, and why it stands here. What is expected comes from the specification.

    `name` is the last part of its id, words joined by hyphens. A vector that is refused names its accepted `base` in
    the same family and the `mutation` that leads to it. `intermediate` holds what an implementer compares when octets
    differ: values on the way, by name, as JSON. `expects` is the reason code, or None for acceptance: what its author
    meant; generation fails where the specification says otherwise.
    """

    name: str
    operation: str
    comment: str
    input: Fields
    expects: str | None = None
    base: str | None = None
    mutation: Mutation | None = None
    importance: Importance = Importance.HIGH
    features: tuple[Feature, ...] = ()
    seed: str = ""
    intermediate: Mapping[str, Json] = field(default_factory=dict)
    source: str = ""
    """Where a known answer of others was published; empty for ours."""
    published: Fields = field(default_factory=dict)
    """Outputs as they were published there; generation fails where the specification has others."""
    meant: Fields = field(default_factory=dict)
    """Outputs that its author wrote down; generation fails where the specification has others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Vectors of one step that belong together, and become one file."""

    step: str
    name: str
    summary: str
    make: Callable[[], Iterable[Vector]]

    @property
    def id(self) -> str:
        """`stage/step/family`."""
        return f"{self.step}/{self.name}"
