"""Exit codes, and how every failure becomes one line `reason: detail` on standard error."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ..foundation.errors import Refused
from .escaping import escape_line

_INPUT_REASONS: Final = frozenset({"tls/invalid-server-name", "tls/roots-malformed"})
_UNREACHABLE: Final = frozenset({"command/unreachable", "command/address-not-usable"})


class ExitCode(IntEnum):
    """What the program's exit code says."""

    FINE = 0
    REFUSED = 1
    USAGE = 2
    PEER = 3
    BUG = 70
    INTERRUPTED = 130


EXIT_CODES: Final = """\b
Exit codes:
  0   done
  1   refused, with the reason on standard error
  2   the command line itself is wrong
  3   the peer or the network failed
  70  a bug in this program
  130 interrupted"""


def exit_code(refused: Refused) -> ExitCode:
    """3 when a connection or the peer at its other end failed, else 1."""
    stage = refused.reason.partition("/")[0]
    failed = stage in ("link", "tls") and refused.reason not in _INPUT_REASONS
    return ExitCode.PEER if failed or refused.reason in _UNREACHABLE else ExitCode.REFUSED


def failure_line(refused: Refused) -> str:
    """`reason: detail` on one line; what a peer or file put into it cannot reach the terminal as control characters."""
    return escape_line(str(refused))
