"""Length-prefixed fields: exact or refused (catalogue J7, J14)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.wire import WireReader, vector


def test_fields_are_read_in_order() -> None:
    reader = WireReader(b"\x01\x02" + vector(2, b"content") + b"end", "message")
    assert reader.integer(2) == 0x0102
    assert reader.vector(2, minimum=7, maximum=7) == b"content"
    assert reader.octets(3) == b"end"
    reader.finish()


def test_what_does_not_fit_is_refused() -> None:
    attempts: tuple[Callable[[WireReader], object], ...] = (
        lambda reader: reader.octets(4),
        lambda reader: reader.integer(4),
        lambda reader: reader.vector(1),
        lambda reader: reader.vector(1, minimum=10),
        lambda reader: reader.vector(1, maximum=1),
        lambda reader: reader.finish(),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt(WireReader(b"\x03ab", "message"))
        assert refusal.value.reason == "tls/malformed"


def test_content_longer_than_its_prefix_can_say_raises() -> None:
    with pytest.raises(OverflowError):
        vector(1, bytes(256))
