"""The list of failures that an implementation knows of, each with its reason: strict, so that the list shrinks.

[[expected]]
id = "foundation/merkle/*/one-hash-missing"
reason = "issue 12: the proof's length is not compared"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .cases import Case
from .judging import BROKEN, Verdict
from .results import Result
from .selection import matches


class ListError(ValueError):
    """A file is no list of expected failures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Cases by a glob over ids, and why they fail."""

    id: str
    reason: str


def read_list(path: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises ListError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ListError(f"{path}: {error}") from None
    listed = document.pop("expected", [])
    if document or not isinstance(listed, list):
        raise ListError(f"{path}: holds something else than [[expected]]")
    entries = []
    for at, each in enumerate(listed, 1):
        if not isinstance(each, dict) or set(each) != {"id", "reason"}:
            raise ListError(f"{path}: entry {at} has not exactly id and reason")
        if not all(isinstance(text, str) and text.strip() for text in each.values()):
            raise ListError(f"{path}: id and reason of entry {at} are not text")
        entries.append(Entry(id=each["id"], reason=each["reason"]))
    return tuple(entries)


def applied(result: Result, entries: Iterable[Entry]) -> Result:
    """A result in the light of the list. What is not supported stays so."""
    entry = next((each for each in entries if matches(each.id, result.case.id)), None)
    if entry is None or result.verdict is Verdict.UNSUPPORTED:
        return result
    if result.verdict is Verdict.PASSED:
        return result.judged(Verdict.UNEXPECTED_PASS, entry.reason)
    if result.verdict is Verdict.FAILED or result.verdict in BROKEN:
        return result.judged(Verdict.EXPECTED_FAILURE, entry.reason)
    return result


def unused(entries: Iterable[Entry], cases: Iterable[Case]) -> tuple[str, ...]:
    """The entries that match no vector at all."""
    names = [case.id for case in cases]
    return tuple(entry.id for entry in entries if not any(matches(entry.id, name) for name in names))
