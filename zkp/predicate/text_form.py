"""The text form of a predicate, as the command line takes it: `response $.balance: decimal(2) >= 1000` (section 2).

Recursive descent over characters. Parentheses hold a condition or a number, whichever stands in them; `not` binds
closer than `and`, `and` closer than `or`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

from mpctls.reference.foundation.errors import Refused

from . import build
from .build import FieldReference, Numeric
from .conditions import All, AnyOf, Predicate
from .expression import Operator
from .nodes import MAXIMUM_DEPTH
from .propositions import Proposition
from .types import BooleanType, DateType, FieldType, OctetsType, TextType
from .writing import DAY_TEXT, read_constant, read_day, read_type

MAXIMUM_TEXT: Final = 1 << 16
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_WORD: Final = re.compile(r"[a-z]+")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_PATH: Final = re.compile(r'\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\["(?:[^"\\\x00-\x1f]|\\.)*"\]|\[[0-9]+\])*')
_TYPE: Final = re.compile(r"[a-z]+(?:\([^()]*\))?")
_ROOT: Final = re.compile(r"[0-9a-f]{64}")
_RELATIONS: Final = {
    "!=": Operator.NOT_EQUAL,
    "<=": Operator.AT_MOST,
    ">=": Operator.AT_LEAST,
    **{operator.value: operator for operator in Operator},
}
_WORD_OPERATORS: Final = ("between", "in", "not", "starts", "ends", "contains", "matches", "is")
_DEEPEST: Final = 4 * MAXIMUM_DEPTH

Parsed: TypeAlias = Proposition | Numeric | str


def read_text(text: str) -> Predicate:
    """The well-formed predicate that `text` writes.

    Refuses with `predicate/malformed`, naming the character and what was expected there, else as `checking.check`.
    """
    if len(text) > MAXIMUM_TEXT:
        raise Refused("predicate/too-large", f"a text of more than {MAXIMUM_TEXT} characters")
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._types: dict[tuple[str, str], FieldType] = {}

    def whole(self) -> Predicate:
        proposition = self._proposition(self._either)
        if self._peek():
            self._expected("and, or, or the end")
        return proposition.predicate

    # Conditions

    def _either(self) -> Parsed:
        return self._chain("or", self._both, AnyOf)

    def _both(self) -> Parsed:
        return self._chain("and", self._negation, All)

    def _chain(self, word: str, part: Callable[[], Parsed], case: type[All | AnyOf]) -> Parsed:
        first = part()
        parts = [first]
        while self._skip_word(word):
            parts.append(self._proposition(part))
        if len(parts) == 1:
            return first
        if not isinstance(first, Proposition):
            self._expected("a condition before this word")
        listed = tuple(each for each in parts if isinstance(each, Proposition))
        return Proposition(lambda fields: case(conditions=tuple(each.make(fields) for each in listed)))

    def _negation(self) -> Parsed:
        if not self._skip_word("not"):
            return self._comparison()
        self._enter()
        inner = self._proposition(self._negation)
        self._depth -= 1
        return ~inner

    def _proposition(self, part: Callable[[], Parsed]) -> Proposition:
        parsed = part()
        if not isinstance(parsed, Proposition):
            self._expected("an operator (=, >=, in, matches, …)")
        return parsed

    def _comparison(self) -> Parsed:
        left = self._sum()
        if isinstance(left, Proposition):
            return left
        sign = self._skip_relation()
        if sign is not None:
            return self._related(left, sign, self._sum())
        word = self._word_ahead()
        if word not in _WORD_OPERATORS:
            return left
        if word == "between":
            self._skip_word(word)
            low = self._numeric(self._sum())
            self._word("and")
            return self._numeric(left).between(low, self._numeric(self._sum()))
        return self._field_condition(left, word)

    def _related(self, left: Numeric | str, operator: Operator, right: Parsed) -> Proposition:
        if isinstance(right, Proposition):
            self._expected("a number, a text or a field")
        equality = operator in (Operator.EQUAL, Operator.NOT_EQUAL)
        if equality and isinstance(left, FieldReference) and isinstance(right, FieldReference | str):
            suits = isinstance(left.named.type, TextType | OctetsType)
            if isinstance(right, str) and not suits:
                self._expected("a number, a day or a field, not a text, before this")
            return left == right if operator is Operator.EQUAL else left != right
        return self._numeric(left).compared(operator, self._numeric(right))

    def _field_condition(self, left: Numeric | str, word: str) -> Proposition:
        if not isinstance(left, FieldReference):
            self._expected("a relation (=, >=, between, …): only a field stands before this word")
        self._skip_word(word)
        match word:
            case "not":
                self._word("in")
                if self._skip_word("tree"):
                    return left.not_in_tree(*self._tree())
                return ~self._one_of(left)
            case "in":
                if self._skip_word("tree"):
                    return left.in_tree(*self._tree())
                return self._one_of(left)
            case "starts":
                self._word("with")
                return left.starts_with(self._string())
            case "ends":
                self._word("with")
                return left.ends_with(self._string())
            case "contains":
                return left.contains(self._string())
            case "matches":
                return left.matches(self._string())
            case _:
                if self._skip_word("true"):
                    return left.is_truth(True)
                self._word("false")
                return left.is_truth(False)

    def _one_of(self, reference: FieldReference) -> Proposition:
        self._sign("{")
        members = [self._literal(reference)]
        while self._skip_sign(","):
            members.append(self._literal(reference))
        self._sign("}")
        return reference.one_of(members)

    def _tree(self) -> tuple[int, bytes]:
        self._sign("(")
        depth = self._match(_NUMBER, "a depth from 1 to 32")
        if not (depth.isdigit() and len(depth) <= 2 and 1 <= int(depth) <= 32):
            self._expected("a depth from 1 to 32")
        self._sign(",")
        root = self._match(_ROOT, "a root of 64 hexadecimal digits")
        self._sign(")")
        return int(depth), bytes.fromhex(root)

    # Numbers

    def _sum(self) -> Parsed:
        total = self._term()
        while (sign := self._peek()) in ("+", "-"):
            if isinstance(total, Proposition):
                self._expected("and, or, or the end")
            self._at += 1
            right = self._numeric(self._term())
            left = self._numeric(total)
            total = left + right if sign == "+" else left - right
        return total

    def _term(self) -> Parsed:
        sign = self._peek()
        if sign == "(":
            self._enter()
            self._at += 1
            inner = self._either()
            self._sign(")")
            self._depth -= 1
            return inner
        if sign == '"':
            return self._string()
        if sign == "-" or sign.isdigit():
            return self._constant()
        word = self._word_ahead()
        if word in build.SIDES:
            return self._field()
        if word not in ("length", "age", "average", "pseudonym"):
            self._expected("a field (response $.name: type), a number, a text or a parenthesis")
        self._skip_word(word)
        self._sign("(")
        result = self._function(word)
        self._sign(")")
        return result

    def _function(self, word: str) -> Parsed:
        if word == "average":
            terms = [self._numeric(self._sum())]
            while self._skip_sign(","):
                terms.append(self._numeric(self._sum()))
            return build.average(*terms)
        reference = self._field()
        if word == "length":
            return build.length(reference)
        self._sign(",")
        if word == "age":
            return build.age(reference, self._match(DAY_TEXT, "a day (YYYY-MM-DD)"))
        return reference.pseudonym(self._string())

    def _constant(self) -> Numeric:
        self._peek()
        start = self._at
        text = self._match(DAY_TEXT, None) or self._match(_NUMBER, "a number or a day")
        try:
            return build.numeric(text)
        except Refused as refusal:
            self._at = start
            raise Refused(refusal.reason, f"at character {start + 1}: {refusal.detail}") from None

    def _numeric(self, value: Parsed) -> Numeric:
        if not isinstance(value, Numeric):
            self._expected("a number before this")
        return value

    # Fields and literals

    def _field(self) -> FieldReference:
        side = self._match(_WORD, "request or response")
        if side not in build.SIDES:
            self._expected("request or response")
        if self._skip_word("header"):
            name = f"header {self._match(_HEADER, 'the name of a header in lower case')}"
        else:
            name = self._match(_PATH, "a JSON path ($.name) or header")
        key = (side, name)
        if self._skip_sign(":"):
            self._peek()
            start = self._at
            written = self._match(_TYPE, "a type").replace(" ", "")
            try:
                self._types[key] = read_type(written)
            except Refused as refusal:
                raise Refused(refusal.reason, f"at character {start + 1}: {refusal.detail}") from None
        if key not in self._types:
            self._expected("a colon and a type, as this name did not stand with one before")
        return build.field(side, name, self._types[key])

    def _literal(self, reference: FieldReference) -> str:
        """A member of a set, of the kind that the field's type asks for."""
        self._peek()
        start = self._at
        match reference.named.type:
            case TextType() | OctetsType():
                return self._string()
            case BooleanType():
                self._expected("a field that is not boolean before a set")
            case DateType():
                text = self._match(DAY_TEXT, "a day (YYYY-MM-DD)")
                read: Callable[[str], object] = read_day
            case _:
                text = self._match(_NUMBER, "a number")
                read = read_constant
        try:
            read(text)
        except Refused as refusal:
            raise Refused(refusal.reason, f"at character {start + 1}: {refusal.detail}") from None
        return text

    def _string(self) -> str:
        text: str = json.loads(self._match(_STRING, 'a text in "quotes"'))
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            self._expected("a text without lone surrogates")
        return text

    # Characters

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("predicate/too-large", f"nested too deeply at character {self._at + 1}")

    def _peek(self) -> str:
        matched = _SPACE.match(self._text, self._at)
        self._at = matched.end() if matched else self._at
        return self._text[self._at : self._at + 1]

    def _match(self, pattern: re.Pattern[str], expected: str | None) -> str:
        """The text of `pattern` here, read; without one, refuse, or give "" when nothing is expected."""
        self._peek()
        matched = pattern.match(self._text, self._at)
        if matched is None:
            if expected is not None:
                self._expected(expected)
            return ""
        self._at = matched.end()
        return matched.group()

    def _word_ahead(self) -> str:
        self._peek()
        matched = _WORD.match(self._text, self._at)
        return matched.group() if matched else ""

    def _skip_word(self, word: str) -> bool:
        if self._word_ahead() != word:
            return False
        self._at += len(word)
        return True

    def _word(self, word: str) -> None:
        if not self._skip_word(word):
            self._expected(word)

    def _skip_sign(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self._at += 1
        return True

    def _sign(self, sign: str) -> None:
        if not self._skip_sign(sign):
            self._expected(sign)

    def _skip_relation(self) -> Operator | None:
        self._peek()
        for size in (2, 1):
            operator = _RELATIONS.get(self._text[self._at : self._at + size])
            if operator is not None:
                self._at += size
                return operator
        return None

    def _expected(self, what: str) -> NoReturn:
        self._peek()
        raise Refused("predicate/malformed", f"expected {what}, at character {self._at + 1}")
