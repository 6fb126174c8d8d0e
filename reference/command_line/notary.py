"""`mpctls notary`: a server that takes part in sessions and signs attestations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from ..channel.link import Link
from .common import Invocation, read_signing_key, shared_options, start_logging
from .connections import server_security
from .output import Document
from .progress import octets, prepare_visibly
from .service import Service, ServiceOptions, service_options


def _render(document: Mapping[str, Any]) -> str:
    match document["event"]:
        case "listening":
            return f"listening on {document['host']} port {document['port']} ({document['link']})"
        case "session-began":
            return f"session {document['session']} began"
        case "session-ended":
            outcome = "attestation signed" if document["signed"] else "nothing signed"
            traffic = f"{octets(document['octets_received'])} in, {octets(document['octets_sent'])} out"
            return f"session {document['session']} ended: {outcome}; {traffic}"
        case "session-failed":
            return f"a session failed: {document['error']}"
        case _:
            return f"stopped after {document['sessions']} sessions"


@click.command(
    "notary",
    help="""Take part in the sessions of Provers, without seeing what they fetch, and sign attestations.

The link is TLS 1.3. Without --tls-certificate it is plain TCP, which is allowed on loopback, or elsewhere with
--insecure-link: whoever reads it learns no plaintext, but sees that a session runs and with which lengths.

One line is printed for each event; no event or log holds a secret, plaintext or the name of a server. SIGTERM and
SIGINT end all sessions and tell their Provers.""",
)
@service_options
@shared_options
@click.pass_obj
def command(invocation: Invocation, /, **given: Any) -> None:
    options = ServiceOptions(**given)
    start_logging(invocation)
    security = server_security(
        options.listen,
        certificate=options.tls_certificate,
        key=options.tls_key,
        insecure=options.insecure_link,
    )
    keys = tuple(read_signing_key(each) for each in options.keys)
    if len({each.algorithm for each in keys}) != len(keys):
        raise click.UsageError("two keys for one algorithm")
    prepare_visibly(invocation.output)
    from ..notary import Notary, NotarySettings

    settings = NotarySettings(
        signing_keys=keys,
        limits=options.limits(),
        deadlines=options.deadlines(),
        engine_profiles=options.engine_profiles(),
    )
    notary = Notary(settings)

    async def session(link: Link) -> Document:
        attestation = await notary.serve(link)
        if attestation is None:
            return {"signed": False}
        info = attestation.body.connection_info
        return {"signed": True, "sent_length": info.sent_length, "received_length": info.received_length}

    output = invocation.output
    service = Service(options, session, lambda document: output.write(document, _render))
    asyncio.run(service.run(security))
