"""Runs as one HTML file: implementations by stages and steps, each cell opening its cases; nothing else is loaded.

What implementations answer is hostile. In the table it is escaped; everything else stands as JSON in data blocks that
no browser executes, and the script turns it into text nodes only. A policy admits this script and this style by
digest, and no connection.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

from ..catalogue import steps
from ..operations.registry import forms
from ..running.judging import GOOD, Verdict
from ..specified import step_text

Record = Mapping[str, object]

SHOWN_DIFFERENCES: Final = 60
"""Cases that need attention and are listed above the table."""
OPEN_DIFFERENCES: Final = 5
"""How many of them stand there at once."""
_MARKS: Final[Mapping[Verdict, str]] = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.BROKE: "!",
    Verdict.HANG: "…",
    Verdict.UNSUPPORTED: "–",
    Verdict.EXPECTED_FAILURE: "≈",
    Verdict.UNEXPECTED_PASS: "↑",
}
_MEANINGS: Final[Mapping[Verdict, str]] = {
    Verdict.PASSED: "the outcome is the specified one",
    Verdict.FAILED: "another outcome",
    Verdict.BROKE: "no outcome: a crash, an error, or a line that is no answer",
    Verdict.HANG: "no answer before the deadline",
    Verdict.UNSUPPORTED: "the implementation says that it lacks this",
    Verdict.EXPECTED_FAILURE: "fails, and the list of expected failures says why",
    Verdict.UNEXPECTED_PASS: "passes, although the list says that it fails",
}
_VECTOR: Final = (
    "id",
    "operation",
    "family",
    "importance",
    "features",
    "comment",
    "expected",
    "input",
    "randomness",
    "intermediate",
    "base",
    "mutation",
)
"""Members of a record that are the vector's and so the same for every implementation."""


