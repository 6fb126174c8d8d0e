"""Vectors of whole sessions: roles behind handles, asked in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mpctls.conformance.adapters import by_form, connected
from mpctls.conformance.adapters.by_form import ByForm
from mpctls.conformance.adapters.connected import Connected
from mpctls.conformance.fields import Fields, number, read_number
from mpctls.conformance.operations.form import Field, Form, Role
from mpctls.conformance.operations.shapes import NUMBER
from mpctls.conformance.outcomes import Accepted, Outcome, Rejected
from mpctls.conformance.protocol.messages import PROTOCOL, Hello
from mpctls.conformance.running import cases, judging, sessions
from mpctls.conformance.running.cases import Case, read_case
from mpctls.conformance.running.examining import Examiner
from mpctls.conformance.running.judging import Verdict
from mpctls.conformance.transports.channel import Channel
from mpctls.conformance.transports.conversation import Conversation
from mpctls.conformance.transports.in_process import InProcess

_NUMBER = {"value": Field(shape=NUMBER, meaning="A number.")}
FORMS = {
    form.name: form
    for form in (
        Form(
            name="sessions/open-notary",
            step="sessions/sum",
            summary="Begin a sum.",
            role=Role.NOTARY,
            source="",
            takes={"first": Field(shape=NUMBER, meaning="Where it begins.", drawn=True)},
            gives=_NUMBER,
        ),
        Form(
            name="sessions/add",
            step="sessions/sum",
            summary="Add to the sum.",
            role=Role.NOTARY,
            source="",
            takes=_NUMBER,
            gives=_NUMBER,
        ),
    )
}


class Adding:
    """An adapter of one role, which adds up what it is given, each number once."""

    name = "adding"

    def __init__(self) -> None:
        self.sums: dict[str, list[int]] = {}

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Nothing runs without a handle."""
        return Rejected.of("session/unknown")

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin."""
        handle = f"{role} {len(self.sums)}"
        self.sums[handle] = [read_number(fields["first"])]
        return Accepted(output={"handle": handle.encode(), "value": fields["first"]})

    def step(self, handle: str, operation: str, fields: Fields) -> Outcome:
        """Add, or refuse a number that was there."""
        given = read_number(fields["value"])
        if given in self.sums[handle]:
            return Rejected.of("session/duplicate")
        self.sums[handle].append(given)
        return Accepted(output={"value": number(sum(self.sums[handle]))})

    def close(self, handle: str) -> Outcome:
        """Forget."""
        del self.sums[handle]
        return Accepted(output={})


@pytest.fixture(autouse=True)
def known_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms of the tests stand where those of the suite do."""
    for module in (cases, judging, sessions, by_form, connected):
        monkeypatch.setattr(module, "forms", lambda: FORMS)


def conversation(adding: Adding) -> Conversation:
    """A conversation with the adapter, in JSON."""
    hello = Hello(
        protocol=PROTOCOL,
        name="adding",
        language="Python",
        version="",
        protocol_versions=(PROTOCOL,),
        roles=("notary",),
        operations=tuple(FORMS),
        features=(),
    )

    def opened() -> Channel:
        return InProcess(ByForm(adapter=adding, greeting=hello))

    return Conversation(opener=opened)


def opening(handle: str, first: int) -> dict[str, Any]:
    """A role begins."""
    return {
        "open": {"handle": handle, "role": "notary", "input": {}, "randomness": {"first": first}},
        "expected": {"accept": {"value": first}},
    }


def adding(handle: str, value: int, expected: Mapping[str, Any]) -> dict[str, Any]:
    """A number is added."""
    asked = {"handle": handle, "operation": "sessions/add", "input": {"value": value}, "randomness": {}}
    return {"step": asked, "expected": expected}


SUM = {"accept": {"value": 5}}
TWICE = {"reject": {"stage": "session", "reason": "duplicate"}}
CLOSE = {"close": {"handle": "a"}, "expected": {"accept": {}}}


