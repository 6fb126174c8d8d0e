"""The seam between the suite and an implementation under test."""

from __future__ import annotations

from typing import Protocol

from .fields import Fields
from .outcomes import Outcome


class AdapterBrokeError(Exception):
    """The implementation crashed, hung, or answered what is no outcome; that fails a case, also a negative one."""


class Adapter(Protocol):
    """An implementation under test: operations by name, octets in, octets or stage and reason out."""

    name: str

    def run(self, operation: str, fields: Fields) -> Outcome:
        """Run one operation. Raises AdapterBrokeError when there is no outcome."""
        ...
