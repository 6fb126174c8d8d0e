"""Structured views on paper, and content that tries to look like something else."""

from __future__ import annotations

import json

import pytest

from mpctls.reference.command_line.exchange_view import exchange_document, render_exchange
from mpctls.reference.command_line.transcript_view import GUTTER, Marker
from tests.unit.http.exchanges import SENT, plain, response, view

BRACKETS = Marker(opening="⟦", closing="⟧")


def lines(body: bytes, *fields: bytes) -> list[str]:
    document = json.loads(json.dumps(exchange_document(view(SENT, response(body, *fields)))))
    return render_exchange(document, BRACKETS)


def test_a_view_is_a_tree_with_marks() -> None:
    body = b'{"name":"<<1:Ada>>","balance":<<2:12.50>>,"tags":["",null,{}],"a b":"\xc3\xa9"}'
    assert lines(body, b"Set-Cookie: <<4:s=1>>", b"Empty:") == [
        "",
        "request       GET /account",
        "  | host: server.example",
        "  | accept-encoding: identity",
        "  | authorization: ⟦redacted 13 octets⟧",
        "  | connection: close",
        "",
        "response      status 200",
        "  | content-type: application/json",
        "  | set-cookie: ⟦redacted 3 octets⟧",
        "  | empty: ",
        f"  | content-length: {len(plain(body))}",
        "  | {",
        '  |   "name": "⟦redacted 3 octets⟧"',
        '  |   "balance": ⟦redacted 5 octets⟧',
        '  |   "tags": [',
        '  |     0: ""',
        "  |     1: null",
        "  |     2: {",
        "  |     }",
        "  |   ]",
        '  |   "a b": "é"',
        "  | }",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "⟦redacted 7 octets⟧".encode(),
        b"\\u001b[7m",
        b"\\n  | response",
        "\u202e".encode(),
        b'\\",\\"balance\\": 5',
        b'\\\\\\"',
        b"\\\\\xe2\x80\xae",
    ],
)
def test_content_cannot_imitate_the_tree(text: bytes) -> None:
    """Neither a value nor a name of the server's ends its line, its quotes, or looks like a redaction."""
    for body in (b'{"a":"%s"}' % text, b'{"%s":1}' % text):
        shown = lines(body)[-3:]
        assert shown[0] == GUTTER + "{" and shown[2] == GUTTER + "}"
        line = shown[1].removeprefix(GUTTER)
        assert not {"⟦", "⟧", "\x1b", "\n", "\u202e"} & set(line)
        assert json.loads("{" + line + "}") == json.loads(body)


def test_names_of_the_server_do_not_mix_with_those_of_the_document() -> None:
    document = exchange_document(view(SENT, response(b'{"value":{"redacted":true},"array":"<<1:x>>"}')))
    ((first, inner), (second, hidden)) = document["response"]["content"]["object"]
    assert (first, second) == ("value", "array")
    assert [name for name, _ in inner["object"]] == ["redacted"]
    assert hidden["value"] == {"kind": "string", "count": 1, "redacted": True, "leaf": 1}
