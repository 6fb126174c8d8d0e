"""Frames on the link between Prover and Notary: length, channel, body.

frame = u32 length of channel and body, little-endian ‖ u8 channel ‖ body. The length is checked as soon as it
and the first octet of the body are there, before anything is allocated for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .reasons import Reason, Rejection

LENGTH_OCTETS: Final = 4

BEFORE_ANSWER_LIMIT: Final = 65_536
"""Length of any frame until the Notary has answered the request."""

SESSION_LIMIT: Final = 2**20
"""Length of a frame with a session message."""

BULKY_LIMIT: Final = 2**25
"""Length of a frame with one of the messages whose size the transcript determines."""

BULKY_MESSAGES: Final = frozenset({15, 16, 18, 19, 21})
"""Indices of SubmitTranscriptCommitConfig, IncludeCommitments, SignedAttestation, Disclosure and
EncodingCommitments.
"""

ENGINE_LIMIT: Final = 2**22
"""Length of a frame with engine octets."""


class Channel(IntEnum):
    """What a frame carries: one session message, or octets of the engine profile."""

    SESSION = 0
    ENGINE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame."""

    channel: Channel
    body: bytes

    def encode(self) -> bytes:
        """Return the octets of the frame."""
        length = 1 + len(self.body)
        return length.to_bytes(LENGTH_OCTETS, "little") + bytes([self.channel]) + self.body


def split_frame(octets: bytes, *, answered: bool) -> tuple[Frame, bytes] | None:
    """Return the first frame of what has arrived and the octets behind it, None when it is not complete yet.

    `answered` says whether the Notary has answered the request. Rejects with link/frame-empty,
    link/frame-too-long, link/unknown-channel.
    """
    if len(octets) < LENGTH_OCTETS:
        return None
    length = int.from_bytes(octets[:LENGTH_OCTETS], "little")
    if length == 0:
        raise Rejection(Reason.LINK_FRAME_EMPTY)
    _require_length(length, BULKY_LIMIT if answered else BEFORE_ANSWER_LIMIT)
    content = octets[LENGTH_OCTETS : LENGTH_OCTETS + length]
    if not content:
        return None
    if content[0] not in set(Channel):
        raise Rejection(Reason.LINK_UNKNOWN_CHANNEL, f"channel {content[0]}")
    channel = Channel(content[0])
    if channel is Channel.ENGINE:
        _require_length(length, ENGINE_LIMIT)
    elif len(content) > 1 and content[1] not in BULKY_MESSAGES:
        _require_length(length, SESSION_LIMIT)
    if len(content) < length:
        return None
    return Frame(channel=channel, body=content[1:]), octets[LENGTH_OCTETS + length :]


def decode_frame(octets: bytes, *, answered: bool) -> Frame:
    """Return the frame that is exactly these octets.

    Rejects as `split_frame`, then with encoding/truncated, encoding/trailing-octets.
    """
    arrived = split_frame(octets, answered=answered)
    if arrived is None:
        raise Rejection(Reason.ENCODING_TRUNCATED, "the frame is not complete")
    frame, rest = arrived
    if rest:
        raise Rejection(Reason.ENCODING_TRAILING_OCTETS, f"{len(rest)} octets follow the frame")
    return frame


def _require_length(length: int, limit: int) -> None:
    if length > limit:
        raise Rejection(Reason.LINK_FRAME_TOO_LONG, f"{length} octets announced, at most {limit} allowed")
