"""Frames on the link are read within their limits, and a length is judged before anything is kept for it.

Compared: channel and body; or the reason. What is announced and never comes costs nothing.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.framing import (
    BEFORE_ANSWER_LIMIT,
    BULKY_LIMIT,
    BULKY_MESSAGES,
    ENGINE_LIMIT,
    SESSION_LIMIT,
    Channel,
    split_frame,
)
from mpctls.spec.reasons import Reason, Rejection

from ...fields import Fields, flag, number, read_flag
from ...property import Operation


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    answered = draw(st.booleans())
    channel = draw(st.sampled_from(Channel))
    index = draw(st.sampled_from((0, 3, 15, 18)))
    body = bytes([index]) + draw(st.binary(max_size=20))
    limit = SESSION_LIMIT
    if channel is Channel.ENGINE:
        limit = ENGINE_LIMIT
    elif index in BULKY_MESSAGES:
        limit = BULKY_LIMIT
    length = draw(
        st.sampled_from(
            (
                *(1 + len(body), 1 + len(body), 0, 1, len(body), limit, limit + 1),
                *(BEFORE_ANSWER_LIMIT, BEFORE_ANSWER_LIMIT + 1, 2**32 - 1),
            )
        )
    )
    # A channel that nobody knows stands alone: beside a length that is too long, either may be found first.
    if length <= BEFORE_ANSWER_LIMIT and draw(st.integers(0, 9)) == 0:
        octets = length.to_bytes(4, "little") + bytes([draw(st.integers(2, 255))]) + body
    else:
        octets = length.to_bytes(4, "little") + bytes([channel]) + body
    # A length that is too long may be found before or after the octets that say which limit it has.
    cut = draw(st.integers(0, 3) | st.integers(6, 40))
    return {"octets": octets[:cut], "answered": flag(answered)}


def _read(fields: Fields) -> Fields:
    arrived = split_frame(fields["octets"], answered=read_flag(fields["answered"]))
    if arrived is None:
        raise Rejection(Reason.LINK_CLOSED)
    frame, _ = arrived
    return {"channel": number(frame.channel), "body": frame.body}


OPERATIONS = (Operation(name="foundation/read-frame", inputs=_inputs, specification=_read),)
