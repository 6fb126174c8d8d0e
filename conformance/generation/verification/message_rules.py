"""Which requests and responses have a view, and where their content ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.identifiers import Closure

from ..vector import Family, MutationKind, Vector
from .exchanges import (
    BODY,
    EXCHANGE,
    HOST,
    JSON,
    REQUEST_LINE,
    STATUS_LINE,
    Exchange,
    chunk,
    chunked,
    plain,
    response,
    with_request,
    with_response,
)
from .message_heads import MAKE, STEP, refused

_NO_CLOSE = Closure.CLOSE_NOTIFY_NOT_RECEIVED
_INSERT, _REMOVE, _TRUNCATE, _EXTEND = (
    MutationKind.INSERT,
    MutationKind.REMOVE,
    MutationKind.TRUNCATE,
    MutationKind.EXTEND,
)
_FRAMING = (
    b"Host", b"Content-Length", b"Transfer-Encoding", b"Content-Type", b"Content-Encoding", b"Content-Range",
    b"Connection",
    b"Upgrade", b"Expect", b"TE", b"Trailer",
)  # fmt: skip
"""Names of values that say what a message is."""


def _hosted(name: str, value: bytes) -> Exchange:
    return replace(with_request(host=b"Host: " + value + b"\r\n"), name=name)


def _requests() -> Iterator[Vector]:
    # The policy names a method, so that no other family has this honest exchange.
    honest = replace(EXCHANGE, methods=("GET", "POST"), targets=("/account?a=1", "/other"))
    yield MAKE.accepted("honest", "A request that the policy takes.", honest.fields())
    for name, comment, proven, value in (
        ("host-case", "Names are compared without case.", "bank.example", b"BANK.Example"),
        ("host-port", "A port is cut off.", "bank.example", b"bank.example:8443"),
        ("host-long-port", "A port of many digits is cut off.", "bank.example", b"bank.example:0000000443"),
        ("host-address", "An address.", "192.0.2.1", b"192.0.2.1:80"),
        (
            "host-address-of-six",
            "An address with colons stands in brackets.",
            "2001:db8::1",
            b"[2001:DB8::1]",
        ),
        ("host-address-of-six-port", "A port behind the brackets.", "2001:db8::1", b"[2001:db8::1]:443"),
    ):
        yield MAKE.accepted(name, comment, _hosted(proven, value).fields())
    for name, comment, proven, value in (
        ("host-other", "Another name than the proven one.", "bank.example", b"other.example"),
        ("host-above", "A parent of the proven name.", "bank.example", b"example"),
        ("host-below", "A child of the proven name.", "bank.example", b"www.bank.example"),
        ("host-empty-port", "A colon without digits.", "bank.example", b"bank.example:"),
        ("host-odd-port", "A port that is no number.", "bank.example", b"bank.example:44a"),
        ("host-two-ports", "Only one port is cut off.", "bank.example", b"bank.example:1:2"),
        ("host-final-dot", "A dot at the end is another name.", "bank.example", b"bank.example."),
        ("host-two-names", "Two names in one value.", "bank.example", b"bank.example, other.example"),
        ("host-user", "A user before the name.", "bank.example", b"a@bank.example"),
        ("host-empty", "An empty host.", "bank.example", b""),
        ("host-not-ascii", "An octet above 0x7f.", "bank.example", b"bank.example\xa0"),
        (
            "host-other-digits",
            "Digits that are not ASCII are no port.",
            "bank.example",
            b"bank.example:\xd9\xa1",
        ),
        ("host-without-brackets", "An address with colons without brackets.", "2001:db8::1", b"2001:db8::1"),
        ("host-bracketed-four", "Brackets around an address without colons.", "192.0.2.1", b"[192.0.2.1]"),
        ("host-bracketed-name", "Brackets around a name.", "bank.example", b"[bank.example]"),
    ):
        yield refused(name, comment, _hosted(proven, value), "host-mismatch", "request")
    for name, comment, host, reason in (
        ("host-missing", "No host.", b"", "host-missing"),
        ("host-twice", "Two equal hosts.", HOST * 2, "host-repeated"),
        (
            "host-twice-different",
            "Two hosts, the second right.",
            b"host: other.example\r\n" + HOST,
            "host-repeated",
        ),
    ):
        kind = MutationKind.DUPLICATE if host else _REMOVE
        yield refused(name, comment, with_request(host=host), reason, "request", kind)
    yield refused(
        "host-missing-with-another", "A name that only ends in host is none.",
        with_request(b"X-Host: bank.example", host=b""), "host-missing", "request",
    )  # fmt: skip
    for name, exchange in (
        ("no-identity", replace(EXCHANGE, name=None)),
        ("no-identity-nothing-hidden", replace(EXCHANGE, name=None, request=REQUEST_LINE + HOST + b"\r\n")),
    ):
        yield refused(
            name,
            "Without a proven name there is no view.",
            exchange,
            "identity-required",
            "server_name",
            _REMOVE,
        )
    yield from _redactable()
    yield from _policies()
    for name, header in (
        ("upgrade", b"Upgrade: h2c"),
        ("upgrade-empty", b"upgrade:"),
        ("expect", b"Expect: 100-continue"),
    ):
        yield refused(
            name, "What follows might not be HTTP.", with_request(header), "upgrade", "request", _INSERT
        )
    yield refused(
        "response-upgrade", "A response must not upgrade.",
        with_response(response(BODY, JSON[:-2], b"Upgrade: h2c")), "upgrade", "response", _INSERT,
    )  # fmt: skip
    yield MAKE.accepted(
        "response-expect", "Expect means nothing in a response.",
        with_response(response(BODY, JSON[:-2], b"Expect: a")).fields(),
    )  # fmt: skip


def _redactable() -> Iterator[Vector]:
    reason = "header-not-redactable"
    hidden = with_request(b"Accept-Language: <<h:de>>")
    yield MAKE.accepted(
        "redactable-by-policy", "The policy lets a header be hidden.",
        replace(hidden, redactable=("accept-language",)).fields(),
    )  # fmt: skip
    yield refused("hidden-header", "No policy names this header.", hidden, reason, "sent_runs", _REMOVE)
    yield refused(
        "hidden-header-other-policy",
        "The policy names another header.", replace(hidden, redactable=("accept",)), reason,
        "sent_runs", _REMOVE,
    )  # fmt: skip
    for name in _FRAMING:
        text = name.decode().lower()
        host = b"Host: <<h:bank.example>>\r\n" if name == b"Host" else HOST
        headers = [] if name == b"Host" else [name + b": <<h:1>>"]
        yield refused(
            f"never-{text}", "No policy lets this header of a request be hidden.",
            replace(with_request(*headers, host=host), redactable=(text,)), reason, "sent_runs", _REMOVE,
        )  # fmt: skip
        yield refused(
            f"response-never-{text}", "This header of a response is never hidden.",
            with_response(response(BODY, JSON[:-2], name + b": <<h:1>>")), reason, "received_runs", _REMOVE,
        )  # fmt: skip


def _policies() -> Iterator[Vector]:
    reason = "request-not-allowed"
    for name, comment, exchange, field in (
        ("method-not-allowed", "Another method.", replace(EXCHANGE, methods=("POST",)), "methods"),
        ("method-case", "Methods are compared with case.", replace(EXCHANGE, methods=("get",)), "methods"),
        ("no-method-allowed", "No method is taken.", replace(EXCHANGE, methods=()), "methods"),
        ("target-not-allowed", "Another target.", replace(EXCHANGE, targets=("/",)), "targets"),
        (
            "target-without-query",
            "A target is compared whole.",
            replace(EXCHANGE, targets=("/account",)),
            "targets",
        ),
        ("no-target-allowed", "No target is taken.", replace(EXCHANGE, targets=()), "targets"),
    ):
        yield refused(name, comment, exchange, reason, field)


def _codings() -> Iterator[Vector]:
    yield MAKE.accepted(
        "honest", "The coding identity changes nothing.",
        with_response(response(BODY, JSON[:-2], b"Content-Encoding: Identity")).fields(),
    )  # fmt: skip
    yield MAKE.accepted(
        "request-identity", "The same in a request.", with_request(b"Content-Encoding: identity").fields()
    )
    for name, value in (("gzip", b"gzip"), ("list", b"identity, gzip"), ("empty", b""), ("unknown", b"x")):
        yield refused(
            name, "The content is not what its octets say.",
            with_response(response(BODY, JSON[:-2], b"Content-Encoding: " + value)), "content-coding",
            "response", _INSERT,
        )  # fmt: skip
    yield refused(
        "request-gzip", "A request with coded content.", with_request(b"Content-Encoding: gzip"), "content-coding",
        "request", _INSERT,
    )  # fmt: skip
    yield refused(
        "second-gzip", "The second of two fields.",
        with_response(response(BODY, JSON[:-2], b"Content-Encoding: identity", b"Content-Encoding: gzip")),
        "content-coding", "response", _INSERT,
    )  # fmt: skip
    partial = "partial-content"
    yield refused(
        "status-206", "A part of a document.", with_response(response(BODY, line=b"HTTP/1.1 206 Partial\r\n")), partial,
        "response",
    )  # fmt: skip
    for name, value in (("content-range", b"bytes 0-1/2"), ("content-range-empty", b"")):
        yield refused(
            name, "A part of a document, whatever the status.",
            with_response(response(BODY, JSON[:-2], b"Content-Range: " + value)), partial, "response", _INSERT,
        )  # fmt: skip
    text = response(b"abc", b"Content-Type: text/plain")
    yield MAKE.accepted("text", "A content that is not JSON has no fields.", with_response(text).fields())
    for name, comment, body, header in (
        ("text-hidden", "An octet of a content that is not JSON is hidden.", b"a<<s:b>>c", b"Content-Type: text/plain"),
        ("no-type-hidden", "No content type.", b'{"a": <<n:1>>}', b"X: a"),
        ("two-types-hidden", "Two content types.", b'{"a": <<n:1>>}', JSON + JSON[:-2]),
        ("similar-type-hidden", "A type whose name begins like JSON.",
         b'{"a": <<n:1>>}', b"Content-Type: application/jsonp"),
        ("json-as-parameter-hidden", "JSON only in a parameter.",
         b'{"a": <<n:1>>}', b"Content-Type: text/plain; a=application/json"),
    ):  # fmt: skip
        yield refused(
            name,
            comment,
            with_response(response(body, header)),
            "redaction-outside-token",
            "received_runs",
            _REMOVE,
        )
    for name, value in (
        ("type-with-parameter", b"application/json; charset=utf-8"),
        ("type-in-upper-case", b"APPLICATION/JSON"),
        ("type-with-suffix", b"application/problem+json"),
        ("type-with-spaces", b"application/json \t; a=b"),
    ):
        yield MAKE.accepted(
            name,
            "JSON by its content type.",
            with_response(response(BODY, b"Content-Type: " + value)).fields(),
        )


def _lengths() -> Iterator[Vector]:
    honest = replace(EXCHANGE, closure=_NO_CLOSE)
    yield MAKE.accepted("honest", "The content length says where the message ends.", honest.fields())
    size = len(plain(BODY))
    close = STATUS_LINE + JSON + b"\r\n" + BODY
    yield MAKE.accepted(
        "to-the-end", "Without framing the content ends with the direction, whose end is authenticated.",
        with_response(close).fields(),
    )  # fmt: skip
    yield refused(
        "to-an-end-unknown", "The end of the direction is not authenticated.",
        replace(EXCHANGE, response=close, closure=_NO_CLOSE), "incomplete-message", "closure", base="to-the-end",
    )  # fmt: skip
    yield MAKE.accepted("zero", "A content of no octets.", with_response(response(b"")).fields())
    for status in (204, 304):
        yield MAKE.accepted(
            f"status-{status}", "No content, whatever the fields say.",
            with_response(STATUS_LINE.replace(b"200 OK", b"%d a" % status) + b"Content-Length: 9\r\n\r\n").fields(),
        )  # fmt: skip
        yield refused(
            f"status-{status}-with-content", "Octets that nobody would read as content.",
            with_response(response(b"{}", line=b"HTTP/1.1 %d a\r\n" % status)), "extra-octets", "response",
        )  # fmt: skip
    head = with_request(line=b"HEAD / HTTP/1.1\r\n")
    yield MAKE.accepted(
        "head", "A response to HEAD has no content, and says how long it would be.",
        replace(head, response=STATUS_LINE + b"Content-Length: 9\r\n\r\n").fields(),
    )  # fmt: skip
    yield MAKE.accepted(
        "head-chunked", "Nor when it says that it is chunked.",
        replace(head, response=STATUS_LINE + b"Transfer-Encoding: chunked\r\n\r\n").fields(),
    )  # fmt: skip
    yield refused(
        "head-with-content",
        "A response to HEAD with content.",
        head,
        "extra-octets",
        "response",
        MutationKind.INSERT,
    )
    for name, comment, length, reason in (
        ("one-more", "One octet is missing.", 1, "incomplete-message"),
        ("one-less", "One octet follows the content.", -1, "extra-octets"),
    ):
        yield refused(
            name, comment, with_response(response(b"[1, 2]", length=6 + length)), reason, "response"
        )
    yield refused(
        "second-response", "Another response follows.", with_response(response(b"1") + response(b"2")), "extra-octets",
        "response", _EXTEND,
    )  # fmt: skip
    yield refused(
        "second-request", "Another request follows.",
        replace(EXCHANGE, request=REQUEST_LINE + HOST + b"\r\n" + REQUEST_LINE + HOST + b"\r\n"), "extra-octets",
        "request", _EXTEND,
    )  # fmt: skip
    yield refused(
        "hidden-octet-behind", "A hidden octet follows the response.",
        with_response(response(b"1") + b"<<-:x>>"), "extra-octets", "response", _EXTEND,
    )  # fmt: skip
    yield refused(
        "request-content-without-length", "A request has no content unless it says so.",
        with_request(line=b"POST / HTTP/1.1\r\n", body=b"{}"), "extra-octets", "request", _EXTEND,
    )  # fmt: skip
    post = b"POST / HTTP/1.1\r\n"
    yield MAKE.accepted(
        "request-content", "A request with JSON, of which a value is hidden.",
        with_request(JSON[:-2], b"Content-Length: 8", line=post, body=b'{"a":<<N:12>>}').fields(),
    )  # fmt: skip
    yield refused(
        "request-content-short", "The content of a request is cut.",
        with_request(JSON[:-2], b"Content-Length: 9", line=post, body=b'{"a":12}'), "incomplete-message", "request",
        _TRUNCATE, "request-content",
    )  # fmt: skip
    malformed = "framing-malformed"
    for name, comment, value in (
        ("leading-zero", "A leading zero.", b"0%d" % size),
        ("two-zeros", "Two zeros.", b"00"),
        ("sign", "A sign.", b"+%d" % size),
        ("hexadecimal", "Hexadecimal.", b"0x10"),
        ("empty", "Nothing.", b""),
        ("list", "The same number twice in one value.", b"%d, %d" % (size, size)),
        ("eleven-digits", "Eleven digits.", b"10000000000"),
        ("octet-behind", "A letter behind the digits.", b"%da" % size),
        ("not-ascii-digit", "A digit that is not ASCII.", b"\xd9\xa1"),
    ):
        yield refused(
            f"length-{name}", comment, with_response(STATUS_LINE + JSON + b"Content-Length: " + value + b"\r\n\r\n1"),
            malformed, "response",
        )  # fmt: skip
    yield refused(
        "length-ten-digits", "Ten digits are a length, and far too many.",
        with_response(STATUS_LINE + JSON + b"Content-Length: 9999999999\r\n\r\n1"), "incomplete-message", "response",
    )  # fmt: skip
    for name, value in (("coding-gzip", b"gzip"), ("coding-list", b"gzip, chunked"),
                        ("coding-twice", b"chunked, chunked"),
                        ("coding-identity", b"identity"), ("coding-empty", b"")):  # fmt: skip
        yield refused(
            name, "A transfer coding other than chunked.",
            with_response(STATUS_LINE + JSON + b"Transfer-Encoding: " + value + b"\r\n\r\n0\r\n\r\n"), malformed,
            "response",
        )  # fmt: skip
    for name, comment, lines in (
        ("length-and-chunked", "Both: readers differ in which they take.",
         b"Content-Length: 5\r\nTransfer-Encoding: chunked"),
        ("chunked-and-length", "Both in the other order.", b"Transfer-Encoding: chunked\r\nContent-Length: 5"),
        ("two-lengths", "Two different lengths.", b"Content-Length: 5\r\nContent-Length: 6"),
        ("two-equal-lengths", "Two equal lengths.", b"Content-Length: 5\r\ncontent-length: 5"),
        ("two-codings", "Two codings.", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    ):  # fmt: skip
        yield refused(
            name, comment, with_response(STATUS_LINE + JSON + lines + b"\r\n\r\n0\r\n\r\n"), "framing-ambiguous",
            "response", _INSERT,
        )  # fmt: skip
    yield refused(
        "request-ambiguous", "The same in a request.",
        with_request(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), "framing-ambiguous",
        "request", _INSERT,
    )  # fmt: skip


def _chunks() -> Iterator[Vector]:
    first, second = b'{"a": "<<s1:ali>>', b'<<s1:ce>>", "b": 1}'
    honest = chunked(chunk(first), chunk(second))
    yield MAKE.accepted(
        "honest", "A hidden string in two chunks is one token of two ranges.", with_response(honest).fields()
    )
    for name, comment, text in (
        ("one-chunk", "All in one chunk.", chunked(chunk(BODY))),
        ("no-chunk", "No content.", chunked()),
        ("upper-case-size", "Hexadecimal digits in upper case.", chunked(chunk(b'"aaaaaaaa"', b"A"))),
        ("padded-size", "A size with zeros before it, eight digits.", chunked(chunk(b"1", b"00000001"))),
        ("chunked-in-upper-case", "The coding is compared without case.",
         STATUS_LINE + JSON + b"TRANSFER-ENCODING: Chunked\r\n\r\n" + chunk(b"1") + b"0\r\n\r\n"),
        ("hidden-in-three", "Three ranges of a number.",
         chunked(chunk(b"[<<n1:1>>"), chunk(b"<<n1:2>>"), chunk(b"<<n1:3>>]"))),
        ("line-end-in-data", "A line end in a chunk is content.", chunked(chunk(b"\r\n1\r\n"))),
        ("head-of-a-chunk-in-data", "What looks like a last chunk is content.", chunked(chunk(b'"0"'))),
    ):  # fmt: skip
        yield MAKE.accepted(name, comment, with_response(text).fields())
    malformed, incomplete = "chunk-malformed", "incomplete-message"
    for name, comment, text, reason in (
        ("extension", "An extension.", chunked(chunk(b"1", b"1;a=b")), "chunk-extension"),
        ("extension-space", "A space behind the size.", chunked(chunk(b"1", b"1 ")), "chunk-extension"),
        ("extension-tab", "A tab behind the size.", chunked(chunk(b"1", b"1\t")), "chunk-extension"),
        ("extension-of-the-last", "An extension of the last chunk.",
         chunked(chunk(b"1"), tail=b"0;a\r\n\r\n"), "chunk-extension"),
        ("trailer", "A trailer field.", chunked(chunk(b"1"), tail=b"0\r\nA: b\r\n\r\n"), "trailers"),
        ("trailer-cut", "Something else than a carriage return after the last chunk.",
         chunked(chunk(b"1"), tail=b"0\r\nX"), "trailers"),
        ("size-empty", "No size.", chunked(chunk(b"1", b"")), malformed),
        ("size-extension-alone", "An extension without a size.", chunked(chunk(b"1", b";a")), malformed),
        ("size-letter", "A letter that is no digit.", chunked(chunk(b"1", b"g")), malformed),
        ("size-prefix", "A prefix 0x.", chunked(chunk(b"1", b"0x1")), malformed),
        ("size-sign", "A sign.", chunked(chunk(b"1", b"+1")), malformed),
        ("size-nine-digits", "Nine digits.", chunked(chunk(b"1", b"000000001")), malformed),
        ("last-of-two-zeros", "A last chunk of two zeros.", chunked(chunk(b"1"), tail=b"00\r\n\r\n"), malformed),
        ("size-line-feed", "A line feed alone behind the size.", chunked(b"1\n1\r\n"), malformed),
        ("size-carriage-return", "A carriage return alone behind the size.", chunked(b"1\r1\r\n"), malformed),
        ("data-longer", "More data than the size says.", chunked(chunk(b"12", b"1")), malformed),
        ("data-shorter", "Less data than the size says.", chunked(chunk(b"1", b"2")), malformed),
        ("data-line-feed", "A line feed alone behind the data.", chunked(b"1\r\n1\n"), malformed),
        ("end-line-broken", "The line end after the last chunk is broken.",
         chunked(chunk(b"1"), tail=b"0\r\n\rX"), malformed),
        ("no-last-chunk", "No last chunk.", chunked(chunk(b"1"), tail=b""), incomplete),
        ("no-empty-line", "No empty line after the last chunk.", chunked(chunk(b"1"), tail=b"0\r\n"), incomplete),
        ("half-an-empty-line", "Half an empty line after it.", chunked(chunk(b"1"), tail=b"0\r\n\r"), incomplete),
        ("data-cut", "The direction ends within data.", chunked(chunk(b"1", b"ff"), tail=b""), incomplete),
        ("size-cut", "The direction ends within a size.", chunked(tail=b"0"), incomplete),
        ("size-maximum", "The largest size.", chunked(chunk(b"1", b"ffffffff")), incomplete),
        ("octet-behind", "An octet follows the message.", chunked(chunk(b"1"), tail=b"0\r\n\r\nX"), "extra-octets"),
        ("response-behind", "A response follows the message.", chunked(chunk(b"1")) + response(b"2"), "extra-octets"),
    ):  # fmt: skip
        yield refused(name, comment, with_response(text), reason, "response")
    outside = "redaction-outside-token"
    for name, comment, text in (
        ("hidden-size", "A hidden size.", chunked(b"<<-:1>>\r\n1\r\n")),
        ("hidden-digit", "One digit of a size is hidden.", chunked(b"0<<-:1>>\r\n1\r\n")),
        ("hidden-line-end", "The line end behind a size is hidden.", chunked(b"1<<-:\r\n>>1\r\n")),
        ("hidden-data-end", "The line end behind data is hidden with it.", chunked(b"3\r\n[<<n:1>>]<<-:\r\n>>")),
        ("hidden-across-chunks", "A run that goes through the framing of two chunks.",
         chunked(b"2\r\n[<<n:1\r\n2\r\n2>>]\r\n")),
        ("hidden-last-chunk", "The last chunk is hidden.", chunked(chunk(b"1"), tail=b"<<-:0>>\r\n\r\n")),
        ("hidden-end", "The last line end is hidden.", chunked(chunk(b"1"), tail=b"0\r\n<<-:\r\n>>")),
    ):  # fmt: skip
        yield refused(name, comment, with_response(text), outside, "received_runs", _REMOVE)


FAMILIES = (
    Family(step=STEP, name="requests", summary="Which requests have a view.", make=_requests),
    Family(step=STEP, name="contents", summary="Codings and types of content.", make=_codings),
    Family(step=STEP, name="lengths", summary="Where a message without chunks ends.", make=_lengths),
    Family(step=STEP, name="chunks", summary="Chunked messages.", make=_chunks),
)