def case(*operations: dict[str, Any]) -> Case:
    """A vector of a session."""
    return read_case(
        {
            "id": "sessions/sum/all/one",
            "operations": list(operations),
            "comment": "",
            "importance": "high",
            "features": [],
            "seed": "",
            "source": "",
            "intermediate": {},
        }
    )


def examined(one: Case, adapter: Adding) -> tuple[Verdict, str]:
    """How a vector ends."""
    result = Examiner(conversation=conversation(adapter), corpus={one.id: one}, strict=True).examine(one)
    json.dumps(result.record("x", "y"))
    return result.verdict, result.message


def test_two_roles_are_asked_in_turn_and_none_stays_open() -> None:
    adapter = Adding()
    one = case(
        opening("a", 2),
        opening("b", 3),
        adding("b", 4, {"accept": {"value": 7}}),
        adding("a", 3, SUM),
        adding("a", 3, TWICE),
        CLOSE,
    )
    assert one.refused and one.operation == "" and one.operations == set(FORMS)
    assert examined(one, adapter) == (Verdict.PASSED, "")
    assert adapter.sums == {}


def test_the_operation_that_differs_is_named() -> None:
    adapter = Adding()
    verdict, message = examined(case(opening("a", 2), adding("a", 4, SUM), CLOSE), adapter)
    assert verdict is Verdict.FAILED
    assert message == "operation 2 of 3: value differs: specified 5, got 6"
    assert adapter.sums == {}


class SameHandle(Adding):
    """Gives out one handle for all."""

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin."""
        self.sums["x"] = []
        return Accepted(output={"handle": b"x", "value": fields["first"]})


class NoHandle(Adding):
    """Gives out an empty handle."""

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin."""
        return Accepted(output={"handle": b"", "value": fields["first"]})


@pytest.mark.parametrize(
    ("adapter", "said"), [(SameHandle(), "stands for another role"), (NoHandle(), "without a handle")]
)
def test_a_handle_is_given_and_is_one_roles(adapter: Adding, said: str) -> None:
    verdict, message = examined(case(opening("a", 2), opening("b", 3)), adapter)
    assert verdict is Verdict.BROKE and said in message


STEP_OF_A = adding("a", 3, SUM)


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [STEP_OF_A],
        [opening("a", 2), {**STEP_OF_A, **CLOSE}],
        [opening("a", 2), {"step": STEP_OF_A["step"]}],
        [opening("a", 2), {"step": {**STEP_OF_A["step"], "more": 1}, "expected": SUM}],
        [opening("a", 2), {"step": {**STEP_OF_A["step"], "operation": "sessions/no"}, "expected": SUM}],
        [opening("a", 2), {"step": {**STEP_OF_A["step"], "input": {}}, "expected": SUM}],
        [opening("a", 2), adding("a", 3, {"accept": {}})],
    ],
)
def test_what_is_no_session_is_refused(operations: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="sessions/sum/all/one"):
        case(*operations)


def test_a_role_is_played_in_fields_too() -> None:
    adapter = Adding()
    stateful = Connected(conversation=conversation(adapter))
    opened = stateful.open("notary", {"first": number(2)})
    assert isinstance(opened, Accepted) and opened.output["value"] == number(2)
    handle = opened.output["handle"].decode()
    assert stateful.step(handle, "sessions/add", {"value": number(3)}) == Accepted(
        output={"value": number(5)}
    )
    assert stateful.step(handle, "sessions/add", {"value": number(3)}) == Rejected.of("session/duplicate")
    assert stateful.close(handle) == Accepted(output={})
    assert adapter.sums == {}


def test_no_file_of_sessions_is_needed_for_that(tmp_path: Path) -> None:
    document = {
        "format": 1,
        "step": "sessions/sum",
        "family": "all",
        "summary": "",
        "vectors": [case(opening("a", 2)).document],
    }
    [read] = cases.read_file(json.dumps(document).encode(), "x")
    assert read.family == "sessions/sum/all"
