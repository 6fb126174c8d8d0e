"""From names of fields to what is committed and what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import click

from ..channel.messages import CommitRequest
from ..foundation.identifiers import Direction, HashAlgorithm
from ..foundation.ranges import RangeSet
from ..foundation.transcript import Transcript
from ..http.fields import Field, commit_apart, disclose_all_but, find_fields, header_fields, json_fields
from ..presentation.building import Selection

WHOLE: Final = "whole"
FIELDS: Final = "fields"


def all_fields(transcript: Transcript) -> tuple[Field, ...]:
    """Every header value and, where content is JSON, every value of it; refuses what no Verifier would read."""
    found: list[Field] = []
    for direction in Direction:
        found += header_fields(transcript, direction)
        found += json_fields(transcript, direction)
    return tuple(found)


def commit_config(
    names: Sequence[str], algorithm: HashAlgorithm
) -> Callable[[Transcript], tuple[CommitRequest, ...]]:
    """How to commit: `whole`, `fields`, or the named parts apart from the rest."""

    def choose(transcript: Transcript) -> tuple[CommitRequest, ...]:
        apart: list[Field] = []
        if FIELDS in names:
            apart += all_fields(transcript)
        apart += find_fields(transcript, (name for name in names if name not in (FIELDS, WHOLE)))
        return commit_apart(transcript, apart, algorithm)

    return choose


def check_choice(shown: Sequence[str], hidden: Sequence[str], *, redacted: bool = False) -> None:
    """A usage error unless what to show is said in exactly one way."""
    if [bool(shown), bool(hidden), redacted].count(True) != 1:
        raise click.UsageError(
            "say what to show: either --reveal (only that), --hide (everything else) or --redaction (as in the file)"
        )


def select(
    transcript: Transcript, *, shown: Sequence[str], hidden: Sequence[str], identity: bool
) -> Selection:
    """What is shown: the union of `shown`, or everything outside `hidden`; refuses with `http/unknown-field`."""
    if shown:
        fields = find_fields(transcript, shown)
        return Selection(
            sent=_union(fields, Direction.SENT),
            received=_union(fields, Direction.RECEIVED),
            identity=identity,
        )
    fields = find_fields(transcript, hidden)
    return Selection(
        sent=disclose_all_but(transcript, Direction.SENT, fields),
        received=disclose_all_but(transcript, Direction.RECEIVED, fields),
        identity=identity,
    )


def _union(fields: Iterable[Field], direction: Direction) -> RangeSet | None:
    ranges = [
        (part.start, part.end) for each in fields if each.direction is direction for part in each.ranges
    ]
    return RangeSet.of(ranges) if ranges else None
