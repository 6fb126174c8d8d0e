"""Words of every lexical class, and what is almost one."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.identifiers import LexicalClass

from ...fields import flag, number
from ..vector import Family, Importance, Vector

_STEP = "foundation/lexical_classes"

_STRINGS = {
    "empty": b"",
    "plain": b"Jane Doe",
    "space": b" ",
    "delete": b"\x7f",
    "escaped-quote": b'a\\"b',
    "two-backslashes": b"a\\\\",
    "every-short-escape": rb"\"\\\/\b\f\n\r\t",
    "four-digits": rb"\u0041",
    "four-digits-of-a-control": rb"\u0000",
    "digits-in-both-cases": rb"\uabCD",
    "pair": rb"\ud83d\ude00",
    "pair-in-upper-case": rb"\uD83D\uDE00",
    "pair-of-first-code-points": rb"\ud800\udc00",
    "pair-of-last-code-points": rb"\udbff\udfff",
    "below-surrogates": rb"\ud7ff",
    "above-surrogates": rb"\ue000",
    "two-octets-of-utf8": "é".encode(),
    "three-octets-of-utf8": "€".encode(),
    "four-octets-of-utf8": "😀".encode(),
    "largest-character": "\U0010ffff".encode(),
    "last-before-surrogates-in-utf8": b"\xed\x9f\xbf",
}
_NO_STRINGS = {
    "one-octet-short-of-space": b"\x1f",
    "tab": b"\t",
    "line-feed": b"\n",
    "nul": b"\0",
    "quote": b'"',
    "quote-inside": b'a"b',
    "backslash-last": b"a\\",
    "three-backslashes": b"a\\\\\\",
    "escape-of-a-letter": rb"\a",
    "escape-in-upper-case": rb"\N",
    "escape-of-a-quote-mark": rb"\'",
    "three-digits": rb"\u004",
    "a-digit-that-is-none": rb"\u004g",
    "u-in-upper-case": rb"\U0041",
    "u-last": rb"\u",
    "lone-high": rb"\ud83d",
    "lone-low": rb"\ude00",
    "high-then-text": rb"\ud83dx",
    "high-then-no-surrogate": rb"\ud83d\u0041",
    "two-high": rb"\ud83d\ud83d",
    "low-then-high": rb"\ude00\ud83d",
    "high-then-cut-escape": rb"\ud83d\ude0",
    "above-largest-character": b"\xf4\x90\x80\x80",
    "overlong": b"\xc0\xaf",
    "overlong-of-three": b"\xe0\x9f\xbf",
    "overlong-of-four": b"\xf0\x8f\xbf\xbf",
    "surrogate-in-utf8": b"\xed\xa0\x80",
    "lone-continuation": b"\x80",
    "cut-character": b"\xe2\x82",
    "octet-ff": b"\xff",
}
_NUMBERS = (
    "0",
    "-0",
    "7",
    "-7",
    "10",
    "1.5",
    "0.0",
    "-0.5",
    "1e5",
    "1E5",
    "1e+5",
    "1e-5",
    "1e05",
    "1.5e300",
    "9" * 40,
    "0e0",
)
_NO_NUMBERS = (
    *(
        "01",
        "-01",
        "00",
        "+1",
        "1.",
        ".5",
        "1.5.5",
        "1e",
        "1e+",
        "1e-",
        "1e5.0",
        "e5",
        "-",
        "",
        " 1",
        "1 ",
        "1,000",
    ),
    *("0x10", "1_000", "Infinity", "NaN", "true", "--1", "1-", "1a"),
)
_LITERALS = ("true", "false", "null")
_NO_LITERALS = ("True", "NULL", "tru", "truee", "", " true", "true ", "0", '"true"', "nullnull")
_HEADERS = {
    "empty": b"",
    "plain": b"text/html; charset=utf-8",
    "spaces-around": b" a ",
    "tab": b"a\tb",
    "last-printable": b"~",
    "first-above-ascii": b"\x80",
    "octet-ff": b"\xff",
    "quote-and-backslash": b'"\\',
}
_NO_HEADERS = {
    "line-feed": b"a\nb",
    "carriage-return": b"a\rb",
    "folded": b"a\r\n b",
    "nul": b"a\0b",
    "last-before-space": b"\x1f",
    "delete": b"\x7f",
}


def _words(
    lexical_class: LexicalClass, words: dict[str, bytes], no_words: dict[str, bytes]
) -> Iterator[Vector]:
    for name, octets in {**words, **no_words}.items():
        yield Vector(
            name=name,
            operation="foundation/lexical-class",
            comment=f"Is {_shown(octets)} a word of class {lexical_class.value}?",
            input={"class": number(lexical_class), "octets": octets},
            meant={"belongs": flag(name in words)},
            importance=Importance.CRITICAL,
        )


def _shown(octets: bytes) -> str:
    if octets and all(0x21 <= octet < 0x7F for octet in octets):
        return octets.decode("ascii")
    return f"the string of {len(octets)} octets {octets[:8].hex()}".rstrip()


def _numbered(kind: str, words: tuple[str, ...]) -> dict[str, bytes]:
    """Words by their numbers."""
    return {f"{kind}-{at}": word.encode() for at, word in enumerate(words)}


def _strings() -> Iterator[Vector]:
    yield from _words(LexicalClass.JSON_STRING_INTERIOR, _STRINGS, _NO_STRINGS)


def _json_numbers() -> Iterator[Vector]:
    yield from _words(
        LexicalClass.JSON_NUMBER, _numbered("number", _NUMBERS), _numbered("other", _NO_NUMBERS)
    )


def _json_literals() -> Iterator[Vector]:
    yield from _words(
        LexicalClass.JSON_LITERAL, _numbered("literal", _LITERALS), _numbered("other", _NO_LITERALS)
    )


def _header_values() -> Iterator[Vector]:
    yield from _words(LexicalClass.HEADER_VALUE, _HEADERS, _NO_HEADERS)


def _any() -> Iterator[Vector]:
    words = {"empty": b"", "every-octet": bytes(range(256)), "no-utf8": b"\xff\xfe"}
    yield from _words(LexicalClass.ANY, words, {})


FAMILIES = (
    Family(step=_STEP, name="any", summary="Whatever octets are of the class any.", make=_any),
    Family(
        step=_STEP, name="json-string-interior", summary="What may stand between two quotes.", make=_strings
    ),
    Family(step=_STEP, name="json-number", summary="Numbers of JSON and what is none.", make=_json_numbers),
    Family(step=_STEP, name="json-literal", summary="true, false and null.", make=_json_literals),
    Family(step=_STEP, name="header-value", summary="Values of header fields.", make=_header_values),
)
