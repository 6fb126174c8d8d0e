"""What a run leaves behind: one result for each case, and their record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..operations.shapes import Json
from ..protocol.messages import Hello
from ..protocol.messages import Verdict as Got
from .cases import Case
from .difference import Difference
from .judging import BROKEN, GOOD, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a case ended. `got` has one outcome for each call that was answered."""

    case: Case
    verdict: Verdict
    message: str
    got: tuple[Got, ...]
    difference: Difference | None
    seconds: float
    transcript: tuple[str, ...]
    errors: str
    reason: str = ""
    """Why the failure is expected."""

    def judged(self, verdict: Verdict, reason: str) -> Result:
        """The same result under the list of expected failures."""
        return replace(self, verdict=verdict, reason=reason)

    def record(self, implementation: str, replay: str) -> dict[str, object]:
        """The line of this case in a report of JSON lines."""
        document = self.case.document
        session = len(self.case.calls) > 1 or "operations" in document
        got: Json = [each.to_json() for each in self.got]
        if not session:
            got = self.got[0].to_json() if self.got else None
        expected: Json = (
            [call.expected.to_json() for call in self.case.calls] if session else document["expected"]
        )
        return {
            "type": "case",
            "implementation": implementation,
            "id": self.case.id,
            "operation": self.case.operation,
            "stage": self.case.stage,
            "step": self.case.step,
            "family": self.case.family,
            "importance": self.case.importance,
            "features": list(self.case.features),
            "comment": document.get("comment", ""),
            "verdict": self.verdict.value,
            "expected": expected,
            "got": got,
            "input": document["operations"] if session else document["input"],
            "randomness": {} if session else document["randomness"],
            "intermediate": document.get("intermediate", {}),
            "base": self.case.base,
            "mutation": document.get("mutation"),
            "seconds": round(self.seconds, 4),
            "message": self.message,
            "expected_failure": self.reason,
            "first_difference": None if self.difference is None else self.difference.to_json(),
            "stderr": self.errors,
            "replay": replay,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A whole run."""

    hello: Hello
    counts: Mapping[Verdict, int]
    not_run: int
    seconds: float
    faults: tuple[str, ...] = ()
    """What the implementation did outside of any case."""
    unused: tuple[str, ...] = ()
    """Entries of the list of expected failures that match no vector."""
    notes: tuple[str, ...] = field(default=())

    @property
    def broke(self) -> bool:
        """Whether the implementation did not keep to the protocol."""
        return bool(self.faults) or any(self.counts.get(verdict) for verdict in BROKEN)

    @property
    def conforms(self) -> bool:
        """Whether nothing was found."""
        good = sum(count for verdict, count in self.counts.items() if verdict in GOOD)
        return not self.broke and not self.unused and good == sum(self.counts.values()) and good > 0

    def record(self, implementation: str) -> dict[str, object]:
        """The last line of a report of JSON lines."""
        return {
            "type": "summary",
            "implementation": implementation,
            "counts": {verdict.value: self.counts.get(verdict, 0) for verdict in Verdict},
            "not_run": self.not_run,
            "seconds": round(self.seconds, 3),
            "conforms": self.conforms,
            "faults": list(self.faults),
            "unused_expected_failures": list(self.unused),
            "notes": list(self.notes),
        }
