"""Vectors of whole sessions: an ordered list of operations on roles that keep state.

    "operations": [
      {"open": {"handle": "notary", "role": "notary", "input": {…}, "randomness": {…}}, "expected": {…}},
      {"step": {"handle": "notary", "operation": "sessions/…", "input": {…}, "randomness": {…}}, "expected": {…}},
      {"close": {"handle": "notary"}, "expected": {"accept": {}}}
    ]

`handle` is the vector's own name of a role; the implementation chooses another, which the runner keeps. What `open`
takes and gives is the form `sessions/open-<role>`; `expected` leaves the handle out.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import Json
from ..protocol.closed import read_object
from ..protocol.messages import Accept, Error, Verdict
from ..protocol.strict_json import ProtocolError
from ..transports.conversation import Conversation
from .cases import Call, read_expected

OPENING = "sessions/open-{role}"
_MEMBERS = {
    "open": {"handle", "role", "input", "randomness"},
    "step": {"handle", "operation", "input", "randomness"},
    "close": {"handle"},
}


def read_calls(operations: Json) -> tuple[Call, ...]:
    """The operations of a session. Raises ProtocolError, ShapeError."""
    if not isinstance(operations, Sequence) or isinstance(operations, str) or not operations:
        raise ProtocolError("operations: not a list that holds any")
    opened: dict[str, str] = {}
    return tuple(_read(operation, f"operations[{at}]", opened) for at, operation in enumerate(operations))


def _read(operation: Json, where: str, opened: dict[str, str]) -> Call:
    found = dict(read_object(operation, where))
    expected = found.pop("expected", None)
    if len(found) != 1 or (kind := next(iter(found))) not in _MEMBERS:
        raise ProtocolError(f"{where}: not exactly one of open, step, close, and expected")
    content = dict(read_object(found[kind], f"{where}.{kind}"))
    if set(content) != _MEMBERS[kind]:
        raise ProtocolError(f"{where}.{kind}: not the members {sorted(_MEMBERS[kind])}")
    handle = str(content["handle"])
    if kind == "open":
        opened[handle] = str(content["role"])
    elif handle not in opened:
        raise ProtocolError(f"{where}: the handle {handle!r} is not open")
    name = OPENING.format(role=opened[handle]) if kind == "open" else str(content.get("operation", ""))
    if kind != "close":
        _form(name, where).input_fields(content["input"], content["randomness"])
    return Call(
        kind=kind,
        operation=name,
        role=opened[handle],
        input=read_object(content.get("input", {}), where),
        randomness=read_object(content.get("randomness", {}), where),
        expected=read_expected(expected, name),
        handle=handle,
    )


def _form(name: str, where: str) -> Form:
    form = forms().get(name)
    if form is None:
        raise ProtocolError(f"{where}: no operation {name!r}")
    return form


def ask(call: Call, conversation: Conversation, handles: dict[str, str], patience: float) -> Verdict:
    """Ask for one call of a case and give its outcome, without a handle. Raises AdapterBrokeError.

    `handles` is what the implementation calls the roles that the case has opened.
    """
    if call.kind == "run":
        return conversation.run(call.operation, call.role, call.input, call.randomness, patience=patience)
    if call.kind == "open":
        outcome = conversation.open(call.role, call.input, call.randomness, patience=patience)
        if isinstance(outcome, Accept):
            output = dict(outcome.output)
            handle = output.pop("handle", None)
            if not isinstance(handle, str) or not 0 < len(handle) <= 64:
                return Error(message="accepted without a handle")
            if handle in handles.values():
                return Error(message="a handle that stands for another role")
            handles[call.handle] = handle
            outcome = Accept(output=output)
        return outcome
    handle = handles.get(call.handle, "")
    if not handle:
        return Error(message=f"{call.handle} was never opened")
    if call.kind == "step":
        return conversation.step(handle, call.operation, call.input, call.randomness, patience=patience)
    del handles[call.handle]
    return conversation.close(handle, patience=patience)


def close_all(conversation: Conversation, handles: dict[str, str]) -> None:
    """Let an implementation forget what a case has left open. Raises AdapterBrokeError."""
    for handle in handles.values():
        conversation.close(handle)
    handles.clear()
