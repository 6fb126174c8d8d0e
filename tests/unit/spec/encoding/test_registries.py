"""The tables of reasons, contexts and identifiers, and the frames of the link."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.contexts import Context
from mpctls.spec.framing import (
    BEFORE_ANSWER_LIMIT,
    BULKY_LIMIT,
    BULKY_MESSAGES,
    ENGINE_LIMIT,
    SESSION_LIMIT,
    Channel,
    Frame,
    decode_frame,
    split_frame,
)
from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.reasons import Reason, Rejection

from ..session.stages import rejects


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_named_after_its_code_and_has_one_sentence(reason: Reason) -> None:
    stage, slash, code = reason.value.partition("/")
    assert slash
    assert reason.name.lower().replace("_", "-") == f"{stage}-{code}"
    assert reason.meaning.endswith(".")
    assert ". " not in reason.meaning


def test_a_rejection_says_why_and_where() -> None:
    assert str(Rejection(Reason.LINK_CLOSED)) == "link/closed: The peer went away."
    assert str(Rejection(Reason.LINK_CLOSED, "after 3 frames")) == "link/closed: after 3 frames"


def test_contexts_separate_every_use() -> None:
    for context in Context:
        assert context.octets[:-1].isascii()
        assert context.octets[:-1].decode().isprintable()
        assert context.octets[-1] == 0
        assert len(context.octets) <= 64
    for one, other in permutations(Context, 2):
        assert not one.octets.startswith(other.octets)
        assert not one.padded(64).startswith(other.octets)


def test_a_padded_context_fills_its_block() -> None:
    block = Context.HASH_COMMITMENT_SHA256.padded(64)
    assert len(block) == 64
    assert block.rstrip(b"\0") == Context.HASH_COMMITMENT_SHA256.value.encode()


def test_signature_algorithms_have_the_names_of_trust_stores() -> None:
    assert [algorithm.text for algorithm in SignatureAlgorithm] == [
        "ed25519",
        "ecdsa-p256-sha256",
        "ecdsa-secp256k1-sha256",
        "ecdsa-secp256k1-keccak256",
    ]


def header(length: int, *content: int) -> bytes:
    return length.to_bytes(4, "little") + bytes(content)


@pytest.mark.parametrize(
    ("octets", "answered", "reason"),
    [
        (header(0), False, Reason.LINK_FRAME_EMPTY),
        (header(BEFORE_ANSWER_LIMIT + 1), False, Reason.LINK_FRAME_TOO_LONG),
        (header(BULKY_LIMIT + 1), True, Reason.LINK_FRAME_TOO_LONG),
        (header(5, 2), True, Reason.LINK_UNKNOWN_CHANNEL),
        (header(ENGINE_LIMIT + 1, 1), True, Reason.LINK_FRAME_TOO_LONG),
        (header(SESSION_LIMIT + 1, 0, 1), True, Reason.LINK_FRAME_TOO_LONG),
    ],
)
def test_a_frame_is_refused_as_soon_as_its_first_octets_are_there(
    octets: bytes, answered: bool, reason: Reason
) -> None:
    with rejects(reason):
        split_frame(octets, answered=answered)


@pytest.mark.parametrize(
    ("octets", "answered"),
    [
        (b"", False),
        (b"\x05\x00\x00", False),
        (header(BEFORE_ANSWER_LIMIT), False),
        (header(BULKY_LIMIT, 0), True),
        (header(SESSION_LIMIT, 0, 1), True),
        (header(ENGINE_LIMIT, 1, 200), True),
        *((header(BULKY_LIMIT, 0, index), True) for index in sorted(BULKY_MESSAGES)),
    ],
)
def test_a_frame_within_its_limit_is_waited_for(octets: bytes, answered: bool) -> None:
    assert split_frame(octets, answered=answered) is None


@given(st.sampled_from(Channel), st.binary(max_size=40), st.binary(max_size=10), st.booleans())
def test_frames_are_split_one_by_one(channel: Channel, body: bytes, rest: bytes, answered: bool) -> None:
    frame = Frame(channel=channel, body=body)
    assert split_frame(frame.encode() + rest, answered=answered) == (frame, rest)
    assert split_frame(frame.encode()[:-1], answered=answered) is None


def test_exactly_one_frame_is_decoded() -> None:
    frame = Frame(channel=Channel.SESSION, body=b"x")
    assert frame.encode() == bytes.fromhex("02000000 00 78")
    assert decode_frame(frame.encode(), answered=False) == frame
    with rejects(Reason.ENCODING_TRUNCATED):
        decode_frame(frame.encode()[:-1], answered=False)
    with rejects(Reason.ENCODING_TRAILING_OCTETS):
        decode_frame(frame.encode() + b"x", answered=False)
