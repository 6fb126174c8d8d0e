"""One request or one final response, with the conditions under which parts of it may be hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..identifiers import Direction
from ..reasons import Reason, Rejection
from .framing import content_positions, values_of
from .head import HeaderField, RequestLine, read_header_fields, read_request_line, read_status_line
from .json_text import Value, read_json
from .octets import Octet, revealed

LARGEST_MESSAGE = 2**24

REDACTABLE_IN_REQUESTS = frozenset({"authorization", "cookie"})
"""Header values that any request may hide; a policy may add others."""

NEVER_REDACTABLE = frozenset(
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
"""Header values that say what a message is: no policy lets them be hidden."""

_PORT = re.compile(r":[0-9]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """Which requests a Verifier accepts; None stands for any."""

    redactable_headers: frozenset[str] = frozenset()
    methods: frozenset[str] | None = None
    targets: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of one direction: its head, the positions of its content, and its JSON, if it is any."""

    direction: Direction
    request: RequestLine | None
    status: int | None
    fields: tuple[HeaderField, ...]
    content: tuple[int, ...]
    json: Value | None


def read_request(octets: Sequence[Octet], server_name: str, policy: RequestPolicy) -> Message:
    """Return the one request that a direction is. Rejects with the reasons of structure.md, sections 2 and 3."""
    _require_size(octets)
    line, position = read_request_line(octets)
    fields, position = read_header_fields(octets, position)
    redactable = (REDACTABLE_IN_REQUESTS | policy.redactable_headers) - NEVER_REDACTABLE
    for field in fields:
        if field.value is None and field.name not in redactable:
            raise Rejection(Reason.STRUCTURE_HEADER_NOT_REDACTABLE, field.name)
    _require_host(fields, server_name)
    _require_absent(fields, "upgrade", "expect")
    if (policy.methods is not None and line.method not in policy.methods) or (
        policy.targets is not None and line.target not in policy.targets
    ):
        raise Rejection(Reason.STRUCTURE_REQUEST_NOT_ALLOWED, f"{line.method} {line.target}")
    _require_identity_coding(fields)
    content = content_positions(octets, position, fields, never_has_content=False, ends_with_direction=None)
    return Message(
        direction=Direction.SENT,
        request=line,
        status=None,
        fields=fields,
        content=content,
        json=_json_of(octets, fields, content),
    )


def read_response(octets: Sequence[Octet], method: str, *, end_is_authenticated: bool) -> Message:
    """Return the one final response that a direction is, to a request with this method.

    Rejects with the reasons of structure.md, sections 2 and 3.
    """
    _require_size(octets)
    status, position = read_status_line(octets)
    fields, position = read_header_fields(octets, position)
    for field in fields:
        if field.value is None and field.name in NEVER_REDACTABLE:
            raise Rejection(Reason.STRUCTURE_HEADER_NOT_REDACTABLE, field.name)
    _require_absent(fields, "upgrade")
    if status == 206 or any(field.name == "content-range" for field in fields):
        raise Rejection(Reason.STRUCTURE_PARTIAL_CONTENT)
    _require_identity_coding(fields)
    content = content_positions(
        octets,
        position,
        fields,
        never_has_content=method == "HEAD" or status in (204, 304),
        ends_with_direction=end_is_authenticated,
    )
    return Message(
        direction=Direction.RECEIVED,
        request=None,
        status=status,
        fields=fields,
        content=content,
        json=_json_of(octets, fields, content),
    )


def _require_size(octets: Sequence[Octet]) -> None:
    if len(octets) > LARGEST_MESSAGE:
        raise Rejection(Reason.STRUCTURE_TOO_LARGE, f"{len(octets)} octets")


def _require_host(fields: Sequence[HeaderField], server_name: str) -> None:
    hosts = values_of(fields, "host")
    if len(hosts) != 1:
        raise Rejection(Reason.STRUCTURE_HOST_REPEATED if hosts else Reason.STRUCTURE_HOST_MISSING)
    # Only an IPv6 address has a colon; a Host field holds it in brackets (RFC 3986 section 3.2.2).
    expected = f"[{server_name}]" if ":" in server_name else server_name
    if _PORT.sub("", hosts[0].decode("latin-1")).lower() != expected.lower():
        raise Rejection(Reason.STRUCTURE_HOST_MISMATCH)


def _require_absent(fields: Sequence[HeaderField], *names: str) -> None:
    for field in fields:
        if field.name in names:
            raise Rejection(Reason.STRUCTURE_UPGRADE, field.name)


def _require_identity_coding(fields: Sequence[HeaderField]) -> None:
    if any(coding.lower() != b"identity" for coding in values_of(fields, "content-encoding")):
        raise Rejection(Reason.STRUCTURE_CONTENT_CODING)


def _json_of(
    octets: Sequence[Octet], fields: Sequence[HeaderField], positions: Sequence[int]
) -> Value | None:
    if not positions:
        return None
    if _is_json(values_of(fields, "content-type")):
        return read_json([octets[position] for position in positions])
    for position in positions:
        revealed(octets, position, position + 1)
    return None


def _is_json(content_types: Sequence[bytes]) -> bool:
    if len(content_types) != 1:
        return False
    media_type = content_types[0].partition(b";")[0].strip(b" \t").lower()
    return media_type == b"application/json" or media_type.endswith(b"+json")
