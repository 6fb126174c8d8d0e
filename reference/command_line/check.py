"""`mpctls check URL`: an ordinary connection that says whether a site works, and what a session would cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..foundation.errors import Refused
from .common import FILE, Invocation, read_root_certificates, shared_options
from .connections import Address, parse_address
from .escaping import escape_line
from .progress import octets
from .request import build_request, parse_location, read_headers

if TYPE_CHECKING:
    from cryptography import x509

    from ..tls.plain_client import PlainExchange, PlainHandshake

_OCTETS_A_GATE: Final = 28
"""Upload for each AND gate: 24 and five bits garbled, the rest for its proof (docs/engine/cost-model.md)."""
_OCTETS_COMMITTED: Final = 660
"""Upload for each octet that is committed, measured; with many short commitments it is more."""


def session_cost(sent: int, received: int) -> dict[str, Any]:
    """AND gates by phase, exactly as garbled, and about how much the Prover sends; `sent` and `received` in octets."""
    from ..channel.messages import MAXIMUM_RECORD
    from ..mpc.engine.plan import Limits, and_count_by_phase, session_plan

    limits = Limits(
        sent_octets=sent,
        sent_records=-(-sent // MAXIMUM_RECORD),
        largest_sent_record=min(sent, MAXIMUM_RECORD),
    )
    gates = and_count_by_phase(session_plan(limits))
    total = sum(gates.values())
    upload = _OCTETS_A_GATE * total + _OCTETS_COMMITTED * (sent + received)
    return {"and_gates": total, "and_gates_by_phase": gates, "upload_octets": upload}


def _handshake(handshake: PlainHandshake) -> dict[str, Any]:
    from ..tls.constants import CipherSuite, SignatureScheme

    flight = handshake.flight
    return {
        "tls_version": "1.2",
        "cipher_suite": CipherSuite(int(flight.cipher_suite)).name,
        "curve": "P-256",
        "extended_master_secret": flight.extended_master_secret,
        "signature_scheme": SignatureScheme(int(flight.signature_scheme)).name.lower(),
        "chain": [_certificate(each) for each in handshake.certificate_path],
    }


def _certificate(certificate: x509.Certificate) -> dict[str, Any]:
    return {
        "subject": certificate.subject.rfc4514_string(),
        "not_before": int(certificate.not_valid_before_utc.timestamp()),
        "not_after": int(certificate.not_valid_after_utc.timestamp()),
    }


def http_document(exchange: PlainExchange, method: str) -> dict[str, Any]:
    """How the response to a request with this method is framed, or why its parts cannot be named.

    A response that only the end of the connection ends is whole only if the server said so (`close_notify`).
    """
    from ..foundation.identifiers import Closure
    from ..http.message import parse_response

    response = exchange.response
    document: dict[str, Any] = {
        "octets": len(response),
        "records": exchange.received_records,
        "close_notify": exchange.close_notify_received,
    }
    try:
        closure = Closure.CLOSE_NOTIFY if exchange.close_notify_received else Closure.NOT_RECEIVED
        message = parse_response(response, method=method, closure=closure)
    except Refused as refused:
        return document | {
            "status": None,
            "framing": None,
            "reason": refused.reason,
            "detail": refused.detail,
        }
    line = message.start_line
    framing = "end of connection"
    if message.named("transfer-encoding"):
        framing = "chunked"
    elif message.named("content-length"):
        framing = "content-length"
    status = response[line.start : line.end].decode("latin-1")
    return document | {"status": status, "framing": framing, "reason": None, "detail": None}


def _render(document: Mapping[str, Any]) -> str:
    http, cost = document["http"], document["cost"]
    secret = "with" if document["extended_master_secret"] else "without"
    lines = [
        f"works         {escape_line(document['server_name'])}",
        f"TLS           {document['tls_version']}, {document['cipher_suite']}, {document['curve']},"
        f" {secret} extended master secret, signed with {document['signature_scheme']}",
    ]
    lines += [f"certificate   {escape_line(each['subject']) or '(no subject)'}" for each in document["chain"]]
    if http["framing"] is None:
        lines.append(f"HTTP          parts cannot be named: {http['reason']}: {escape_line(http['detail'])}")
    else:
        lines.append(f"HTTP          {escape_line(http['status'])}, ends by {http['framing']}")
    closing = "ends with close_notify" if http["close_notify"] else "ends without close_notify"
    lines.append(f"response      {http['octets']} octets in {http['records']} records, {closing}")
    lines.append(f"a session     {cost['and_gates']} AND gates, about {octets(cost['upload_octets'])} up")
    return "\n".join(lines)


@click.command(
    "check",
    help="""Connect to URL as an ordinary client and say whether a session would work, and what it would cost.

No Notary takes part: this program holds all keys of the connection.""",
)
@click.argument("url")
@click.option("--method", default="GET", show_default=True, help="Method of the request.")
@click.option("--header", "headers", multiple=True, help="'Name: value', 'Name: @env:VARIABLE' or @FILE.")
@click.option("--connect", type=parse_address, metavar="HOST:PORT", help="Connect there instead.")
@click.option("--roots", type=FILE, help="Certificate authorities (PEM).  [default: certifi's]")
@click.option(
    "--max-response",
    type=click.IntRange(1, 2**24),
    default=2**22,
    show_default=True,
    help="Largest response.",
)
@shared_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    url: str,
    method: str,
    headers: tuple[str, ...],
    connect: Address | None,
    roots: Path | None,
    max_response: int,
) -> None:
    from ..foundation.randomness import SystemRandomness
    from ..settings import system_clock
    from ..tls.connection import ConnectionLimits
    from ..tls.plain_client import fetch

    invocation.refusal = {"works": False}
    location = parse_location(url)
    request = build_request(location, method=method, headers=read_headers(headers), body=None)
    address = connect or Address(host=location.server_name.text, port=location.port)
    certificates = read_root_certificates(roots)
    exchange = asyncio.run(
        fetch(
            host=address.host,
            port=address.port,
            server_name=location.server_name.text,
            request=request,
            time=system_clock(),
            roots=certificates,
            randomness=SystemRandomness(),
            # Records, handshake and certificates come on top of what the response holds.
            limits=ConnectionLimits(received_octets=2 * max_response + 2**20),
        )
    )
    if len(exchange.response) > max_response:
        raise Refused("tls/limit-exceeded", f"a response of {len(exchange.response)} octets")
    document = {
        "works": True,
        "server_name": location.server_name.text,
        **_handshake(exchange.handshake),
        "http": http_document(exchange, method),
        "cost": session_cost(len(request), len(exchange.response)),
    }
    invocation.output.write(document, _render)
