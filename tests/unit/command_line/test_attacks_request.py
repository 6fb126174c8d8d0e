"""Files of header fields hold octets: what Unicode calls the end of a line is content (attack catalogue, J5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpctls.reference.command_line.request import read_headers
from mpctls.reference.foundation.errors import Refused


def test_octets_that_are_line_ends_in_unicode_stay_in_their_value(tmp_path: Path) -> None:
    """In UTF-8, "Å" ends with 0x85, which Latin-1 text takes for a next-line character."""
    file = tmp_path / "headers"
    file.write_bytes("X-City: Ålesund, Host: elsewhere\r\n\r\nX-Other: 1\n".encode())
    first, second = read_headers([f"@{file}"])
    assert (first.name, second.name, second.value) == ("X-City", "X-Other", "1")
    assert first.value.encode("latin-1") == "Ålesund, Host: elsewhere".encode()


@pytest.mark.parametrize("octet", [0x0B, 0x0C, 0x1C, 0x1D, 0x1E])
def test_control_characters_do_not_begin_another_field(tmp_path: Path, octet: int) -> None:
    file = tmp_path / "headers"
    file.write_bytes(b"X-One: 1" + bytes([octet]) + b"X-Two: 2\n")
    with pytest.raises(Refused, match="command/malformed-header"):
        read_headers([f"@{file}"])
