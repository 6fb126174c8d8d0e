"""JSON of which values are hidden, the leaves of hidden tokens, and names of fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.identifiers import Closure, Direction, LexicalClass

from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .exchanges import (
    BODY,
    EXCHANGE,
    JSON,
    Exchange,
    chunk,
    chunked,
    leaf,
    plain,
    ranges,
    response,
    with_json,
    with_request,
    with_response,
)
from .message_heads import MAKE, STEP, refused

_FIND = Making(operation="verification/named-field")
_REMOVE, _INSERT = MutationKind.REMOVE, MutationKind.INSERT
_NO_CLOSE = Closure.CLOSE_NOTIFY_NOT_RECEIVED


def _texts() -> Iterator[Vector]:
    yield MAKE.accepted(
        "honest", "An object of strings, numbers and literals.", with_json(plain(BODY)).fields()
    )
    for name, comment, body in (
        ("number", "A text may be a number.", b"0"),
        ("number-negative-zero", "Minus zero.", b"-0"),
        ("number-parts", "Fraction and exponent.", b"-10.050E+07"),
        ("literal", "A text may be a literal.", b"null"),
        ("string", "A text may be a string.", b'"a"'),
        ("empty-string", "An empty string is a value without octets.", b'["", {"": ""}]'),
        ("empty-object", "No member.", b"{}"),
        ("empty-array", "No value.", b"[ ]"),
        ("white-space", "All white space of JSON.", b" \t\n\r{ \"a\" : [ 1 , 2 ] } \t\n\r"),
        ("escapes", "All escapes.", rb'"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"'),
        ("utf-8", "Characters of two, three and four octets.", '"é日😀"'.encode()),
        ("line-separators", "U+2028 and U+007F may stand in a string.", '"\u2028\x7f"'.encode()),
        ("nul-escaped", "An escaped NUL.", rb'"\u0000"'),
        ("names-that-differ", "Names that only differ in case, or in how they are composed.",
         '{"a": 1, "A": 2, "é": 3, "e\u0301": 4}'.encode()),
        ("same-name-elsewhere", "The same name in another object.", b'{"a": {"a": 1}, "b": {"a": 2}}'),
        ("deepest", "64 arrays around a value.", b"[" * 64 + b"1" + b"]" * 64),
        ("longest-name", "A name of 4,096 characters.", b'{"' + b"a" * 4096 + b'": 1}'),
        ("longest-name-in-characters", "Characters count, not octets.", ('{"' + "é" * 4096 + '": 1}').encode()),
    ):  # fmt: skip
        yield MAKE.accepted(name, comment, with_json(body).fields())
    for name, comment, body in (
        ("not-white-space-alone", "White space and no value.", b"  "),
        ("byte-order-mark", "A byte order mark.", b"\xef\xbb\xbf1"),
        ("two-values", "Two values.", b"1 2"),
        ("leading-zero", "A number with a leading zero.", b"01"),
        ("minus-alone", "A minus.", b"-"),
        ("plus", "A plus.", b"+1"),
        ("point-first", "No digit before the point.", b".5"),
        ("point-last", "No digit behind the point.", b"1."),
        ("exponent-empty", "No digit in the exponent.", b"1e"),
        ("hexadecimal", "A hexadecimal number.", b"0x10"),
        ("not-a-number", "NaN.", b"NaN"),
        ("infinity", "Infinity.", b"-Infinity"),
        ("true-in-capitals", "A literal in capitals.", b"True"),
        ("literal-cut", "A literal without its end.", b"[tru]"),
        ("literal-longer", "A literal with more behind it.", b"[nulls]"),
        ("single-quotes", "Single quotes.", b"'a'"),
        ("no-quotes", "A name without quotes.", b"{a: 1}"),
        ("comment", "A comment.", b"/* a */ 1"),
        ("comma-last-in-array", "A comma behind the last value.", b"[1,]"),
        ("comma-last-in-object", "A comma behind the last member.", b'{"a": 1,}'),
        ("comma-first", "A comma first.", b"[,1]"),
        ("no-comma", "No comma between values.", b"[1 2]"),
        ("no-comma-between-members", "No comma between members.", b'{"a": 1 "b": 2}'),
        ("no-colon", "No colon.", b'{"a" 1}'),
        ("no-value", "No value.", b'{"a":}'),
        ("name-a-number", "A name that is no string.", b"{1: 2}"),
        ("unclosed-object", "An object without its end.", b'{"a": 1'),
        ("unclosed-array", "An array without its end.", b"[1"),
        ("unclosed-string", "A string without its end.", b'"a'),
        ("unclosed-name", "A name without its end.", b'{"a'),
        ("unclosed-escape", "A string that ends in its escape.", b'"a\\'),
        ("closed-by-another", "An array closed as an object.", b"[1}"),
        ("control-character", "A control character in a string.", b'"\x1f"'),
        ("line-feed-in-a-string", "A line feed in a string.", b'"\n"'),
        ("unknown-escape", "An escape that there is not.", b'"\\x"'),
        ("short-escape", "An escape with three digits.", b'"\\u00e"'),
        ("lone-surrogate", "Half of a surrogate pair.", b'"\\ud800"'),
        ("lone-low-surrogate", "The other half.", b'"\\udc00a"'),
        ("surrogates-reversed", "Both halves in the other order.", b'"\\ude00\\ud83d"'),
        ("lone-surrogate-in-a-name", "Half of a surrogate pair in a name.", b'{"\\ud800": 1}'),
        ("not-utf-8", "An octet that is not UTF-8.", b'"\xff"'),
        ("utf-8-long-form", "A slash in two octets.", b'"\xc0\xaf"'),
        ("utf-8-surrogate", "A surrogate in UTF-8.", b'"\xed\xa0\x80"'),
        ("utf-8-cut", "A character without its last octet.", b'"\xe6\x97"'),
        ("form-feed", "White space that is not of JSON.", b"\x0c1"),
        ("no-break-space", "A no-break space.", b"\xc2\xa01"),
        ("nul-behind", "NUL behind the value.", b"1\0"),
    ):
        yield refused(name, comment, with_json(body), "not-json", "response")
    for name, comment, body in (
        ("duplicate", "A name twice.", b'{"a": 1, "a": 2}'),
        ("duplicate-equal", "A name twice with one value.", b'{"a": 1, "a": 1}'),
        ("duplicate-escaped", "A name twice, once with an escape.", b'{"a": 1, "\\u0061": 2}'),
        ("duplicate-deep", "In an inner object.", b'[{"b": {"a": 1, "c": 0, "a": 2}}]'),
        ("duplicate-hidden-values", "A name twice with hidden values.", b'{"a": <<n:1>>, "a": <<n:2>>}'),
        ("duplicate-empty", "The empty name twice.", b'{"": 1, "": 2}'),
        ("duplicate-slash", "Two spellings of a slash.", b'{"/": 1, "\\/": 2}'),
    ):
        yield refused(name, comment, with_json(body), "duplicate-key", "response")
    for name, comment, body in (
        ("too-deep", "65 arrays around a value.", b"[" * 65 + b"1" + b"]" * 65),
        ("too-deep-objects", "65 objects around a value.", b'{"a":' * 65 + b"1" + b"}" * 65),
    ):
        yield refused(name, comment, with_json(body), "too-deep", "response")
    for name, comment, body in (
        ("name-too-long", "A name of 4,097 characters.", b'{"' + b"a" * 4097 + b'": 1}'),
        ("too-many-values", "100,001 values, the array among them.", b"[" + b"0," * 99_999 + b"0]"),
    ):
        yield refused(name, comment, with_json(body), "too-large", "response")


def _tokens() -> Iterator[Vector]:
    honest = replace(EXCHANGE, methods=("GET", "HEAD"), closure=_NO_CLOSE)
    yield MAKE.accepted("honest", "A string, a number and a literal are hidden.", honest.fields())
    for name, comment, body in (
        ("whole-text-number", "A hidden number in white space is the whole text.", b"<<n:12>> "),
        ("whole-text-string", "A hidden string is the whole text.", b'"<<s:a>>"'),
        ("string-with-quotes-inside", "What stands in a hidden run is not looked at.", b'["<<s:\\" , \\">>"]'),
        ("number-before-a-comma", "A comma directly behind.", b"[<<n:1>>,2]"),
        ("number-before-a-bracket", "A bracket directly behind.", b"[1,<<n:2>>]"),
        ("number-before-a-brace", "A brace directly behind.", b'{"a":<<n:2>>}'),
        ("number-before-a-line-feed", "White space directly behind.", b"[<<n:2>>\n]"),
        ("encoding-commitments", "Leaves that are encoding commitments.",
         b'{"a": <<N:1>>, "b": "<<S:x>>", "c": <<L:null>>}'),
        ("first-of-many", "Only the first of many values.", b"[<<n:1>>, 2, 3, 4]"),
    ):  # fmt: skip
        yield MAKE.accepted(name, comment, with_json(body).fields())
    outside = "redaction-outside-token"
    for name, comment, body in (
        ("opening-quote-hidden", "The opening quote is hidden.", b'[<<s:"a>>"]'),
        ("closing-quote-hidden", "The closing quote is hidden.", b'["<<s:a">>]'),
        ("both-quotes-hidden", "A string with its quotes before a letter.", b'[<<s:"a">>a]'),
        ("string-start", "Only the beginning of a string is hidden.", b'["<<s:a>>b"]'),
        ("string-end", "Only the end of a string is hidden.", b'["a<<s:b>>"]'),
        ("string-middle", "The middle of a string is hidden.", b'["a<<s:b>>c"]'),
        ("behind-an-escape", "What is behind a backslash is hidden.", b'["a\\<<s:n>>"]'),
        ("quote-behind-is-escaped", "A backslash stands behind the run.", b'["<<s:a>>\\""]'),
        ("number-start", "Only the beginning of a number is hidden.", b"[<<n:1>>2]"),
        ("number-end", "Only the end of a number is hidden.", b"[1<<n:2>>]"),
        ("number-middle", "The middle of a number is hidden.", b"[1<<n:2>>3]"),
        ("number-point", "The fraction is hidden.", b"[1.<<n:5>>]"),
        ("sign-revealed", "Only the sign is revealed.", b"[-<<n:1>>]"),
        ("literal-end", "The end of a literal is hidden.", b"[tr<<l:ue>>]"),
        ("number-before-a-colon", "A colon behind the run.", b'{"a": <<n:1>>: 2}'),
        ("number-before-a-quote", "A quote behind the run.", b'[<<n:1,>>"a"]'),
        ("number-before-an-opening", "An opening bracket behind the run.", b"[<<n:1,>>[2]]"),
        ("text-ends-hidden", "The text ends with the run, so nothing ends the token.", b"<<n:12>>"),
        ("string-ends-hidden", "The text ends with the run inside a string.", b'"<<s:a>>'),
        ("comma-hidden", "A comma is hidden.", b"[1 <<-:,>> 2]"),
        ("colon-hidden", "A colon is hidden.", b'{"a" <<-::>> 1}'),
        ("closing-hidden", "The last brace is hidden.", b'{"a": 1 <<-:}>>'),
        ("hidden-behind-the-text", "An octet is hidden behind the text.", b"1 <<-: >>"),
        ("member-hidden", "A whole member behind a comma is hidden.", b'{"a": 1, <<s:"b": 2>>}'),
        ("first-member-hidden", "The first member is hidden.", b'{<<-:"a": 1>>}'),
        ("two-runs-in-a-value", "One value in two runs.", b"[<<n:1>> <<n:2>>]"),
        ("two-runs-in-a-string", "A string in two runs.", b'["<<s:a>>b<<s:c>>"]'),
    ):  # fmt: skip
        yield refused(name, comment, with_json(body), outside, "received_runs", _REMOVE)
    for name, comment, body in (
        ("key-hidden", "A hidden name.", b'{"<<s:a>>": 1}'),
        ("key-partly-hidden", "A part of a name is hidden.", b'{"a<<s:b>>": 1}'),
        ("key-and-colon-hidden", "A name is hidden to behind its colon.", b'{"<<-:a": >>1}'),
        ("key-escape-hidden", "What is behind a backslash in a name.", b'{"\\<<-:n>>": 1}'),
        ("second-key-hidden", "The second name is hidden.", b'{"a": 1, "<<s:b>>": 2}'),
        ("inner-key-hidden", "A name of an inner object.", b'{"a": {"<<s:b>>": 2}}'),
    ):
        yield refused(name, comment, with_json(body), "redacted-key", "received_runs", _REMOVE)
    for name, comment, body in (
        ("not-json-beside", "What is revealed is no JSON.", b"[<<n:1>>,]"),
        ("not-json-behind", "Something follows a hidden text.", b"<<n:1>> 2"),
    ):
        yield refused(name, comment, with_json(body), "not-json", "response")


def _of(exchange: Exchange, part: bytes, lexical_class: LexicalClass, *, encoded: bool = False) -> Exchange:
    """The exchange with one more leaf, about a part of the response."""
    octets = plain(exchange.response)
    start = octets.index(part)
    place = ranges((start, start + len(part)))
    return replace(exchange, more=(leaf(Direction.RECEIVED, place, lexical_class, encoded=encoded),))


def _leaves() -> Iterator[Vector]:
    number, string, literal, header, any_ = (
        LexicalClass.JSON_NUMBER,
        LexicalClass.JSON_STRING_INTERIOR,
        LexicalClass.JSON_LITERAL,
        LexicalClass.HEADER_VALUE,
        LexicalClass.ANY,
    )
    usual = with_json(b'{"a": <<n:12>>, "b": "<<s:xy>>", "c": <<l:true>>}')
    without = with_json(b'{"a": <<n:12>>, "b": "<<-:xy>>", "c": <<l:true>>}')
    yield MAKE.accepted("honest", "Each hidden token has a leaf.", usual.fields())
    lacking = "redaction-without-leaf"
    for index, what in enumerate(("header", "number", "string", "literal")):
        yield MAKE.refused(
            f"no-leaf-of-the-{what}", "A hidden run without a leaf may be anything.", usual.without_leaves(index),
            f"structure/{lacking}", base="honest", mutation=Mutation(kind=_REMOVE, field=f"leaves.{index}"),
        )  # fmt: skip
    octets = plain(without.response)
    start = octets.index(b"xy")
    for name, comment, place in (
        ("leaf-longer", "The leaf is about one octet more.", ranges((start, start + 3))),
        ("leaf-shorter", "The leaf is about one octet less.", ranges((start, start + 1))),
        ("leaf-before", "The leaf begins one octet before.", ranges((start - 1, start + 2))),
        ("leaf-with-more-ranges", "The leaf is about another range too.",
         ranges((start - 9, start - 8), (start, start + 2))),
        ("leaf-elsewhere", "The leaf is about other octets.", ranges((start + 20, start + 22))),
    ):  # fmt: skip
        yield refused(
            name,
            comment,
            replace(without, more=(leaf(Direction.RECEIVED, place, string),)),
            lacking,
            "leaves",
        )
    place = ranges((start, start + 2))
    yield refused(
        "leaf-of-the-other-direction", "The same place in what was sent.",
        replace(without, more=(leaf(Direction.SENT, place, string),)), lacking, "leaves", MutationKind.SWAP,
    )  # fmt: skip
    yield refused(
        "two-leaves-for-one-token", "Two leaves that together are the token.",
        replace(without, more=tuple(leaf(Direction.RECEIVED, ranges((at, at + 1)), string)
                                     for at in (start, start + 1))),
        lacking, "leaves",
    )  # fmt: skip
    for name, lexical_class in (("any", any_), ("number", number), ("literal", literal), ("header", header)):
        yield refused(
            f"string-as-{name}", "The leaf of a string has another class.",
            replace(without, more=(leaf(Direction.RECEIVED, place, lexical_class),)), "class-mismatch", "leaves",
        )  # fmt: skip
    for name, body in (
        ("number-as-string", b'{"a": <<s:12>>}'),
        ("number-as-header", b'{"a": <<h:12>>}'),
        ("number-as-any", b'{"a": <<a:12>>}'),
        ("encoded-as-any", b'{"a": <<A:12>>}'),
    ):
        yield refused(
            name, "An unquoted token is a number or a literal.", with_json(body), "class-mismatch", "leaves"
        )
    for name, text in (
        ("header-as-string", b"Cookie: <<s:a=b>>"),
        ("header-as-any", b"Cookie: <<a:a\r\nHost: b>>"),
    ):
        yield refused(
            name,
            "Of another class a hidden value might hold a line end.",
            with_request(text),
            "class-mismatch",
            "leaves",
        )
    for name, comment, exchange in (
        ("second-leaf-fits", "The first leaf has another class, the second fits.",
         replace(without, more=(leaf(Direction.RECEIVED, place, any_), leaf(Direction.RECEIVED, place, string)))),
        ("two-leaves-fit", "Two leaves fit: that of the lower index is taken.",
         replace(without, more=(leaf(Direction.RECEIVED, place, string),
                                leaf(Direction.RECEIVED, place, string, encoded=True)))),
        ("leaf-of-a-revealed-value", "A leaf of what is revealed is not needed, and does no harm.",
         _of(with_json(b'{"a": 12345}'), b"12345", number)),
    ):  # fmt: skip
        yield MAKE.accepted(name, comment, exchange.fields())
    yield refused(
        "chunked-leaf-of-one-range", "A token in two chunks has a leaf over the framing as well.",
        with_response(chunked(chunk(b"[<<n:1>>"), chunk(b"<<n:2>>]"))), lacking, "leaves",
    )  # fmt: skip
    yield refused(
        "json-before-leaves", "A leaf is missing in the request, and the response is no JSON: the view looks at both "
        "messages before any leaf.",
        replace(with_json(b"[1,]"), request=with_request(b"Cookie: <<-:a>>").request), "not-json", "response",
    )  # fmt: skip


def _found(
    name: str, comment: str, exchange: Exchange, path: str, side: Direction = Direction.RECEIVED
) -> Vector:
    return _FIND.accepted(name, comment, exchange.asked(path, side))


_NAMED = with_json(
    b'{"name": "<<s:alice>>", "list": [<<n:1>>, {"x": true}, "", [], 5], "na me": 2, "\\u00e9": 3, "\\n": 4, '
    b'"q\\"\\\\": 6, "0": 7, "": 8, "a-b_C9": <<l:null>>, "\\u0001": 9, "/": 10, "sub": {"name": "bob"}}'
)


def _names() -> Iterator[Vector]:
    for name, comment, path in (
        ("member", "A member, which is hidden.", "$.name"),
        ("inner-member", "The same name within another object.", "$.sub.name"),
        ("element", "The first element, which is hidden.", "$.list[0]"),
        ("member-of-an-element", "A member of an object in an array.", "$.list[1].x"),
        ("last-element", "The last element.", "$.list[4]"),
        ("quoted", "A name with a space.", '$["na me"]'),
        ("quoted-not-ascii", "A name as itself, however it is escaped in the text.", '$["é"]'),
        ("quoted-line-feed", "A short escape where JSON has one.", '$["\\n"]'),
        ("quoted-control", "Other controls by their number.", '$["\\u0001"]'),
        ("quoted-quote", "A quote and a backslash.", '$["q\\"\\\\"]'),
        ("quoted-digit", "A name that is a digit is no index.", '$["0"]'),
        ("quoted-empty", "The empty name.", '$[""]'),
        ("quoted-slash", "A slash is written as itself.", '$["/"]'),
        ("plain-odd", "Hyphen, underscore, capital and digit.", "$.a-b_C9"),
    ):
        yield _found(name, comment, _NAMED, path)
    yield _found("top", "The text itself, when it is a value.", with_json(b"<<n:12>> "), "$")
    yield _found(
        "header", "A header of the request, which is hidden.", _NAMED, "header authorization", Direction.SENT
    )
    yield _found("header-revealed", "A header that is revealed.", _NAMED, "header host", Direction.SENT)
    yield _found("header-of-the-response", "A header of the response.", _NAMED, "header content-type")
    yield _found(
        "largest-count", "The last of 100,000 values, the array among them.",
        with_json(b"[" + b"0," * 99_998 + b"7]"), "$[99998]",
    )  # fmt: skip
    yield _found(
        "chunked", "A token in two chunks has two ranges.",
        with_response(chunked(chunk(b'{"a": "<<s1:ali>>'), chunk(b'<<s1:ce>>"}'))), "$.a",
    )  # fmt: skip
    for name, path in (
        ("empty", ""),
        ("without-dollar", "name"),
        ("dot-first", ".name"),
        ("dot-last", "$."),
        ("two-dots", "$..name"),
        ("index-leading-zero", "$.list[00]"),
        ("index-negative", "$.list[-1]"),
        ("index-sign", "$.list[+1]"),
        ("index-empty", "$.list[]"),
        ("index-open", "$.list[0"),
        ("index-other-digits", "$.list[١]"),
        ("wildcard", "$.list[*]"),
        ("slice", "$.list[0:1]"),
        ("quoted-plain", '$["name"]'),
        ("quoted-single", "$['na me']"),
        ("quoted-open", '$["na me]'),
        ("quoted-escape-not-needed", '$["\\u00e9"]'),
        ("quoted-escape-in-upper-case", '$["\\u000A"]'),
        ("quoted-long-escape", '$["\\u000a"]'),
        ("quoted-slash-escaped", '$["\\/"]'),
        ("quoted-unknown-escape", '$["\\x"]'),
        ("quoted-raw-control", '$["\n"]'),
        ("quoted-lone-surrogate", '$["\\ud800"]'),
        ("plain-digit-first", "$.0"),
        ("plain-not-ascii", "$.é"),
        ("plain-space", "$.na me"),
        ("space-first", " $.name"),
        ("space-last", "$.name "),
        ("header-upper-case", "header Host"),
        ("header-without-name", "header "),
        ("header-two-spaces", "header  host"),
        ("header-colon", "header host:"),
        ("header-not-a-token", "header ho(st"),
        ("header-line-feed", "header host\n"),
    ):
        yield _refused_name(name, "Every field has exactly one name.", path, "malformed-name", "member")
    for name, comment, path, side in (
        ("no-member", "No such member.", "$.other", Direction.RECEIVED),
        ("no-element", "The position behind the last element.", "$.list[5]", Direction.RECEIVED),
        (
            "index-huge",
            "An index above every number of elements.",
            "$.list[99999999999999999999]",
            Direction.RECEIVED,
        ),
        ("member-of-an-array", "An array has no members.", "$.list.name", Direction.RECEIVED),
        ("element-of-an-object", "An object has no elements.", "$[0]", Direction.RECEIVED),
        ("member-of-a-value", "A value has no members.", "$.name.x", Direction.RECEIVED),
        ("element-of-a-hidden-value", "A hidden value has no elements.", "$.list[0][0]", Direction.RECEIVED),
        ("object", "An object is no token.", "$.sub", Direction.RECEIVED),
        ("array", "An array is no token.", "$.list", Direction.RECEIVED),
        ("whole-object", "The text is an object.", "$", Direction.RECEIVED),
        ("empty-array", "An empty array is no token.", "$.list[3]", Direction.RECEIVED),
        ("empty-string", "An empty string has no octets.", "$.list[2]", Direction.RECEIVED),
        ("other-case", "Names are compared with case.", "$.Name", Direction.RECEIVED),
        ("other-side", "The request has no JSON.", "$.name", Direction.SENT),
        ("header-of-the-other-side", "The response has no host.", "header host", Direction.RECEIVED),
        ("no-header", "No such header.", "header cookie", Direction.SENT),
    ):
        yield _refused_name(name, comment, path, "unknown-name", "member", side)
    twice = with_response(response(BODY, JSON[:-2], b"Set-Cookie: a", b"set-cookie: <<h:b>>", b"X-Empty: "))
    for name, comment, path in (
        ("header-twice", "A header that stands twice.", "header set-cookie"),
        ("header-empty", "A header without a value.", "header x-empty"),
    ):
        yield _FIND.refused(
            name, comment, twice.asked(path), "structure/unknown-name", base="header-of-the-response",
            mutation=Mutation(kind=MutationKind.REPLACE, field="name", detail=path),
        )  # fmt: skip
    for name, comment, exchange, reason in (
        ("no-view-not-json", "Without a view nothing has a name.", with_json(b'{"name": "a",}'), "not-json"),
        ("no-view-duplicate", "Nor a name that stands twice.",
         with_json(b'{"name": "a", "name": "b"}'), "duplicate-key"),
        ("no-view-no-leaf", "Nor a hidden run without a leaf.",
         with_json(b'{"name": "<<-:a>>"}'), "redaction-without-leaf"),
        ("no-view-class", "Nor a run of another class.", with_json(b'{"name": "<<a:a>>"}'), "class-mismatch"),
    ):  # fmt: skip
        yield _FIND.refused(
            name, comment, exchange.asked("$.name"), f"structure/{reason}", base="member",
            mutation=Mutation(kind=MutationKind.REPLACE, field="response", detail=comment),
        )  # fmt: skip


def _refused_name(
    name: str, comment: str, path: str, reason: str, base: str, side: Direction = Direction.RECEIVED
) -> Vector:
    return _FIND.refused(
        name,
        comment,
        _NAMED.asked(path, side),
        f"structure/{reason}",
        base=base,
        mutation=Mutation(kind=MutationKind.REPLACE, field="name", detail=f"{path!a}"[1:-1]),
    )


FAMILIES = (
    Family(step=STEP, name="json", summary="JSON in the one form of RFC 8259.", make=_texts),
    Family(step=STEP, name="hidden-tokens", summary="Where a hidden run may stand in JSON.", make=_tokens),
    Family(step=STEP, name="leaves", summary="Which leaf a hidden token has.", make=_leaves),
    Family(step=STEP, name="names", summary="Names of fields, and what they find.", make=_names),
)
