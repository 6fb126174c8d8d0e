"""An implementation behind the protocol, as an adapter of fields: what properties and plans ask."""

from __future__ import annotations

from dataclasses import dataclass

from ..adapter import AdapterBrokeError, UnsupportedError
from ..fields import Fields
from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import ShapeError
from ..outcomes import Accepted, Outcome, Rejected
from ..protocol.messages import Accept, Reject, Unsupported, Verdict
from ..transports.conversation import Conversation
from .by_form import OPENING


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Asks an implementation in JSON what is given in fields."""

    conversation: Conversation

    @property
    def name(self) -> str:
        """What it calls itself. Raises AdapterBrokeError."""
        return self.conversation.hello().name

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError when there is no outcome, UnsupportedError for a lack."""
        form = self._form(operation)
        given, drawn = form.input_json(fields)
        return _outcome(form, self.conversation.run(operation, form.role.value, given, drawn))

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin a role. Accepted with the fields of its form, and `handle` beside them."""
        form = self._form(OPENING.format(role=role), named=False)
        given, drawn = form.input_json(fields)
        outcome = self.conversation.open(role, given, drawn)
        if not isinstance(outcome, Accept):
            return _outcome(form, outcome)
        output = dict(outcome.output)
        handle = output.pop("handle", None)
        if not isinstance(handle, str):
            raise AdapterBrokeError("accepted without a handle")
        accepted = _outcome(form, Accept(output=output))
        rest = accepted.output if isinstance(accepted, Accepted) else {}
        return Accepted(output={**rest, "handle": handle.encode()})

    def step(self, handle: str, operation: str, fields: Fields) -> Outcome:
        """Let the role behind a handle run one operation."""
        form = self._form(operation)
        given, drawn = form.input_json(fields)
        return _outcome(form, self.conversation.step(handle, operation, given, drawn))

    def close(self, handle: str) -> Outcome:
        """Forget what stands behind a handle."""
        outcome = self.conversation.close(handle)
        if isinstance(outcome, Accept):
            return Accepted(output={})
        return _refusal(outcome)

    def _form(self, operation: str, *, named: bool = True) -> Form:
        form = forms().get(operation)
        if form is None or (named and operation not in self.conversation.hello().operations):
            raise UnsupportedError(operation)
        return form


def _outcome(form: Form, outcome: Verdict) -> Outcome:
    if not isinstance(outcome, Accept):
        return _refusal(outcome)
    try:
        return Accepted(output=form.output_fields(outcome.output))
    except ShapeError as error:
        raise AdapterBrokeError(f"the output has not the form of {form.name}: {error}") from None


def _refusal(outcome: Verdict) -> Rejected:
    if isinstance(outcome, Reject):
        return Rejected(stage=outcome.stage, reason=outcome.reason)
    if isinstance(outcome, Unsupported):
        raise UnsupportedError(outcome.feature)
    raise AdapterBrokeError(str(outcome.to_json()))
