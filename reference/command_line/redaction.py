"""Redactions: which parts of an attested session a presentation reveals, hides, or hides and proves something about.

A redaction is a small TOML file of spans. Everything is revealed but what a span hides; of spans within each other the
inner one decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations
from typing import Final

from ..foundation.artifacts import Attestation, AttestationSecrets, EncodingCommitment
from ..foundation.errors import Refused
from ..foundation.identifiers import Direction, LexicalClass
from ..foundation.ranges import Range, RangeSet
from ..foundation.transcript import PartialDirection, PartialTranscript, Transcript, reconstruct
from ..http.fields import Field, OctetsName, find_fields, header_fields
from ..http.names import HeaderName
from ..http.rules import ALWAYS_REDACTABLE, ExchangePolicy
from ..http.structure import structured_view
from ..presentation.building import Selection

MAXIMUM_SPANS: Final = 1024
MAXIMUM_FILE: Final = 2**20
_OCTETS = re.compile(r"(?:sent|received):[0-9]+-[0-9]+")
_ATTESTATION = re.compile(r"[0-9a-f]{32}")


class Action(Enum):
    """What happens to the octets of a span; those to prove something about stay hidden, their commitment is shown."""

    REVEAL = "reveal"
    REDACT = "redact"
    PROVE = "prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the transcript by its name (or `sent:START-END`), and what happens to it."""

    part: str
    action: Action

    @property
    def key(self) -> str:
        """How the part is given in the file."""
        return "octets" if _OCTETS.fullmatch(self.part) else "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """The spans for one attestation, which its identifier names."""

    attestation: bytes
    spans: tuple[Span, ...]


def _malformed(what: str) -> Refused:
    return Refused("command/malformed-redaction", what)


def parse_redaction(octets: bytes) -> Redaction:
    """Read the file form; refuses with `command/malformed-redaction` whatever is not exactly of it."""
    try:
        document = tomllib.loads(octets.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _malformed("not TOML") from None
    if not document.keys() <= {"attestation", "span"} or "attestation" not in document:
        raise _malformed("a redaction has the keys attestation and span")
    attestation, spans = document["attestation"], document.get("span", [])
    if not isinstance(attestation, str) or not _ATTESTATION.fullmatch(attestation):
        raise _malformed("attestation is an identifier, 32 digits in lower-case hexadecimal")
    if not isinstance(spans, list) or len(spans) > MAXIMUM_SPANS:
        raise _malformed(f"span is a list of at most {MAXIMUM_SPANS} tables")
    return Redaction(attestation=bytes.fromhex(attestation), spans=tuple(map(_span, spans)))


def _span(entry: object) -> Span:
    if not isinstance(entry, dict) or len(entry) != 2 or "action" not in entry:
        raise _malformed("a span has an action, and either a name or octets")
    (key,) = entry.keys() - {"action"}
    part, action = entry[key], entry["action"]
    if action not in [each.value for each in Action]:
        raise _malformed(f"an action is one of {', '.join(each.value for each in Action)}")
    if not isinstance(part, str):
        raise _malformed("a name, or octets, is text")
    span = Span(part=part, action=Action(action))
    if key != span.key:
        raise _malformed("a name is not given as octets, octets not as a name, and nothing else is a key")
    return span


def render_redaction(redaction: Redaction) -> bytes:
    """The file form of a redaction."""
    lines = [
        "# What a presentation shows: everything but what is hidden here. For mpctls present --redaction.",
        f'attestation = "{redaction.attestation.hex()}"',
    ]
    for each in redaction.spans:
        lines += ["", "[[span]]", f'{each.key} = "{_escaped(each.part)}"', f'action = "{each.action.value}"']
    return ("\n".join(lines) + "\n").encode("ascii")


def _escaped(text: str) -> str:
    """Text in a basic string of TOML 1.0, in ASCII."""
    return "".join(
        each if 0x20 <= ord(each) < 0x7F and each not in '"\\' else f"\\U{ord(each):08x}" for each in text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSpan:
    """A span and the part of the transcript that it names."""

    span: Span
    field: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a redaction comes to for one attestation: what is selected, and what a Verifier then sees.

    `refusal` says why a Verifier has no structured view of it; `redactable` are the names of request header fields
    whose redaction its policy must allow for that view. `proved` gives the leaf of each span to prove something about.
    """

    selection: Selection
    transcript: PartialTranscript = field(repr=False)
    spans: tuple[PlacedSpan, ...]
    proved: Mapping[str, int]
    refusal: Refused | None
    redactable: frozenset[str]

    def proved_ranges(self, direction: Direction) -> RangeSet | None:
        """The octets of a direction that something is to be proved about."""
        ranges = [
            each.field.ranges
            for each in self.spans
            if each.span.action is Action.PROVE and each.field.direction is direction
        ]
        return _union(ranges) if ranges else None


def default_spans(transcript: Transcript) -> tuple[Span, ...]:
    """Hide the credentials of the request: every value of `authorization` and `cookie`."""
    fields = header_fields(transcript, Direction.SENT)
    named = [
        each for each in fields if isinstance(each.what, HeaderName) and each.what.name in ALWAYS_REDACTABLE
    ]
    names = [each.name for each in named]
    return tuple(
        Span(
            # A name that stands twice names neither.
            part=each.name if names.count(each.name) == 1 else _octets(each.ranges.ranges[0]),
            action=Action.REDACT,
        )
        for each in named
    )


def _octets(part: Range) -> str:
    return f"sent:{part.start}-{part.end}"