@dataclass(slots=True, kw_only=True)
class _Step:
    """A row of the table. `cases` maps a vector's octets to the vector and its results by implementation."""

    id: str
    title: str
    cases: dict[str, tuple[Record, dict[int, Record]]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Implementation:
    """A column of the table."""

    label: str
    hello: Record
    summary: Record | None = None
    counts: Counter[Verdict] = field(default_factory=Counter)
    run: Record = field(default_factory=dict)


def write_html(runs: Iterable[Iterable[Record]], path: Path) -> None:
    """Write the records of runs, one run for each implementation, as one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_html(runs), encoding="utf-8")


def render_html(runs: Iterable[Iterable[Record]]) -> str:
    """The report as text. The same records give the same text."""
    implementations, rows = _collected(runs)
    style, script, page = (_part(f"report.{kind}") for kind in ("css", "js", "html"))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    names = ", ".join(each.label for each in implementations)
    parts = {
        "policy": policy,
        "title": _text(f"Conformance of {names}" if names else "Conformance report"),
        "style": style,
        "suite": _suite(implementations),
        "cards": "\n".join(_card(each) for each in implementations),
        "differs": _differences(implementations, rows),
        "verdicts": "".join(f"<option>{verdict.value}</option>" for verdict in Verdict),
        "table": _table(implementations, rows),
        "legend": _legend(),
        "index": _data(_index(implementations, rows)),
        "steps": "\n".join(
            f'<script type="application/json" id="step-{at}">{_data(_step_data(step, len(implementations)))}</script>'
            for at, step in enumerate(rows)
        ),
        "script": script,
    }
    # One pass from left to right: what is put in is never looked at again.
    pieces = [page]
    for name, content in parts.items():
        before, after = pieces.pop().split(f"{{{name}}}", 1)
        pieces += [before, content, after]
    return "".join(pieces)


def _collected(runs: Iterable[Iterable[Record]]) -> tuple[list[_Implementation], list[_Step]]:
    """Columns in the order of the runs; rows in the order of a session, unknown steps behind."""
    implementations: list[_Implementation] = []
    rows = {step.id: _Step(id=step.id, title=step.title) for step in steps()}
    for at, records in enumerate(runs):
        implementation = _Implementation(label=f"implementation {at + 1}", hello={})
        implementations.append(implementation)
        for record in records:
            kind = record.get("type")
            if kind == "run":
                implementation.run = record
                implementation.hello = _mapping(record.get("implementation"))
                said = (str(implementation.hello.get(name, "")) for name in ("name", "version"))
                implementation.label = " ".join(each for each in said if each) or implementation.label
            elif kind == "summary":
                implementation.summary = record
            elif kind == "case":
                implementation.counts[Verdict(str(record["verdict"]))] += 1
                name = str(record["step"])
                row = rows.setdefault(name, _Step(id=name, title=name.rpartition("/")[2].replace("_", " ")))
                vector = {member: record.get(member) for member in _VECTOR}
                key = json.dumps(vector, sort_keys=True)
                row.cases.setdefault(key, (vector, {}))[1][at] = record
    labels = Counter(each.label for each in implementations)
    for each in implementations:
        if labels[each.label] > 1 and each.hello.get("address"):
            each.label = f"{each.label} ({each.hello['address']})"
    return implementations, [row for row in rows.values() if row.cases]


def _index(implementations: Sequence[_Implementation], rows: Sequence[_Step]) -> object:
    """What the script needs of every case before one is opened."""
    return {
        "implementations": [each.label for each in implementations],
        "marks": {verdict.value: mark for verdict, mark in _MARKS.items()},
        "good": sorted(verdict.value for verdict in GOOD),
        "steps": [
            {
                "id": row.id,
                "title": row.title,
                "cases": [
                    {
                        "id": vector["id"],
                        "importance": vector["importance"],
                        "text": _searched(vector),
                        "verdicts": [
                            results[at]["verdict"] if at in results else None
                            for at in range(len(implementations))
                        ],
                        "messages": [
                            str(results[at].get("message", "")) if at in results else ""
                            for at in range(len(implementations))
                        ],
                    }
                    for vector, results in row.cases.values()
                ],
            }
            for row in rows
        ],
    }


def _searched(vector: Record) -> str:
    """What a search for text looks at, beside id and message."""
    mutation = _mapping(vector["mutation"])
    refused = _mapping(_mapping(vector["expected"]).get("reject"))
    code = f"{refused['stage']}/{refused['reason']}" if {"stage", "reason"} <= set(refused) else ""
    features = vector["features"]
    parts = [
        vector["operation"],
        vector["comment"],
        code,
        mutation.get("kind", ""),
        mutation.get("field", ""),
    ]
    return " ".join(map(str, [*parts, *(features if isinstance(features, list) else [])]))


def _step_data(row: _Step, columns: int) -> object:
    """Everything about the cases of a step, read by the script when a cell of it is opened."""
    operations = {str(vector["operation"]) for vector, _ in row.cases.values()}
    for vector, _ in row.cases.values():
        calls = vector["input"]
        if isinstance(calls, list):
            operations |= {str(call.get("operation")) for call in calls if isinstance(call, dict)}
    known = {step.id for step in steps()}
    return {
        "text": step_text(row.id) if row.id in known else "",
        "operations": {
            name: {
                "summary": form.summary,
                "source": form.source,
                "role": form.role.value,
                "fields": {
                    field_name.replace(" ", "_"): each.meaning
                    for field_name, each in (*form.takes.items(), *form.gives.items())
                },
            }
            for name, form in forms().items()
            if name in operations
        },
        "cases": [
            {
                **vector,
                "results": [_result(vector, results[at]) if at in results else None for at in range(columns)],
            }
            for vector, results in row.cases.values()
        ],
    }


def _result(vector: Record, record: Record) -> Record:
    """An implementation's part of a case; an outcome equal to the specified one is not written twice."""
    names = ("verdict", "message", "expected_failure", "first_difference", "seconds", "stderr", "replay")
    told = {name: record[name] for name in names if record.get(name) not in (None, "")}
    same = record.get("got") == vector["expected"]
    return {**told, "same": True} if same else {**told, "got": record.get("got")}


def _suite(implementations: Sequence[_Implementation]) -> str:
    """Which vectors were run, as far as the runs say."""
    told = []
    for each in implementations:
        suite = _mapping(each.run.get("suite"))
        line = [f"mpctls-conformance {suite['version']}"] if suite.get("version") else []
        if suite.get("vectors") is not None:
            line.append(f"{suite['vectors']} vectors")
        if suite.get("index"):
            line.append(f"index {str(suite['index'])[:16]}…")
        if each.run.get("started"):
            line.append(f"started {each.run['started']}")
        told.append(" · ".join(line))
    return "<br>".join(_text(line) for line in dict.fromkeys(told) if line)


def _card(each: _Implementation) -> str:
    total = sum(each.counts.values())
    summary = each.summary
    if summary is None:
        word, kind = "did not finish", "bad"
    elif summary.get("conforms") is True:
        word, kind = "conforms", "good"
    else:
        word, kind = "does not conform", "bad"
    counts = "".join(
        f'<li class="{_kind([verdict])}"><span aria-hidden="true">{_MARKS[verdict]}</span> '
        f"<b>{each.counts[verdict]}</b> {verdict.value.replace('-', ' ')}</li>"
        for verdict in Verdict
        if each.counts[verdict]
    )
    facts = [str(each.hello[name]) for name in ("language", "address") if each.hello.get(name)]
    facts.append(f"{total} cases")
    if summary is not None and summary.get("seconds") is not None:
        facts.append(f"{summary['seconds']} s")
    remarks = [
        f"{title}: {remark}"
        for name, title in (
            ("faults", "fault"),
            ("unused_expected_failures", "expected failure that matches no vector"),
            ("notes", "note"),
        )
        for remark in _list((summary or {}).get(name))
    ]
    if summary is not None and summary.get("not_run"):
        remarks.append(f"not run: {summary['not_run']}")
    told = "".join(f"<li>{_text(remark)}</li>" for remark in remarks)
    return (
        f'<article class="card {kind}"><h3>{_text(each.label)}</h3><p class="verdict">{word}</p>'
        f'<p class="facts">{_text(" · ".join(facts))}</p><ul class="counts">{counts}</ul>'
        f"{f'<ul class=remarks>{told}</ul>' if told else ''}</article>"
    )


def _differences(implementations: Sequence[_Implementation], rows: Sequence[_Step]) -> str:
    """The first cases that need attention."""
    found = [
        (row_at, at, vector, record)
        for row_at, row in enumerate(rows)
        for vector, results in row.cases.values()
        for at, record in results.items()
        if Verdict(str(record["verdict"])) not in GOOD
    ]
    if not found:
        return '<p class="calm">Nothing: every outcome is the specified one, unsupported, or expected to fail.</p>'
    items = [
        f'<li><button type="button" class="difference" data-step="{row_at}" data-implementation="{at}" '
        f'data-case="{_text(vector["id"])}"><span class="tag {_kind([Verdict(str(record["verdict"]))])}">'
        f"{_text(record['verdict'])}</span> <code>{_text(vector['id'])}</code>"
        f'<span class="who">{_text(implementations[at].label)}</span>'
        f'<span class="message">{_text(_cut(str(record.get("message", ""))))}</span></button></li>'
        for row_at, at, vector, record in found[:SHOWN_DIFFERENCES]
    ]
    told = [f'<ol class="differences">{"".join(items[:OPEN_DIFFERENCES])}</ol>']
    if len(found) > OPEN_DIFFERENCES:
        beyond = len(found) - SHOWN_DIFFERENCES
        told.append(
            f'<details class="rest"><summary>{len(found) - OPEN_DIFFERENCES} more</summary>'
            f'<ol class="differences">{"".join(items[OPEN_DIFFERENCES:])}</ol>'
            f"{f'<p>… and {beyond} more, in the table below.</p>' if beyond > 0 else ''}</details>"
        )
    return "".join(told)


def _table(implementations: Sequence[_Implementation], rows: Sequence[_Step]) -> str:
    heads = "".join(f'<th scope="col">{_text(each.label)}</th>' for each in implementations)
    lines = [f'<thead><tr><th scope="col">Step</th>{heads}</tr></thead>']
    stage = None
    for at, row in enumerate(rows):
        if row.id.partition("/")[0] != stage:
            if stage is not None:
                lines.append("</tbody>")
            stage = row.id.partition("/")[0]
            lines.append(
                f'<tbody><tr class="stage"><th scope="rowgroup" colspan="{len(implementations) + 1}">'
                f"{_text(stage.replace('_', ' '))}</th></tr>"
            )
        cells = "".join(
            f"<td>{_cell(at, column, each.label, row)}</td>" for column, each in enumerate(implementations)
        )
        lines.append(f'<tr data-row="{at}"><th scope="row">{_text(row.title)}</th>{cells}</tr>')
    if rows:
        lines.append("</tbody>")
    return "\n".join(lines)


def _cell(at: int, column: int, label: str, row: _Step) -> str:
    verdicts = [
        Verdict(str(results[column]["verdict"])) for _, results in row.cases.values() if column in results
    ]
    if not verdicts:
        return '<span class="empty">not run</span>'
    counted = Counter(verdicts)
    kind = _kind(verdicts)
    told = ", ".join(f"{counted[each]} {each.value}" for each in Verdict if counted[each])
    worst = next(each for each in _BY_WEIGHT if counted[each])
    shown = sum(count for each, count in counted.items() if each not in GOOD)
    if kind == "partly":
        worst, shown = Verdict.PASSED, counted[Verdict.PASSED]
    number = f"{shown}/{len(verdicts)}" if kind in ("bad", "partly") else str(len(verdicts))
    return (
        f'<button type="button" class="cell {kind}" data-step="{at}" data-implementation="{column}" '
        f'aria-label="{_text(f"{row.title}, {label}: {told}")}"><span aria-hidden="true">{_MARKS[worst]}</span> '
        f"<span>{number}</span></button>"
    )


_BY_WEIGHT: Final = (
    Verdict.BROKE,
    Verdict.HANG,
    Verdict.FAILED,
    Verdict.UNEXPECTED_PASS,
    Verdict.PASSED,
    Verdict.EXPECTED_FAILURE,
    Verdict.UNSUPPORTED,
)


def _kind(verdicts: Sequence[Verdict]) -> str:
    """The class of a cell: what the worst and the best of it say."""
    if any(verdict not in GOOD for verdict in verdicts):
        return "bad"
    if all(verdict is Verdict.PASSED for verdict in verdicts):
        return "good"
    return "partly" if Verdict.PASSED in verdicts else "none"


def _legend() -> str:
    rows = "".join(
        f'<div><dt><span class="tag {_kind([verdict])}">{_MARKS[verdict]} {verdict.value}</span></dt>'
        f"<dd>{_MEANINGS[verdict]}</dd></div>"
        for verdict in Verdict
    )
    return f'<details class="legend"><summary>What the verdicts mean</summary><dl>{rows}</dl></details>'


def _data(value: object) -> str:
    """JSON that ends no script element and opens no comment: `<` is escaped, and all beyond ASCII."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _text(value: object) -> str:
    """Text as HTML, in attributes as well; halves of surrogate pairs become question marks."""
    return html.escape(str(value).encode("utf-8", "replace").decode("utf-8"), quote=True)


def _cut(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}…"


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"sha256-{digest}"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _mapping(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
