"""What an outcome means for a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..operations.registry import forms
from ..operations.shapes import ShapeError
from ..protocol.messages import Accept, Error, Hello, Reject, Unsupported
from ..protocol.messages import Verdict as Got
from .cases import Call, Case
from .difference import Difference, first_difference


class Verdict(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"
    """The implementation lacks the operation or a feature, and says so: neither good nor bad."""
    BROKE = "broke"
    """No outcome of the protocol: a crash, an error, or a line that is no answer."""
    HANG = "hang"
    """No answer before the deadline."""
    EXPECTED_FAILURE = "expected-failure"
    """It does not pass, and the list of expected failures says why."""
    UNEXPECTED_PASS = "unexpected-pass"
    """It passes although the list says that it fails: the entry must go."""


GOOD = frozenset({Verdict.PASSED, Verdict.UNSUPPORTED, Verdict.EXPECTED_FAILURE})
BROKEN = frozenset({Verdict.BROKE, Verdict.HANG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict, and why, in a sentence; empty when it passed."""

    verdict: Verdict
    message: str = ""
    difference: Difference | None = None


def judge(case: Case, call: Call, got: Got, hello: Hello, *, strict: bool) -> Judgement:
    """Hold an outcome against the specified one. With `strict` the reason of a rejection must be the specified one."""
    expected = call.expected
    if isinstance(got, Error):
        return Judgement(verdict=Verdict.BROKE, message=f"answered with an error: {got.message[:1000]}")
    if isinstance(got, Unsupported):
        return _lack(case, got, hello)
    if isinstance(expected, Accept):
        if isinstance(got, Reject):
            return _failed(f"specified is acceptance; refused with {_code(got)}")
        return _compare(call, expected, got)
    if isinstance(got, Accept):
        return _failed(f"accepted what must be refused with {_code(expected)}")
    if got.stage != expected.stage:
        return _failed(
            f"refused with {_code(got)}; the specified stage is {expected.stage!r} ({_code(expected)})"
        )
    if strict and got.reason != expected.reason:
        return _failed(f"refused with {_code(got)}; specified is {_code(expected)}")
    return Judgement(verdict=Verdict.PASSED)


def _lack(case: Case, got: Unsupported, hello: Hello) -> Judgement:
    if got.feature in hello.features:
        return _failed(
            f"answered that it lacks {got.feature!r}, which its hello names as a feature that it has"
        )
    if got.feature not in case.features:
        needed = ", ".join(case.features) or "none"
        return _failed(
            f"answered that it lacks {got.feature!r}, which the vector does not need (it needs {needed})"
        )
    return Judgement(verdict=Verdict.UNSUPPORTED, message=f"lacks {got.feature}")


def _compare(call: Call, expected: Accept, got: Accept) -> Judgement:
    try:
        if call.operation:
            forms()[call.operation].output_fields(got.output)
    except ShapeError as error:
        return _failed(f"accepted, but the output has not the form of the operation: {error}")
    difference = first_difference(dict(expected.output), dict(got.output))
    if difference is None:
        return Judgement(verdict=Verdict.PASSED)
    return Judgement(verdict=Verdict.FAILED, message=str(difference), difference=difference)


def _code(reject: Reject) -> str:
    return f"{reject.stage}/{reject.reason}"


def _failed(message: str) -> Judgement:
    return Judgement(verdict=Verdict.FAILED, message=message)