def choose_spans(
    transcript: Transcript, *, redact: Sequence[str], reveal: Sequence[str], prove: Sequence[str]
) -> tuple[Span, ...]:
    """The spans that options ask for, after the default ones for octets that no option is exactly about.

    Refuses with `http/unknown-field`, and with `structure/…` when the request cannot be read.
    """
    asked = [
        Span(part=part, action=action)
        for action, parts in ((Action.REDACT, redact), (Action.REVEAL, reveal), (Action.PROVE, prove))
        for part in parts
    ]
    taken = {(each.direction, each.ranges) for each in find_fields(transcript, (each.part for each in asked))}
    default = default_spans(transcript)
    kept = [
        span
        for span, found in zip(default, find_fields(transcript, (each.part for each in default)), strict=True)
        if (found.direction, found.ranges) not in taken
    ]
    return (*kept, *asked)


def apply_redaction(
    redaction: Redaction, attestation: Attestation, secrets: AttestationSecrets, *, identity: bool
) -> Outcome:
    """What the redaction comes to.

    Refuses with `command/other-attestation`, `http/unknown-field`, `command/malformed-redaction` (spans that overlap
    without one being within the other, or that reveal what is to be proved), `command/not-provable` (no encoding
    commitment is exactly a span to prove something about), and with the `structure/…` reason why a Verifier would have
    no view when it needs one for a proof.
    """
    if redaction.attestation != attestation.header.attestation_id:
        raise Refused("command/other-attestation", f"it is for {redaction.attestation.hex()}")
    transcript = Transcript(sent=secrets.sent, received=secrets.received)
    fields = find_fields(transcript, (each.part for each in redaction.spans))
    spans = tuple(
        PlacedSpan(span=span, field=found) for span, found in zip(redaction.spans, fields, strict=True)
    )
    for one, other in combinations(spans, 2):
        _check_nested(one, other)
    proved = {
        each.span.part: _provable_leaf(each.field, secrets)
        for each in spans
        if each.span.action is Action.PROVE
    }
    sent, received = (_shown(transcript, direction, spans) for direction in Direction)
    partial = PartialTranscript(
        sent=_partial(transcript.sent, sent), received=_partial(transcript.received, received)
    )
    redactable = frozenset(
        each.field.what.name
        for each in spans
        if each.span.action is not Action.REVEAL
        and each.field.direction is Direction.SENT
        and isinstance(each.field.what, HeaderName)
    )
    refusal = _view_refusal(partial, attestation, secrets, identity=identity, redactable=redactable)
    if refusal is not None and proved:
        raise refusal
    selection = Selection(
        sent=sent,
        received=received,
        identity=identity,
        structured=refusal is None,
        withheld=frozenset(proved.values()),
    )
    return Outcome(
        selection=selection,
        transcript=partial,
        spans=spans,
        proved=proved,
        refusal=refusal,
        redactable=redactable - ALWAYS_REDACTABLE,
    )


def _check_nested(one: PlacedSpan, other: PlacedSpan) -> None:
    if one.field.direction is not other.field.direction:
        return
    inner, outer = sorted((one, other), key=_size)
    within, around = inner.field.ranges, outer.field.ranges
    if within.missing_from([around]) == within.ranges:
        return
    names = f"{one.span.part!r} and {other.span.part!r}"
    if within == around or not within.within(around):
        raise _malformed(f"{names} are about the same octets, and neither is within the other")
    if outer.span.action is Action.PROVE:
        raise _malformed(f"{names}: what something is proved about is hidden as a whole")


def _size(placed: PlacedSpan) -> int:
    return placed.field.ranges.total


def _provable_leaf(part: Field, secrets: AttestationSecrets) -> int:
    for index, each in enumerate(secrets.commitments):
        leaf = each.commitment
        if (
            isinstance(leaf, EncodingCommitment)
            and (leaf.direction, leaf.ranges, leaf.lexical_class)
            == (part.direction, part.ranges, part.lexical_class)
            and not isinstance(part.what, OctetsName)
        ):
            return index
    raise Refused("command/not-provable", f"{part.name}: no encoding commitment is exactly this value")


def _union(ranges: Iterable[RangeSet]) -> RangeSet:
    return RangeSet.of((part.start, part.end) for each in ranges for part in each)


def _shown(transcript: Transcript, direction: Direction, spans: Sequence[PlacedSpan]) -> RangeSet | None:
    """The octets of a direction that are revealed; spans are applied from the largest to the smallest."""
    length = len(transcript.octets(direction))
    shown: tuple[Range, ...] = (Range(start=0, end=length),) if length else ()
    here = [each for each in spans if each.field.direction is direction]
    for each in sorted(here, key=_size, reverse=True):
        if each.span.action is Action.REVEAL:
            shown = RangeSet.of((part.start, part.end) for part in (*shown, *each.field.ranges)).ranges
        elif shown:
            shown = RangeSet(ranges=shown).missing_from([each.field.ranges])
    return RangeSet(ranges=shown) if shown else None


def _partial(octets: bytes, shown: RangeSet | None) -> PartialDirection:
    openings = [(shown, shown.select(octets))] if shown is not None else []
    return reconstruct(len(octets), openings)


def _view_refusal(
    partial: PartialTranscript,
    attestation: Attestation,
    secrets: AttestationSecrets,
    *,
    identity: bool,
    redactable: frozenset[str],
) -> Refused | None:
    """Why a Verifier that allows these header fields to be redacted has no view; none if it has one."""
    leaves = [
        (index, each.commitment)
        for index, each in enumerate(secrets.commitments)
        if each.commitment.lexical_class is not LexicalClass.ANY
    ]
    server_name = secrets.server_name if identity else None
    closure = attestation.body.connection_info.closure
    try:
        structured_view(partial, leaves, closure, server_name, ExchangePolicy(redactable=redactable))
    except Refused as refused:
        return refused
    return None
