"""What an operation ends with: accepted with typed output, or rejected by a stage for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Every check passed, and this came out."""

    output: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A check refused. The stage must be the specified one, and so must the reason."""

    stage: str
    reason: str

    @classmethod
    def of(cls, code: str) -> Rejected:
        """The outcome of a reason code `stage/reason`."""
        stage, _, reason = code.partition("/")
        return cls(stage=stage, reason=reason)


Outcome: TypeAlias = Accepted | Rejected


def describe(outcome: Outcome, limit: int = 64) -> str:
    """An outcome for people; longer octets are cut to `limit` and say how long they are."""
    if isinstance(outcome, Rejected):
        return f"rejected {outcome.stage}/{outcome.reason}"
    return "accepted " + describe_fields(outcome.output, limit)


def describe_fields(fields: Fields, limit: int = 64) -> str:
    """Named octets as hexadecimal."""
    parts = []
    for name, octets in fields.items():
        shown = octets[:limit].hex()
        rest = f"… ({len(octets)} octets)" if len(octets) > limit else ""
        parts.append(f"{name}={shown}{rest}")
    return ", ".join(parts) or "(nothing)"
