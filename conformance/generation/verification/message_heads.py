"""Start lines and header fields of requests and responses: how they are read, and what refuses a view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .exchanges import (
    BODY,
    EXCHANGE,
    HOST,
    JSON,
    REQUEST_LINE,
    STATUS_LINE,
    Exchange,
    response,
    with_request,
    with_response,
)

STEP = "verification/structured_view"
MAKE = Making(operation="verification/structured-view")
_OUTSIDE, _HEADER, _START = "redaction-outside-token", "malformed-header", "malformed-start-line"
_INCOMPLETE, _LARGE = "incomplete-message", "too-large"
_HEAD_LIMIT = 65_536
_REPLACE, _INSERT, _REMOVE, _TRUNCATE = (
    MutationKind.REPLACE,
    MutationKind.INSERT,
    MutationKind.REMOVE,
    MutationKind.TRUNCATE,
)


def refused(
    name: str,
    comment: str,
    exchange: Exchange,
    reason: str,
    field: str,
    kind: MutationKind = _REPLACE,
    base: str = "honest",
) -> Vector:
    """A view that is refused for one fault of the usual exchange."""
    return MAKE.refused(
        name,
        comment,
        exchange.fields(),
        f"structure/{reason}",
        base=base,
        mutation=Mutation(kind=kind, field=field, detail=comment),
    )


def _request_lines() -> Iterator[Vector]:
    honest = replace(EXCHANGE, methods=("GET",))
    yield MAKE.accepted("honest", "A request line, with a hidden header behind it.", honest.fields())
    for name, comment, line in (
        ("post", "Another method.", b"POST / HTTP/1.1\r\n"),
        (
            "odd-method",
            "Every character of a token may be in a method.",
            b"!#$%&'*+-.^_`|~09az / HTTP/1.1\r\n",
        ),
        (
            "lower-case-method",
            "Methods are compared with case, and this one is a token.",
            b"get / HTTP/1.1\r\n",
        ),
        ("odd-target", "Every visible character may be in a target.", b'GET /!~"<{}|\\^` HTTP/1.1\r\n'),
        ("connect-in-lower-case", "Only the method CONNECT is refused.", b"connect / HTTP/1.1\r\n"),
    ):
        yield MAKE.accepted(name, comment, with_request(line=line).fields())
    for name, comment, line in (
        ("empty", "An empty line before the request.", b"\r\n"),
        ("two-spaces", "Two spaces before the target.", b"GET  / HTTP/1.1\r\n"),
        ("space-at-the-end", "A space behind the version.", b"GET / HTTP/1.1 \r\n"),
        ("space-first", "A space before the method.", b" GET / HTTP/1.1\r\n"),
        ("tab", "A tab instead of a space.", b"GET\t/ HTTP/1.1\r\n"),
        ("version-1-0", "HTTP/1.0.", b"GET / HTTP/1.0\r\n"),
        ("version-2", "HTTP/2.", b"GET / HTTP/2\r\n"),
        ("version-lower-case", "The version in lower case.", b"GET / http/1.1\r\n"),
        ("no-version", "A request of HTTP/0.9.", b"GET /\r\n"),
        ("no-method", "No method.", b" / HTTP/1.1\r\n"),
        ("method-no-token", "A method with a colon.", b"G:T / HTTP/1.1\r\n"),
        ("connect", "CONNECT opens a tunnel.", b"CONNECT / HTTP/1.1\r\n"),
        ("asterisk-form", "A target in asterisk form.", b"OPTIONS * HTTP/1.1\r\n"),
        (
            "absolute-form",
            "A target in absolute form names a host of its own.",
            b"GET http://a/ HTTP/1.1\r\n",
        ),
        ("empty-target", "No target.", b"GET  HTTP/1.1\r\n"),
        ("target-not-ascii", "An octet above 0x7e in the target.", b"GET /\xe9 HTTP/1.1\r\n"),
        ("target-delete", "0x7f in the target.", b"GET /\x7f HTTP/1.1\r\n"),
        ("target-nul", "NUL in the target.", b"GET /\0 HTTP/1.1\r\n"),
        ("target-space", "A space in the target.", b"GET /a b HTTP/1.1\r\n"),
        ("bare-line-feed", "A line feed alone does not end the line.", b"GET / HTTP/1.1\nX: y\r\n"),
        (
            "bare-carriage-return",
            "A carriage return alone does not end the line.",
            b"GET / HTTP/1.1\rX: y\r\n",
        ),
    ):
        yield refused(name, comment, with_request(line=line), _START, "request")
    for name, comment, line in (
        ("method-hidden", "The method is hidden.", b"<<-:GET>> / HTTP/1.1\r\n"),
        (
            "target-hidden",
            "The target is hidden: it says what was asked.",
            b"GET <<h:/account>> HTTP/1.1\r\n",
        ),
        ("one-octet-hidden", "One octet of the target is hidden.", b"GET /a<<-:c>>count HTTP/1.1\r\n"),
        ("line-end-hidden", "The end of the line is hidden.", b"GET / HTTP/1.1<<-:\r\n>>"),
    ):
        yield refused(name, comment, with_request(line=line), _OUTSIDE, "sent_runs", _REMOVE)
    yield refused(
        "no-line-end", "The request ends in its line.", replace(EXCHANGE, request=b"GET / HTTP/1.1"), _INCOMPLETE,
        "request", _TRUNCATE,
    )  # fmt: skip
    yield refused(
        "no-octets", "Nothing was sent.", replace(EXCHANGE, request=b""), _INCOMPLETE, "request", _REMOVE
    )
    yield refused(
        "line-without-end", "The line does not end within 65,536 octets.",
        with_request(line=b"GET /" + b"a" * _HEAD_LIMIT + b" HTTP/1.1\r\n"), _LARGE, "request",
    )  # fmt: skip


def _status_lines() -> Iterator[Vector]:
    honest = replace(EXCHANGE, targets=("/account?a=1",))
    yield MAKE.accepted("honest", "A status line before header fields.", honest.fields())
    for name, comment, line in (
        ("reason-empty", "The space stays when the reason is empty.", b"HTTP/1.1 200 \r\n"),
        ("reason-odd", "A reason with a tab and octets above 0x7f.", b"HTTP/1.1 200 \t\x80\xff\r\n"),
        ("status-500", "An error is a response.", b"HTTP/1.1 500 Error\r\n"),
        ("status-599", "The largest status.", b"HTTP/1.1 599 Last\r\n"),
        ("status-299", "A status without a name.", b"HTTP/1.1 299 Odd\r\n"),
        ("status-207", "The status behind that of partial content.", b"HTTP/1.1 207 Multi\r\n"),
    ):
        yield MAKE.accepted(name, comment, with_response(response(BODY, line=line)).fields())
    for name, comment, line in (
        ("no-reason-space", "The space before the reason is missing.", b"HTTP/1.1 200\r\n"),
        ("status-600", "A status above 599.", b"HTTP/1.1 600 No\r\n"),
        ("status-099", "A status below 100.", b"HTTP/1.1 099 No\r\n"),
        ("status-of-four", "Four digits.", b"HTTP/1.1 2000 OK\r\n"),
        ("status-of-two", "Two digits.", b"HTTP/1.1 20 OK\r\n"),
        ("status-signed", "A sign before the digits.", b"HTTP/1.1 +20 OK\r\n"),
        ("version", "HTTP/1.0.", b"HTTP/1.0 200 OK\r\n"),
        ("reason-nul", "NUL in the reason.", b"HTTP/1.1 200 O\0K\r\n"),
        ("reason-delete", "0x7f in the reason.", b"HTTP/1.1 200 \x7f\r\n"),
        ("reason-bare-line-feed", "A line feed in the reason.", b"HTTP/1.1 200 OK\nX: y\r\n"),
        ("empty-line-first", "An empty line before the response.", b"\r\nHTTP/1.1 200 OK\r\n"),
        ("two-spaces", "Two spaces before the status.", b"HTTP/1.1  200 OK\r\n"),
    ):
        yield refused(name, comment, with_response(response(BODY, line=line)), _START, "response")
    for status in (100, 101, 103, 199):
        yield refused(
            f"informational-{status}", "What is not final has no content, and another response follows.",
            with_response(response(BODY, line=b"HTTP/1.1 %d Early\r\n" % status)), "informational-response", "response",
        )  # fmt: skip
    for name, comment, line in (
        ("status-hidden", "The status is hidden.", b"HTTP/1.1 <<n:200>> OK\r\n"),
        ("reason-hidden", "The reason is hidden, which may hide a line end.", b"HTTP/1.1 200 <<h:OK>>\r\n"),
    ):
        yield refused(
            name, comment, with_response(response(BODY, line=line)), _OUTSIDE, "received_runs", _REMOVE
        )
    yield refused(
        "ends-in-the-line", "The response ends in its status line.", with_response(b"HTTP/1.1 200 O"), _INCOMPLETE,
        "response", _TRUNCATE,
    )  # fmt: skip
    yield refused("no-octets", "Nothing was received.", with_response(b""), _INCOMPLETE, "response", _REMOVE)


def _fields() -> Iterator[Vector]:
    honest = with_request(b"Cookie: <<h:a=b>>")
    yield MAKE.accepted("honest", "A hidden cookie.", honest.fields())
    for name, comment, line in (
        ("without-space", "No white space around a hidden value.", b"Cookie:<<h:a=b>>"),
        ("white-space-around", "White space before and behind a hidden value.", b"Cookie: \t <<h:a=b>> \t"),
        ("name-in-other-case", "Names are compared in lower case.", b"cOOKIE: <<h:a=b>>"),
        ("encoding-commitment", "The leaf may be an encoding commitment.", b"Cookie: <<H:a=b>>"),
        (
            "hidden-white-space",
            "White space inside the hidden run is part of the token.",
            b"Cookie:<<h: a=b >>",
        ),
        ("revealed-empty", "An empty value.", b"X:"),
        ("revealed-spaces", "A value of white space is empty.", b"X: \t "),
        ("revealed-spaces-behind", "White space behind a value is no part of it.", b"X: a \t "),
        ("revealed-odd", "A value with a tab inside and octets above 0x7f.", b"X: a\tb\x80\xff"),
        ("odd-name", "Every character of a token may be in a name.", b"!#$%&'*+-.^_`|~09az: b"),
        ("twice", "A field that stands twice stays two.", b"X: a\r\nx: b"),
        ("colon-in-the-value", "Only the first colon ends the name.", b"X: a:b"),
    ):
        yield MAKE.accepted(name, comment, with_request(line).fields())
    for name, comment, line in (
        ("folded", "A line that begins with a space continues the one before it, for some.", b"X: a\r\n b"),
        ("folded-by-tab", "The same with a tab.", b"X: a\r\n\tb"),
        ("space-before-colon", "A space before the colon.", b"X : a"),
        ("tab-before-colon", "A tab before the colon.", b"X\t: a"),
        ("empty-name", "No name.", b": a"),
        ("no-colon", "No colon.", b"X"),
        ("space-in-the-name", "A space in the name.", b"A b: c"),
        ("name-not-ascii", "An octet above 0x7f in the name.", b"\xe9: a"),
        ("name-nul", "NUL in the name.", b"X\0: a"),
        ("value-nul", "NUL in the value.", b"X: a\0b"),
        ("value-bell", "A control character in the value.", b"X: \x07"),
        ("value-delete", "0x7f in the value.", b"X: \x7f"),
        ("bare-carriage-return", "A carriage return alone does not end the line.", b"X: a\rY: b"),
        ("bare-line-feed", "A line feed alone does not end the line.", b"X: a\nHost: other.example"),
        ("two-carriage-returns", "Two carriage returns before the line feed.", b"X: a\r"),
    ):
        yield refused(name, comment, with_request(line), _HEADER, "request", _INSERT)
    for name, comment, line in (
        ("name-hidden", "A hidden name could be any.", b"<<h:Cookie>>: a"),
        ("name-partly-hidden", "A part of the name is hidden.", b"Coo<<-:kie>>: a"),
        ("colon-hidden", "The colon is hidden with the value.", b"Cookie<<h:: a=b>>"),
        ("line-end-hidden", "The line end is hidden with the value.", b"Cookie: <<h:a=b\r\n>>X: c"),
        ("carriage-return-hidden", "Half of the line end is hidden.", b"Cookie: <<h:a=b\r>>\nX: c"),
        ("value-end-revealed", "Only the beginning of a value is hidden.", b"Cookie: <<h:a>>=b"),
        ("value-start-revealed", "Only the end of a value is hidden.", b"Cookie: a=<<h:b>>"),
        ("value-middle-hidden", "The middle of a value is hidden.", b"Cookie: a<<h:=>>b"),
        ("two-runs", "A value in two runs.", b"Cookie: <<h:a>> <<h:b>>"),
        ("space-hidden-behind", "White space behind a revealed value is hidden.", b"Cookie: a<<-: >>"),
        ("control-behind", "After a hidden value stands a control character.", b"Cookie: <<h:a>>\0"),
        ("line-feed-behind", "After a hidden value stands a line feed alone.", b"Cookie: <<h:a>>\nX: b"),
    ):  # fmt: skip
        yield refused(name, comment, with_request(line), _OUTSIDE, "sent_runs", _REMOVE)
    for name, comment, text in (
        ("no-empty-line", "The direction ends before the empty line.", REQUEST_LINE + HOST),
        ("ends-in-a-name", "It ends in a name.", REQUEST_LINE + HOST + b"Coo"),
        ("ends-behind-a-colon", "It ends behind a colon.", REQUEST_LINE + HOST + b"X:"),
        ("ends-in-a-value", "It ends in a value.", REQUEST_LINE + HOST + b"X: a"),
        (
            "ends-in-a-line-end",
            "It ends between the two octets of a line end.",
            REQUEST_LINE + HOST + b"X: a\r",
        ),
        (
            "ends-with-a-hidden-value",
            "A hidden value reaches to the end.",
            REQUEST_LINE + HOST + b"Cookie: <<h:a>>",
        ),
        ("ends-in-the-empty-line", "The empty line has one octet.", REQUEST_LINE + HOST + b"\r"),
    ):
        yield refused(name, comment, replace(EXCHANGE, request=text), _INCOMPLETE, "request", _TRUNCATE)
    yield refused(
        "empty-line-broken", "A carriage return and another octet where the empty line should be.",
        replace(EXCHANGE, request=REQUEST_LINE + HOST + b"\rX"), _HEADER, "request",
    )  # fmt: skip
    yield from _response_fields()
    yield from _limits()


def _response_fields() -> Iterator[Vector]:
    for name, comment, header in (
        ("response-cookie-hidden", "A response may hide most values.", b"Set-Cookie: <<h:a>>"),
        ("response-any-hidden", "Also values of names that nobody knows.", b"X-Odd: <<h:a>>"),
    ):
        yield MAKE.accepted(name, comment, with_response(response(BODY, JSON[:-2], header)).fields())
    for name, comment, header, reason in (
        ("response-folded", "A folded line in a response.", b"X: a\r\n b", _HEADER),
        ("response-name-hidden", "A hidden name in a response.", b"<<h:X>>: a", _OUTSIDE),
        ("response-value-cut", "A part of a value in a response.", b"Set-Cookie: a<<h:b>>", _OUTSIDE),
    ):
        yield refused(
            name, comment, with_response(response(BODY, JSON[:-2], header)), reason, "response", _INSERT
        )


def _limits() -> Iterator[Vector]:
    most = [b"a:"] * 255
    yield MAKE.accepted("fields-256", "256 header fields, the host among them.", with_request(*most).fields())
    yield refused(
        "fields-257", "One header field more.", with_request(*most, b"a:"), _LARGE, "request", _INSERT
    )
    start = REQUEST_LINE + HOST + b"Cookie: "
    rest = _HEAD_LIMIT - len(start) - 4
    yield MAKE.accepted(
        "head-65536", "A head of 65,536 octets, most of which are hidden.",
        with_request(b"Cookie: <<h:" + b"a" * rest + b">>").fields(),
    )  # fmt: skip
    for name, more in (("head-65537", 1), ("head-65540", 4)):
        yield refused(
            name, f"{more} octets more: the end of the head stands behind its limit.",
            with_request(b"Cookie: <<h:" + b"a" * (rest + more) + b">>"), _LARGE, "request",
        )  # fmt: skip
    yield refused(
        "response-fields-257", "257 header fields of a response.",
        with_response(STATUS_LINE + b"a:\r\n" * 257 + b"\r\n"), _LARGE, "response",
    )  # fmt: skip
    for name, lengths, field in (
        ("request-too-long", (2**24 + 1, None), "sent_length"),
        ("response-too-long", (None, 2**24 + 1), "received_length"),
    ):
        yield refused(
            name, "A direction of 2^24 + 1 octets, most of which are hidden: its length is looked at first.",
            replace(EXCHANGE, lengths=lengths), _LARGE, field,
        )  # fmt: skip
    yield refused(
        "request-of-the-largest-length", "A direction of 2^24 octets is read; what follows the request is refused.",
        replace(EXCHANGE, lengths=(2**24, None)), "extra-octets", "sent_length",
    )  # fmt: skip


FAMILIES = (
    Family(step=STEP, name="request-lines", summary="Request lines.", make=_request_lines),
    Family(step=STEP, name="status-lines", summary="Status lines.", make=_status_lines),
    Family(
        step=STEP,
        name="header-fields",
        summary="Header fields with hidden values, and heads that are none.",
        make=_fields,
    ),
)
