"""A run in Markdown: a table by step, then what failed; made for the summary of a job."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..running.judging import GOOD, Verdict
from .printable import printable

SHOWN = 50
"""Failures that are told one by one."""
SHOWN_CHARACTERS = 300
_ESCAPED = {character: f"&#{ord(character)};" for character in "<>&`"} | {
    character: f"\\{character}" for character in "\\*_[]|#"
}


def write_markdown(records: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown(list(records)), encoding="utf-8")


def markdown(records: list[Mapping[str, object]]) -> str:
    """A run as text."""
    run = next(record for record in records if record["type"] == "run")
    hello = run["implementation"]
    who = " ".join(str(hello.get(name)) for name in ("name", "version")) if isinstance(hello, dict) else ""
    cases = [record for record in records if record["type"] == "case"]
    ends = [record for record in records if record["type"] == "summary"]
    conforms = bool(ends and ends[0]["conforms"])
    lines = [
        f"# {_plain(who)}: {'conforms' if conforms else 'does not conform'}",
        "",
        *_table(cases),
        "",
    ]
    for name in ("faults", "unused_expected_failures", "notes"):
        told = ends[0].get(name) if ends else None
        title = name.replace("_", " ")
        lines += [f"- {_plain(f'{title}: {each}')}" for each in (told if isinstance(told, list) else [])]
    bad = [case for case in cases if Verdict(str(case["verdict"])) not in GOOD]
    if bad:
        lines += ["", "## What differs", ""]
    for case in bad[:SHOWN]:
        lines += _told(case)
    if len(bad) > SHOWN:
        lines.append(f"… and {len(bad) - SHOWN} more")
    return "\n".join(lines) + "\n"


def _table(cases: list[Mapping[str, object]]) -> list[str]:
    steps: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for case in cases:
        steps[str(case["step"])][Verdict(str(case["verdict"]))] += 1
    total = sum(steps.values(), Counter[Verdict]())
    shown = [verdict for verdict in Verdict if verdict is Verdict.PASSED or total[verdict]]
    lines = [
        "| step | " + " | ".join(verdict.value for verdict in shown) + " |",
        "|---|" + "---:|" * len(shown),
    ]
    for step, counts in steps.items():
        lines.append(f"| {_plain(step)} | " + " | ".join(str(counts[verdict]) for verdict in shown) + " |")
    lines.append("| **all** | " + " | ".join(str(total[verdict]) for verdict in shown) + " |")
    return lines


def _told(case: Mapping[str, object]) -> list[str]:
    return [
        f"- **{_plain(str(case['verdict']))}** {_code(str(case['id']))}: {_plain(str(case['message']))}",
        f"  - {_plain(str(case['comment']))}",
        f"  - specified {_code(json.dumps(case['expected']))}, got {_code(json.dumps(case['got']))}",
        f"  - {_code(str(case['replay']))}",
    ]


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _code(text: str) -> str:
    """Text in a code span that nothing in it ends."""
    return f"`{_cut(' '.join(printable(text).split())).replace('`', chr(0x2BC))}`"


def _plain(text: str) -> str:
    """Text that is no markup."""
    return "".join(
        _ESCAPED.get(character, character) for character in " ".join(_cut(printable(text)).split())
    )
