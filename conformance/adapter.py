"""The seam between the suite and an implementation under test, where both are Python: fields in, an outcome out.

What another process or another author's object is asked goes through `protocol/`, in JSON; `adapters/by_form.py`
puts an adapter of this seam behind that protocol, `adapters/connected.py` makes one of a connection.
"""

from __future__ import annotations

from typing import Protocol

from .fields import Fields
from .outcomes import Outcome


class AdapterBrokeError(Exception):
    """The implementation crashed, hung, or answered what is no outcome; that fails a case, also a negative one."""


class AdapterHungError(AdapterBrokeError):
    """No answer came before the deadline."""


class UnsupportedError(AdapterBrokeError):
    """The implementation says that it lacks `feature`."""

    def __init__(self, feature: str) -> None:
        self.feature = feature
        super().__init__(f"unsupported: {feature}")


class Adapter(Protocol):
    """An implementation under test: operations by name, octets in, octets or stage and reason out."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError when there is no outcome, UnsupportedError for a lack."""
        ...


class StatefulAdapter(Adapter, Protocol):
    """An adapter that also plays roles which keep state between messages, behind handles."""

    def open(self, role: str, fields: Fields) -> Outcome:
        """Begin a role. Accepted with the fields of the form `sessions/open-<role>`, and `handle` beside them."""
        ...

    def step(self, handle: str, operation: str, fields: Fields) -> Outcome:
        """Let the role behind a handle run one operation."""
        ...

    def close(self, handle: str) -> Outcome:
        """Forget what stands behind a handle. Accepted with nothing."""
        ...
