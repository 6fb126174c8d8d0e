"""The diagrams as SVG, drawn from what the specification reads of them; every bound arrow leads to its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from mpctls.spec.diagram import Arrow, Edge, Note, Role, SequenceElement

LANE, ROW, TOP, SIDE = 260, 46, 54, 110

Linked = Callable[[SequenceElement], str | None]


def sequence(
    elements: Sequence[SequenceElement], linked: Linked, title: str, chosen: str | None = None
) -> str:
    """A sequence diagram. `linked` gives the address of an element's page; the one of `chosen` is marked."""
    met = [role for each in elements for role in _roles(each)]
    lanes = {role: SIDE + LANE * at for at, role in enumerate(sorted(dict.fromkeys(met), key=_ORDER.index))}
    width, height = SIDE * 2 + LANE * (len(lanes) - 1), TOP + ROW * len(elements) + 30
    parts = [_head(width, height, title)]
    for role, x in lanes.items():
        parts.append(f'<line class="lane" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{height - 8}"/>')
        parts.append(_box(x, 24, role.value))
    for at, element in enumerate(elements):
        y = TOP + ROW * at + 30
        drawn = _arrow(element, lanes, y) if isinstance(element, Arrow) else _note(element, lanes, y)
        address = linked(element)
        if address is None:
            parts.append(drawn)
            continue
        marked = ' class="chosen" aria-current="page"' if address == chosen else ""
        parts.append(f'<a href="{escape(address)}"{marked}>{drawn}</a>')
    return "".join([*parts, "</svg>"])


def flowchart(edges: Sequence[Edge], title: str) -> str:
    """A flowchart: a line for each edge, between its two parties."""
    lane = max(LANE, 120 + 7 * max(len(edge.label) for edge in edges))
    width, height = SIDE * 2 + lane, 30 + 56 * len(edges)
    parts = [_head(width, height, title)]
    for at, edge in enumerate(edges):
        y, left, right = 34 + 56 * at, SIDE, SIDE + lane
        ends = ' marker-start="url(#head)"' if edge.both_ways else ""
        parts += [
            _box(left, y, edge.source.value),
            _box(right, y, edge.target.value),
            f'<line class="arrow" x1="{left + 52}" y1="{y}" x2="{right - 52}" y2="{y}" marker-end="url(#head)"{ends}/>',
            _label((left + right) / 2, y - 8, edge.label, small=len(edge.label) > 24),
        ]
    return "".join([*parts, "</svg>"])


_ORDER = [Role.SERVER, Role.PROVER, Role.NOTARY, Role.VERIFIER]


def _roles(element: SequenceElement) -> tuple[Role, ...]:
    return (element.sender, element.receiver) if isinstance(element, Arrow) else element.over


def _head(width: int, height: int, title: str) -> str:
    return (
        f'<svg class="diagram" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="group" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title><defs><marker id="head" viewBox="0 0 10 10" '
        'refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
        '<path d="M0 0L10 5L0 10z"/></marker></defs>'
    )


def _box(x: float, y: float, text: str) -> str:
    return (
        f'<rect class="party" x="{x - 50}" y="{y - 17}" width="100" height="34" rx="6"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle">{escape(text)}</text>'
    )


def _arrow(arrow: Arrow, lanes: dict[Role, int], y: int) -> str:
    start, end = lanes[arrow.sender], lanes[arrow.receiver]
    if start == end:
        path = f"M{start} {y - 8}h34v16h-26"
        return (
            f'<path class="arrow" d="{path}" marker-end="url(#head)"/>'
            f'<text x="{start - 10}" y="{y + 5}" text-anchor="end">{escape(arrow.text)}</text>'
            if start == max(lanes.values())
            else f'<path class="arrow" d="{path}" marker-end="url(#head)"/>'
            f'<text x="{start + 44}" y="{y + 5}">{escape(arrow.text)}</text>'
        )
    return (
        f'<line class="arrow" x1="{start}" y1="{y + 6}" x2="{end}" y2="{y + 6}" marker-end="url(#head)"/>'
        + _label(
            (start + end) / 2, y - 2, arrow.text, small=len(arrow.text) > 30 and abs(start - end) <= LANE
        )
    )


def _note(note: Note, lanes: dict[Role, int], y: int) -> str:
    places = [lanes[role] for role in note.over]
    left, right = min(places) - 85, max(places) + 85
    return f'<rect class="note" x="{left}" y="{y - 14}" width="{right - left}" height="28" rx="3"/>' + _label(
        (left + right) / 2, y + 5, note.text, small=False
    )


def _label(x: float, y: float, text: str, *, small: bool) -> str:
    kind = ' class="small"' if small else ""
    return f'<text{kind} x="{x:g}" y="{y:g}" text-anchor="middle">{escape(text)}</text>'
