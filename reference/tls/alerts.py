"""Alerts of the server (RFC 5246, section 7.2)."""

from __future__ import annotations

from ..foundation.errors import Refused
from .constants import ALERT_NAMES, CLOSE_NOTIFY, AlertLevel


def receive_alert(content: bytes) -> None:
    """Return for close_notify or another warning, refuse a fatal alert with `tls/alert-received`.

    The content of one record must be exactly one alert of two octets, else `tls/malformed`.
    """
    if len(content) != 2:
        raise Refused("tls/malformed", f"an alert record of {len(content)} octets")
    try:
        level = AlertLevel(content[0])
    except ValueError:
        raise Refused("tls/malformed", f"alert level {content[0]}") from None
    if level is AlertLevel.FATAL:
        raise Refused("tls/alert-received", alert_name(content))


def is_close_notify(content: bytes) -> bool:
    """Tell whether an alert is close_notify at warning level, its only form (RFC 5246, section 7.2.1)."""
    return content == CLOSE_NOTIFY


def alert_name(content: bytes) -> str:
    """Return the registered name of an alert's description, for messages to people."""
    return ALERT_NAMES.get(content[1], f"alert {content[1]}")
