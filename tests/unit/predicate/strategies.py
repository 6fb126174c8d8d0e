"""Hypothesis strategies: predicates with tokens for their fields, biased towards boundaries and malformed tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.predicate import build
from mpctls.zkp.predicate.build import FieldReference, Numeric
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.dates import calendar_date
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.expression import Operator
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.trees import Tree, tree_of_values
from mpctls.zkp.predicate.types import (
    BOOLEAN,
    INTEGER,
    OCTETS,
    BooleanType,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    Value,
)

from .committed import HEADER, LITERAL, NUMBER, STRING

LETTERS = "aab0@. é日"
PATTERNS = (
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
DAYS = (
    *map(calendar_date, (0, 1, 58, 59, 60, 365, 146_096, 146_097, 729_999, 738_000, 738_215, 3_652_058)),
    date(2000, 2, 29),
    date(2024, 2, 29),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(1900, 2, 28),
    date(1900, 3, 1),
)
MEMBERS: tuple[Value, ...] = (-5, 0, 1, 7, 12, 100, 99_999)
TREE: Tree = tree_of_values(INTEGER, MEMBERS, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A predicate, a token for each of its fields, and the trees that it names."""

    predicate: Predicate
    tokens: tuple[Token, ...]

    @property
    def trees(self) -> dict[bytes, Tree]:
        return {TREE.root: TREE}


def types() -> st.SearchStrategy[FieldType]:
    """Every type, with some parameters."""
    return st.one_of(
        st.just(INTEGER),
        st.integers(1, 18).map(lambda scale: DecimalType(scale=scale)),
        st.sampled_from((1, 5, 40, 403)).map(lambda maximum: TextType(maximum=maximum)),
        st.just(BOOLEAN),
        st.integers(0, 4).map(lambda number: DateType(format=number)),
        st.just(OCTETS),
    )


def integers_in_decimal() -> st.SearchStrategy[str]:
    """Integers around the boundaries of digits and signs."""
    near = st.sampled_from((0, 1, 7, 9, 10, 12, 99, 100, 101, 99_999, 10**37, 10**38 - 1))
    return st.builds(
        lambda value, sign: str(value * sign), near | st.integers(0, 10**6), st.sampled_from((1, -1))
    )


def written_dates() -> st.SearchStrategy[date]:
    """Days, many of them at the ends of months, leap days and the ends of the calendar."""
    return st.sampled_from(DAYS) | st.dates(date(1, 1, 1), date(9999, 12, 31))


def write_date(written: str, day: date) -> str:
    """A day in a format."""
    return (
        written.replace("YYYY", f"{day.year:04}")
        .replace("MM", f"{day.month:02}")
        .replace("DD", f"{day.day:02}")
    )


def texts(maximum: int, *, ascii_only: bool) -> st.SearchStrategy[str]:
    """Texts of few letters, of at most `maximum` octets and at least one."""
    letters = "".join(sign for sign in LETTERS if sign.isascii()) if ascii_only else LETTERS
    return st.text(letters, min_size=1, max_size=min(maximum, 9)).filter(
        lambda text: len(text.encode("utf-8")) <= maximum
    )


