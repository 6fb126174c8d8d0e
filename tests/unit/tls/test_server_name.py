"""One canonical spelling for a server's name (catalogue D1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.server_name import parse_server_name


@pytest.mark.parametrize(
    ("text", "canonical", "host_name"),
    [
        ("server.test", "server.test", "server.test"),
        ("Server.TEST", "server.test", "server.test"),
        ("localhost", "localhost", "localhost"),
        ("münchen.test", "xn--mnchen-3ya.test", "xn--mnchen-3ya.test"),
        ("MÜNCHEN。test", "xn--mnchen-3ya.test", "xn--mnchen-3ya.test"),
        ("192.0.2.1", "192.0.2.1", None),
        ("2001:DB8:0::1", "2001:db8::1", None),
    ],
)
def test_canonical_spelling(text: str, canonical: str, host_name: str | None) -> None:
    name = parse_server_name(text)
    assert (name.text, name.host_name) == (canonical, host_name)
    assert parse_server_name(name.text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        ".test",
        "server.test.",
        "server..test",
        "server.test\x00",
        "server\x00.test",
        "server test",
        "*.server.test",
        "server_name.test",
        "-server.test",
        "server.test:443",
        "[2001:db8::1]",
        "fe80::1%eth0",
        "xn--a.test",
        "1.2.3",
        "256.1.1.1",
        "127.1",
        "0x7f.0x1",
        "a" * 64 + ".test",
        "a." * 127 + "a",
        "a" * 100_000,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_server_name(text)
    assert refusal.value.reason == "tls/invalid-server-name"


@given(st.text(max_size=60))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        name = parse_server_name(text)
    except Refused as refusal:
        assert refusal.reason == "tls/invalid-server-name"
    else:
        assert name.text.isascii()
        assert parse_server_name(name.text) == name
