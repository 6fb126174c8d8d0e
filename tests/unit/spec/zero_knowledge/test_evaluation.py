"""What predicates mean, at their borders, and against exact arithmetic written otherwise."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.reasons import Reason
from mpctls.spec.structure.view import Kind
from mpctls.spec.zero_knowledge.evaluation import age, evaluate, require_true
from mpctls.spec.zero_knowledge.field_types import (
    BooleanType,
    BytesType,
    DateType,
    DecimalType,
    IntegerType,
    TextType,
    day_of,
)
from mpctls.spec.zero_knowledge.patterns import matches
from mpctls.spec.zero_knowledge.poseidon import poseidon
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar
from mpctls.spec.zero_knowledge.values import pseudonym, tree_leaves, value_hash, value_tree_root

from ..session.stages import rejects
from .predicates import field, holds, predicate, token

CENTS = "decimal(2)"


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        ("=", False, True, False),
        ("≠", True, False, True),
        ("<", True, False, False),
        ("≤", True, True, False),
        (">", False, False, True),
        ("≥", False, True, True),
    ],
)
def test_the_threshold_itself(operator: str, below: bool, equal: bool, above: bool) -> None:
    condition = {"compare": [operator, field(0), "1000"]}
    assert holds(condition, (CENTS, b"999.99")) is below
    assert holds(condition, (CENTS, b"1000")) is equal
    assert holds(condition, (CENTS, b"1000.00")) is equal
    assert holds(condition, (CENTS, b"1000.01")) is above
    assert holds({"not": condition}, (CENTS, b"1000.0")) is not equal


TRUE: list[tuple[object, tuple[tuple[str, bytes], ...]]] = [
    ({"between": [field(0), "-1", "1"]}, (("integer", b"-1"),)),
    ({"between": [field(0), "-1", "1"]}, (("integer", b"1"),)),
    ({"compare": ["=", field(0), field(1)]}, (("integer", b"7"), (CENTS, b"7.00"))),
    ({"compare": ["=", {"sum": [field(0), field(1), "0.005"]}, "0.015"]}, ((CENTS, b"0.02"), (CENTS, b"-0.01"))),
    ({"compare": ["=", {"average": ["1", field(0)]}, "1.5"]}, (("integer", b"2"),)),
    ({"compare": ["≠", {"average": ["1", "1", field(0)]}, "1.333333333333333333"]}, (("integer", b"2"),)),
    (
        {"compare": ["=", {"difference": [{"day": "2024-03-01"}, field(0)]}, "1"]},
        (("date(YYYY-MM-DD)", b"2024-02-29"),),
    ),
    ({"compare": ["<", field(0), {"day": "2024-02-29"}]}, (("date(DD.MM.YYYY)", b"28.02.2024"),)),
    ({"compare": ["=", {"length": 0}, "2"]}, (("text(9)", "é€".encode()),)),
    ({"compare": ["=", {"length": 0}, "5"]}, (("bytes", "é€".encode()),)),
    ({"equal": [0, "ab"]}, (("text(2)", b"ab"),)),
    ({"equal": [0, field(1)]}, (("text(2)", b"ab"), ("text(9)", b"ab"))),
    ({"equal": [0, field(1)]}, (("boolean", b"true"), ("boolean", b"true"))),
    ({"equal": [0, False]}, (("boolean", b"false"),)),
    ({"equal": [0, {"hex": "6162"}]}, (("bytes", b"ab"),)),
    ({"in": [0, ["2", "12.5"]]}, ((CENTS, b"12.50"),)),
    ({"in": [0, [{"day": "2026-11-22"}]]}, (("date(YYYYMMDD)", b"20261122"),)),
    ({"in": [0, ["DE", "FR"]]}, (("text(2)", b"FR"),)),
    ({"starts_with": [0, "Bear"]}, (("text(9)", b"Bear"),)),
    ({"ends_with": [0, "er"]}, (("text(9)", b"Bearer"),)),
    ({"contains": [0, {"hex": "00"}]}, (("bytes", b"a\0b"),)),
    ({"contains": [0, "aab"]}, (("text(9)", b"aaab"),)),
    ({"matches": [0, "[a-z]+"]}, (("text(9)", b"abc"),)),
    ({"any": [{"equal": [0, True]}, {"equal": [0, False]}]}, (("boolean", b"false"),)),
    ({"compare": ["≥", {"age": [0, "2026-11-22"]}, "18"]}, (("date(YYYY-MM-DD)", b"2008-11-22"),)),
]  # fmt: skip
FALSE: list[tuple[object, tuple[tuple[str, bytes], ...]]] = [
    ({"between": [field(0), "-1", "1"]}, (("integer", b"2"),)),
    ({"between": [field(0), "-1", "1"]}, (("integer", b"-2"),)),
    ({"between": [field(0), "1", "-1"]}, (("integer", b"0"),)),
    ({"equal": [0, "ab"]}, (("text(9)", b"ab "),)),
    ({"equal": [0, "Ab"]}, (("text(9)", b"ab"),)),
    ({"in": [0, ["12.345"]]}, ((CENTS, b"12.34"),)),
    ({"in": [0, ["DE", "FR"]]}, (("text(3)", b"DEF"),)),
    ({"starts_with": [0, "Bearer"]}, (("text(9)", b"Bear"),)),
    ({"ends_with": [0, "Bearer"]}, (("text(9)", b"earer"),)),
    ({"contains": [0, "ac"]}, (("text(9)", b"abc"),)),
    ({"matches": [0, "[a-z]+"]}, (("text(9)", b"ab1"),)),
    ({"all": [{"equal": [0, True]}, {"equal": [0, False]}]}, (("boolean", b"false"),)),
    ({"compare": ["≥", {"age": [0, "2026-11-22"]}, "18"]}, (("date(YYYY-MM-DD)", b"2008-11-23"),)),
]


@pytest.mark.parametrize(("condition", "given_"), TRUE)
def test_what_holds(condition: object, given_: tuple[tuple[str, bytes], ...]) -> None:
    assert holds(condition, *given_)
    assert not holds({"not": condition}, *given_)


@pytest.mark.parametrize(("condition", "given_"), FALSE)
def test_what_does_not_hold(condition: object, given_: tuple[tuple[str, bytes], ...]) -> None:
    assert not holds(condition, *given_)


@pytest.mark.parametrize(
    "condition",
    [
        {"equal": [0, True]},
        {"not": {"equal": [0, True]}},
        {"any": [{"equal": [1, True]}, {"equal": [0, True]}]},
    ],
)
def test_a_malformed_field_is_neither_true_nor_false(condition: object) -> None:
    types = ["boolean"] * (2 if "any" in condition else 1)  # type: ignore[operator]
    if len(types) == 2:
        condition = {"any": [{"equal": [0, True]}, {"equal": [1, True]}]}
    tokens = [token(b"true", Kind.LITERAL), token(b"null", Kind.LITERAL)][-len(types) :]
    with rejects(Reason.PREDICATE_MALFORMED_FIELD):
        evaluate(predicate(condition, *types), tokens)


def test_only_what_is_true_is_proved() -> None:
    condition = {"all": [{"compare": ["<", field(0), "5"]}, {"pseudonym": [0, "a"]}]}
    with rejects(Reason.PREDICATE_FALSE) as caught:
        require_true(predicate(condition, "integer"), [token(b"5")])
    assert "5" not in caught.value.detail
    assert require_true(predicate(condition, "integer"), [token(b"4")]) == (
        pseudonym("a", value_hash(IntegerType(), 4)),
    )


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        ((2004, 2, 29), (2022, 2, 28), 17),
        ((2004, 2, 29), (2022, 3, 1), 18),
        ((2004, 2, 29), (2024, 2, 29), 20),
        ((2000, 1, 1), (2000, 1, 1), 0),
        ((2000, 1, 2), (2000, 1, 1), -1),
        ((1, 1, 1), (9999, 12, 31), 9998),
        ((9999, 12, 31), (1, 1, 1), -9999),
    ],
)
def test_ages(birth: tuple[int, int, int], day: tuple[int, int, int], years: int) -> None:
    assert age(day_of(*birth), day_of(*day)) == years


@given(st.dates(), st.dates())
def test_an_age_counts_birthdays(birth: date, day: date) -> None:
    assume_later = (
        sum(
            (day.year, day.month, day.day) >= (year, birth.month, birth.day)
            for year in range(birth.year + 1, day.year + 1)
        )
        if day >= birth
        else None
    )
    years = age(day_of(birth.year, birth.month, birth.day), day_of(day.year, day.month, day.day))
    assert assume_later is None or years == assume_later
    assert assume_later is not None or years < 0


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_sums_and_averages_are_exact(first: int, second: int, bound: int) -> None:
    def cents(number: int) -> str:
        return f"{Decimal(number) / 100:.2f}" if number else "0"

    with localcontext() as context:
        context.prec = 60
        given_ = ((CENTS, cents(first).encode()), (CENTS, cents(second).encode()))
        total = Decimal(first) / 100 + Decimal(second) / 100
        limit = Decimal(bound) / 100
        numbers = [field(0), field(1)]
        assert holds({"compare": ["<", {"sum": numbers}, cents(bound)]}, *given_) == (total < limit)
        assert holds({"compare": ["≥", {"average": numbers}, cents(bound)]}, *given_) == (total / 2 >= limit)


# --- Patterns -----------------------------------------------------------------------------------------------

EXAMPLES = [
    (r"", ["", "a"]),
    (r"a||b", ["", "a", "b", "ab"]),
    (r"(a|ab)(c|bcd)", ["abcd", "ac", "abc", "abbcd", "ab"]),
    (r"((a|ab)+)c", ["abac", "aabc", "c", "abab"]),
    (r"(a*)*b", ["b", "aaab", "aaa"]),
    (r"x{2,4}", ["x", "xx", "xxx", "xxxx", "xxxxx"]),
    (r"x{0}y{1}z{2,}", ["yzz", "xyzz", "yz", "yzzzz"]),
    (r"(ab?){2}", ["aa", "aba", "abab", "a", "ab"]),
    (r"[^a-c]d", ["ad", "dd", "éd", "\nd"]),
    (r"[\d\-a]+", ["1-a", "b", "-"]),
    (r"[^\d]", ["1", "a", "é"]),
    (r"[\D1][^\W]", ["1a", "xa", "2a", "é9", "a-", "€€"]),
    (r"\D\W\S\s", ["a! b", "a!b ", "1!b "]),
    (r".\.", ["a.", "..", "a!", "€."]),
    (r"\w+@\w+\.(com|org)", ["a_b@c.com", "a@b.net", "@b.com"]),
    (r"\/\"\'\-", ["/\"'-", "/\"'"]),
    (r"€+\$", ["€€$", "$"]),
    (r"[a][ ][~][!-/]", ["a ~-", "a ~0"]),
]


@pytest.mark.parametrize(("pattern", "texts"), EXAMPLES)
def test_patterns_match_as_python_says(pattern: str, texts: list[str]) -> None:
    for text in texts:
        expected = re.fullmatch(pattern, text, re.ASCII | re.DOTALL) is not None
        assert matches(pattern, text) == expected, text


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "(a",
        "[",
        "[]",
        "[^]",
        "a]",
        "{",
        "}",
        "a{",
        "a{}",
        "a{,2}",
        "a{01}",
        "a{101}",
        "a{2,1}",
        "a{1",
        "a{1,2",
        "]",
        "*",
        "+",
        "?",
        "a**",
        "a+?",
        "(*a)",
        "^a",
        "a$",
        "\\",
        "\\a",
        "\\n",
        "[a-]",
        "[-a]",
        "[z-a]",
        "[a-\\d]",
        "[[]",
        "[^^]",
        "\\u0041",
        "[é]",
        "a{1,2,3}",
        "(?:a)",
        "|*",
        "a{1}{2}",
    ],
)
def test_other_patterns_are_invalid(pattern: str) -> None:
    with rejects(Reason.PREDICATE_INVALID_PATTERN):
        matches(pattern, "")


@pytest.mark.parametrize("pattern", ["\x1f", "\x7f", "a\nb", "[\x1f]"])
def test_controls_stand_for_nothing(pattern: str) -> None:
    with rejects(Reason.PREDICATE_INVALID_PATTERN):
        matches(pattern, "")


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("(a{100}){10}a{24}", True),
        ("(a{100}){10}a{25}", False),
        ("(a{100}){10}a{22}b+", True),
        ("(a{100}){10}a{22}b+c", False),
        ("(a{100}){10}a{23,}", True),
        ("(a{100}){10}a{24,}", False),
        ("(a{100}){10}a{0,24}", True),
        ("((((a{100}){100}){100}){100}){100}", False),
        ("((((a{100}){100}){100}){100}){0}", True),
    ],
)
def test_positions_are_counted_with_repetitions_written_out(pattern: str, fits: bool) -> None:
    if fits:
        matches(pattern, "b")
        return
    with rejects(Reason.PREDICATE_AUTOMATON_TOO_LARGE):
        matches(pattern, "b")


PIECES = st.recursive(
    st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "\\."]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=150)
@given(PIECES, st.text("abc.", max_size=6))
def test_random_patterns_match_as_python_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) == (re.fullmatch(pattern, text) is not None)


# --- Values, trees and pseudonyms ---------------------------------------------------------------------------

VALUE_HEADER = 1 + 2**8 * 6


def test_value_hashes_are_those_of_the_page() -> None:
    assert value_hash(IntegerType(), -1) == poseidon([VALUE_HEADER, 1, 0, ORDER - 1])
    assert value_hash(DecimalType(scale=2), 1250) == poseidon([VALUE_HEADER, 1, 2, 1250])
    date_type = DateType.decode(b"\0")
    assert value_hash(date_type, 5) == poseidon([VALUE_HEADER, 2, 0, 5])
    assert value_hash(BooleanType(), 1) == poseidon([VALUE_HEADER, 3, 0, 1])
    assert value_hash(TextType(maximum=9), b"a") == poseidon([VALUE_HEADER, 4, 1, 97])
    assert value_hash(BytesType(), b"a" * 32) == poseidon(
        [VALUE_HEADER, 5, 32, int.from_bytes(b"a" * 31, "little"), 97]
    )
    longest = value_hash(TextType(maximum=403), b"a" * 403)
    assert 0 < longest < ORDER


def test_a_tree_is_built_as_the_page_says() -> None:
    members = [value_hash(IntegerType(), number) for number in (3, 1)]
    small, large = sorted(members)
    assert tree_leaves(2, members) == [0, small, large, ORDER - 1]
    leaves = [poseidon([1 + 2**8 * 3, leaf]) for leaf in (0, small, large, ORDER - 1)]
    inner = 1 + 2**8 * 4
    root = poseidon([inner, poseidon([inner, *leaves[:2]]), poseidon([inner, *leaves[2:]])])
    assert value_tree_root(2, members) == root


@pytest.mark.parametrize(
    ("depth", "members"), [(1, [5, 6]), (2, [5, 6, 7]), (2, [5, 5]), (2, [0]), (2, [ORDER - 1])]
)
def test_what_does_not_fit_into_a_tree_is_refused(depth: int, members: list[int]) -> None:
    with pytest.raises(ValueError):
        value_tree_root(depth, members)


def test_membership_in_a_tree_is_by_value() -> None:
    members = [value_hash(IntegerType(), number) for number in (3, 10)]
    root = encode_scalar(value_tree_root(3, members)).hex()
    tree = [(3, members)]
    for octets, inside in ((b"3", True), (b"10", True), (b"4", False), (b"-3", False)):
        assert holds({"in_tree": [0, 3, root]}, ("integer", octets), trees=tree) is inside
        assert holds({"not_in_tree": [0, 3, root]}, ("integer", octets), trees=tree) is not inside
    with rejects(Reason.PREDICATE_UNKNOWN_TREE):
        holds({"in_tree": [0, 3, root]}, ("integer", b"3"))


def test_a_pseudonym_depends_on_scope_and_value_and_not_on_how_it_is_written() -> None:
    condition = {"all": [{"pseudonym": [0, "a.example"]}, {"pseudonym": [0, "b.example"]}]}

    def outputs(octets: bytes) -> tuple[int, ...]:
        return evaluate(predicate(condition, "decimal(2)"), [token(octets)]).outputs

    assert outputs(b"7") == outputs(b"7.0") == outputs(b"7.00")
    first, second = outputs(b"7")
    assert len({first, second, *outputs(b"8")}) == 4
    assert first == pseudonym("a.example", value_hash(DecimalType(scale=2), 700))
