"""What must be true of a message beyond its grammar before a Verifier reads structure in it.

These are the steps 4 to 6 of the structure page, section 2. A Prover that reads its own messages asks them too, but
does not know the proven name yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from .head import Head, HeaderField
from .masked import MaskedOctets

ALWAYS_REDACTABLE: Final = frozenset({"authorization", "cookie"})
NEVER_REDACTABLE: Final = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "content-type",
        "content-encoding",
        "content-range",
        "connection",
        "upgrade",
        "expect",
        "te",
        "trailer",
    }
)
"""Header fields that say whom a message is for, how it is framed and how its content is to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePolicy:
    """What a Verifier accepts of a request: methods and targets (none: any), compared octet for octet, and the names of
    header fields that may be redacted beside `authorization` and `cookie`; never one of `NEVER_REDACTABLE`."""

    redactable: frozenset[str] = frozenset()
    methods: frozenset[str] | None = None
    targets: frozenset[str] | None = None

    def redactable_in_request(self, name: str) -> bool:
        """Whether values of header fields of this name (in lower case) may be redacted in a request."""
        if name in NEVER_REDACTABLE:
            return False
        return name in ALWAYS_REDACTABLE or name in {each.lower() for each in self.redactable}


def redactable_in_response(name: str) -> bool:
    """Whether values of header fields of this name (in lower case) may be redacted in a response."""
    return name not in NEVER_REDACTABLE


def value_of(octets: MaskedOctets, field: HeaderField) -> bytes:
    """The octets of a revealed value."""
    return octets.octets[field.value.start : field.value.end]


def check_redactable(head: Head, redactable: Callable[[str], bool]) -> None:
    """Refuse with `structure/header-not-redactable` a redacted value whose name is not `redactable`."""
    for each in head.fields:
        if each.redacted and not redactable(each.name):
            raise Refused("structure/header-not-redactable", each.name)


def check_host(octets: MaskedOctets, head: Head, server_name: str | None) -> None:
    """Refuse with `structure/host-missing`, `…/host-repeated`, or `…/host-mismatch` unless the one Host field names the
    proven server, an IPv6 address in brackets, a port cut off. Without a server name its value is not compared."""
    hosts = head.named("host")
    if not hosts:
        raise Refused("structure/host-missing")
    if len(hosts) > 1:
        raise Refused("structure/host-repeated")
    if server_name is None:
        return
    written = f"[{server_name}]" if ":" in server_name else server_name
    expected = re.escape(written.encode("utf-8"))
    if not re.fullmatch(expected + rb"(?::[0-9]+)?", value_of(octets, hosts[0]), re.IGNORECASE):
        raise Refused("structure/host-mismatch", "the Host field does not name the proven server")


def check_request(
    octets: MaskedOctets,
    head: Head,
    *,
    method: str,
    target: str,
    server_name: str | None,
    policy: ExchangePolicy,
) -> None:
    """Host, upgrades and the policy; refuses with the reasons of `check_host`, `structure/upgrade` and
    `structure/request-not-allowed`."""
    check_host(octets, head, server_name)
    if head.named("upgrade") or head.named("expect"):
        raise Refused("structure/upgrade", "the request asks for an upgrade or expects an interim response")
    if policy.methods is not None and method not in policy.methods:
        raise Refused("structure/request-not-allowed", "the method is not one that is expected")
    if policy.targets is not None and target not in policy.targets:
        raise Refused("structure/request-not-allowed", "the target is not one that is expected")


def check_response(head: Head, *, status: int) -> None:
    """Refuse with `structure/upgrade` and `structure/partial-content`."""
    if head.named("upgrade"):
        raise Refused("structure/upgrade", "the response offers an upgrade")
    if status == 206 or head.named("content-range"):
        raise Refused("structure/partial-content", "the response is a part of its representation")


def check_coding(octets: MaskedOctets, head: Head) -> None:
    """Refuse with `structure/content-coding` content that is coded (compressed)."""
    for each in head.named("content-encoding"):
        if value_of(octets, each).lower() != b"identity":
            raise Refused("structure/content-coding", "the content is coded; ask the server for identity")


def holds_json(octets: MaskedOctets, head: Head) -> bool:
    """Whether the one Content-Type of a message says that its content is JSON."""
    types = head.named("content-type")
    if len(types) != 1:
        return False
    media_type = value_of(octets, types[0]).partition(b";")[0].strip(b" \t").lower()
    return media_type == b"application/json" or media_type.endswith(b"+json")
