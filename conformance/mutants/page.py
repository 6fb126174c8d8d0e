"""The published matrix: each check of the specification, and the vector that notices when it is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from .explanations import Explanations, noticeable
from .matrix import Row
from .meant import NOT_OF_AN_IMPLEMENTATION

_HEAD = """# What the vectors notice

Each row is the specification with one check removed, one part of a check removed, one boundary moved by one, one call
of a check left out, or a defect that implementations had; and the vector that such an implementation answers otherwise.
Made by `mpctls-conformance mutants --page FILE`, and not by hand.

"""


def render(rows: Sequence[Row], reasons: Explanations) -> str:
    """The page, in Markdown."""
    killed = [row for row in rows if row.killed is not None]
    meant = [row for row in killed if row.killed is not None and row.killed.meant]
    survivors = [reasons.get((row.mutant.id, row.mutant.text)) for row in rows if row.killed is None]
    counts = Counter("not explained" if each is None else each.kind.value for each in survivors)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"
    lines = [
        _HEAD,
        f"{len(rows)} mutants; {len(killed)} are noticed: {_percent(killed, rows)} of all, and "
        f"{_percent(killed, noticeable(rows, reasons))} of those that are neither equivalent nor unreachable. "
        f"{len(meant)} are noticed by vectors meant for the check.\n",
        f"{len(rows) - len(killed)} survive: {kinds}. Why stands where a vector would. A mutant is equivalent when no "
        "input has another outcome, unreachable when only a peer inside the two-party computation gets there or a "
        "caller that breaks the order of its own steps, and a gap when a vector could notice it and there is none.\n",
        "Modules without checks of an implementation:\n",
        *(f"- `{name}` {what}" for name, what in sorted(NOT_OF_AN_IMPLEMENTATION.items())),
        "",
    ]
    for module, group in groupby(rows, key=lambda row: row.mutant.module):
        lines += [
            f"\n## {module.removeprefix('mpctls.')}\n",
            "| function | change | check | noticed by |",
            "|---|---|---|---|",
        ]
        lines += [_row(row, reasons) for row in group]
    return "\n".join(lines) + "\n"


def _row(row: Row, reasons: Explanations) -> str:
    mutant = row.mutant
    if row.killed is None:
        found = reasons.get((mutant.id, mutant.text))
        noticed = f"**none**, {found.kind.value}: {found.why}" if found else "**none**: not explained"
    else:
        noticed = f"`{row.killed.by}`" + ("" if row.killed.meant else " (of another step)")
    text = mutant.text.replace("|", "\\|").replace("`", "'")
    reason = f" → `{mutant.reason}`" if mutant.reason else ""
    return f"| `{mutant.function}` | {mutant.change.value} | `{text}`{reason} | {noticed} |"


def _percent(part: Sequence[Row], whole: Sequence[Row]) -> str:
    return f"{100 * len(part) / max(1, len(whole)):.1f} %"
