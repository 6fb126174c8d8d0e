"""What `mpctls check` says of a response: how it is framed, or why no session could name its parts."""

from __future__ import annotations

from typing import Any, cast

import pytest

from mpctls.reference.command_line.check import http_document
from mpctls.reference.tls.plain_client import PlainExchange

ENDS_WITH_THE_CONNECTION = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhalf a bo"
WITH_A_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf a bo"
ONLY_A_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"


def described(response: bytes, *, close_notify: bool = True, method: str = "GET") -> dict[str, Any]:
    exchange = PlainExchange(
        handshake=cast(Any, None),
        response=response,
        received_records=1,
        close_notify_received=close_notify,
    )
    return http_document(exchange, method)


@pytest.mark.parametrize(
    ("response", "close_notify", "method", "framing", "reason"),
    [
        (ENDS_WITH_THE_CONNECTION, True, "GET", "end of connection", None),
        (ENDS_WITH_THE_CONNECTION, False, "GET", None, "structure/incomplete-message"),
        (WITH_A_LENGTH, False, "GET", "content-length", None),
        (ONLY_A_HEAD, True, "GET", None, "structure/incomplete-message"),
        (ONLY_A_HEAD, True, "HEAD", "content-length", None),
    ],
)
def test_a_response_is_as_whole_as_a_session_would_find_it(
    response: bytes, close_notify: bool, method: str, framing: str | None, reason: str | None
) -> None:
    """A connection that somebody cut looks like the end of such a response: a session refuses to name its parts."""
    document = described(response, close_notify=close_notify, method=method)
    assert (document["framing"], document["reason"]) == (framing, reason)
