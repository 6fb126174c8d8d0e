"""The faults that one field can have in octets, each with the reason that it is refused for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from mpctls.spec.commitments import BN254_ORDER
from mpctls.spec.encoding import Choice, IdentifierEnum, IndexEnum, Limit, encode_as
from mpctls.spec.extensions import Extension, Extensions
from mpctls.spec.ranges import Range, RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.signatures import VerifyingKey
from mpctls.spec.source import LARGEST_COUNT, encode_number

from ..vector import MutationKind
from .honest_values import SCALARS
from .layout import Part

_NOT_CANONICAL = Reason.ENCODING_NOT_CANONICAL.value
_UNKNOWN = Reason.ENCODING_UNKNOWN_VARIANT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a part: a word for its name, what stands in the part's place, and the reason.

    `octets` replace the part's; `ends` says that nothing follows them; `lesson` is what holds of the part.
    """

    word: str
    kind: MutationKind
    detail: str
    octets: bytes
    reason: str
    lesson: str
    ends: bool = False


def faults(part: Part, whole: bytes) -> Iterator[Fault]:
    """Every fault of a part of `whole`, the octets of an honest value."""
    yield from _truncated(part, whole)
    field = next((word for word in reversed(part.path) if not word.isdigit()), "")
    if field in SCALARS.get(part.owner, ()) and not part.is_list:
        yield from _scalars()
    if part.owner is Extension and field == "id":
        yield from _ids()
    own, content = whole[part.start : part.end], whole[part.content : part.end]
    mark, plain = part.mark, get_args(part.hint)[0] if part.mark is not None else part.hint
    if part.is_option or part.hint is bool:
        what = "option" if part.is_option else "boolean"
        for word, kind, octet in (("two", MutationKind.REPLACE, 2), ("maximum", MutationKind.MAXIMUM, 255)):
            yield Fault(
                word=f"{what}-{word}",
                kind=kind,
                detail=f"the octet of the {what} is {octet}",
                octets=bytes([octet]) + own[1:],
                reason=Reason.ENCODING_NOT_A_BOOLEAN.value,
                lesson="may be absent, and says so by 0 or 1" if part.is_option else "is a boolean: 0 or 1",
            )
    elif isinstance(mark, Choice):
        yield from _indices(len(get_args(plain)), own[1:])
    elif isinstance(mark, Limit):
        yield from _counted(mark, len(part.items) if part.is_list else len(content), content)
        if plain is str:
            yield Fault(
                word="not-utf8",
                kind=MutationKind.MAXIMUM,
                detail="the last octet of the text is 0xff",
                octets=own[:-1] + b"\xff",
                reason=Reason.ENCODING_NOT_UTF8.value,
                lesson="is text, and text is UTF-8",
            )
        if part.hint == Extensions or part.path[-1:] == ("openings",):
            yield from _out_of_order(part)
    elif isinstance(plain, type) and issubclass(plain, IndexEnum):
        yield from _indices(len(plain), b"")
    elif isinstance(plain, type) and issubclass(plain, IdentifierEnum):
        yield from _identifiers(max(plain))
    elif plain is RangeSet:
        yield from range_faults(part.value)
    elif plain is VerifyingKey:
        yield from _keys(part.value)


def _scalars() -> Iterator[Fault]:
    """The faults of a scalar of BN254 in 32 octets."""
    for word, kind, value, detail in (
        ("order", MutationKind.REPLACE, BN254_ORDER, "the order of the field"),
        ("maximum", MutationKind.MAXIMUM, 2**256 - 1, "all octets 0xff"),
    ):
        octets = value.to_bytes(32, "little")
        yield Fault(
            word=word,
            kind=kind,
            detail=detail,
            octets=octets,
            reason=_NOT_CANONICAL,
            lesson="is a scalar below the order of BN254",
        )


def _ids() -> Iterator[Fault]:
    """The faults of the id of an extension, beyond those of text."""
    for word, text in (
        ("empty", ""),
        ("upper-case", "Claim"),
        ("hyphen-first", "-claim"),
        ("underscore", "a_claim"),
        ("line-feed", "claim\n"),
        ("not-ascii", "clåim"),
    ):
        octets = text.encode()
        yield Fault(
            word=word,
            kind=MutationKind.REPLACE,
            detail=f"the id is {text!r}" if text.isprintable() and text else f"{len(octets)} octets",
            octets=encode_number(len(octets)) + octets,
            reason=_NOT_CANONICAL,
            lesson="begins with a-z or 0-9 and goes on with these and ./-",
        )


def _truncated(part: Part, whole: bytes) -> Iterator[Fault]:
    """The value ends before a count, or before the last octet of what holds no other part."""
    cut = part.start if part.holds_others else part.end - 1
    if part.start == part.end:
        return
    yield Fault(
        word="option-truncated" if part.is_option else "truncated",
        kind=MutationKind.TRUNCATE,
        detail="everything from its first octet on is missing"
        if part.holds_others
        else "everything from its last octet on is missing",
        octets=whole[part.start : cut],
        reason=Reason.ENCODING_TRUNCATED.value,
        lesson="is not complete when the octets end",
        ends=True,
    )


