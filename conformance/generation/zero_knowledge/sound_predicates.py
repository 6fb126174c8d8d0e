"""Predicates that are sound, one for each thing that can be said: the bases of what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from .making import of_type, predicate_of, text_of

Json: TypeAlias = Any
"""JSON that is taken apart again."""

ROOT = encode_scalar(ORDER - 1).hex()
"""A root that a tree could have; the largest scalar."""
_ONE = {"field": 0}
LARGEST_AVERAGES = 5
"""How many averages of sixteen may stand in each other."""
RICH: Json = {"compare": ["≥", _ONE, "1000"]}
RICH_OF_OTHER: Json = {"compare": ["≥", {"field": 1}, "1000"]}
_BALANCE, _NAME = of_type("decimal(2)", "balance"), of_type("text(40)", "name")
_BORN, _MEMBER, _RAW = (
    of_type("date(YYYY-MM-DD)", "born"),
    of_type("boolean", "member"),
    of_type("bytes", "raw"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A predicate in its JSON form."""

    comment: str
    condition: Json
    fields: tuple[dict[str, Json], ...]

    @property
    def text(self) -> str:
        """The JSON form."""
        return text_of(self.condition, *self.fields)

    @property
    def predicate(self) -> Predicate:
        """The value."""
        return predicate_of(self.condition, *self.fields)


def _terms(count: int) -> list[Json]:
    return [_ONE, *["1"] * (count - 1)]


def nested(depth: int) -> Json:
    """A comparison under so many negations that its numbers stand at this depth."""
    condition: Json = RICH
    for _ in range(depth - 2):
        condition = {"not": condition}
    return condition


def many_nodes(groups: int, last: int) -> Json:
    """An all of groups, each an any of 16 starts, and one of `last` of them."""

    def some(count: int) -> Json:
        return {"any": [{"starts_with": [0, f"{number}"]} for number in range(count)]}

    return {"all": [*[some(16)] * groups, some(last)]}


def averages(depth: int) -> Json:
    """A comparison with averages in each other, of numbers of terms that have no common factor."""
    terms: list[Json] = ["0.000000000000000001"]
    for count in (3, 7, 11, 13):
        number: Json = "1"
        for _ in range(depth):
            number = {"average": [number, *["1"] * (count - 1)]}
        terms.append(number)
    return {"compare": [">", _ONE, {"sum": terms}]}


