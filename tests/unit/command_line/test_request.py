"""The request that is sent: octets, and what is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.command_line.request import Header, build_request, parse_location, read_headers
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.http.message import parse_request
from tests.unit.foundation.refusals import refused

PASSWORD = "hunter2"


def request(
    url: str, *, method: str = "GET", headers: tuple[str, ...] = (), body: bytes | None = None
) -> bytes:
    return build_request(parse_location(url), method=method, headers=read_headers(headers), body=body)


def test_a_request_asks_for_plain_content_and_an_end() -> None:
    assert request("https://Bank.Example/a?b=c#d", headers=("X-One:  1 ",)) == (
        b"GET /a?b=c HTTP/1.1\r\nHost: bank.example\r\nAccept-Encoding: identity\r\n"
        b"X-One: 1\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://a.example", b"a.example", b"/"),
        ("https://a.example:443/", b"a.example", b"/"),
        ("https://a.example:8443?q", b"a.example:8443", b"/?q"),
        ("https://[::1]:8443/", b"[::1]:8443", b"/"),
        ("https://bücher.example/", b"xn--bcher-kva.example", b"/"),
    ],
)
def test_host_and_target(url: str, host: bytes, target: bytes) -> None:
    lines = request(url).split(b"\r\n")
    assert lines[0] == b"GET " + target + b" HTTP/1.1"
    assert lines[1] == b"Host: " + host


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "a.example",
        "https:///x",
        "https://user:" + PASSWORD + "@a.example/",
        "https://a.example:99999/",
        "https://a.example/ü",
        "https://a.example/a b",
        "https://[::1/",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_location(url)
    assert caught.value.reason == "command/malformed-url"
    assert PASSWORD not in str(caught.value)


def test_a_body_has_its_length() -> None:
    sent = request("https://a.example/", method="POST", body=b"abc")
    assert b"\r\nContent-Length: 3\r\n" in sent
    assert sent.endswith(b"\r\n\r\nabc")
    assert b"\r\nContent-Length: 0\r\n" in request("https://a.example/", method="PUT")


def test_what_every_request_says_is_said_once() -> None:
    sent = request("https://a.example/", headers=("accept-encoding: Identity", "CONNECTION: Close")).lower()
    assert sent.count(b"accept-encoding: identity\r\n") == sent.count(b"accept-encoding") == 1
    assert sent.count(b"connection: close\r\n") == sent.count(b"connection") == 1


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (("accept-encoding: br",), "http/accept-encoding"),
        (("Accept-Encoding:",), "http/accept-encoding"),
        (("Accept-Encoding: identity", "Accept-Encoding: gzip"), "http/accept-encoding"),
        (("Accept-Encoding: identity, gzip",), "http/accept-encoding"),
        (("Connection: keep-alive",), "http/connection"),
        (("connection: close, TE",), "http/connection"),
        (("Connection:",), "http/connection"),
    ],
)
def test_other_codings_and_connections_are_refused(headers: tuple[str, ...], reason: str) -> None:
    """Attack catalogue, G9: of coded content, the shown octets would be those of the coding."""
    with refused(reason):
        request("https://a.example/", headers=headers)


@pytest.mark.parametrize(
    "argument",
    [
        "no colon",
        ": empty name",
        "Na me: x",
        "A: b\r\nEvil: 1",
        "A: \x00",
        "Host: other.example",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "A: @env:MPCTLS_TEST_ABSENT",
        "A: €",
    ],
)
def test_headers_that_are_refused(argument: str) -> None:
    with refused("command/malformed-header"):
        read_headers([argument])


def test_secrets_come_from_files_and_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "headers"
    file.write_text("Authorization: Bearer one\n\nX-Two: 2\n", encoding="ascii")
    monkeypatch.setenv("MPCTLS_TEST_TOKEN", "three")
    assert read_headers([f"@{file}", "X-Three: @env:MPCTLS_TEST_TOKEN"]) == (
        Header(name="Authorization", value="Bearer one"),
        Header(name="X-Two", value="2"),
        Header(name="X-Three", value="three"),
    )


def test_no_value_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPCTLS_TEST_TOKEN", "hidden\nvalue")
    with pytest.raises(Refused) as caught:
        read_headers(["A: @env:MPCTLS_TEST_TOKEN"])
    assert "hidden" not in str(caught.value)
    assert "hidden" not in repr(Header(name="A", value="hidden"))


@given(
    st.from_regex(r"[A-Z]{1,8}", fullmatch=True),
    st.lists(
        st.tuples(st.from_regex(r"X-[A-Za-z0-9-]{1,12}", fullmatch=True), st.text("abc :;\t=é", max_size=20)),
        max_size=5,
    ),
    st.one_of(st.none(), st.binary(max_size=50)),
)
def test_what_is_built_is_one_request(method: str, fields: list[tuple[str, str]], body: bytes | None) -> None:
    if method == "CONNECT":
        return
    sent = request(
        "https://a.example/x",
        method=method,
        headers=tuple(f"{name}: {value}" for name, value in fields),
        body=body,
    )
    message = parse_request(sent)
    assert message.content(sent) == (body or b"")
    assert [field.name for field in message.fields][2 : 2 + len(fields)] == [
        name.lower() for name, _ in fields
    ]


@pytest.mark.parametrize("method", ["", "GE T", "GET\r\n", "connect", "CONNECT"])
def test_methods_that_are_refused(method: str) -> None:
    with pytest.raises(Refused):
        request("https://a.example/", method=method)
