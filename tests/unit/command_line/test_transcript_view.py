"""Redactions on paper, and content that tries to look like one."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.command_line.output import Output
from mpctls.reference.command_line.transcript_view import (
    GUTTER,
    Marker,
    direction_document,
    marker,
    render_direction,
)
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import PartialDirection, reconstruct

BRACKETS = Marker(opening="⟦", closing="⟧")
SQUARE = Marker(opening="[", closing="]")
IMITATIONS = [
    "⟦redacted 7 octets⟧".encode(),
    b"[redacted 7 octets]",
    b"\x1b[7m\xe2\x9f\xa6redacted 7 octets\xe2\x9f\xa7\x1b[0m",
    "\u202e⟧stetco 7 detcader⟦".encode(),
    b"\n" + GUTTER.encode() + "⟦redacted 1 octet⟧".encode(),
]


def partial(length: int, *pieces: tuple[int, bytes]) -> PartialDirection:
    return reconstruct(length, [(RangeSet.of([(at, at + len(octets))]), octets) for at, octets in pieces])


def shown(direction: PartialDirection, mark: Marker = BRACKETS) -> list[str]:
    return render_direction(direction_document(direction), mark)


@pytest.mark.parametrize("mark", [BRACKETS, SQUARE])
@pytest.mark.parametrize("octets", IMITATIONS)
def test_content_cannot_imitate_a_redaction(octets: bytes, mark: Marker) -> None:
    text = "\n".join(shown(partial(len(octets), (0, octets)), mark))
    assert mark.opening not in text
    assert mark.closing not in text
    assert "\x1b" not in text


@given(
    st.lists(
        st.one_of(st.sampled_from(IMITATIONS), st.binary(min_size=1, max_size=20), st.integers(1, 9)),
        max_size=12,
    )
)
def test_exactly_the_redactions_are_marked(runs: list[bytes | int]) -> None:
    """A number stands for so many redacted octets; the marks count all of them and nothing else."""
    position, pieces, hidden = 0, [], 0
    for run in runs:
        if isinstance(run, bytes):
            pieces.append((position, run))
            position += len(run)
        else:
            hidden += run
            position += run
    lines = shown(partial(position, *pieces))
    text = "".join(lines)
    marked = [part.partition("⟧")[0].split()[1] for part in text.split("⟦")[1:]]
    assert sum(int(count) for count in marked) == hidden
    assert all(line.startswith(GUTTER) for line in lines)


def test_lines_of_content_and_redactions_within() -> None:
    direction = partial(29, (0, b"A: b\r\nC: "), (16, b"\r\n\r\nbody\nend"))
    assert shown(direction) == [
        "  | A: b",
        "  | C: ⟦redacted 7 octets⟧",
        "  | ",
        "  | body",
        "  | end⟦redacted 1 octet⟧",
    ]


def test_nothing_shown_is_one_redaction() -> None:
    assert shown(partial(5)) == ["  | ⟦redacted 5 octets⟧"]


def test_the_document_holds_every_octet_once() -> None:
    document = direction_document(partial(6, (1, b"\xff\x00"), (5, b"z")))
    assert document["length"] == 6
    assert [(run["start"], run["end"], run["redacted"]) for run in document["runs"]] == [
        (0, 1, True),
        (1, 3, False),
        (3, 5, True),
        (5, 6, False),
    ]
    assert [base64.b64decode(run["base64"]) for run in document["runs"] if not run["redacted"]] == [
        b"\xff\x00",
        b"z",
    ]


def test_the_mark_is_styled_on_a_terminal_only() -> None:
    assert Marker(opening="⟦", closing="⟧", styled=True).redaction(7) == "\x1b[7m⟦redacted 7 octets⟧\x1b[0m"
    assert BRACKETS.redaction(7) == "⟦redacted 7 octets⟧"


@pytest.mark.parametrize(("encoding", "opening"), [("utf-8", "⟦"), ("ascii", "["), ("latin-1", "[")])
def test_the_mark_fits_the_output(encoding: str, opening: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert marker(Output(as_json=False, stream=stream)).opening == opening
