"""The one error type of the reference: a refusal with a stable reason code."""

from __future__ import annotations


class Refused(Exception):
    """A party refuses what it was given.

    `reason` is a code `stage/reason` out of `foundation.reasons`; `detail` names what and where in plain words and
    never contains a secret.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
