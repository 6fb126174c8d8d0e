"""What a presentation says of the parts of its exchange, in words: which are shown, which hidden, what is proved.

Without a structured view there are no parts: then it says why, and only octets remain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..foundation.errors import Refused
from ..foundation.identifiers import Direction
from ..http.message import Token
from ..http.names import JsonPath
from ..http.structure import ExchangeView, structured_view
from .escaping import escape_line
from .exchange_view import Places, exchange_document, render_exchange
from .transcript_view import Marker

if TYPE_CHECKING:
    from ..presentation.verification import VerifiedPresentation

_SIDES: Final = {Direction.SENT: "request", Direction.RECEIVED: "response"}
_NAMED: Final = 12
"""Parts of one kind that are named; a page may have thousands."""


def parts_document(verified: VerifiedPresentation) -> dict[str, Any]:
    """The JSON of the exchange that a verified presentation shows, of its parts, or of the reason why it has none."""
    try:
        view = structured_view(verified.transcript, verified.leaves, verified.closure, verified.server_name)
    except Refused as refused:
        return {"exchange": None, "parts": [], "reason": refused.reason, "detail": refused.detail}
    proved = _proved_places(verified)
    return {
        "exchange": exchange_document(view, proved),
        "parts": list(_parts(view, proved)),
        "reason": None,
        "detail": None,
    }


def _proved_places(verified: VerifiedPresentation) -> Places:
    """The octets that predicates are about, each with the predicates' numbers from 1 on."""
    leaves = dict(verified.leaves)
    places: dict[Any, list[int]] = {}
    for number, predicate in enumerate(verified.predicates, start=1):
        for each in predicate.fields:
            leaf = leaves[each.index]
            about = places.setdefault((leaf.direction, leaf.ranges.ranges), [])
            if number not in about:
                about.append(number)
    return places


def _parts(view: ExchangeView, proved: Places) -> Iterator[dict[str, Any]]:
    """Header values and JSON values of both messages, in their order; an empty one is shown and has no octets."""
    for side in Direction:
        message = view.message(side)
        for header in message.fields:
            yield _part(f"{_SIDES[side]} header {header.name}", header.value, proved)
        for steps, token in message.tokens():
            yield _part(f"{_SIDES[side]} {JsonPath(steps=steps).text}", token, proved)


def _part(name: str, token: Token | None, proved: Places) -> dict[str, Any]:
    if token is None:
        return {"name": name, "redacted": False, "octets": 0, "predicates": []}
    predicates = list(proved.get((token.direction, token.ranges), ()))
    return {"name": name, "redacted": token.redacted, "octets": token.length, "predicates": predicates}


def parts_lines(document: Mapping[str, Any], marker: Marker) -> list[str]:
    """The same for people: a line for each part that is shown, hidden or proved about, then the messages."""
    if document["exchange"] is None:
        detail = escape_line(document["detail"])
        return [f"parts         none can be named, only octets: {document['reason']}: {detail}"]
    parts = document["parts"]
    lines = _lines("shown", [_name(each, marker) for each in parts if not each["redacted"]])
    lines += _lines("hidden", [_name(each, marker) for each in parts if each["redacted"]])
    lines += _lines("proved about", [_name(each, marker) for each in parts if each["predicates"]])
    return lines + render_exchange(document["exchange"], marker)


def _name(part: Mapping[str, Any], marker: Marker) -> str:
    """A name of the server's ends neither its line nor looks like a redaction."""
    name = marker.content(part["name"].encode("utf-8"))
    numbers = " and ".join(map(str, part["predicates"]))
    return f"{name} (predicate {numbers})" if numbers else name


def _lines(label: str, names: Sequence[str]) -> list[str]:
    shown = list(names[:_NAMED]) or ["nothing"]
    if len(names) > _NAMED:
        shown.append(f"and {len(names) - _NAMED} more")
    return [f"{label if place == 0 else '':14}{each}" for place, each in enumerate(shown)]
