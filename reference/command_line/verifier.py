"""`mpctls verifier`: the Verifier in the Notary's place, which checks what is shown and signs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..channel.link import Link
from .common import FILE, Invocation, read_root_certificates, read_signing_key, shared_options, start_logging
from .connections import server_security
from .output import Document, Output
from .progress import octets, prepare_visibly
from .service import Service, ServiceOptions, service_options
from .verify import render_verified, verified_document


def _render(document: Mapping[str, Any], output: Output) -> str:
    match document["event"]:
        case "listening":
            return f"listening on {document['host']} port {document['port']} ({document['link']})"
        case "session-began":
            return f"session {document['session']} began"
        case "session-ended" if document["disclosed"] is not None:
            return f"session {document['session']} ended\n{render_verified(document['disclosed'], output)}"
        case "session-ended":
            traffic = f"{octets(document['octets_received'])} in, {octets(document['octets_sent'])} out"
            return f"session {document['session']} ended: nothing disclosed; {traffic}"
        case "session-failed":
            return f"a session failed: {document['error']}"
        case _:
            return f"stopped after {document['sessions']} sessions" if document["event"] == "stopped" else ""


@click.command(
    "verifier",
    help="""Take the Notary's place: take part in the sessions of Provers, check what they show, print it, sign nothing.

The Prover runs `mpctls prove --verifier`. The key identifies this Verifier to Provers and signs nothing else.""",
)
@service_options
@click.option("--roots", type=FILE, help="Certificate authorities (PEM) you believe.  [default: certifi's]")
@click.option(
    "--server-name", "server_names", multiple=True, help="Accept only this server; several times for several."
)
@shared_options
@click.pass_obj
def command(
    invocation: Invocation, /, roots: Path | None, server_names: tuple[str, ...], **given: Any
) -> None:
    options = ServiceOptions(**given)
    start_logging(invocation)
    security = server_security(
        options.listen,
        certificate=options.tls_certificate,
        key=options.tls_key,
        insecure=options.insecure_link,
    )
    keys = tuple(read_signing_key(each) for each in options.keys)
    from ..interactive_verifier import InteractiveVerifier
    from ..notary import NotarySettings
    from ..presentation.verification import Policy
    from ..tls.server_name import parse_server_name
    from ..verifier import VerifierSettings

    names = frozenset(parse_server_name(each).text for each in server_names)
    settings = VerifierSettings(
        roots=read_root_certificates(roots), policy=Policy(server_names=names or None)
    )
    partner = NotarySettings(
        signing_keys=keys,
        limits=options.limits(),
        deadlines=options.deadlines(),
        engine_profiles=options.engine_profiles(),
    )
    verifier = InteractiveVerifier(settings, partner)
    output = invocation.output
    prepare_visibly(output)

    async def session(link: Link) -> Document:
        verified = await verifier.serve(link)
        return {"disclosed": None if verified is None else verified_document(verified)}

    service = Service(
        options, session, lambda document: output.write(document, lambda each: _render(each, output))
    )
    asyncio.run(service.run(security))