@st.composite
def tokens(draw: st.DrawFn, field_type: FieldType) -> Token:
    """A token that the type admits."""
    kind: LexicalClass
    match field_type:
        case IntegerType():
            kind = draw(st.sampled_from((NUMBER, STRING, HEADER)))
            text = draw(integers_in_decimal())
        case DecimalType(scale=scale):
            kind = draw(st.sampled_from((NUMBER, STRING, HEADER)))
            whole = draw(integers_in_decimal().filter(lambda each: len(each) < 20))
            fraction = draw(st.text("0159", max_size=scale))
            text = f"{whole}.{fraction}" if fraction else whole
            if whole == "0" and draw(st.booleans()) and set(fraction) - {"0"}:
                text = f"-{text}"
        case TextType(maximum=maximum):
            kind = draw(st.sampled_from((STRING, HEADER)))
            every = texts(maximum, ascii_only=kind is HEADER)
            text = draw(every.filter(lambda each: each == each.strip()) if kind is HEADER else every)
        case BooleanType():
            kind, text = LITERAL, draw(st.sampled_from(("true", "false")))
        case DateType():
            kind = draw(st.sampled_from((STRING, HEADER)))
            text = write_date(field_type.date_format.value, draw(written_dates()))
        case _:
            kind = draw(st.sampled_from((STRING, NUMBER, LITERAL, HEADER)))
            octets = st.binary(min_size=1, max_size=40)
            if kind is HEADER:
                octets = octets.filter(lambda each: each == each.strip(b" \t"))
            return Token(kind=kind, octets=draw(octets))
    return Token(kind=kind, octets=text.encode("utf-8"))


