"""An adapter of fields behind the protocol: the forms of the operations turn JSON into fields, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..adapter import Adapter, AdapterBrokeError, UnsupportedError
from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import Json, ShapeError
from ..outcomes import Accepted, Outcome, Rejected
from ..protocol.messages import Accept, Close, Error, Hello, Open, Reject, Run, Step, Unsupported, Verdict
from ..protocol.strict_json import ProtocolError

OPENING = "sessions/open-{role}"
"""The form of what `open` takes and gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByForm:
    """An implementation of the protocol made of an adapter of fields."""

    adapter: Adapter
    greeting: Hello

    def hello(self) -> Hello:
        """Who it is and what it has."""
        return self.greeting

    def run(self, request: Run) -> Verdict:
        """Run one operation of the adapter."""
        form = _form(request.operation)
        fields = form.input_fields(request.input, request.randomness)
        return _verdict(form, lambda: self.adapter.run(request.operation, fields))

    def open(self, request: Open) -> Verdict:
        """Begin a role of the adapter."""
        form = _form(OPENING.format(role=request.role))
        fields = form.input_fields(request.input, request.randomness)
        handles: list[str] = []

        def begin() -> Outcome:
            outcome = _method(self.adapter, "open")(request.role, fields)
            if isinstance(outcome, Rejected):
                return outcome
            output = dict(outcome.output)
            handles.append(output.pop("handle").decode())
            return Accepted(output=output)

        verdict = _verdict(form, begin)
        if isinstance(verdict, Accept):
            return Accept(output={"handle": handles[0], **verdict.output})
        return verdict

    def step(self, request: Step) -> Verdict:
        """Let a role of the adapter run one operation."""
        form = _form(request.operation)
        fields = form.input_fields(request.input, request.randomness)
        step = _method(self.adapter, "step")
        return _verdict(form, lambda: step(request.handle, request.operation, fields))

    def close(self, request: Close) -> Verdict:
        """Forget a role of the adapter."""
        outcome = _method(self.adapter, "close")(request.handle)
        if isinstance(outcome, Rejected):
            return Reject(stage=outcome.stage, reason=outcome.reason)
        return Accept(output={})


def _form(operation: str) -> Form:
    form = forms().get(operation)
    if form is None:
        raise ProtocolError(f"no operation {operation[:80]!r}")
    return form


def _method(adapter: Adapter, name: str) -> Callable[..., Outcome]:
    method: Callable[..., Outcome] | None = getattr(adapter, name, None)
    if method is None:
        raise UnsupportedError("sessions")
    return method


def _verdict(form: Form, work: Callable[[], Outcome]) -> Verdict:
    try:
        outcome = work()
    except UnsupportedError as lack:
        return Unsupported(feature=lack.feature)
    except (AdapterBrokeError, ShapeError) as error:
        return Error(message=str(error)[:4096])
    if isinstance(outcome, Rejected):
        return Reject(stage=outcome.stage, reason=outcome.reason)
    output: dict[str, Json] = form.output_json(outcome.output)
    return Accept(output=output)
