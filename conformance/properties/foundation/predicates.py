"""A predicate has one sequence of octets, one JSON value and one digest, and what is none is refused for one reason.

Compared: the octets that it decodes to and is encoded as again, its digest and its JSON value; or the reason.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.zero_knowledge.predicate import Predicate, decode_predicate
from mpctls.spec.zero_knowledge.predicate_json import write_json
from mpctls.spec.zero_knowledge.predicate_rules import require_sound
from mpctls.spec.zero_knowledge.reading_predicates import read_json

from ...fields import Fields
from ...property import Operation
from ..drawing import damaged
from ..faulty_predicates import predicates
from ..predicates import questions

_OTHER_VALUES: tuple[Any, ...] = (
    None, True, 0, 1, -1, 256, 1.5, "", "1", "-0", "01", "1.50", "0.0", "9" * 39, "é", [], [0], {}, {"field": 0},
    {"hex": "0"}, {"hex": "0G"}, {"hex": "61"}, {"day": "2026-02-30"}, {"day": "2026-02-28"}, "text(0)", "text(404)",
    "decimal(0)", "decimal(19)", "date(YYYY)", "bytes", "<", "=>", "request",
)  # fmt: skip


@st.composite
def _octets(draw: DrawFn) -> Fields:
    if draw(st.sampled_from((False, False, True))):
        return {"octets": draw(damaged(draw(predicates()).encode()))}
    return {"octets": draw(predicates()).encode()}


@st.composite
def _texts(draw: DrawFn) -> Fields:
    value = json.loads(write_json(draw(questions()).predicate))
    if draw(st.booleans()):
        value = draw(_changed(value))
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    if draw(st.sampled_from((False,) * 9 + (True,))):
        place = draw(st.integers(0, len(text) - 1))
        text = (
            text[:place]
            + draw(st.sampled_from(("", "x", '"', "[", "}", ",", " ", "\ufeff")))
            + text[place + 1 :]
        )
    return {"text": text.encode()}


@st.composite
def _changed(draw: DrawFn, value: Any) -> Any:
    """The value with another one somewhere in it, a member more or less, or an element more or less."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        match draw(st.sampled_from(("into",) * 6 + ("without", "more", "renamed"))):
            case "without":
                return {key: each for key, each in value.items() if key != name}
            case "more":
                return {**value, draw(st.sampled_from(("x", "field", "attestation"))): 0}
            case "renamed":
                other = draw(st.sampled_from(("x", "all", "any", "in", "contains", "sum", "header", "json")))
                return {other if key == name else key: each for key, each in value.items()}
        return {**value, name: draw(_changed(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(value) - 1))
        match draw(st.sampled_from(("into",) * 5 + ("without", "twice", "swapped"))):
            case "without":
                return value[:place] + value[place + 1 :]
            case "twice":
                return [*value[: place + 1], *value[place:]]
            case "swapped":
                return value[::-1]
        return [*value[:place], draw(_changed(value[place])), *value[place + 1 :]]
    return draw(st.sampled_from(_OTHER_VALUES))


def canonical_json(text: str) -> bytes:
    """The JSON of a predicate in the spelling of RFC 8785; its only numbers are small integers."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _described(predicate: Predicate) -> Fields:
    require_sound(predicate)
    return {
        "octets": predicate.encode(),
        "digest": predicate.digest(),
        "json": canonical_json(write_json(predicate)),
    }


def _decode(fields: Fields) -> Fields:
    return _described(decode_predicate(fields["octets"]))


def _read(fields: Fields) -> Fields:
    return _described(read_json(fields["text"].decode()))


OPERATIONS = (
    Operation(name="foundation/decode-predicate", inputs=_octets, specification=_decode),
    Operation(name="foundation/read-predicate", inputs=_texts, specification=_read),
)
