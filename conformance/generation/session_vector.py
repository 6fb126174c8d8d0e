"""One vector of a whole session: roles of the specification are played while it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mpctls.spec.reasons import Rejection

from ..fields import Fields
from ..operations.form import Feature
from ..operations.registry import form_of
from ..operations.shapes import Json
from ..whole_sessions.roles import SpecifiedRole, opened
from .vector import Importance, Mutation


class NotMeantError(ValueError):
    """A session went another way than its author meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionVector:
    """Operations in order, each with the outcome that the specification had."""

    name: str
    comment: str
    operations: tuple[dict[str, Json], ...]
    base: str | None = None
    mutation: Mutation | None = None
    importance: Importance = Importance.CRITICAL
    features: tuple[Feature, ...] = (Feature.SESSIONS,)
    seed: str = ""
    intermediate: Mapping[str, Json] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether one of its outcomes is a rejection."""
        return any("reject" in _expected(each) for each in self.operations)


class Script:
    """Roles that are played, and what was asked of them so far."""

    def __init__(self) -> None:
        self._roles: dict[str, SpecifiedRole] = {}
        self._written: list[dict[str, Json]] = []

    def open(self, handle: str, role: str, fields: Fields) -> None:
        """Begin a role with those of the fields that it takes."""
        form = form_of(f"sessions/open-{role}")
        taken = {name: fields[name] for name in form.takes}
        given, drawn = form.input_json(taken)
        self._roles[handle] = opened(role, taken)
        self._written.append(
            {
                "open": {"handle": handle, "role": role, "input": given, "randomness": drawn},
                "expected": {"accept": {}},
            }
        )

    def step(self, handle: str, operation: str, expects: str | None = None, **fields: bytes) -> Fields:
        """Run an operation of a role. Raises NotMeantError when its outcome is not what its author meant."""
        form = form_of(f"sessions/{operation}")
        taken = {name.replace("_", " "): octets for name, octets in fields.items()}
        given, drawn = form.input_json(taken)
        output: Fields = {}
        try:
            output = self._roles[handle].run(form.name, taken)
            found, expected = None, {"accept": form.output_json(output)}
        except Rejection as rejection:
            found = rejection.reason.value
            stage, _, reason = found.partition("/")
            expected = {"reject": {"stage": stage, "reason": reason}}
        if found != expects:
            raise NotMeantError(
                f"{operation} of {handle}: meant {expects or 'accepted'}, specified {found or 'accepted'}"
            )
        self._written.append(
            {
                "step": {"handle": handle, "operation": form.name, "input": given, "randomness": drawn},
                "expected": dict(expected),
            }
        )
        return output

    def written(self) -> tuple[dict[str, Json], ...]:
        """Everything so far, and the end of every role."""
        ends: list[dict[str, Json]] = [
            {"close": {"handle": handle}, "expected": {"accept": {}}} for handle in self._roles
        ]
        return (*self._written, *ends)


def _expected(operation: Mapping[str, Json]) -> Mapping[str, Json]:
    expected = operation["expected"]
    return expected if isinstance(expected, Mapping) else {}
