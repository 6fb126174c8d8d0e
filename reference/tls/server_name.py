"""The name of a server: one canonical spelling for connecting, for server_name and for its certificate."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

import idna
from cryptography import x509
from cryptography.x509.verification import Subject

from ..foundation.errors import Refused

_MAXIMUM_NAME: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerName:
    """A DNS name in lower-case A-labels, or an IP address; `text` is its only spelling."""

    text: str
    address: Address | None

    @property
    def host_name(self) -> str | None:
        """The name for the server_name extension, None for an address (RFC 6066, section 3)."""
        return None if self.address is not None else self.text

    @property
    def subject(self) -> Subject:
        """The name as a certificate must carry it in subjectAltName."""
        return x509.DNSName(self.text) if self.address is None else x509.IPAddress(self.address)

    def covered_by(self, names: x509.SubjectAlternativeName) -> bool:
        """Tell whether a subjectAltName holds this name (RFC 6125, section 6.4).

        DNS names are compared without regard to case; a wildcard stands for exactly one whole leftmost label.
        """
        if self.address is not None:
            return self.address in names.get_values_for_type(x509.IPAddress)
        parent = self.text.partition(".")[2]
        # A wildcard directly under a top-level domain covers nothing.
        accepted = {self.text, f"*.{parent}"} if "." in parent else {self.text}
        return any(name.lower() in accepted for name in names.get_values_for_type(x509.DNSName))


def parse_server_name(text: str) -> ServerName:
    """Return the canonical form of a DNS name (also in Unicode) or an IP address (without brackets).

    Refuses `tls/invalid-server-name`: an empty or over-long name, one with a trailing dot, a NUL, a wildcard
    or anything else that IDNA 2008 does not allow (UTS 46 mapping applied first), an address with a zone, and
    a name whose last label is a number, which resolvers read as an address.
    """
    address = _address(text)
    if address is not None:
        return ServerName(text=str(address), address=address)
    if not 0 < len(text) <= _MAXIMUM_NAME:
        raise Refused("tls/invalid-server-name", f"a name of {len(text)} characters")
    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise Refused("tls/invalid-server-name", str(error)) from None
    last = name.rsplit(".", 1)[-1]
    if len(name) > _MAXIMUM_NAME or not last or last.isdigit() or last.startswith("0x"):
        raise Refused("tls/invalid-server-name", repr(name))
    return ServerName(text=name, address=None)


def read_server_name(text: str) -> ServerName:
    """Return the name that an artifact carries, in its only spelling; nothing is mapped or decoded.

    Refuses `tls/invalid-server-name`: anything but lower-case labels of letters, digits and hyphens, no hyphen at
    either end of one, the last no number; or an address that is not in its canonical text. A Verifier's answer must
    not depend on its version of the IDNA tables.
    """
    address = _address(text)
    if address is not None:
        if str(address) != text:
            raise Refused("tls/invalid-server-name", "an address in another spelling")
        return ServerName(text=text, address=address)
    labels = text.split(".")
    if len(text) > _MAXIMUM_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("tls/invalid-server-name", "not lower-case labels of letters, digits and hyphens")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        raise Refused("tls/invalid-server-name", "the last label is a number")
    return ServerName(text=text, address=None)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        raise Refused("tls/invalid-server-name", "an address with a zone")
    return address
