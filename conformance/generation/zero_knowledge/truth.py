"""What predicates mean: every operator on both sides of its boundary, in plain and in circuits; trees; pseudonyms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mpctls.spec.zero_knowledge.field_types import FieldType, IntegerType, TextType, Value
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar
from mpctls.spec.zero_knowledge.values import tree_leaves, value_hash, value_tree_root

from ...fields import Fields, listed, number
from ...operations.form import Feature
from ..vector import Family, Importance, Vector
from .making import (
    LITERAL,
    NUMBER,
    STRING,
    Making,
    of_type,
    predicate_of,
    replaced,
    scalars,
    token,
    tree,
)

STEP = "verification/predicate_evaluation"
_EVALUATE = Making(operation="verification/evaluate-predicate")
_SATISFY = Making(operation="verification/satisfy-circuit", features=(Feature.CIRCUITS,))
_TREE = Making(operation="verification/value-tree", importance=Importance.HIGH)
_CLASSES = {
    "integer": NUMBER,
    "decimal": NUMBER,
    "text": STRING,
    "boolean": LITERAL,
    "date": STRING,
    "bytes": STRING,
}
_F = {"field": 0}
Json = Any
Case = tuple[str, str, Json, tuple[tuple[str, bytes], ...]]
"""Name, comment, condition, and the type and token of each field."""


def _question(
    condition: Json, fields: tuple[tuple[str, bytes], ...], trees: tuple[bytes, ...] = ()
) -> Fields:
    named = tuple(of_type(type_, f"f{place}") for place, (type_, _) in enumerate(fields))
    return {
        "predicate": predicate_of(condition, *named).encode(),
        "tokens": listed([token(_CLASSES[type_.partition("(")[0]], octets) for type_, octets in fields]),
        "trees": listed(trees),
    }


def _comparisons() -> Iterator[Case]:
    words = {"=": "equal", "≠": "unequal", "<": "below", "≤": "at-most", ">": "above", "≥": "at-least"}
    for sign, word in words.items():
        for value in (b"999.99", b"1000", b"1000.01"):
            name = f"{word}-{value.decode().replace('.', '-')}"
            yield (
                name,
                f"{value.decode()} {sign} 1000.",
                {"compare": [sign, _F, "1000"]},
                (("decimal(2)", value),),
            )
        yield f"{word}-two-fields", f"1.50 {sign} 1.5 of another scale.", {"compare": [sign, _F, {"field": 1}]}, (
            ("decimal(2)", b"1.50"), ("decimal(1)", b"1.5"),
        )  # fmt: skip
        yield f"{word}-negative", f"-8 {sign} -7.", {"compare": [sign, _F, "-7"]}, (("integer", b"-8"),)


def _numbers() -> Iterator[Case]:
    yield from _comparisons()
    largest = b"9" * 38
    for value in (b"-2", b"-1", b"5", b"9", b"10"):
        yield (
            f"between-{value.decode()}",
            "Both bounds belong.",
            {"between": [_F, "-1", "9"]},
            (("integer", value),),
        )
    yield "between-empty", "No number is between 2 and 1.", {"between": [_F, "2", "1"]}, (("integer", b"1"),)
    yield (
        "largest-equal",
        "38 digits on both sides.",
        {"compare": ["=", _F, "9" * 38]},
        (("integer", largest),),
    )
    yield "largest-with-fraction", "A scale of 18 behind 38 digits.", {"compare": ["<", _F, "9" * 38]}, (
        ("decimal(18)", largest),
    )  # fmt: skip
    for value in (b"1", b"2"):
        two = (("integer", value), ("decimal(2)", b"0.50"))
        yield f"sum-{value.decode()}", "A sum with another scale.", {
            "compare": ["≥", {"sum": [_F, {"field": 1}, "0.5"]}, "3"],
        }, two  # fmt: skip
        yield f"difference-{value.decode()}", "A difference may be negative.", {
            "compare": ["<", {"difference": [{"field": 0}, {"field": 1}]}, "1"],
        }, two  # fmt: skip
        yield f"average-{value.decode()}", "An average is exact: a third is no decimal.", {
            "compare": [">", {"average": [_F, "1", {"field": 1}]}, "1.1"],
        }, two  # fmt: skip
    yield "average-third", "(1 + 0 + 0) / 3 times three is one, without rounding.", {
        "compare": ["=", {"sum": [{"average": [_F, "0", "0"]}] * 3}, "1"],
    }, (("integer", b"1"),)  # fmt: skip
    for value in (b"6", b"7", b"7.50", b"-3"):
        yield f"in-{value.decode().replace('.', '-')}", "By value, not by octets.", {"in": [0, ["7", "75", "7.5"]]}, (
            ("decimal(2)", value),
        )  # fmt: skip


def _days() -> Iterator[Case]:
    for value in (b"2023-12-31", b"2024-01-01", b"2024-01-02"):
        day = value.decode()
        yield f"before-{day}", "Days ascend.", {"compare": ["<", _F, {"day": "2024-01-01"}]}, (
            ("date(YYYY-MM-DD)", value),
        )  # fmt: skip
        yield f"in-{day}", "A day of a set.", {"in": [0, [{"day": "2023-12-31"}, {"day": "2024-01-01"}]]}, (
            ("date(YYYY-MM-DD)", value),
        )  # fmt: skip
    for name, birth, day in (
        ("birthday", b"2008-11-22", "2026-11-22"), ("day-before", b"2008-11-23", "2026-11-22"),
        ("leap-day-before", b"2008-02-29", "2026-02-28"), ("leap-day-after", b"2008-02-29", "2026-03-01"),
        ("leap-day-in-leap-year", b"2004-02-29", "2024-02-29"), ("leap-day-itself", b"2004-02-29", "2022-03-01"),
        ("other-month", b"2008-12-01", "2026-11-30"), ("new-year", b"2008-12-31", "2027-01-01"),
        ("first-day", b"0001-01-01", "9999-12-31"),
    ):  # fmt: skip
        yield f"age-{name}", f"Born {birth.decode()}, {day}: at least 18?", {
            "compare": ["≥", {"age": [0, day]}, "18"],
        }, (("date(YYYY-MM-DD)", birth),)  # fmt: skip
    yield "age-negative", "A later birth has a negative age.", {"compare": ["=", {"age": [0, "2020-01-01"]}, "-1"]}, (
        ("date(YYYY-MM-DD)", b"2020-01-02"),
    )  # fmt: skip
    for value in (b"2024-03-01", b"2024-03-02"):
        yield f"days-apart-{value.decode()}", "Two days apart over a leap day.", {
            "compare": ["=", {"difference": [_F, {"day": "2024-02-28"}]}, "2"],
        }, (("date(YYYY-MM-DD)", value),)  # fmt: skip


def _octets() -> Iterator[Case]:
    name = b"alice"
    for word, parts in (("starts_with", ("al", "l", "alice", "alicee")), ("ends_with", ("ce", "c", "alice", "aalice")),
                        ("contains", ("lic", "lce", "alice", "a", "e", "alicea"))):  # fmt: skip
        for part in parts:
            yield (
                f"{word.replace('_', '-')}-{part}",
                f"{word} of alice.",
                {word: [0, part]},
                (("text(9)", name),),
            )
    yield (
        "contains-overlapping",
        "A part that begins twice.",
        {"contains": [0, "aab"]},
        (("text(9)", b"aaab"),),
    )
    yield "contains-half-a-character", "A part need not be characters.", {"contains": [0, {"hex": "97"}]}, (
        ("text(9)", "日".encode()),
    )  # fmt: skip
    for term in ("alice", "Alice", "alic", ""):
        yield (
            f"equal-{'capital' if term == 'Alice' else term or 'empty'}",
            "Octet for octet.",
            {"equal": [0, term]},
            (("text(9)", name),),
        )
    for other in (b"alice", b"alicf", b"alic"):
        yield f"equal-field-{other.decode()}", "Two fields.", {"equal": [0, {"field": 1}]}, (
            ("text(9)", name), ("text(5)", other),
        )  # fmt: skip
    for octets in (b"\0", b"\0\0"):
        yield (
            f"bytes-{len(octets)}",
            "Zeros at the end count.",
            {"equal": [0, {"hex": "00"}]},
            (("bytes", octets),),
        )
    for value in (b"true", b"false"):
        word = value.decode()
        yield f"{word}-is-true", "A truth.", {"equal": [0, True]}, (("boolean", value),)
        yield f"{word}-is-false", "A truth.", {"equal": [0, False]}, (("boolean", value),)
        yield f"{word}-is-the-other", "Two truths.", {"equal": [0, {"field": 1}]}, (
            ("boolean", value), ("boolean", b"true"),
        )  # fmt: skip
    for value in (b"b", b"bb", b"c"):
        yield f"in-{value.decode()}", "Octets of a set.", {"in": [0, ["", "b", "c"]]}, (("text(9)", value),)
    for written, count in (("añb", "3"), ("añb", "4"), ("日", "1"), ("\U0001f600", "1"), ("a", "2")):
        yield f"length-{written.encode().hex()}-{count}", "The length of text is its characters.", {
            "compare": ["=", {"length": 0}, count],
        }, (("text(9)", written.encode()),)  # fmt: skip
    for count in ("3", "1"):
        yield f"length-of-bytes-{count}", "The length of bytes is its octets.", {
            "compare": ["=", {"length": 0}, count],
        }, (("bytes", "日".encode()),)  # fmt: skip


_MATCHES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("a*b?", ("a", "aab", "b", "ba", "abb")), ("[^@]+@[^@]+", ("a@b", "@b", "a@", "a@b@c")), (".", ("日", "ab")),
    (r"\w{2,3}", ("a", "ab", "a_9", "abcd", "a-")), (r"(ab|c)+", ("ab", "abc", "abca", "cc")), ("é|日+", ("é", "日日")),
    (r"[\d\-]+", ("1-2", "1_2")), (r"\D\S\W", ("aa-", "1a-", "a -", "aaa")), ("", ("a",)), ("()a", ("a", "b")),
    ("a{0}b", ("b", "ab")), ("a{2}", ("aa", "aaa")), ("a{2,}", ("a", "aa")), ("x{2,4}y", ("xy", "xxxxy", "xxxxxy")),
    (r"[\Dx]", ("x", "1", "日")), ("[^\\D]", ("1", "a")), ("(a|b)*abb", ("abb", "babb", "abba")), (r"\.", (".", "a")),
    ("a|b|", ("a", "b", "ab")), ("(a?){3}", ("a", "aaa", "aaaa")),
)  # fmt: skip


def _patterns() -> Iterator[Case]:
    for place, (pattern, texts) in enumerate(_MATCHES):
        for at, text in enumerate(texts):
            yield f"pattern-{place}-{at}", f"Does {pattern} describe {text}?", {"matches": [0, pattern]}, (
                ("text(40)", text.encode()),
            )  # fmt: skip


def _connected() -> Iterator[Case]:
    def said(*texts: str) -> Json:
        return [{"starts_with": [0, each]} for each in texts]

    text = (("text(9)", b"alice"),)
    for name, condition in (
        ("all-true", {"all": said("a", "al")}), ("all-first-false", {"all": said("b", "al")}),
        ("all-last-false", {"all": said("a", "al", "b")}), ("any-first", {"any": said("a", "b")}),
        ("any-last", {"any": said("b", "c", "a")}), ("any-none", {"any": said("b", "c")}),
        ("not-true", {"not": said("a")[0]}), ("not-false", {"not": said("b")[0]}),
        ("not-not", {"not": {"not": said("a")[0]}}), ("not-any", {"not": {"any": said("b", "c")}}),
        ("any-of-all", {"any": [{"all": said("a", "b")}, {"all": said("a", "al")}]}),
    ):  # fmt: skip
        yield name, "Connectives are those of logic.", condition, text
    yield "pseudonym", "A pseudonym is of the value under a scope.", {"pseudonym": [0, "shop.example"]}, text
    yield (
        "pseudonym-other-scope",
        "Another scope has another pseudonym.",
        {"pseudonym": [0, "shop.exampl"]},
        text,
    )
    yield "pseudonym-long-scope", "Scopes of more than a block.", {"pseudonym": [0, "é" * 127]}, text
    yield "pseudonym-of-number", "Of a number.", {"pseudonym": [0, "s"]}, (("decimal(2)", b"7.5"),)
    yield "pseudonym-of-date", "Of a day.", {"pseudonym": [0, "s"]}, (("date(YYYYMMDD)", b"20240229"),)
    yield "pseudonym-of-truth", "Of a truth.", {"pseudonym": [0, "s"]}, (("boolean", b"true"),)
    yield "pseudonym-of-bytes", "Of octets.", {"pseudonym": [0, "s"]}, (("bytes", b"\xff"),)
    yield "pseudonyms-of-a-falsehood", "A pseudonym is computed although nothing holds.", {
        "all": [{"pseudonym": [0, "a"]}, {"starts_with": [0, "b"]}, {"pseudonym": [0, "b"]}],
    }, text  # fmt: skip


def _vectors(cases: Iterator[Case], *, circuits: bool) -> Iterator[Vector]:
    making = _SATISFY if circuits else _EVALUATE
    for name, comment, condition, fields in cases:
        yield making.accepted(name, comment, _question(condition, fields))


def _numbers_in_plain() -> Iterator[Vector]:
    return _vectors(_numbers(), circuits=False)


def _days_in_plain() -> Iterator[Vector]:
    return _vectors(_days(), circuits=False)


def _octets_in_plain() -> Iterator[Vector]:
    return _vectors(_octets(), circuits=False)


def _patterns_in_plain() -> Iterator[Vector]:
    return _vectors(_patterns(), circuits=False)


def _connected_in_plain() -> Iterator[Vector]:
    return _vectors(_connected(), circuits=False)


def _in_circuits() -> Iterator[Vector]:
    for part in (_numbers, _days, _octets, _patterns, _connected):
        chosen = (case for place, case in enumerate(part()) if place % 6 == 0)
        yield from _vectors(chosen, circuits=True)
    for name, type_, octets in (
        ("malformed-integer", "integer", b"007"),
        ("malformed-text", "text(9)", b'a"b'),
        ("malformed-date", "date(YYYY-MM-DD)", b"2023-02-29"),
        ("malformed-truth", "boolean", b"True"),
    ):
        condition = {"not": _about(type_)}
        yield _SATISFY.accepted(
            name,
            "Nothing can be proved of a malformed token, no negation either.",
            _question(condition, ((type_, octets),)),
        )


def _about(type_: str) -> Json:
    match type_.partition("(")[0]:
        case "integer":
            return {"compare": ["=", _F, "8"]}
        case "date":
            return {"compare": ["=", _F, {"day": "2023-03-01"}]}
        case "boolean":
            return {"equal": [0, False]}
    return {"starts_with": [0, "zz"]}


def _malformed() -> Iterator[Vector]:
    fields = (("integer", b"1"), ("boolean", b"true"), ("text(9)", b"a"))
    condition = {"any": [{"compare": ["=", _F, "1"]}, {"equal": [1, True]}, {"starts_with": [2, "a"]}]}
    honest = _question(condition, fields)
    yield _EVALUATE.accepted("honest", "Three fields.", honest)
    for place, (type_, octets) in enumerate(fields):
        class_ = _CLASSES[type_.partition("(")[0]]
        for word, reason, changed in (
            ("malformed", "predicate/malformed-field", token(class_, octets + b"\1")),
            ("kind", "predicate/type-does-not-match-token",
             token(NUMBER if class_ is LITERAL else LITERAL, octets)),
            ("long", "predicate/field-too-long", token(class_, b"1" * 404)),
        ):  # fmt: skip
            tokens = [token(_CLASSES[each.partition("(")[0]], given) for each, given in fields]
            tokens[place] = changed
            yield _EVALUATE.refused(
                f"{word}-{place}",
                "Every field is read, also where the condition does not need it.",
                {**honest, "tokens": listed(tokens)},
                reason,
                base="honest",
                mutation=replaced(f"tokens.{place}", word),
            )


_MEMBERS = (-5, 0, 1, 7, 12)


def hashes(type_: FieldType, values: tuple[Value, ...]) -> list[int]:
    """The value hashes of members."""
    return [value_hash(type_, value) for value in values]


def _trees() -> Iterator[Vector]:
    for name, depth, type_, values in (
        ("one-level-none", 1, IntegerType(), ()),
        ("one", 2, IntegerType(), (7,)),
        ("full", 3, IntegerType(), (1, 2, 3, 4, 5, 6)),
        ("half-full", 3, IntegerType(), _MEMBERS),
        ("deep", 6, IntegerType(), _MEMBERS),
        ("texts", 3, TextType(maximum=9), (b"alice", b"bob")),
    ):
        members = hashes(type_, values)
        yield _TREE.accepted(
            name,
            "0, the members in ascending order, and r - 1 in all other places.",
            {"depth": number(depth), "members": scalars(members)},
            {"leaves": [encode_scalar(leaf).hex() for leaf in tree_leaves(depth, members)]}
            if depth < 4
            else {},
        )
    yield _TREE.accepted(
        "bounds",
        "The smallest and the largest member.",
        {"depth": number(2), "members": scalars([1, ORDER - 2])},
    )
    yield _TREE.accepted(
        "descending", "Members in any order.", {"depth": number(3), "members": scalars([9, 5, 3])}
    )


def _in_trees() -> Iterator[Vector]:
    members = hashes(IntegerType(), _MEMBERS)
    root = encode_scalar(value_tree_root(3, members)).hex()
    known = (tree(3, members),)
    for value in (b"-5", b"0", b"2", b"7", b"12", b"13"):
        for word in ("in_tree", "not_in_tree"):
            name = f"{word.replace('_', '-')}-{'minus-5' if value == b'-5' else value.decode()}"
            yield _EVALUATE.accepted(
                name, "By value hash.", _question({word: [0, 3, root]}, (("integer", value),), known)
            )
            if value in {b"7", b"13"}:
                yield _SATISFY.accepted(
                    f"{name}-in-a-circuit",
                    "A path proves membership, and two neighbours absence.",
                    _question({word: [0, 3, root]}, (("integer", value),), known),
                )
    yield _EVALUATE.accepted(
        "decimal-of-scale-0",
        "A decimal is another value than an integer, its scale is hashed.",
        _question({"in_tree": [0, 3, root]}, (("decimal(1)", b"7"),), known),
    )
    for word in ("in_tree", "not_in_tree"):
        name = f"{word.replace('_', '-')}-7"
        honest = _question({word: [0, 3, root]}, (("integer", b"7"),), known)
        for what, trees in (("no-tree", ()), ("other-tree", (tree(3, members[:-1]),))):
            yield _EVALUATE.refused(
                f"{what}-{word.replace('_', '-')}",
                "Whoever has not the members of the tree that is named cannot say whether it holds.",
                {**honest, "trees": listed(trees)},
                "predicate/unknown-tree",
                base=name,
                mutation=replaced("trees", what.replace("-", " ")),
            )


FAMILIES = (
    Family(
        step=STEP, name="comparisons", summary="Numbers on both sides of every bound.", make=_numbers_in_plain
    ),
    Family(step=STEP, name="days", summary="Days and ages.", make=_days_in_plain),
    Family(step=STEP, name="octets", summary="Texts, octets and truths.", make=_octets_in_plain),
    Family(step=STEP, name="matching", summary="What patterns describe.", make=_patterns_in_plain),
    Family(step=STEP, name="connectives", summary="All, any, not, and pseudonyms.", make=_connected_in_plain),
    Family(step=STEP, name="malformed-tokens", summary="Fields that are no values.", make=_malformed),
    Family(step=STEP, name="circuits", summary="The same questions for circuits.", make=_in_circuits),
    Family(step=STEP, name="trees", summary="Roots of trees.", make=_trees),
    Family(step=STEP, name="membership", summary="Members of trees and others.", make=_in_trees),
)
