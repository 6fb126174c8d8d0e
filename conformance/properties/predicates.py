"""Predicates with tokens of their fields, close to the boundaries of what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import Direction, LexicalClass
from mpctls.spec.structure.view import CLASS_OF, Kind
from mpctls.spec.zero_knowledge.evaluation import FieldInPlain
from mpctls.spec.zero_knowledge.field_types import (
    BooleanType,
    BytesType,
    DateFormat,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    calendar_day,
)
from mpctls.spec.zero_knowledge.predicate import (
    All,
    AnyOf,
    Between,
    Compare,
    ConditionNode,
    Contains,
    DayMember,
    EndsWith,
    Equal,
    FieldTerm,
    In,
    InTree,
    Matches,
    Not,
    NotInTree,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Operator,
    Predicate,
    Pseudonym,
    StartsWith,
    TruthTerm,
    walk,
)
from mpctls.spec.zero_knowledge.predicate_terms import (
    Age,
    Average,
    Constant,
    ConstantNumber,
    DayNumber,
    Difference,
    Field,
    FieldNumber,
    HeaderField,
    JsonField,
    Length,
    NumberNode,
    Sum,
)
from mpctls.spec.zero_knowledge.scalar_field import encode_scalar
from mpctls.spec.zero_knowledge.values import value_hash, value_tree_root

KIND_OF = {class_: kind for kind, class_ in CLASS_OF.items()}
TREE_DEPTH = 3
TREE_MEMBERS = (-5, 0, 1, 7, 12)
_DAYS = (0, 58, 59, 60, 365, 146_096, 729_999, 730_178, 738_000, 738_215, 3_652_058)
_DIGITS = re.compile(rb"-?[0-9]{1,29}")
_PATTERNS = (
    "a*b?",
    "[^@]+@[^@]+",
    ".*",
    r"(ab|0)*\.?",
    r"\w{2,5}",
    "é|日+|a",
    r"[a0]{0,3}[^a].*",
    r"\d+|\D+",
    "",
)
_SHORT_ESCAPES = st.sampled_from(
    (b"\\n", b"\\", b'"', b"\x1f", b"\x7f", b" ", b"\t", b"\xc3", b"+", b"e5", b"0", b"-")
)


@cache
def tree() -> tuple[bytes, tuple[int, ...]]:
    """The root of a tree of integers, and the value hashes of its members."""
    members = tuple(value_hash(IntegerType(), member) for member in TREE_MEMBERS)
    return encode_scalar(value_tree_root(TREE_DEPTH, members)), members


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A predicate, and a token for each of its fields."""

    predicate: Predicate
    tokens: tuple[FieldInPlain, ...]

    @property
    def names_tree(self) -> bool:
        """Whether the condition names the tree."""
        return any(isinstance(node, InTree | NotInTree) for node, _ in walk(self.predicate.condition))


def class_of(token: FieldInPlain) -> LexicalClass:
    """The class of the leaf that commits to a token."""
    return CLASS_OF[token.kind]


def types() -> st.SearchStrategy[FieldType]:
    """Every type."""
    return st.one_of(
        st.just(IntegerType()),
        st.integers(1, 18).map(lambda scale: DecimalType(scale=scale)),
        st.sampled_from((1, 5, 40, 403)).map(lambda maximum: TextType(maximum=maximum)),
        st.just(BooleanType()),
        st.sampled_from(DateFormat).map(lambda format_: DateType(format=format_)),
        st.just(BytesType()),
    )


def _days() -> st.SearchStrategy[int]:
    return st.sampled_from(_DAYS) | st.integers(0, 3_652_058)


def _integers() -> st.SearchStrategy[int]:
    near = st.sampled_from((0, 1, 7, 9, 10, 12, 99, 100, 10**37, 10**38 - 1)) | st.integers(0, 10**6)
    return st.builds(lambda value, sign: value * sign, near, st.sampled_from((1, -1)))


