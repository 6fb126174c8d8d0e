"""Parts of an exchange in words: what a Verifier is told was shown, hidden and proved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mpctls.reference.command_line.parts_view import parts_document, parts_lines
from mpctls.reference.command_line.transcript_view import Marker
from mpctls.reference.foundation.identifiers import Closure, Direction
from mpctls.reference.foundation.transcript import PartialTranscript
from mpctls.reference.presentation.verification import VerifiedPresentation
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.statement import PublicField
from mpctls.zkp.verify import ProvedPredicate
from tests.unit.http.exchanges import BODY, SENT, SERVER, leaf, read, response

BRACKETS = Marker(opening="⟦", closing="⟧")


def verified(received: bytes, *, server_name: str | None = SERVER, proved: tuple[int, ...] = ()) -> Any:
    sides = read(SENT), read(received)
    found = [
        leaf(direction, ranges, lexical_class)
        for direction, side in zip(Direction, sides, strict=True)
        for lexical_class, ranges in side.leaves
    ]
    leaves = tuple(enumerate(found))
    return VerifiedPresentation(
        notary=None,
        time=0,
        server_name=server_name,
        closure=Closure.CLOSE_NOTIFY,
        transcript=PartialTranscript(sent=sides[0].partial, received=sides[1].partial),
        leaves=leaves,
        predicates=tuple(_proved(found[index], index) for index in proved),
    )


def _proved(leaf: Any, index: int) -> ProvedPredicate:
    place = PublicField(
        attestation=0,
        index=index,
        direction=leaf.direction,
        kind=leaf.lexical_class,
        length=leaf.ranges.total,
        commitment=0,
        offset=0,
        factor=0,
    )
    setup = make_development_setup(8, "view")
    return ProvedPredicate(
        predicate=None,  # type: ignore[arg-type]
        fields=(place,),
        outputs=(),
        setup=setup,
        rows=8,
        explanation="",
    )


def lines(presentation: Any) -> list[str]:
    return parts_lines(json.loads(json.dumps(parts_document(presentation))), BRACKETS)


def test_every_header_and_member_is_said_to_be_shown_or_hidden_and_what_is_proved() -> None:
    shown = lines(verified(response(BODY), proved=(2, 2, 1)))
    assert shown[: shown.index("")] == [
        "shown         request header host",
        "              request header accept-encoding",
        "              request header connection",
        "              response header content-type",
        "              response header content-length",
        "              response $.tags[0]",
        "              response $.tags[1]",
        "hidden        request header authorization",
        "              response $.name (predicate 3)",
        "              response $.balance (predicate 1 and 2)",
        "              response $.open",
        "proved about  response $.name (predicate 3)",
        "              response $.balance (predicate 1 and 2)",
    ]
    assert '  |   "balance": ⟦redacted, proved about, 5 octets⟧' in shown
    assert '  |   "open": ⟦redacted 4 octets⟧' in shown


def test_the_document_has_every_part_and_its_predicates() -> None:
    document = parts_document(verified(response(BODY), proved=(2,)))
    parts = {each["name"]: each for each in document["parts"]}
    assert parts["response $.balance"] == {
        "name": "response $.balance",
        "redacted": True,
        "octets": 5,
        "predicates": [1],
    }
    assert parts["response $.tags[0]"]["octets"] == 0
    ((_, name), (_, balance), *_) = document["exchange"]["response"]["content"]["object"]
    assert "predicates" not in name["value"]
    assert balance["value"]["predicates"] == [1]


@pytest.mark.parametrize(
    ("presentation", "reason"),
    [
        (verified(response(BODY), server_name=None), "structure/identity-required"),
        (verified(response(b'{"a":"<<x>>"}')), "structure/redaction-without-leaf"),
        (verified(response(b'{"a\x1b":1}')), "structure/not-json"),
    ],
)
def test_without_a_view_no_part_is_named_and_the_reason_is(presentation: Any, reason: str) -> None:
    document = parts_document(presentation)
    assert (document["exchange"], document["parts"], document["reason"]) == (None, [], reason)
    (line,) = lines(presentation)
    assert line.startswith(f"parts         none can be named, only octets: {reason}: ")


def test_names_of_the_server_are_neither_other_parts_nor_marks() -> None:
    body = '{"⟦redacted 5 octets⟧":1,"x\\nhidden        response $.y":2}'.encode()
    shown = lines(verified(response(body)))
    words = shown[: shown.index("")]
    assert "hidden        request header authorization" in words
    assert not any("⟦" in line or line.startswith("hidden        response") for line in words)


def test_a_page_of_many_parts_names_a_few_and_counts_the_rest() -> None:
    shown = lines(verified(response(json.dumps(list(range(100))).encode())))
    assert shown[12:14] == ["              and 93 more", "hidden        request header authorization"]
