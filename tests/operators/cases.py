"""Every operator and type in a predicate, with tokens of which it holds and others of which it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.predicate import build
from mpctls.zkp.predicate.build import FieldReference, boolean, day, decimal, integer, octets, text
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.expression import Operator
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.trees import Tree, tree_of_values
from mpctls.zkp.predicate.types import INTEGER, DateType, TextType
from mpctls.zkp.predicate.writing import read_day
from tests.unit.predicate.committed import HEADER, LITERAL, NUMBER, STRING


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCase:
    """A predicate that holds of `tokens` and not of `others`; `others` is empty where it holds of all tokens."""

    name: str
    predicate: Predicate
    tokens: tuple[Token, ...]
    others: tuple[Token, ...]
    trees: dict[bytes, Tree] = field(default_factory=dict)


PLANETS: Final = tree_of_values(TextType(maximum=9), (b"Venus", b"Mars"), 2)
NUMBERS: Final = tree_of_values(INTEGER, (7, 99_999), 2)
DAYS: Final = tree_of_values(DateType(format=0), (read_day("2000-02-29"), read_day("2026-11-23")), 2)

COUNT: Final = build.field("response", "$.count", integer)
OTHER: Final = build.field("response", "$.other", integer)
AMOUNT: Final = build.field("response", "$.amount", decimal(2))
RATE: Final = build.field("response", "$.rate", decimal(4))
NAME: Final = build.field("response", "$.name", text(9))
ALIAS: Final = build.field("response", "$.alias", text(20))
AGENT: Final = build.field("request", "header user-agent", text(12))
BORN: Final = build.field("response", "$.born", day())
DONE: Final = build.field("response", "$.done", boolean)
OPEN: Final = build.field("response", "$.open", boolean)
DATA: Final = build.field("response", "$.data", octets)
COPY: Final = build.field("response", "$.copy", octets)
ELSEWHERE: Final = build.field("response", "$.name", text(9), attestation=1)


def case(
    name: str,
    proposition: Proposition,
    tokens: Sequence[str],
    others: Sequence[str],
    *,
    kinds: Sequence[LexicalClass],
    tree: Tree | None = None,
) -> OperatorCase:
    """A case whose tokens are written as texts, of these kinds; one kind stands for all."""
    predicate = proposition.predicate
    every = tuple(kinds) if len(kinds) > 1 else tuple(kinds) * len(predicate.fields)

    def read(written: Sequence[str]) -> tuple[Token, ...]:
        return tuple(
            Token(kind=kind, octets=each.encode("utf-8")) for kind, each in zip(every, written, strict=True)
        )

    return OperatorCase(
        name=name,
        predicate=predicate,
        tokens=read(tokens),
        others=read(others) if others else (),
        trees={} if tree is None else {tree.root: tree},
    )


def in_order(reference: FieldReference) -> tuple[OperatorCase, ...]:
    """The six comparisons with 1000, at the boundary."""
    below, equal, above = ("999.99",), ("1000.00",), ("1000.01",)
    rows = {
        Operator.EQUAL: (equal, above),
        Operator.NOT_EQUAL: (below, equal),
        Operator.LESS: (below, equal),
        Operator.AT_MOST: (equal, above),
        Operator.GREATER: (above, equal),
        Operator.AT_LEAST: (equal, below),
    }
    return tuple(
        case(f"decimal {operator.value}", reference.compared(operator, 1000), *written, kinds=[NUMBER])
        for operator, written in rows.items()
    )


CASES: Final[tuple[OperatorCase, ...]] = (
    # Numbers
    *in_order(AMOUNT),
    case("integer, signed", COUNT < 0, ["-1"], ["0"], kinds=[NUMBER]),
    case("integer of a string", COUNT >= 18, ["18"], ["17"], kinds=[STRING]),
    case(
        "integer of a header",
        build.field("response", "header content-length", integer) <= 512,
        ["512"],
        ["513"],
        kinds=[HEADER],
    ),
    case("two scales", AMOUNT > RATE, ["1.5", "1.4999"], ["1.5", "1.5001"], kinds=[NUMBER]),
    case("between", AMOUNT.between(Decimal("-0.5"), 100), ["-0.5"], ["-0.51"], kinds=[NUMBER]),
    case("not between", ~COUNT.between(10, 20), ["21"], ["20"], kinds=[NUMBER]),
    case("between fields", COUNT.between(OTHER, 9), ["7", "7"], ["7", "8"], kinds=[NUMBER]),
    case("sum", COUNT + OTHER + 1 >= 10, ["-1", "10"], ["-1", "9"], kinds=[NUMBER]),
    case("difference", COUNT - OTHER <= 3, ["9", "6"], ["9", "5"], kinds=[NUMBER]),
    case(
        "average",
        build.average(COUNT, OTHER, 4) > Decimal("4.5"),
        ["5", "5"],
        ["5", "4"],
        kinds=[NUMBER],
    ),
    case("equality of two numbers", COUNT == OTHER, ["12", "12"], ["12", "13"], kinds=[NUMBER, STRING]),
    # Sets
    case("in", AMOUNT.one_of([Decimal("0.25"), 5, 7]), ["5.00"], ["6"], kinds=[NUMBER]),
    case("not in", ~NAME.one_of(["Venus", "Mars"]), ["Earth"], ["Venus"], kinds=[STRING]),
    case(
        "in, days", BORN.one_of(["2000-02-29", "2026-11-23"]), ["2000-02-29"], ["2000-03-01"], kinds=[STRING]
    ),
    case("in, octets", DATA.one_of([b"ab", b"{}"]), ["{}"], ["[]"], kinds=[STRING]),
    case("in tree", NAME.among(PLANETS), ["Venus"], ["Pluto"], kinds=[STRING], tree=PLANETS),
    case(
        "not in tree",
        COUNT.not_in_tree(NUMBERS.depth, NUMBERS.root),
        ["8"],
        ["7"],
        kinds=[NUMBER],
        tree=NUMBERS,
    ),
    case("in tree, days", BORN.among(DAYS), ["2000-02-29"], ["2000-02-28"], kinds=[STRING], tree=DAYS),
    # Text and octets
    case("equality of text", NAME == "Zoë", ["Zoë"], ["Zoe"], kinds=[STRING]),
    case("inequality of text", AGENT != "mpctls", ["mpctlS"], ["mpctls"], kinds=[HEADER]),
    case("equality of two texts", NAME == ALIAS, ["Venus", "Venus"], ["Venus", "Vesta"], kinds=[STRING]),
    case(
        "equality across attestations",
        NAME == ELSEWHERE,
        ["Venus", "Venus"],
        ["Venus", "Earth"],
        kinds=[STRING],
    ),
    case("equality of octets", DATA == b"[1,2]", ["[1,2]"], ["[1,3]"], kinds=[STRING]),
    case(
        "equality of two fields of octets",
        DATA == COPY,
        ["1e3", "1e3"],
        ["1e3", "1e4"],
        kinds=[NUMBER, STRING],
    ),
    case("starts with", ALIAS.starts_with("日本"), ["日本語"], ["日"], kinds=[STRING]),
    case("ends with", DATA.ends_with(b".org"), ["a.org"], ["a.orgs"], kinds=[STRING]),
    case("contains", ALIAS.contains("@"), ["a@b.example"], ["a.b.example"], kinds=[STRING]),
    case("does not contain", ~ALIAS.contains("aa"), ["abab"], ["abaa"], kinds=[STRING]),
    case("matches", ALIAS.matches(r"[^@]+@[a-z]+\.org"), ["me@home.org"], ["me@home.orb"], kinds=[STRING]),
    case("does not match", ~NAME.matches(r"(ab|é)*"), ["abé "], ["abé"], kinds=[STRING]),
    case("length of text", build.length(NAME) <= 3, ["Zoë"], ["Zoé!"], kinds=[STRING]),
    case("length of octets", build.length(DATA) == 4, ["Zoë"], ["Zoe"], kinds=[STRING]),
    # Truth values
    case("boolean", DONE.is_truth(True), ["true"], ["false"], kinds=[LITERAL]),
    case("boolean, false", DONE.is_truth(False), ["false"], ["true"], kinds=[LITERAL]),
    case("equality of two booleans", DONE == OPEN, ["false", "false"], ["true", "false"], kinds=[LITERAL]),
    # Dates
    *(
        case(
            f"date {date_type.date_format.value}",
            build.field("response", "$.day", date_type) < "2024-03-01",
            [written],
            [later],
            kinds=[STRING],
        )
        for date_type, written, later in (
            (DateType(format=0), "2024-02-29", "2024-03-01"),
            (DateType(format=1), "20240229", "20240301"),
            (DateType(format=2), "29.02.2024", "01.03.2024"),
            (DateType(format=3), "29/02/2024", "01/03/2024"),
            (DateType(format=4), "02/29/2024", "03/01/2024"),
        )
    ),
    case("age", build.age(BORN, "2026-02-28") >= 18, ["2008-02-28"], ["2008-02-29"], kinds=[STRING]),
    case(
        "difference of days",
        build.field("response", "$.until", day()) - BORN > 365,
        ["2025-03-01", "2024-02-29"],
        ["2025-02-28", "2024-02-29"],
        kinds=[STRING],
    ),
    # Connectives and outputs
    case("and", (COUNT > 0) & (COUNT < 10), ["9"], ["10"], kinds=[NUMBER]),
    case("or", (COUNT < 0) | (COUNT > 9), ["10"], ["9"], kinds=[NUMBER]),
    case("not", ~((COUNT < 0) | (COUNT == 9)), ["8"], ["9"], kinds=[NUMBER]),
    case("pseudonym", NAME.pseudonym("vote 2026"), ["Venus"], [], kinds=[STRING]),
    case(
        "pseudonyms with a condition",
        (COUNT >= 18) & COUNT.pseudonym("first") & COUNT.pseudonym("second"),
        ["18"],
        ["17"],
        kinds=[NUMBER],
    ),
)