@st.composite
def tokens(draw: DrawFn, type_: FieldType) -> FieldInPlain:
    """A token that the type admits, mostly."""
    kind = draw(st.sampled_from((Kind.STRING, Kind.HEADER_VALUE)))
    match type_:
        case IntegerType():
            kind = draw(st.sampled_from((kind, Kind.NUMBER)))
            octets = str(draw(_integers())).encode()
        case DecimalType(scale=scale):
            kind = draw(st.sampled_from((kind, Kind.NUMBER)))
            fraction = draw(st.text("0159", max_size=scale))
            whole = str(draw(st.integers(-2000, 2000)))
            octets = (f"{whole}.{fraction}" if fraction else whole).encode()
        case TextType(maximum=maximum):
            letters = "ab0@. " if kind is Kind.HEADER_VALUE else "ab0@. é日"
            octets = draw(st.text(letters, min_size=1, max_size=min(9, maximum))).encode()[:maximum]
        case BooleanType():
            kind, octets = Kind.LITERAL, draw(st.sampled_from((b"true", b"false")))
        case DateType(format=format_):
            day = calendar_day(draw(_days()))
            written = format_.text.replace("YYYY", f"{day.year:04}").replace("MM", f"{day.month:02}")
            octets = written.replace("DD", f"{day.day:02}").encode()
        case BytesType():
            kind, octets = draw(st.sampled_from(Kind)), draw(st.binary(min_size=1, max_size=40))
    return FieldInPlain(kind=kind, octets=octets)


@st.composite
def perhaps_damaged(draw: DrawFn, token: FieldInPlain) -> FieldInPlain:
    """The token, or one in four times another kind or other octets: malformed, or of another value."""
    octets = token.octets
    place = draw(st.integers(0, len(octets)))
    match draw(st.sampled_from(("kept",) * 9 + ("kind", "put in", "left out"))):
        case "kind":
            return FieldInPlain(kind=draw(st.sampled_from(Kind)), octets=octets)
        case "put in":
            return FieldInPlain(
                kind=token.kind, octets=octets[:place] + draw(_SHORT_ESCAPES) + octets[place:]
            )
        case "left out" if len(octets) > 1:
            return FieldInPlain(kind=token.kind, octets=octets[:place] + octets[place + 1 :])
    return token


class _Conditions:
    """Conditions over fields whose tokens are known, so that they are close to being true or false."""

    def __init__(self, draw: DrawFn, fields: Sequence[tuple[FieldType, FieldInPlain]]) -> None:
        self._draw = draw
        self._fields = fields

    def about(self, index: int) -> ConditionNode:
        """A condition whose first field is this one, and whose others stand before it."""
        type_, token = self._fields[index]
        match type_:
            case IntegerType() | DecimalType():
                return self._of_number(index)
            case DateType():
                return self._of_day(index)
            case BooleanType():
                terms: list[FieldTerm | TruthTerm] = [TruthTerm(truth=truth) for truth in (True, False)]
                terms.append(FieldTerm(field=self._like(index)))
                return Equal(left=index, right=self._draw(st.sampled_from(terms)))
            case TextType() | BytesType():
                return self._of_octets(index, token.octets)

    def _like(self, index: int, *also: type) -> int:
        wanted = (type(self._fields[index][0]), *also)
        found = [each for each in range(index + 1) if isinstance(self._fields[each][0], wanted)]
        return self._draw(st.sampled_from(found))

    def _constant(self, index: int) -> ConstantNumber:
        type_, token = self._fields[index]
        scale = type_.scale if isinstance(type_, DecimalType) else 0
        written = token.octets.replace(b".", b"", 1)
        near = int(written) if _DIGITS.fullmatch(written) else 0
        behind = len(token.octets) - token.octets.find(b".") - 1 if b"." in token.octets else 0
        step = self._draw(st.sampled_from((-1, 0, 0, 1)))
        return ConstantNumber(constant=Constant.of(near + step, min(behind, scale)))

    def _number(self, index: int) -> NumberNode:
        field, other = (
            FieldNumber(field=index),
            FieldNumber(field=self._like(index, IntegerType, DecimalType)),
        )
        match self._draw(st.sampled_from(("field", "field", "sum", "difference", "average"))):
            case "sum":
                return Sum(terms=(field, other, self._constant(index)))
            case "difference":
                return Difference(left=field, right=other)
            case "average":
                return Average(terms=(field, other, self._constant(index)))
        return field

    def _of_number(self, index: int) -> ConditionNode:
        root, _ = tree()
        match self._draw(st.sampled_from(("compare",) * 4 + ("between", "in", "in tree", "not in tree"))):
            case "between":
                low, high = self._constant(index), self._constant(index)
                return Between(value=self._number(index), low=low, high=high)
            case "in":
                constants = {self._constant(index).constant, Constant.of(25, 2), Constant.of(7)}
                return In(
                    field=index, members=_ascending([NumberMember(constant=each) for each in constants])
                )
            case "in tree":
                return InTree(field=index, depth=TREE_DEPTH, root=root)
            case "not in tree":
                return NotInTree(field=index, depth=TREE_DEPTH, root=root)
        operator = self._draw(st.sampled_from(Operator))
        return Compare(operator=operator, left=self._number(index), right=self._constant(index))

    def _of_day(self, index: int) -> ConditionNode:
        day, later = self._draw(_days()), self._draw(_days())
        field, operator = FieldNumber(field=index), self._draw(st.sampled_from(Operator))
        match self._draw(st.sampled_from(("age", "compare", "between", "in", "days"))):
            case "age":
                years = ConstantNumber(constant=Constant.of(self._draw(st.integers(-1, 120))))
                return Compare(operator=operator, left=Age(field=index, day=day), right=years)
            case "between":
                return Between(value=field, low=DayNumber(day=day), high=DayNumber(day=later))
            case "in":
                return In(field=index, members=_ascending([DayMember(day=each) for each in {day, later}]))
            case "days":
                days = Difference(left=field, right=FieldNumber(field=self._like(index)))
                count = ConstantNumber(constant=Constant.of(self._draw(st.integers(-3, 3))))
                return Compare(operator=operator, left=days, right=count)
        return Compare(operator=operator, left=field, right=DayNumber(day=day))

    def _of_octets(self, index: int, octets: bytes) -> ConditionNode:
        first = self._draw(st.integers(0, len(octets) - 1))
        part = octets[first : first + self._draw(st.integers(1, 35))]
        if self._draw(st.booleans()):
            part = self._draw(st.binary(min_size=1, max_size=3))
        choices: dict[str, Callable[[], ConditionNode]] = {
            "starts": lambda: StartsWith(field=index, octets=part),
            "ends": lambda: EndsWith(field=index, octets=part),
            "contains": lambda: Contains(field=index, octets=part),
            "equal": lambda: Equal(
                left=index, right=OctetsTerm(octets=self._draw(st.sampled_from((part, octets, b""))))
            ),
            "field": lambda: Equal(left=index, right=FieldTerm(field=self._like(index))),
            "in": lambda: In(
                field=index, members=_ascending([OctetsMember(octets=each) for each in {part, octets, b"a"}])
            ),
            "length": lambda: Compare(
                operator=self._draw(st.sampled_from(Operator)),
                left=Length(field=index),
                right=ConstantNumber(constant=Constant.of(self._draw(st.integers(0, 12)))),
            ),
        }
        if isinstance(self._fields[index][0], TextType):
            choices["matches"] = lambda: Matches(field=index, pattern=self._draw(st.sampled_from(_PATTERNS)))
        return choices[self._draw(st.sampled_from(sorted(choices)))]()