def _indices(count: int, content: bytes) -> Iterator[Fault]:
    yield Fault(
        word="next-index",
        kind=MutationKind.REPLACE,
        detail=f"index {count}, the first that is not registered",
        octets=encode_number(count) + content,
        reason=_UNKNOWN,
        lesson="has registered indices only",
    )
    yield Fault(
        word="index-maximum",
        kind=MutationKind.MAXIMUM,
        detail="index 2^32 - 1",
        octets=encode_number(LARGEST_COUNT) + content,
        reason=_UNKNOWN,
        lesson="has registered indices only",
    )
    yield Fault(
        word="index-not-minimal",
        kind=MutationKind.EXTEND,
        detail="index 0 in two octets",
        octets=b"\x80\x00" + content,
        reason=Reason.ENCODING_NOT_MINIMAL.value,
        lesson="has an index of one spelling",
    )


def _identifiers(largest: int) -> Iterator[Fault]:
    for word, kind, value in (
        ("zero", MutationKind.ZERO, 0),
        ("next-identifier", MutationKind.REPLACE, largest + 1),
        ("maximum", MutationKind.MAXIMUM, 255),
    ):
        yield Fault(
            word=word, kind=kind, detail=f"identifier {value}", octets=bytes([value]), reason=_UNKNOWN,
            lesson="is a registered identifier",
        )  # fmt: skip


def _counted(limit: Limit, count: int, content: bytes) -> Iterator[Fault]:
    yield Fault(
        word="above-limit",
        kind=MutationKind.REPLACE,
        detail=f"the count says {limit.maximum + 1}, one above the limit; what follows is unchanged",
        octets=encode_number(limit.maximum + 1) + content,
        reason=Reason.ENCODING_LIMIT_EXCEEDED.value,
        lesson="has a limit, which is held against the count before anything is read",
    )
    yield Fault(
        word="count-not-minimal",
        kind=MutationKind.EXTEND,
        detail="the count has a superfluous octet",
        octets=_superfluous(count) + content,
        reason=Reason.ENCODING_NOT_MINIMAL.value,
        lesson="has a count of one spelling",
    )
    if limit.minimum:
        yield Fault(
            word="below-minimum",
            kind=MutationKind.REMOVE,
            detail=f"the count says {limit.minimum - 1}, one below the minimum; what follows is unchanged",
            octets=encode_number(limit.minimum - 1) + content,
            reason=_NOT_CANONICAL,
            lesson="has a minimum, which is held against the count before anything is read",
        )


def _superfluous(count: int) -> bytes:
    octets = bytearray(encode_number(count))
    octets[-1] |= 0x80
    return bytes(octets) + b"\0"


def _listed(items: list[bytes]) -> bytes:
    return encode_number(len(items)) + b"".join(items)


def _out_of_order(part: Part) -> Iterator[Fault]:
    first, second, *rest = part.items
    yield Fault(
        word="reordered",
        kind=MutationKind.REORDER,
        detail="the first two items have changed places",
        octets=_listed([second, first, *rest]),
        reason=_NOT_CANONICAL,
        lesson="has one order",
    )
    yield Fault(
        word="duplicated",
        kind=MutationKind.DUPLICATE,
        detail="the first item stands twice",
        octets=_listed([first, first, second, *rest]),
        reason=_NOT_CANONICAL,
        lesson="repeats nothing",
    )


def range_faults(ranges: RangeSet) -> Iterator[Fault]:
    """The faults of a set of ranges."""
    first, *rest = ((each.start, each.end) for each in ranges.ranges)
    start, end = first
    for word, kind, detail, bounds in (
        ("no-range", MutationKind.REMOVE, "no range", []),
        ("empty-range", MutationKind.REPLACE, "the first range is empty", [(start, start), *rest]),
        ("reversed-range", MutationKind.SWAP, "start and end of the first", [(end, start), *rest]),
        ("adjacent", MutationKind.INSERT, "a second range begins at the end of the first",
         [first, (end, end + 1), *rest]),
        ("overlapping", MutationKind.INSERT, "a second range begins in the first", [first, (end - 1, end + 1), *rest]),
        ("reordered", MutationKind.REORDER, "the first range stands last", [*rest, first]),
        ("duplicated", MutationKind.DUPLICATE, "the first range stands twice", [first, first, *rest]),
    ):  # fmt: skip
        made = [encode_as(Range, Range(start=low, end=high)) for low, high in bounds]
        yield Fault(
            word=word,
            kind=kind,
            detail=detail,
            octets=_listed(made),
            reason=_NOT_CANONICAL,
            lesson="is a set of ranges in its only form",
        )


def _keys(key: VerifyingKey) -> Iterator[Fault]:
    """Faults of an Ed25519 key; `signatures` has those of every algorithm."""
    small_order = bytes([1]) + bytes(31)
    for word, kind, octets, reason in (
        ("unknown-algorithm", MutationKind.ZERO, b"\0" + _octets(key.key), _UNKNOWN),
        ("small-order", MutationKind.REPLACE, b"\1" + _octets(small_order), _NOT_CANONICAL),
        ("other-algorithm", MutationKind.REPLACE, b"\2" + _octets(key.key), _NOT_CANONICAL),
    ):
        yield Fault(
            word=word,
            kind=kind,
            detail=word.replace("-", " "),
            octets=octets,
            reason=reason,
            lesson="is a key in its only form",
        )


def _octets(content: bytes) -> bytes:
    return encode_number(len(content)) + content
