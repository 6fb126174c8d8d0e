"""A run as lines of JSON: first who and what, then each case, at last the counts. Other reports are made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from ..protocol.closed import write_closed
from ..protocol.messages import Hello
from ..running.results import Result, Summary

Record = Mapping[str, object]


class ReportError(ValueError):
    """A file is no report of JSON lines."""


class Recorder:
    """Makes the records of one run, and writes each when it comes where there is a stream."""

    def __init__(self, implementation: str, stream: IO[str] | None) -> None:
        self._implementation, self._stream = implementation, stream
        self.records: list[Record] = []

    def begin(self, hello: Hello, suite: Mapping[str, object], seed: int | None, started: str | None) -> None:
        """The first line. `started` is a time for people; without it the report is the same every time."""
        record: dict[str, object] = {
            "type": "run",
            "implementation": {**write_closed(hello), "address": self._implementation},
            "suite": dict(suite),
            "seed": seed,
        }
        if started is not None:
            record["started"] = started
        self._add(record)

    def case(self, result: Result, replay: str) -> None:
        """The line of a case."""
        self._add(result.record(self._implementation, replay))

    def end(self, summary: Summary) -> None:
        """The last line."""
        self._add(summary.record(self._implementation))

    def _add(self, record: Record) -> None:
        self.records.append(record)
        if self._stream is not None:
            self._stream.write(json.dumps(record, ensure_ascii=True) + "\n")
            self._stream.flush()


def read_report(path: Path) -> Iterator[Record]:
    """The records of a file. Raises ReportError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: {error}") from None
    for at, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise ReportError(f"{path}: line {at} is not JSON") from None
        if not isinstance(record, dict) or record.get("type") not in ("run", "case", "summary"):
            raise ReportError(f"{path}: line {at} is no record of a run")
        yield record