@st.composite
def damaged(draw: st.DrawFn, token: Token) -> Token:
    """A token with one octet changed, put in or taken out; it may be malformed, or another value.

    A string stays UTF-8: its lexical class says so, and no circuit does.
    """
    octets = bytearray(token.octets)
    place = draw(st.integers(0, len(octets) - 1))
    octet = draw(st.sampled_from(b'0019-.+e "\\/:t\x1f\x7f'))
    change = draw(st.sampled_from(("set", "insert", "delete")))
    if change == "set":
        octets[place] = octet
    elif change == "insert":
        octets.insert(place, octet)
    elif len(octets) > 1:
        del octets[place]
    if token.kind is STRING and not _is_utf8(bytes(octets)):
        return token
    return Token(kind=token.kind, octets=bytes(octets))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Drawing:
    """Conditions over a few fields whose tokens are known, so that constants can be close to the values."""

    def __init__(self, draw: st.DrawFn, fields: list[tuple[FieldReference, Token]]) -> None:
        self._draw = draw
        self._fields = fields

    def condition(self, depth: int, *, negated: bool) -> Proposition:
        connectives = ["all", "any", "not"] if depth else []
        kind = self._draw(st.sampled_from(["own"] * 3 + connectives))
        if kind == "not":
            return ~self.condition(depth - 1, negated=True)
        if kind in ("all", "any"):
            left = self.condition(depth - 1, negated=negated)
            right = self.condition(depth - 1, negated=negated)
            return left & right if kind == "all" else left | right
        return self._own(negated)

    def _own(self, negated: bool) -> Proposition:
        reference, token = self._draw(st.sampled_from(self._fields))
        match reference.named.type:
            case IntegerType() | DecimalType():
                return self._on_number(reference, token, negated)
            case DateType():
                return self._on_date(reference)
            case BooleanType():
                return reference.is_truth(self._draw(st.booleans()))
            case TextType():
                return self._on_octets(reference, token, is_text=True)
            case _:
                return self._on_octets(reference, token, is_text=False)

    def _constant(self, token: Token) -> Decimal:
        try:
            near = Decimal(token.octets.decode("ascii"))
        except (ArithmeticError, UnicodeDecodeError):
            near = Decimal(0)
        exponent = near.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -18 or near.adjusted() > 18:
            near, exponent = Decimal(0), 0
        step = Decimal(self._draw(st.sampled_from((-1, 0, 0, 1)))).scaleb(min(0, exponent))
        return near + step if len((near + step).as_tuple().digits) <= 38 else near

    def _number(self, reference: FieldReference, token: Token) -> Numeric:
        others = [each for each, _ in self._fields if isinstance(each.named.type, IntegerType | DecimalType)]
        other = self._draw(st.sampled_from(others))
        constant = self._constant(token)
        kinds: dict[str, Callable[[], Numeric]] = {
            "field": lambda: reference,
            "sum": lambda: build.total(reference, other, constant),
            "difference": lambda: reference - other,
            "average": lambda: build.average(reference, other, 3),
        }
        return kinds[self._draw(st.sampled_from(["field", "field", *kinds]))]()

    def _on_number(self, reference: FieldReference, token: Token, negated: bool) -> Proposition:
        number = self._number(reference, token)
        constant = self._constant(token)
        choices = ["<", "<=", ">", ">=", "=", "!=", "between", "in", *([] if negated else ["tree"])]
        match self._draw(st.sampled_from(choices)):
            case "<":
                return number < constant
            case "<=":
                return number <= constant
            case ">":
                return number > constant
            case ">=":
                return number >= constant
            case "=":
                return number.compared(Operator.EQUAL, constant)
            case "!=":
                return number.compared(Operator.NOT_EQUAL, constant)
            case "between":
                return number.between(constant - 1, self._constant(token))
            case "in":
                return reference.one_of([constant, 5, Decimal("0.25")])
            case _:
                inside = self._draw(st.booleans())
                return (reference.in_tree if inside else reference.not_in_tree)(TREE.depth, TREE.root)

    def _on_date(self, reference: FieldReference) -> Proposition:
        day = self._draw(written_dates())
        others = [each for each, _ in self._fields if isinstance(each.named.type, DateType)]
        match self._draw(st.sampled_from(("age", "before", "between", "in", "days"))):
            case "age":
                return build.age(reference, day) >= self._draw(st.integers(-1, 120))
            case "before":
                return reference < day
            case "between":
                return reference.between(day, self._draw(written_dates()))
            case "in":
                return reference.one_of([day, self._draw(written_dates())])
            case _:
                other = self._draw(st.sampled_from(others))
                return reference - other <= self._draw(st.integers(-3, 3))

    def _on_octets(self, reference: FieldReference, token: Token, *, is_text: bool) -> Proposition:
        octets = token.octets
        first = self._draw(st.integers(0, len(octets) - 1))
        part = octets[first : first + self._draw(st.integers(1, 35))]
        if self._draw(st.booleans()):
            part = self._draw(st.binary(min_size=1, max_size=3))
        same = [each for each, _ in self._fields if type(each.named.type) is type(reference.named.type)]
        choices = ["starts", "ends", "contains", "equal", "field", "in", "length"]
        choices += ["matches"] * 3 if is_text else []
        match self._draw(st.sampled_from(choices)):
            case "starts":
                return reference.starts_with(part)
            case "ends":
                return reference.ends_with(part)
            case "contains":
                return reference.contains(part)
            case "equal":
                return reference == self._draw(st.sampled_from((part, octets)))
            case "field":
                return reference == self._draw(st.sampled_from(same))
            case "in":
                return reference.one_of([part, self._draw(st.sampled_from((octets, b"a")))])
            case "length":
                return build.length(reference) <= self._draw(st.integers(0, 12))
            case _:
                return reference.matches(self._draw(st.sampled_from(PATTERNS)))


@st.composite
def cases(draw: st.DrawFn, depth: int = 2) -> Case:
    """A well-formed predicate with tokens; one token in eight is damaged."""
    fields: list[tuple[FieldReference, Token]] = []
    for index in range(draw(st.integers(1, 3))):
        field_type = draw(types())
        token = draw(tokens(field_type))
        if draw(st.integers(0, 7)) == 0:
            token = draw(damaged(token))
        side, name = ("request", f"header h{index}") if token.kind is HEADER else ("response", f"$.a{index}")
        fields.append((build.field(side, name, field_type), token))
    proposition = _Drawing(draw, fields).condition(depth, negated=False)
    outputs = draw(st.integers(0, 3)) == 0
    if outputs:
        proposition = proposition & fields[0][0].pseudonym("a scope")
    predicate = proposition.predicate
    by_field = {reference.named: token for reference, token in fields}
    return Case(predicate=predicate, tokens=tuple(by_field[each] for each in predicate.fields))
