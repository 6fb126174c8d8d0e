"""The JSON form of predicates: every predicate in it, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from ..vector import Family, Importance, Vector
from .making import Making, replaced
from .sound_predicates import LARGEST_AVERAGES, ROOT, SOUND, Json, averages, many_nodes, nested

STEP = "foundation/predicates"
_READ = Making(operation="foundation/read-predicate", importance=Importance.HIGH)
_MALFORMED, _LARGE, _NOT_CANONICAL = "predicate/malformed", "predicate/too-large", "encoding/not-canonical"
_TYPE, _PATTERN, _AUTOMATON = (
    "predicate/type-error",
    "predicate/invalid-pattern",
    "predicate/automaton-too-large",
)
Fault = tuple[str, str, str, Json]
"""Name, base, path of the value that is replaced, and the other value."""


def _read(text: str) -> dict[str, bytes]:
    return {"text": text.encode()}


def _sound() -> Iterator[Vector]:
    for name, each in SOUND.items():
        octets = each.predicate.encode()
        yield _READ.accepted(name, each.comment, _read(each.text), {"length_of_octets": len(octets)})


def _other_spellings() -> Iterator[Vector]:
    usual = SOUND["between"]
    plain = json.loads(usual.text)
    yield _READ.accepted("usual", "The form that is written.", _read(usual.text))
    without = json.loads(usual.text)
    del without["fields"][0]["attestation"]
    yield _READ.accepted(
        "no-attestation", "An attestation may be left out when it is 0.", _read(json.dumps(without))
    )
    yield _READ.accepted(
        "members-in-another-order",
        "The order of members and white space mean nothing.",
        _read(json.dumps(plain, indent=1, sort_keys=True)),
    )
    escaped = json.dumps(json.loads(SOUND["equal-octets"].text))
    yield _READ.accepted("escapes", "Escapes of JSON stand for their characters.", _read(escaped))
    for name, comment, base, path, value in (
        ("zeros-behind-the-point", "A constant has one value, whatever zeros are behind its point.",
         "between", "condition.between.1", "-1.500"),
        ("zero-with-point", "Zero with zeros behind the point.", "constant-zero", "condition.compare.2", "0.00"),
        ("more-zeros-than-a-scale", "Zeros are no digits of the scale; 64 octets are the most.",
         "between", "condition.between.1", "-1.5" + "0" * 60),
        ("hexadecimal-of-nothing", "No octets in hexadecimal.", "equal-bytes", "condition.equal.1", {"hex": ""}),
        ("part-of-a-pair", "A character above U+FFFF, as a pair of escapes.",
         "equal-octets", "condition.equal.1", "\U0001f600"),
    ):  # fmt: skip
        yield _READ.accepted(name, comment, _read(json.dumps(_changed(base, path, value))))


def _changed(base: str, path: str, value: Json) -> Json:
    """The JSON value with another value at a path; names and numbers joined by dots."""
    whole = json.loads(SOUND[base].text)
    place = whole
    *before, last = path.split(".")
    for each in before:
        place = place[int(each)] if isinstance(place, list) else place[each]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return whole


_LEFT, _RIGHT = "condition.compare.1", "condition.compare.2"
_BALANCE = "compare-at-least"

_CONSTANTS = (
    ("no-digits", ""),
    ("plus", "+1"),
    ("leading-zero", "01"),
    ("minus-zero", "-0"),
    ("minus-zero-with-point", "-0.0"),
    ("no-whole", ".5"),
    ("no-fraction", "1."),
    ("exponent", "1e3"),
    ("spaces", " 1"),
    ("newline-behind", "1\n"),
    ("comma", "1,5"),
    ("digits-of-another-script", "١"),
    ("39-digits", "1" + "0" * 38),
    ("39-digits-with-point", "1" * 30 + "." + "1" * 9),
    ("19-digits-behind-the-point", "0." + "0" * 18 + "1"),
    ("38-digits-and-19-zeros-before", "0" * 19 + "1" * 38),
    ("65-octets", "1." + "0" * 63),
    ("number", 1000),
    ("null", None),
)
_DAYS = (
    ("year-zero", "0000-12-31"),
    ("no-such-day", "2023-02-29"),
    ("century", "1900-02-29"),
    ("month-13", "2023-13-01"),
    ("day-zero", "2023-01-00"),
    ("without-hyphens", "20230101"),
    ("one-digit", "2023-1-1"),
    ("too-long", "12023-01-01"),
    ("number", 7),
    ("spaces", "2023-01- 1"),
)
_TYPES = (
    "decimal(0)", "decimal(19)", "decimal(01)", "decimal", "text(0)", "text(404)", "text(100000)", "text()",
    "date(YYYY)", "date(yyyy-mm-dd)", "number", "Integer", "integer ", "",
)  # fmt: skip


def _faults() -> Iterator[Fault]:
    value: Json
    for name, value in _CONSTANTS:
        yield f"constant-{name}", _BALANCE, _RIGHT, value
    for name, value in _DAYS:
        yield f"day-{name}", "days", "condition.between.1.day", value
    yield "day-of-an-age", "age", "condition.compare.1.age.1", "2023-02-29"
    for number, type_ in enumerate(_TYPES):
        yield f"type-{number}", _BALANCE, "fields.0.type", type_
    yield "type-null", _BALANCE, "fields.0.type", None
    yield "side-other", _BALANCE, "fields.0.side", "sent"
    yield "side-null", _BALANCE, "fields.0.side", None
    for name, value in (("256", 256), ("negative", -1), ("text", "0"), ("true", True), ("fraction", 0.0)):
        yield f"attestation-{name}", _BALANCE, "fields.0.attestation", value
    yield "path-null", _BALANCE, "fields.0.json", None
    yield "path-too-long", _BALANCE, "fields.0.json", "$." + "a" * 4095
    yield "header-too-long", "header", "fields.0.header", "h" * 257
    yield "header-too-long-in-octets", "header", "fields.0.header", "é" * 129
    yield "header-null", "header", "fields.0.header", None
    yield "field-null", _BALANCE, "fields.0", None
    yield "field-text", _BALANCE, "fields.0", "$.balance"
    yield "field-without-name", _BALANCE, "fields.0", {"side": "response", "type": "integer"}
    yield "field-with-two-names", _BALANCE, "fields.0", {
        "side": "response", "json": "$.a", "header": "a", "type": "integer",
    }  # fmt: skip
    yield (
        "field-with-more",
        _BALANCE,
        "fields.0",
        {"side": "response", "json": "$.a", "type": "integer", "x": 0},
    )
    yield "fields-none", _BALANCE, "fields", []
    yield "fields-object", _BALANCE, "fields", {}
    seventeen = [{"side": "response", "json": f"$.f{each}", "type": "bytes"} for each in range(17)]
    yield "fields-seventeen", "fields-most", "fields", seventeen
    yield "version-65536", _BALANCE, "version", 65536
    yield "version-text", _BALANCE, "version", "1"
    yield "version-fraction", _BALANCE, "version", 1.0
    for name, value in (
        ("null", None), ("empty", {}), ("two", {"not": {}, "all": []}), ("unknown", {"equals": [0, ""]}), ("list", []),
    ):  # fmt: skip
        yield f"condition-{name}", _BALANCE, "condition", value
    for name, value in (("ascii", ">="), ("double", "=="), ("null", None), ("list", ["="])):
        yield f"operator-{name}", _BALANCE, "condition.compare.0", value
    yield "compare-two", _BALANCE, "condition.compare", ["=", "1"]
    yield "compare-four", _BALANCE, "condition.compare", ["=", {"field": 0}, "1", "2"]
    yield "between-two", "between", "condition.between", [{"field": 0}, "1"]
    yield "between-object", "between", "condition.between", {"value": {"field": 0}}
    for name, value in (("1", 1), ("negative", -1), ("text", "0"), ("true", True), ("null", None)):
        yield f"field-index-{name}", _BALANCE, "condition.compare.1.field", value
    yield "number-unknown", _BALANCE, _LEFT, {"product": ["1", "2"]}
    yield "number-empty", _BALANCE, _LEFT, {}
    yield "number-two", _BALANCE, _LEFT, {"field": 0, "length": 0}
    yield "number-list", _BALANCE, _LEFT, [0]
    yield "sum-one", "sum", "condition.compare.1.sum", [{"field": 0}]
    yield "sum-seventeen", "sum-most", "condition.compare.1.sum", [{"field": 0}, *["1"] * 16]
    yield "average-one", "average", "condition.compare.1.average", [{"field": 0}]
    yield "average-null", "average", "condition.compare.1.average", None
    yield "difference-one", "difference", "condition.compare.1.difference", [{"field": 0}]
    yield (
        "difference-three",
        "difference",
        "condition.compare.1.difference",
        [{"field": 0}, {"field": 1}, "1"],
    )
    yield "length-index", "length-of-text", "condition.compare.1.length", 1
    yield "age-one", "age", "condition.compare.1.age", [0]
    yield "age-index", "age", "condition.compare.1.age.0", 1
    yield "equal-one", "equal-octets", "condition.equal", [0]
    yield "equal-index", "equal-octets", "condition.equal.0", 1
    yield "equal-term-index", "equal-field", "condition.equal.1.field", 2
    yield "equal-term-unknown", "equal-octets", "condition.equal.1", {"octets": "61"}
    yield "equal-term-number", "equal-octets", "condition.equal.1", 1
    yield "equal-term-null", "equal-octets", "condition.equal.1", None
    yield "equal-term-long", "equal-longest", "condition.equal.1", "x" * 404
    yield "equal-term-long-in-octets", "equal-longest", "condition.equal.1", "é" * 202
    yield "equal-term-long-in-hexadecimal", "equal-longest", "condition.equal.1", {"hex": "00" * 404}
    for name, value in (
        ("odd", "616"),
        ("upper-case", "6A"),
        ("prefix", "0x61"),
        ("null", None),
        ("space", "61 61"),
    ):
        yield f"hexadecimal-{name}", "equal-hex", "condition.equal.1.hex", value
    yield "text-in-hexadecimal", "equal-octets", "condition.equal.1", {"hex": "616c"}
    yield "text-in-hexadecimal-of-nothing", "equal-empty", "condition.equal.1", {"hex": ""}
    yield "bytes-as-text", "equal-bytes", "condition.equal.1", "é"
    yield "member-in-hexadecimal", "in-texts", "condition.in.1.1", {"hex": "62"}
    yield "member-of-bytes-as-text", "in-octets", "condition.in.1.0", "a"
    yield "part-of-bytes-as-text", "ends-with", "condition.ends_with.1", "a"
    yield "in-none", "in-texts", "condition.in.1", []
    yield "in-65", "in-most", "condition.in.1", [str(each) for each in range(65)]
    yield "in-object", "in-texts", "condition.in.1", {}
    yield "in-one-value", "in-texts", "condition.in", [0]
    yield "in-index", "in-texts", "condition.in.0", 1
    yield "in-member-of-number-as-day", "in-numbers", "condition.in.1.0", {"day": "2020-01-01"}
    yield "in-member-of-day-as-text", "in-days", "condition.in.1.0", "2020-01-01"
    yield "in-member-of-text-as-number", "in-texts", "condition.in.1.0", 1
    yield "tree-two", "in-tree", "condition.in_tree", [0, 1]
    yield "tree-depth-256", "in-tree", "condition.in_tree.1", 256
    yield "tree-depth-text", "in-tree", "condition.in_tree.1", "1"
    yield "tree-root-short", "in-tree", "condition.in_tree.2", ROOT[:-2]
    yield "tree-root-long", "not-in-tree", "condition.not_in_tree.2", ROOT + "00"
    yield "tree-root-upper-case", "not-in-tree", "condition.not_in_tree.2", ROOT.upper()
    yield "tree-index", "in-tree", "condition.in_tree.0", 1
    yield "starts-with-nothing", "starts-with", "condition.starts_with.1", ""
    yield "ends-with-nothing", "ends-with", "condition.ends_with.1", {"hex": ""}
    yield "contains-long", "contains", "condition.contains.1", "x" * 404
    yield "contains-three", "contains", "condition.contains", [0, "a", "b"]
    yield "contains-index", "contains", "condition.contains.0", 1
    yield "matches-number", "matches", "condition.matches.1", 1
    yield "matches-long", "matches", "condition.matches.1", "a" * 257
    yield "matches-one", "matches", "condition.matches", [0]
    yield "scope-empty", "pseudonym", "condition.pseudonym.1", ""
    yield "scope-long", "pseudonym-longest-scope", "condition.pseudonym.1", "é" * 128
    yield "scope-index", "pseudonym", "condition.pseudonym.0", 1
    start = {"starts_with": [0, "a"]}
    yield "all-one", "all", "condition.all", [start]
    yield "all-65", "all", "condition.all", [start] * 65
    yield "any-none", "any", "condition.any", []
    yield "any-null", "any", "condition.any", None
    yield "not-null", "not", "condition.not", None
    yield "not-list", "not", "condition.not", [start]


def _malformed() -> Iterator[Vector]:
    bases = dict.fromkeys(base for _, base, _, _ in _faults())
    for base in bases:
        yield _READ.accepted(base, SOUND[base].comment, _read(SOUND[base].text))
    for name, base, path, value in _faults():
        shown = json.dumps(value)
        detail = shown if len(shown) <= 60 else shown[:60] + " …"
        yield _READ.refused(
            name,
            "Not the JSON form of a predicate: one value is none of those that can stand there.",
            _read(json.dumps(_changed(base, path, value), ensure_ascii=False)),
            _MALFORMED,
            base=base,
            mutation=replaced(f"text.{path}", detail),
        )


def _texts() -> Iterator[Vector]:
    usual = SOUND[_BALANCE].text
    yield _READ.accepted("usual", "The usual predicate.", _read(usual))
    cases: tuple[tuple[str, str, Callable[[str], str], str], ...] = (
        ("empty", "No text.", lambda _: "", _MALFORMED),
        ("cut", "The last brace is missing.", lambda text: text[:-1], _MALFORMED),
        ("more-behind", "A second value behind the first.", lambda text: text + "{}", _MALFORMED),
        ("byte-order-mark", "A byte order mark is no white space.", lambda text: "\ufeff" + text, _MALFORMED),
        ("comma-behind-last", "A comma behind the last member.", lambda text: text[:-1] + ",}", _MALFORMED),
        ("apostrophes", "Apostrophes are no quotes.", lambda text: text.replace('"', "'"), _MALFORMED),
        ("duplicate-member", "A member stands twice, with one value.",
         lambda text: text.replace('"version":1', '"version":1,"version":1'), _MALFORMED),
        ("duplicate-member-inside", "A member of a field stands twice.",
         lambda text: text.replace('"side"', '"type":"integer","side"'), _MALFORMED),
        ("member-missing", "The version is missing.", lambda text: text.replace('"version":1,', ""), _MALFORMED),
        ("member-more", "Objects are closed.", lambda text: text[:-1] + ',"more":0}', _MALFORMED),
        ("list", "The value is a list.", lambda text: f"[{text}]", _MALFORMED),
        ("not-a-number", "NaN is no JSON.", lambda text: text.replace('"version":1', '"version":NaN'), _MALFORMED),
        ("leading-zero", "01 is no number of JSON.",
         lambda text: text.replace('"version":1', '"version":01'), _MALFORMED),
        ("lone-surrogate", "Half of a pair is no character.",
         lambda text: text.replace("$.balance", "$.\\ud800"), _MALFORMED),
        ("control-character", "A control character stands in a text without an escape.",
         lambda text: text.replace("$.balance", "$.\t"), _MALFORMED),
        ("too-many-characters", "More than 262,144 characters are not read.",
         lambda text: text + " " * (16 * 16384 + 1 - len(text)), _LARGE),
        ("nested-as-far-as-read", "64 arrays and objects in each other are read, and are no predicate.",
         lambda text: text.replace('"1000"', "[" * 61 + "]" * 61), _MALFORMED),
        ("nested-without-end", "Arrays in arrays, far deeper than a predicate.",
         lambda text: text.replace('"1000"', "[" * 5000 + "]" * 5000), _LARGE),
        ("nested-in-a-text-without-end", "Brackets behind a quote that nothing closes are no arrays.",
         lambda text: text.replace('"1000"', '"' + "[" * 65), _MALFORMED),
        ("nested-before-a-text-without-end", "Arrays too deep, and a quote that nothing closes: depth comes first.",
         lambda text: text.replace('"1000"', "[" * 65 + '"'), _LARGE),
    )  # fmt: skip
    for name, comment, change, reason in cases:
        yield _READ.refused(
            name, comment, _read(change(usual)), reason, base="usual", mutation=replaced("text", comment)
        )
    yield _READ.accepted(
        "most-characters",
        "262,144 characters are read.",
        _read(usual + " " * (16 * 16384 - len(usual))),
    )


def _rules() -> Iterator[Vector]:
    start = {"starts_with": [0, "a"]}
    pseudonym, in_tree = {"pseudonym": [0, "s"]}, {"in_tree": [0, 5, ROOT]}
    cases: tuple[tuple[str, str, str, str, Json, str], ...] = (
        ("version-0", "There is one version.", _BALANCE, "version", 0, _NOT_CANONICAL),
        ("version-2", "There is one version.", _BALANCE, "version", 2, _NOT_CANONICAL),
        ("version-65535", "The largest number that a version can be.", _BALANCE, "version", 65535, _NOT_CANONICAL),
        ("members-not-ascending", "Members of a set ascend by their octets.",
         "in-texts", "condition.in.1", ["", "aa", "b"], _NOT_CANONICAL),
        ("members-repeated", "Members of a set ascend strictly.",
         "in-texts", "condition.in.1", ["", "b", "b"], _NOT_CANONICAL),
        ("members-equal-by-value", "1.0 is the constant 1, and stands twice.",
         "in-numbers", "condition.in.1", ["1", "1.0"], _NOT_CANONICAL),
        ("members-by-value", "Numbers ascend by their octets and not by their values.",
         "in-numbers", "condition.in.1", ["-3", "1", "256"], _NOT_CANONICAL),
        ("tree-depth-0", "A tree has a depth of at least 1.", "in-tree", "condition.in_tree.1", 0, _NOT_CANONICAL),
        ("tree-depth-33", "A tree has a depth of at most 32.",
         "not-in-tree", "condition.not_in_tree.1", 33, _NOT_CANONICAL),
        ("root-order", "A root is below r.", "in-tree", "condition.in_tree.2",
         "010000f093f5e1439170b97948e833285d588181b64550b829a031e1724e6430", _NOT_CANONICAL),
        ("root-maximum", "A root is below r.", "not-in-tree", "condition.not_in_tree.2", "ff" * 32, _NOT_CANONICAL),
        ("field-unused", "Every field is used.", "all", "condition.all.1", {"compare": ["<", {"field": 0}, "0"]},
         _NOT_CANONICAL),
        ("fields-not-in-order-of-use", "Fields are listed in the order of their first use.",
         "equal-field", "condition.equal", [1, {"field": 0}], _NOT_CANONICAL),
        ("field-twice", "No field is listed twice.", "equal-field", "fields.1",
         {"attestation": 0, "side": "response", "json": "$.name", "type": "text(40)"}, _NOT_CANONICAL),
        ("nested-too-deep", "A number at depth 17.", "nested-deepest", "condition", nested(17), _LARGE),
        ("condition-too-deep", "A condition at depth 17.", "nested-deepest", "condition", nested(18), _LARGE),
        ("nodes-too-many", "257 conditions and numbers.", "nodes-most", "condition",
         {"all": [*many_nodes(14, 16)["all"][:-1], {"any": [start] * 17}]}, _LARGE),
        ("pseudonyms-nine", "Nine pseudonyms.", "pseudonyms-most", "condition",
         {"all": [{"pseudonym": [0, str(each)]} for each in range(9)]}, _LARGE),
        ("averages-too-large", "Averages in each other whose integers may reach 2^252.",
         "averages-largest", "condition", averages(LARGEST_AVERAGES + 1), _LARGE),
        ("between-too-large", "The upper bound counts as well as the lower one.", "between", "condition",
         {"between": [{"field": 0}, "0", averages(LARGEST_AVERAGES + 1)["compare"][2]]}, _LARGE),
        ("octets-too-many", "More than 16,384 canonical octets.", "in-texts", "condition",
         {"any": [{"in": [0, [f"{each:04}" + "x" * 396 for each in range(21)]]}] * 2}, _LARGE),
        ("pseudonym-in-any", "A pseudonym stands in no any.", "pseudonym", "condition",
         {"any": [pseudonym, start]}, _TYPE),
        ("pseudonym-in-not", "A pseudonym stands under no not.", "pseudonym", "condition", {"not": pseudonym}, _TYPE),
        ("pseudonym-in-inner-all", "Only the outermost all may hold a pseudonym.", "pseudonym", "condition",
         {"all": [{"all": [pseudonym, start]}, start]}, _TYPE),
        ("tree-in-not", "No not is above a tree.", "in-tree", "condition", {"not": in_tree}, _TYPE),
        ("tree-in-not-not", "Two of them neither.", "in-tree", "condition", {"not": {"not": in_tree}}, _TYPE),
        ("tree-in-any-in-not", "No not is above a tree, however far.", "in-tree", "condition",
         {"not": {"any": [start, {"all": [start, in_tree]}]}}, _TYPE),
        ("not-in-tree-in-not", "Nor above its absence.", "not-in-tree", "condition",
         {"not": {"not_in_tree": [0, 32, ROOT]}}, _TYPE),
    )  # fmt: skip
    yield from _with_bases(cases)


def _with_bases(cases: tuple[tuple[str, str, str, str, Json, str], ...]) -> Iterator[Vector]:
    for base in dict.fromkeys(case[2] for case in cases):
        yield _READ.accepted(base, SOUND[base].comment, _read(SOUND[base].text))
    for name, comment, base, path, value, reason in cases:
        yield _READ.refused(
            name,
            comment,
            _read(json.dumps(_changed(base, path, value), ensure_ascii=False)),
            reason,
            base=base,
            mutation=replaced(f"text.{path}", name.replace("-", " ")),
        )


def _types() -> Iterator[Vector]:
    day, one = {"day": "2020-01-01"}, {"field": 0}
    faults: list[tuple[str, str, str, str, Json, str]] = [
        ("number-with-day", "A number is compared with a day.", _BALANCE, _RIGHT, day, _TYPE),
        ("day-with-number", "A day is compared with a number.", "days", "condition.between.2", "7", _TYPE),
        ("days-added", "Days are not added up.", "days", "condition.between.0", {"sum": [one, day]}, _TYPE),
        ("average-of-days", "Days have no average.", "days", "condition.between.0", {"average": [one, day]}, _TYPE),
        ("days-added-for-a-number", "The sum of two days is no number either.", "difference-of-days",
         _LEFT, {"sum": [one, day]}, _TYPE),
        ("average-of-days-for-a-number", "The average of two days is no number either.", "difference-of-days",
         _LEFT, {"average": [one, day]}, _TYPE),
        ("sum-of-number-and-day", "A sum is of numbers.", _BALANCE, _LEFT, {"sum": [one, day]}, _TYPE),
        ("difference-of-number-and-day", "A difference is of one unit.", _BALANCE, _LEFT, {"difference": [one, day]},
         _TYPE),
        ("length-of-integer", "A number has no length.", _BALANCE, _LEFT, {"length": 0}, _TYPE),
        ("age-of-integer", "A number has no age.", _BALANCE, _LEFT, {"age": [0, "2026-11-22"]}, _TYPE),
        ("equal-integer-octets", "Numbers are compared and not equal to octets.", _BALANCE, "condition",
         {"equal": [0, "1"]}, _TYPE),
        ("equal-integer-truth", "A number is no truth.", _BALANCE, "condition", {"equal": [0, True]}, _TYPE),
        ("equal-integers", "Two numbers are compared.", "sum", "condition", {"equal": [0, {"field": 1}]}, _TYPE),
        ("integer-starts", "A number does not start with anything.", _BALANCE, "condition",
         {"starts_with": [0, "1"]}, _TYPE),
        ("boolean-ends", "A truth does not end with anything.", "ends-with", "fields.0.type", "boolean", _TYPE),
        ("boolean-contains", "A truth contains nothing.", "contains", "fields.0.type", "boolean", _TYPE),
        ("date-contains", "A date contains nothing.", "contains", "fields.0.type", "date(YYYY-MM-DD)", _TYPE),
        ("bytes-match", "A pattern describes text.", "matches", "fields.0.type", "bytes", _TYPE),
        ("date-matches", "A pattern describes text.", "matches", "fields.0.type", "date(YYYY-MM-DD)", _TYPE),
        ("text-compared", "Text is not compared.", _BALANCE, "fields.0.type", "text(9)", _TYPE),
        ("bytes-compared", "Octets are not compared.", _BALANCE, "fields.0.type", "bytes", _TYPE),
        ("boolean-compared", "Truths are not compared.", _BALANCE, "fields.0.type", "boolean", _TYPE),
        ("date-compared-with-number", "A date is a day.", _BALANCE, "fields.0.type", "date(YYYYMMDD)", _TYPE),
        ("boolean-equal-octets", "A truth is not equal to octets.", "equal-octets", "fields.0.type", "boolean", _TYPE),
        ("date-equal-octets", "A day is not equal to octets.", "equal-octets", "fields.0.type", "date(YYYYMMDD)",
         _TYPE),
        ("text-equal-truth", "Text is no truth.", "equal-true", "fields.0.type", "text(9)", _TYPE),
        ("fields-of-two-types", "Text and bytes are two types.", "equal-field", "fields.1.type", "bytes", _TYPE),
        ("dates-equal", "Days are compared.", "equal-booleans", "fields",
         [{"side": "response", "json": f"$.{name}", "type": "date(YYYYMMDD)"} for name in "ab"], _TYPE),
        ("octets-in-date", "The octets of a day are in no set.", "in-texts", "fields.0.type", "date(YYYYMMDD)",
         _MALFORMED),
        ("octets-in-boolean", "A truth is in no set of octets.", "in-texts", "fields.0.type", "boolean", _TYPE),
        ("length-of-boolean", "A truth has no length.", "length-of-text", "fields.0.type", "boolean", _TYPE),
        ("length-of-date", "A date has no length.", "length-of-bytes", "fields.0.type", "date(YYYYMMDD)", _TYPE),
        ("age-of-text", "Text has no age.", "age", "fields.0.type", "text(10)", _TYPE),
        ("wrong-below-all", "Types are looked at below all.", "all", "fields.1.type", "boolean", _TYPE),
        ("wrong-below-any", "Types are looked at below any.", "any", "fields.0.type", "boolean", _TYPE),
        ("wrong-below-not", "Types are looked at below not.", "not", "fields.0.type", "boolean", _TYPE),
    ]  # fmt: skip
    yield from _with_bases(tuple(faults))


_NO_PATTERNS = (
    "(", ")", "(a", "a)", "*", "+a", "?", "{1}", "a{", "a{1", "a{,2}", "a{2,1}", "a{01}", "a{101}",
    "a{1,101}",
    "a{ 1}", "a{1,2", "a**", "a+?", "a{1}{2}", "[", "[a", "[]", "[^]", "[b-a]", "[a-]", "[-a]", "[a-b-c]", "[a[b]",
    "[é]",
    "[a^]", "[\\", "\\", "\\q", "\\n", "\\1", "\\p{L}", "]", "}", "^a", "a$", "a\tb", "a\nb", "a\x7f", "[a-\\d]",
    "[\\q]", "a|*",
    "(?:a)",
)  # fmt: skip
_LARGE_PATTERNS = (
    "(a{100}){11}",
    "(a{32}|b{32}){16}b",
    "((a{0,100}){10}){2}",
    "(a{100,}b{10}){10}",
    "(a*){1}(a{100}){11}",
)
_PATTERNS = (
    "(a{100}){10}(b{24})", "a{0}", "a{0,0}", "a{100,100}", "a{0,}", "()", "|", "(|a)", "a||b", ".", "é日\U0001f600",
    "[ -,]", "[a-zA-Z0-9_]", "[^\"']", "[\\]\\[\\^\\-\\\\]", "[\\d\\s]", "[\\D]", "[^\\W]",
    "\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\\\", "\\-\\/\\\"\\'", "\\d\\D\\w\\W\\s\\S", "((((a))))", "x{2,4}y?z+",
    "a b", "~", "[ ~]",
)  # fmt: skip


def _patterns() -> Iterator[Vector]:
    base = "matches"
    yield _READ.accepted(base, SOUND[base].comment, _read(SOUND[base].text))
    for number, pattern in enumerate(_PATTERNS):
        yield _READ.accepted(
            f"pattern-{number}",
            f"A pattern: {pattern}",
            _read(json.dumps(_changed(base, "condition.matches.1", pattern))),
        )
    for reason, what, patterns in (
        (_PATTERN, "invalid", _NO_PATTERNS),
        (_AUTOMATON, "too-large", _LARGE_PATTERNS),
    ):
        for number, pattern in enumerate(patterns):
            yield _READ.refused(
                f"{what}-{number}",
                "No pattern."
                if reason == _PATTERN
                else "More than 1,024 positions once repetitions are written out.",
                _read(json.dumps(_changed(base, "condition.matches.1", pattern))),
                reason,
                base=base,
                mutation=replaced("text.condition.matches.1", json.dumps(pattern)),
            )
    yield _READ.refused(
        "invalid-in-not",
        "A pattern below a not is looked at too.",
        _read(json.dumps(_changed(base, "condition", {"not": {"matches": [0, "("]}}))),
        _PATTERN,
        base=base,
        mutation=replaced("text.condition", "a not of what is no pattern"),
    )
    for name in ("all", "any"):
        two = [{"matches": [0, "a"]}, {"matches": [0, "("]}]
        yield _READ.refused(
            f"invalid-in-{name}",
            f"A pattern inside {name} is looked at too.",
            _read(json.dumps(_changed(base, "condition", {name: two}))),
            _PATTERN,
            base=base,
            mutation=replaced("text.condition", f"an {name} of a pattern and of what is none"),
        )


FAMILIES = (
    Family(step=STEP, name="json", summary="Everything that predicates can say, in JSON.", make=_sound),
    Family(
        step=STEP,
        name="json-spellings",
        summary="What may be written in several ways.",
        make=_other_spellings,
    ),
    Family(step=STEP, name="json-texts", summary="Texts that are no JSON, or too much of it.", make=_texts),
    Family(step=STEP, name="json-malformed", summary="JSON that is no predicate.", make=_malformed),
    Family(step=STEP, name="rules", summary="Order, places and sizes.", make=_rules),
    Family(step=STEP, name="types", summary="Types and units that do not go together.", make=_types),
    Family(step=STEP, name="patterns", summary="The language of patterns.", make=_patterns),
)
