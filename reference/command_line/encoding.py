"""Which parts of a session are committed to in scalars, so that predicates can be proved about them later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from ..channel.messages import CommitRequest, EncodingRequest
from ..foundation.identifiers import Direction
from ..foundation.transcript import Transcript
from ..http.fields import Field, find_fields, json_fields

ONE_PERMUTATION: Final = 403
"""Octets that the commitment hashes at once; longer ones cost a circuit more for each further 434."""

Choose = Callable[[Transcript], tuple[CommitRequest, ...]]


def with_encodings(
    names: Sequence[str], every: bool, commit_config: Callable[[Sequence[str]], Choose]
) -> Choose:
    """Commit as `commit_config` says with the named parts apart, and to these in scalars.

    With `every`, also to each JSON value of both directions that fits one permutation. A part is committed to once:
    in scalars it can be shown just as well.
    """

    def choose(transcript: Transcript) -> tuple[CommitRequest, ...]:
        fields = [*find_fields(transcript, names), *(_json_values(transcript) if every else ())]
        encoded = {(each.direction, each.ranges) for each in fields}
        return tuple(
            replace(each, kind=EncodingRequest()) if (each.direction, each.ranges) in encoded else each
            for each in commit_config([each.name for each in fields])(transcript)
        )

    return choose


def _json_values(transcript: Transcript) -> list[Field]:
    return [
        each
        for direction in Direction
        if transcript.octets(direction)
        for each in json_fields(transcript, direction)
        if each.ranges.total <= ONE_PERMUTATION
    ]
