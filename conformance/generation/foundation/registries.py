"""What the formats register, list by list."""

from __future__ import annotations

from collections.abc import Iterator

from ..vector import Family, Vector

_STEP = "foundation/registries"
_LISTS = {
    "reasons": "Every reason code of the layers artifacts and session messages, and no other.",
    "contexts": "Every context, each ended by one U+0000; none is a prefix of another.",
    "hash-algorithms": "Hash algorithms by their numbers.",
    "signature-algorithms": "Signature algorithms by their numbers, with the names of the trust store.",
    "directions": "Directions by their indices.",
    "lexical-classes": "Lexical classes by their indices.",
    "session-kinds": "Kinds of sessions by their indices.",
    "constants": "The plain numbers and the text that the steps compare with.",
    "messages": "Session messages by their indices.",
    "leaf-kinds": "Kinds of leaves by their indices.",
    "openings": "Kinds of openings by their indices.",
    "secrets": "Kinds of secrets by their indices.",
    "commitment-kinds": "Kinds of commitments that can be asked for, by their indices.",
}


def _lists() -> Iterator[Vector]:
    for name, comment in _LISTS.items():
        yield Vector(
            name=name, operation="foundation/registry", comment=comment, input={"list": name.encode()}
        )


FAMILIES = (
    Family(step=_STEP, name="lists", summary="Reasons, contexts, identifiers and messages.", make=_lists),
)
