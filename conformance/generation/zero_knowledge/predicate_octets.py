"""The canonical octets of predicates, and those of proofs in presentations, with every fault of their encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar
from mpctls.spec.zero_knowledge.statements import PredicateProof

from ..foundation.faults import faults
from ..foundation.layout import parts
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .making import Making, replaced
from .sound_predicates import SOUND, Sound

_PREDICATES, _STATEMENT = "foundation/predicates", "foundation/statement"
_DECODE = Making(operation="foundation/decode-predicate", importance=Importance.HIGH)
_PROOF = Making(
    operation="foundation/decode-proof", importance=Importance.HIGH, seed=f"{_STATEMENT}/proof-octets"
)
_NOT_CANONICAL, _LARGE = "encoding/not-canonical", "predicate/too-large"
_WHOLE = ("compare-at-least", "header", "date-format-1", "text-403")
"""Predicates of which every part is damaged; of the others only what stands in the condition."""
_CONDITIONS = (
    "between", "equal-field", "equal-octets", "equal-true", "in-numbers", "in-days", "in-texts", "in-tree",
    "not-in-tree", "starts-with", "ends-with", "contains", "matches", "all", "any", "not", "pseudonym", "sum",
    "difference", "average", "length-of-text", "age", "days",
)  # fmt: skip


def _sound() -> Iterator[Vector]:
    for name, each in SOUND.items():
        predicate = each.predicate
        yield _DECODE.accepted(
            name,
            each.comment,
            {"octets": predicate.encode()},
            {"json_as_written": each.text},
        )


class _Grid:
    """Faults of the parts of values; none twice, even where two values begin alike."""

    def __init__(self, making: Making, wanted: Callable[[str], bool]) -> None:
        self._making = making
        self._wanted = wanted
        self._made: set[bytes] = set()
        self._names: set[str] = set()

    def of(self, base: str, hint: Any, value: Any) -> Iterator[Vector]:
        """The faults of a value whose vector is named `base`."""
        whole = value.encode()
        for part in parts(hint, value, frozenset()):
            if not self._wanted(part.name):
                continue
            for fault in faults(part, whole):
                octets = whole[: part.start] + fault.octets + (b"" if fault.ends else whole[part.end :])
                # Identifiers of algorithms begin at 1, those of operators and formats of dates at 0.
                allowed = part.form == "identifier" and fault.word == "zero"
                if octets in self._made or octets == whole or allowed:
                    continue
                self._made.add(octets)
                yield self._making.refused(
                    self._name(f"{base}-{'-'.join(part.path).replace('_', '-')}-{fault.word}"),
                    f"The field {part.name} {fault.lesson}.",
                    {"octets": octets},
                    fault.reason,
                    base=base,
                    mutation=Mutation(kind=fault.kind, field=f"octets.{part.name}", detail=fault.detail),
                )

    def _name(self, name: str) -> str:
        """The name, of the octets of a choice themselves if what it holds has it already."""
        free = f"{name}-inside" if name in self._names else name
        self._names.add(free)
        return free


def _predicates(names: Sequence[str], wanted: Callable[[str], bool]) -> Iterator[Vector]:
    grid = _Grid(_DECODE, wanted)
    for name in names:
        sound = SOUND[name]
        yield _DECODE.accepted(name, sound.comment, {"octets": sound.predicate.encode()})
        yield from grid.of(name, Predicate, sound.predicate)


def _whole_grid() -> Iterator[Vector]:
    yield from _predicates(_WHOLE, lambda part: not part.startswith("condition"))
    yield from _ends("compare-at-least")


def _condition_grid() -> Iterator[Vector]:
    yield from _predicates(("compare-at-least", *_CONDITIONS), lambda part: part.startswith("condition"))


def _ends(base: str) -> Iterator[Vector]:
    whole = SOUND[base].predicate.encode()
    yield _DECODE.refused(
        "trailing-octet",
        "Nothing follows a predicate.",
        {"octets": whole + b"\0"},
        "encoding/trailing-octets",
        base=base,
        mutation=Mutation(kind=MutationKind.EXTEND, field="octets", detail="one octet of zero"),
    )
    yield _DECODE.refused(
        "no-octets",
        "No octets are no predicate.",
        {"octets": b""},
        "encoding/truncated",
        base=base,
        mutation=Mutation(kind=MutationKind.TRUNCATE, field="octets", detail="all octets"),
    )


def _changed(whole: bytes, place: int, *octets: int) -> bytes:
    return whole[:place] + bytes(octets) + whole[place + len(octets) :]


def _rules() -> Iterator[Vector]:
    usual = "compare-at-least"
    bases: dict[str, bytes] = {}
    cases: list[tuple[str, str, str, bytes, str]] = []

    def octets_of(name: str) -> bytes:
        return bases.setdefault(name, SOUND[name].predicate.encode())

    whole = octets_of(usual)
    for version in (0, 2, 256):
        changed = version.to_bytes(2, "little") + whole[2:]
        cases.append((f"version-{version}", "There is one version.", usual, changed, _NOT_CANONICAL))
    constant = len(whole) - 18
    minus_zero = _changed(octets_of("constant-zero"), constant, 1)
    cases.append(("minus-zero", "Zero has no sign.", "constant-zero", minus_zero, _NOT_CANONICAL))
    for name, comment, magnitude, scale in (
        ("constant-scale-not-minimal", "1000 = 10000 / 10.", 10000, 1),
        ("constant-scale-19", "A scale is at most 18.", 1, 19),
        ("constant-38-digits-and-one", "10^38 has 39 digits.", 10**38, 0),
        ("constant-maximum", "The largest magnitude of 16 octets.", 2**128 - 1, 0),
    ):
        changed = _changed(whole, constant, 0, *magnitude.to_bytes(16, "little"), scale)
        cases.append((name, comment, usual, changed, _NOT_CANONICAL))
    for name, index in (("field-index-of-none", 1), ("field-index-maximum", 255)):
        place = whole.index(b"\2\0\0", 20)
        cases.append(
            (
                name,
                "Every field that is used is listed.",
                usual,
                _changed(whole, place + 1, index),
                _NOT_CANONICAL,
            )
        )
    for day in (3652059, 2**32 - 1):
        for base in ("days", "age", "in-days"):
            octets = octets_of(base)
            place = octets.rindex(day_of(base))
            changed = _changed(octets, place, *day.to_bytes(4, "little"))
            cases.append((f"{base}-{day}", "A day is before the year 10000.", base, changed, _NOT_CANONICAL))
    for depth in (0, 33, 255):
        for base in ("in-tree", "not-in-tree"):
            octets = octets_of(base)
            changed = _changed(octets, len(octets) - 33, depth)
            cases.append((f"{base}-depth-{depth}", "A depth is 1 to 32.", base, changed, _NOT_CANONICAL))
    for base in ("in-tree", "not-in-tree"):
        octets = octets_of(base)
        for root in (ORDER, 2**256 - 1):
            changed = octets[:-32] + root.to_bytes(32, "little")
            word = "order" if root == ORDER else "maximum"
            cases.append((f"{base}-root-{word}", "A root is below r.", base, changed, _NOT_CANONICAL))
    for base, scale in (("decimal-1", 0), ("decimal-18", 19), ("text-1", 0), ("text-403", 404)):
        octets = octets_of(base)
        place = octets.index(b"\1\x03$.a") + 5
        width = 1 if base.startswith("decimal") else 2
        changed = _changed(octets, place + 1, *scale.to_bytes(width, "little"))
        cases.append((f"{base}-beyond", "A bound of a type.", base, changed, _NOT_CANONICAL))
    cases += _sizes()
    for base in dict.fromkeys(case[2] for case in cases):
        yield _DECODE.accepted(base, SOUND[base].comment, {"octets": SOUND[base].predicate.encode()})
    for name, comment, base, changed, reason in cases:
        yield _DECODE.refused(
            name,
            comment,
            {"octets": changed},
            reason,
            base=base,
            mutation=replaced("octets", name.replace("-", " ")),
        )


def day_of(base: str) -> bytes:
    """The octets of the last day of a predicate."""
    days = {"days": 3652058, "age": 739941, "in-days": 738944}
    return days[base].to_bytes(4, "little")


def _negated(sound: Sound, times: int) -> bytes:
    """The predicate under more negations than a value can have."""
    octets = sound.predicate.encode()
    condition = len(octets) - len(_condition_of(sound))
    return octets[:condition] + b"\x0c" * times + octets[condition:]


def _condition_of(sound: Sound) -> bytes:
    predicate = sound.predicate
    return predicate.encode()[3 + sum(len(field.encode()) for field in predicate.fields) :]


def _sizes() -> list[tuple[str, str, str, bytes, str]]:
    usual = SOUND["compare-at-least"]
    deepest, most = SOUND["nested-deepest"], SOUND["nodes-most"]
    octets = most.predicate.encode()
    return [
        ("one-not-more", "A number at depth 17.", "nested-deepest", _negated(deepest, 1), _LARGE),
        ("nested-without-end", "The seventeenth condition is where it ends.", "compare-at-least",
         _negated(usual, 10_000), _LARGE),
        ("one-node-more", "The 257th node.", "nodes-most",
         octets[: -len(_group())] + _with_one_more(), _LARGE),
        ("too-deep-and-cut", "What begins too deep is too large before its end is missing.", "nested-deepest",
         _negated(deepest, 1)[:-1], _LARGE),
        ("one-node-more-and-cut", "The 257th node is too large before its end is missing.", "nodes-most",
         (octets[: -len(_group())] + _with_one_more())[:-1], _LARGE),
        ("too-many-octets", "16,385 octets are not looked at.", "compare-at-least", bytes(16385), _LARGE),
        ("too-many-octets-of-a-predicate", "A predicate with octets behind it that are too many.", "compare-at-least",
         usual.predicate.encode() + bytes(16385), _LARGE),
    ]  # fmt: skip


def _group() -> bytes:
    starts = b"".join(b"\x06\x00" + bytes([len(str(each))]) + str(each).encode() for each in range(16))
    return b"\x0b\x10" + starts


def _with_one_more() -> bytes:
    return b"\x0b\x11" + _group()[2:] + b"\x06\x00\x0216"


def _proof_value() -> PredicateProof:
    stream = Labelled(label=f"{_STATEMENT}/proof-octets")
    return PredicateProof(
        predicate=SOUND["pseudonym-in-all"].predicate.encode(),
        leaves=(4, 2**32 - 1),
        compiler_version=1,
        setup_digest=stream.octets(32, "setup"),
        outputs=(encode_scalar(stream.below(ORDER, "output")), encode_scalar(ORDER - 1)),
        proof=stream.octets(768, "proof"),
    )


def _proofs() -> Iterator[Vector]:
    value = _proof_value()
    whole = value.encode()
    yield _PROOF.accepted("honest", "The last three parts have fixed or counted octets.", {"octets": whole})
    for name, comment, changed in (
        ("no-outputs", "No pseudonyms.", replace(value, outputs=())),
        ("most-outputs", "Eight outputs are the most.", replace(value, outputs=(bytes(32),) * 8)),
        ("most-leaves", "Sixteen leaves are the most.", replace(value, leaves=tuple(range(16)))),
        (
            "no-leaves",
            "No leaves: whether they are as many as fields is seen later.",
            replace(value, leaves=()),
        ),
        ("leaves-repeated", "One leaf for two fields, in any order.", replace(value, leaves=(7, 7, 3))),
        ("no-predicate", "What is no predicate is seen later.", replace(value, predicate=b"")),
        ("other-version", "What version it is, is seen later.", replace(value, compiler_version=65535)),
    ):
        yield _PROOF.accepted(name, comment, {"octets": changed.encode()})
    yield from _Grid(_PROOF, lambda _: True).of("honest", PredicateProof, value)
    place = len(whole) - 768 - 64
    for at, number in ((0, "first"), (32, "last")):
        for word, scalar in (("order", ORDER), ("maximum", 2**256 - 1)):
            octets = scalar.to_bytes(32, "little")
            yield _PROOF.refused(
                f"output-{number}-{word}",
                "Outputs are below r.",
                {"octets": whole[: place + at] + octets + whole[place + at + 32 :]},
                _NOT_CANONICAL,
                base="honest",
                mutation=replaced(f"octets.outputs.{at // 32}", f"a scalar of {octets.hex()}"),
            )
    yield _PROOF.refused(
        "octet-more",
        "A proof has 768 octets.",
        {"octets": whole + b"\0"},
        "encoding/trailing-octets",
        base="honest",
        mutation=Mutation(kind=MutationKind.EXTEND, field="octets.proof", detail="one octet of zero"),
    )


FAMILIES = (
    Family(
        step=_PREDICATES, name="octets", summary="Everything that predicates can say, in octets.", make=_sound
    ),
    Family(
        step=_PREDICATES,
        name="octets-of-fields",
        summary="Every fault of the encoding of version, names and types.",
        make=_whole_grid,
    ),
    Family(
        step=_PREDICATES,
        name="octets-of-conditions",
        summary="Every fault of the encoding of conditions and numbers.",
        make=_condition_grid,
    ),
    Family(
        step=_PREDICATES, name="octets-rules", summary="Canonical forms and sizes in octets.", make=_rules
    ),
    Family(step=_STATEMENT, name="proof-octets", summary="A proof as a presentation holds it.", make=_proofs),
)