def _all() -> Iterator[tuple[str, str, Json, tuple[dict[str, Json], ...]]]:
    for sign, name in zip(
        "=≠<≤>≥", ("equal", "unequal", "below", "at-most", "above", "at-least"), strict=True
    ):
        yield f"compare-{name}", f"The operator {sign}.", {"compare": [sign, _ONE, "1000"]}, (_BALANCE,)
    yield "between", "Three numbers.", {"between": [_ONE, "-1.5", "1000"]}, (_BALANCE,)
    yield (
        "equal-field",
        "Two fields of one type.",
        {"equal": [0, {"field": 1}]},
        (_NAME, of_type("text(9)", "nick")),
    )
    yield "equal-octets", "Text is written as text.", {"equal": [0, "alïce"]}, (_NAME,)
    yield "equal-empty", "No octets: of no field, and allowed.", {"equal": [0, ""]}, (_NAME,)
    yield (
        "equal-hex",
        "Octets that are not UTF-8 are written in hexadecimal, also for text.",
        {"equal": [0, {"hex": "ff00"}]},
        (_NAME,),
    )
    yield (
        "equal-bytes",
        "What is compared with bytes is always hexadecimal.",
        {"equal": [0, {"hex": "61"}]},
        (_RAW,),
    )
    yield "equal-true", "A truth.", {"equal": [0, True]}, (_MEMBER,)
    yield "equal-false", "The other one.", {"equal": [0, False]}, (_MEMBER,)
    yield (
        "equal-booleans",
        "Two truths.",
        {"equal": [0, {"field": 1}]},
        (_MEMBER, of_type("boolean", "other")),
    )
    yield "equal-longest", "403 octets, the most.", {"equal": [0, "x" * 403]}, (_NAME,)
    yield (
        "in-numbers",
        "Members ascend by their octets: sign first, then magnitude little-endian, then scale.",
        {"in": [0, ["256", "1", "7.5", "-3"]]},
        (_BALANCE,),
    )
    yield "in-days", "Days of a set.", {"in": [0, [{"day": "0001-01-01"}, {"day": "2024-02-29"}]]}, (_BORN,)
    yield (
        "in-texts",
        "The length of octets comes first, so shorter ones do.",
        {"in": [0, ["", "b", "aa"]]},
        (_NAME,),
    )
    yield "in-octets", "Octets of a set.", {"in": [0, [{"hex": "00"}, {"hex": "ff"}]]}, (_RAW,)
    yield "in-one", "One member is enough.", {"in": [0, ["1"]]}, (of_type("integer"),)
    yield (
        "in-most",
        "64 members are the most.",
        {"in": [0, [str(each) for each in range(64)]]},
        (of_type("integer"),),
    )
    yield "in-tree", "The largest root and the smallest depth.", {"in_tree": [0, 1, ROOT]}, (_NAME,)
    yield "not-in-tree", "The largest depth.", {"not_in_tree": [0, 32, ROOT]}, (_NAME,)
    yield "starts-with", "Of text.", {"starts_with": [0, "al"]}, (_NAME,)
    yield "ends-with", "Of bytes.", {"ends_with": [0, {"hex": "00ff"}]}, (_RAW,)
    yield "contains", "A part that is not UTF-8.", {"contains": [0, {"hex": "80"}]}, (_NAME,)
    yield (
        "matches",
        "A pattern is kept as it is written.",
        {"matches": [0, r"[a-z]+@\w+\.(com|org)"]},
        (_NAME,),
    )
    yield "matches-nothing", "The empty pattern is one.", {"matches": [0, ""]}, (_NAME,)
    yield "all", "Two conditions.", {"all": [RICH, {"starts_with": [1, "a"]}]}, (_BALANCE, _NAME)
    yield (
        "any",
        "Two conditions, the second of which names the first field again.",
        {"any": [RICH, {"compare": ["<", _ONE, "0"]}]},
        (_BALANCE,),
    )
    yield "not", "A negation.", {"not": RICH}, (_BALANCE,)
    yield "pseudonym", "A pseudonym as the whole condition.", {"pseudonym": [0, "shop.example"]}, (_NAME,)
    yield (
        "pseudonym-in-all",
        "A pseudonym directly in the outermost all.",
        {"all": [RICH, {"pseudonym": [1, "s"]}]},
        (_BALANCE, _NAME),
    )
    yield (
        "pseudonyms-most",
        "Eight pseudonyms are the most.",
        {"all": [{"pseudonym": [0, str(each)]} for each in range(8)]},
        (_NAME,),
    )
    yield "pseudonym-longest-scope", "A scope of 255 octets.", {"pseudonym": [0, "é" * 127 + "e"]}, (_NAME,)
    yield (
        "tree-in-any",
        "A tree below any and all, without a not above.",
        {"any": [{"all": [{"in_tree": [0, 5, ROOT]}, RICH_OF_OTHER]}, {"starts_with": [0, "a"]}]},
        (_NAME, _BALANCE),
    )
    yield (
        "sum",
        "A sum of several numbers.",
        {"compare": ["<", {"sum": [_ONE, {"field": 1}, "0.5"]}, "9"]},
        (_BALANCE, of_type("integer")),
    )
    yield "sum-most", "Sixteen terms are the most.", {"compare": ["<", {"sum": _terms(16)}, "9"]}, (_BALANCE,)
    yield (
        "difference",
        "A difference of numbers.",
        {"compare": ["<", {"difference": [_ONE, {"field": 1}]}, "9"]},
        (_BALANCE, of_type("integer")),
    )
    yield (
        "difference-of-days",
        "Days between two dates, compared with a number.",
        {"compare": ["<", {"difference": [_ONE, {"day": "2020-01-01"}]}, "30"]},
        (_BORN,),
    )
    yield (
        "average",
        "An average.",
        {"compare": ["<", {"average": [_ONE, {"field": 1}]}, "9"]},
        (_BALANCE, of_type("integer")),
    )
    yield "length-of-text", "A length is a number.", {"compare": ["=", {"length": 0}, "5"]}, (_NAME,)
    yield "length-of-bytes", "Of bytes too.", {"compare": ["=", {"length": 0}, "5"]}, (_RAW,)
    yield "age", "An age is a number.", {"compare": ["≥", {"age": [0, "2026-11-22"]}, "18"]}, (_BORN,)
    yield (
        "days",
        "A day is compared with a day.",
        {"between": [_ONE, {"day": "0001-01-01"}, {"day": "9999-12-31"}]},
        (_BORN,),
    )
    yield "nested-deepest", "Numbers at depth 16, the deepest.", nested(16), (_BALANCE,)
    deepest: Json = {"starts_with": [0, "a"]}
    for _ in range(15):
        deepest = {"not": deepest}
    yield "condition-deepest", "A condition at depth 16, the deepest.", deepest, (_NAME,)
    yield "nodes-most", "256 conditions and numbers are the most.", many_nodes(14, 16), (_NAME,)
    yield (
        "averages-largest",
        "Averages in each other whose integers stay below 2^252.",
        averages(LARGEST_AVERAGES),
        (of_type("integer"),),
    )
    yield (
        "constant-longest",
        "A constant of 38 digits, 18 of them behind the point.",
        {"compare": ["<", _ONE, "9" * 20 + "." + "9" * 18]},
        (_BALANCE,),
    )
    yield "constant-negative", "A negative constant.", {"compare": ["<", _ONE, "-0.01"]}, (_BALANCE,)
    yield "constant-zero", "Zero has no sign.", {"compare": ["<", _ONE, "0"]}, (_BALANCE,)
    for scale in (1, 18):
        yield f"decimal-{scale}", "A decimal at a bound of its scale.", RICH, (of_type(f"decimal({scale})"),)
    for maximum in (1, 403):
        yield (
            f"text-{maximum}",
            "A text at a bound of its length.",
            {"starts_with": [0, "a"]},
            (of_type(f"text({maximum})"),),
        )
    for number, written in enumerate(("YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY")):
        yield (
            f"date-format-{number}",
            f"Dates written {written}.",
            {"compare": ["<", _ONE, {"day": "2000-02-29"}]},
            (of_type(f"date({written})"),),
        )
    yield (
        "header",
        "A header of the request.",
        {"starts_with": [0, "Bearer "]},
        (of_type("text(64)", "authorization", "request", "header"),),
    )
    yield (
        "other-attestation",
        "A field of another attestation; a presentation has none, and predicates do.",
        RICH,
        (of_type("integer", attestation=255),),
    )
    yield (
        "fields-most",
        "Sixteen fields are the most.",
        {"all": [{"starts_with": [each, {"hex": "61"}]} for each in range(16)]},
        tuple(of_type("bytes", f"f{each}") for each in range(16)),
    )
    yield (
        "same-name-other-type",
        "One name read as two types is two fields.",
        {"all": [RICH, {"starts_with": [1, "1"]}]},
        (of_type("integer"), of_type("text(9)")),
    )
    yield (
        "longest-path",
        "A path of 4096 octets; whether it is one is seen when it is looked for.",
        RICH,
        (of_type("integer", "a" * 4094),),
    )
    yield (
        "longest-header",
        "A name of 256 octets.",
        {"starts_with": [0, {"hex": "61"}]},
        (of_type("bytes", "h" * 256, "response", "header"),),
    )


def _sound() -> Mapping[str, Sound]:
    return MappingProxyType(
        {
            name: Sound(comment=comment, condition=condition, fields=fields)
            for name, comment, condition, fields in _all()
        }
    )


SOUND = _sound()
