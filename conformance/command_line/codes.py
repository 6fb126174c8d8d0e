"""What the command exits with."""

from __future__ import annotations

from ..running.results import Summary

CONFORMS, DOES_NOT_CONFORM, USAGE, ADAPTER_BROKE = 0, 1, 2, 3


def code_of(summary: Summary) -> int:
    """The exit code of a run."""
    if summary.broke:
        return ADAPTER_BROKE
    return CONFORMS if summary.conforms else DOES_NOT_CONFORM
