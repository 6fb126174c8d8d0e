"""A badge: the form that shields.io reads from an address, or a picture that needs nobody."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

from ..running.judging import Verdict
from ..running.results import Summary

LABEL = "mpctls conformance"
_COLOURS = {"brightgreen": "#2e7d32", "green": "#558b2f", "red": "#b3261e"}
_CHARACTER = 6.6
"""Width of a character at 11 pixels, about."""


def write_badge(summary: Summary, path: Path) -> None:
    """Write a picture when the name ends in `.svg`, else JSON for shields.io."""
    message, colour = message_and_colour(summary)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".svg":
        path.write_text(_picture(message, _COLOURS[colour]), encoding="utf-8")
        return
    document = {"schemaVersion": 1, "label": LABEL, "message": message, "color": colour}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")


def message_and_colour(summary: Summary) -> tuple[str, str]:
    """What a badge says: of how many vectors that were asked how many passed."""
    passed = summary.counts.get(Verdict.PASSED, 0)
    unsupported = summary.counts.get(Verdict.UNSUPPORTED, 0)
    asked = sum(summary.counts.values()) - unsupported
    lacking = f", {unsupported} unsupported" if unsupported else ""
    if not summary.conforms:
        return f"{passed} of {asked}{lacking}", "red"
    return f"{passed} of {asked}{lacking}", "green" if passed < asked or unsupported else "brightgreen"


def _picture(message: str, colour: str) -> str:
    left, right = (round(len(text) * _CHARACTER) + 12 for text in (LABEL, message))
    said = escape(message)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{LABEL}: {said}">\n'
        f"<title>{LABEL}: {said}</title>\n"
        f'<rect width="{left}" height="20" fill="#444"/>\n'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>\n'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\n'
        f'<text x="{left / 2}" y="14">{LABEL}</text>\n'
        f'<text x="{left + right / 2}" y="14">{said}</text>\n'
        "</g>\n</svg>\n"
    )
