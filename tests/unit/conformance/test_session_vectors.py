"""Whole sessions: the reference's roles, message after message, do what the specification's did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from mpctls.conformance.adapter import AdapterBrokeError, StatefulAdapter
from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.adapters.specification import Specification
from mpctls.conformance.fields import Fields
from mpctls.conformance.generation.rendering_sessions import render_sessions
from mpctls.conformance.generation.sessions.attesting import SESSION_FAMILIES
from mpctls.conformance.operations.registry import form_of
from mpctls.conformance.operations.shapes import Json
from mpctls.conformance.outcomes import Accepted, Outcome, Rejected
from mpctls.conformance.running.cases import Case, read_file
from mpctls.conformance.running.sessions import OPENING


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Every session, read as a run reads it."""
    return [
        case
        for family in SESSION_FAMILIES
        for case in read_file(render_sessions(family).encode(), f"{family.id}.json")
    ]


def _differing(case: Case, adapter: StatefulAdapter) -> list[str]:
    """The operations of a session whose outcome is not the specified one."""
    handles: dict[str, str] = {}
    found = []
    for at, call in enumerate(case.calls):
        if call.kind == "close":
            adapter.close(handles.pop(call.handle))
            continue
        form = form_of(OPENING.format(role=call.role) if call.kind == "open" else call.operation)
        fields = form.input_fields(dict(call.input), dict(call.randomness))
        if call.kind == "open":
            outcome = adapter.open(call.role, fields)
            assert isinstance(outcome, Accepted)
            handles[call.handle] = outcome.output["handle"].decode()
            continue
        try:
            outcome = adapter.step(handles[call.handle], call.operation, fields)
        except AdapterBrokeError as broke:
            found.append(f"{case.id}, operation {at}: {broke}")
            continue
        got: Mapping[str, Json] = (
            {"accept": form.output_json(outcome.output)}
            if isinstance(outcome, Accepted)
            else {"reject": {"stage": outcome.stage, "reason": outcome.reason}}
        )
        if got != call.expected.to_json():
            found.append(f"{case.id}, operation {at}: {json.dumps(got)[:200]}")
    return found


@pytest.mark.parametrize("adapter", [Specification(), ReferenceInProcess()], ids=lambda each: each.name)
def test_both_sides_play_every_session_alike(cases: list[Case], adapter: StatefulAdapter) -> None:
    assert len(cases) > 80
    assert [difference for case in cases for difference in _differing(case, adapter)] == []


@dataclass
class _Forgiving:
    """An implementation that goes on after a refusal as if nothing had happened."""

    name: str = "forgiving"
    inner: Specification = field(default_factory=Specification)
    before: dict[str, bool] = field(default_factory=dict)

    def run(self, operation: str, fields: Fields) -> Outcome:
        return self.inner.run(operation, fields)

    def open(self, role: str, fields: Fields) -> Outcome:
        return self.inner.open(role, fields)

    def step(self, handle: str, operation: str, fields: Fields) -> Outcome:
        outcome = self.inner.step(handle, operation, fields)
        if isinstance(outcome, Rejected) and outcome.reason != "closed":
            self.inner._roles[handle]._ended = False  # type: ignore[attr-defined]
        return outcome

    def close(self, handle: str) -> Outcome:
        return self.inner.close(handle)


def test_who_forgives_a_refusal_is_found(cases: list[Case]) -> None:
    found = [case.id for case in cases if _differing(case, _Forgiving())]
    assert "sessions/both/attesting/notarize-15-message-16" in found
    assert "sessions/both/attesting/notarize" not in found
