"""A partial transcript on paper: what is shown escaped, what is redacted marked so that no content can imitate it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..foundation.identifiers import Direction
from ..foundation.ranges import RangeSet
from ..foundation.transcript import PartialDirection, PartialTranscript
from .escaping import escape_octets
from .output import Output

GUTTER: Final = "  | "
_REDACTED: Final = ("\x1b[7m", "\x1b[0m")
_PROVED: Final = ("\x1b[7;36m", "\x1b[0m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """How a redaction is written. Its two delimiters are escaped wherever content holds them."""

    opening: str
    closing: str
    styled: bool = False

    def redaction(self, count: int, *, about: str = "") -> str:
        """The mark of `count` redacted octets; `about` says what of a value that a proof is about."""
        said = f"redacted, {about}," if about else "redacted"
        text = f"{self.opening}{said} {count} octet{'' if count == 1 else 's'}{self.closing}"
        return text.join(_PROVED if about else _REDACTED) if self.styled else text

    def content(self, octets: bytes) -> str:
        """One line of shown octets."""
        return escape_octets(octets, (self.opening, self.closing))


def marker(output: Output) -> Marker:
    """Brackets that HTTP and JSON do not use, or square ones where the output cannot carry them."""
    try:
        "⟦⟧".encode(output.encoding)
    except (UnicodeEncodeError, LookupError):
        return Marker(opening="[", closing="]", styled=output.styled)
    return Marker(opening="⟦", closing="⟧", styled=output.styled)


def direction_document(direction: PartialDirection, proved: RangeSet | None = None) -> dict[str, Any]:
    """The JSON of one direction: its length and its runs in order, each shown or redacted.

    Redacted runs within `proved` are marked as what something is to be proved about.
    """
    runs: list[tuple[int, dict[str, Any]]] = []
    for piece, octets in direction.pieces:
        shown: dict[str, Any] = {"start": piece.start, "end": piece.end, "redacted": False}
        runs.append((piece.start, shown | {"base64": base64.b64encode(octets).decode("ascii")}))
    for piece in direction.redacted:
        hidden: dict[str, Any] = {"start": piece.start, "end": piece.end, "redacted": True}
        if proved is not None and RangeSet(ranges=(piece,)).within(proved):
            hidden["proved"] = True
        runs.append((piece.start, hidden))
    return {"length": direction.length, "runs": [run for _, run in sorted(runs, key=lambda run: run[0])]}


def transcript_document(transcript: PartialTranscript) -> dict[str, Any]:
    """The JSON of both directions."""
    return {each.name.lower(): direction_document(transcript.direction(each)) for each in Direction}


def render_direction(document: Mapping[str, Any], marker: Marker) -> list[str]:
    """Lines of one direction. Only CR LF and LF in content begin a line; every line begins with the gutter."""
    lines = [""]
    runs: Sequence[Mapping[str, Any]] = document["runs"]
    for run in runs:
        if run["redacted"]:
            lines[-1] += marker.redaction(
                run["end"] - run["start"], about="to prove about" if run.get("proved") else ""
            )
            continue
        first, *rest = _lines(base64.b64decode(run["base64"]))
        lines[-1] += marker.content(first)
        lines += [marker.content(each) for each in rest]
    if lines[-1] == "" and len(lines) > 1:
        lines.pop()
    return [GUTTER + line for line in lines]


def _lines(octets: bytes) -> list[bytes]:
    return octets.replace(b"\r\n", b"\n").split(b"\n")


def render_transcript(document: Mapping[str, Any], marker: Marker) -> list[str]:
    """Both directions with their headings."""
    titles = {"sent": "sent to the server", "received": "received from the server"}
    lines: list[str] = []
    for name, title in titles.items():
        lines += ["", f"{title}, {document[name]['length']} octets"]
        lines += render_direction(document[name], marker) if document[name]["length"] else []
    return lines