def _ascending(members: Sequence[Any]) -> tuple[Any, ...]:
    from mpctls.spec.encoding import encode_as
    from mpctls.spec.zero_knowledge.predicate import Member

    return tuple(sorted(members, key=lambda member: encode_as(Member, member)))


@st.composite
def questions(draw: DrawFn, most: int = 3) -> Question:
    """Sound predicates of one to `most` fields, with tokens of which some are malformed."""
    fields = []
    for _ in range(draw(st.integers(1, most))):
        type_ = draw(types())
        fields.append((type_, draw(perhaps_damaged(draw(tokens(type_))))))
    conditions = _Conditions(draw, fields)
    whole = conditions.about(0)
    for index in range(1, len(fields)):
        parts = (whole, conditions.about(index))
        whole = All(conditions=parts) if draw(st.booleans()) else AnyOf(conditions=parts)
    about_trees = any(isinstance(node, InTree | NotInTree) for node, _ in walk(whole))
    if not about_trees and draw(st.booleans()):
        whole = Not(condition=whole)
    if draw(st.sampled_from((False, False, True))):
        whole = All(
            conditions=(whole, Pseudonym(field=draw(st.integers(0, len(fields) - 1)), scope="a scope"))
        )
    listed = tuple(
        Field(
            attestation=0,
            side=Direction.SENT if token.kind is Kind.HEADER_VALUE else Direction.RECEIVED,
            name=HeaderField(name=f"h{index}")
            if token.kind is Kind.HEADER_VALUE
            else JsonField(path=f"$.a{index}"),
            type=type_,
        )
        for index, (type_, token) in enumerate(fields)
    )
    predicate = Predicate(version=1, fields=listed, condition=whole)
    return Question(predicate=predicate, tokens=tuple(token for _, token in fields))
