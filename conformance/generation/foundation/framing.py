"""Frames at their limits, announced and never sent, cut off, without a channel, on a channel that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.framing import (
    BEFORE_ANSWER_LIMIT,
    BULKY_LIMIT,
    ENGINE_LIMIT,
    SESSION_LIMIT,
)

from ...fields import Fields, flag
from ..vector import Family, Mutation, MutationKind, Vector

_STEP = "foundation/framing"
_OPERATION = "foundation/read-frame"
_SESSION, _ENGINE = 0, 1
_SHORT, _LONG = 3, 16
"""A message of usual length (ProverKeyShareCommitment) and one that the page marks as long (IncludeCommitments)."""


def _frame(length: int, content: bytes, *, answered: bool) -> Fields:
    return {"octets": length.to_bytes(4, "little") + content, "answered": flag(answered)}


def _whole(channel: int, body: bytes, *, answered: bool) -> Fields:
    return _frame(1 + len(body), bytes([channel]) + body, answered=answered)


def _accepted() -> Iterator[Vector]:
    message = bytes([_SHORT]) + bytes(range(32))
    for name, comment, given in (
        ("session-message", "A frame with a session message.", _whole(_SESSION, message, answered=True)),
        ("engine", "A frame with octets of the engine.", _whole(_ENGINE, b"\1\2\3", answered=True)),
        ("no-body", "A frame that holds a channel and nothing else.", _whole(_ENGINE, b"", answered=True)),
        (
            "longest-before-the-answer",
            "The longest frame before the answer: its length counts the channel.",
            _whole(_SESSION, bytes([_SHORT]) + bytes(BEFORE_ANSWER_LIMIT - 2), answered=False),
        ),
        (
            "as-long-after-the-answer",
            "One octet more is no matter after the answer.",
            _whole(_SESSION, bytes([_SHORT]) + bytes(BEFORE_ANSWER_LIMIT - 1), answered=True),
        ),
    ):
        yield Vector(name=name, operation=_OPERATION, comment=comment, input=given)
    first = _whole(_SESSION, message, answered=True)
    yield Vector(
        name="two-frames",
        operation=_OPERATION,
        comment="Only the first frame is read; what follows belongs to the next one.",
        input={**first, "octets": first["octets"] + _whole(_ENGINE, b"next", answered=True)["octets"]},
    )


def _negative(
    name: str, comment: str, given: Fields, reason: str, kind: MutationKind, field: str, base: str
) -> Vector:
    return Vector(
        name=name,
        operation=_OPERATION,
        comment=comment,
        input=given,
        expects=reason,
        base=base,
        mutation=Mutation(kind=kind, field=field),
    )


def _refused() -> Iterator[Vector]:
    too_long, closed = "link/frame-too-long", "link/closed"
    short, long = bytes([_SESSION, _SHORT]), bytes([_SESSION, _LONG])
    for name, comment, length, content, answered in (
        ("before-the-answer", "65,537 octets before the answer.", BEFORE_ANSWER_LIMIT + 1, short, False),
        ("long-before-the-answer", "A message that may be long, before the answer.", 2**20, long, False),
        ("engine-before-the-answer", "Engine octets before the answer.", 2**20, b"\1", False),
        ("session-message", "A session message of 2^20 + 1 octets.", SESSION_LIMIT + 1, short, True),
        ("long-message", "A long message of 2^25 + 1 octets.", BULKY_LIMIT + 1, long, True),
        ("engine", "Engine octets of 2^22 + 1 octets.", ENGINE_LIMIT + 1, b"\1", True),
        ("largest-length", "The largest length that four octets hold.", 2**32 - 1, short, True),
    ):
        given = _frame(length, content, answered=answered)
        yield _negative(
            f"too-long-{name}",
            f"{comment} It is refused though the octets never come.",
            given,
            too_long,
            MutationKind.MAXIMUM,
            "octets.length",
            "session-message",
        )
    for name, comment, length, content in (
        (
            "session-message",
            "A session message of exactly 2^20 octets is announced and does not come.",
            SESSION_LIMIT,
            short,
        ),
        (
            "long-message",
            "A long message of exactly 2^25 octets is announced and does not come.",
            BULKY_LIMIT,
            long,
        ),
        ("engine", "Engine octets of exactly 2^22 are announced and do not come.", ENGINE_LIMIT, b"\1"),
    ):
        given = _frame(length, content, answered=True)
        yield _negative(
            f"cut-off-{name}",
            comment,
            given,
            closed,
            MutationKind.MAXIMUM,
            "octets.length",
            "session-message",
        )
    whole = _whole(_SESSION, bytes([_SHORT]) + bytes(range(32)), answered=True)
    for count, where in (
        (0, "nothing"),
        (3, "within-the-length"),
        (4, "behind-the-length"),
        (5, "behind-the-channel"),
        (37, "one-octet-early"),
    ):
        yield _negative(
            f"closed-{where}",
            "The connection ends before the frame does.",
            {**whole, "octets": whole["octets"][:count]},
            closed,
            MutationKind.TRUNCATE,
            "octets",
            "session-message",
        )
    yield _negative(
        "empty", "A frame of no octets has no channel.", _frame(0, b"", answered=True), "link/frame-empty",
        MutationKind.ZERO, "octets.length", "session-message",
    )  # fmt: skip
    yield _negative(
        "empty-before-the-answer", "The same before the answer, with octets behind it.",
        _frame(0, whole["octets"], answered=False), "link/frame-empty", MutationKind.ZERO, "octets.length",
        "session-message",
    )  # fmt: skip
    for channel in (2, 255):
        given = _whole(channel, whole["octets"][5:], answered=True)
        yield _negative(
            f"channel-{channel}", "Channels 0 and 1 are all there are.", given, "link/unknown-channel",
            MutationKind.REPLACE, "octets.channel", "session-message",
        )  # fmt: skip


def _frames() -> Iterator[Vector]:
    yield from _accepted()
    yield from _refused()


FAMILIES = (
    Family(
        step=_STEP,
        name="frames",
        summary="Frames that are read, and such that are refused or never come to their end.",
        make=_frames,
    ),
)
