"""`mpctls prove`: fetch a page together with a Notary, or with a Verifier in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..foundation.errors import Refused
from ..foundation.files import read_file, write_file
from ..foundation.identifiers import (
    DEFAULT_ENGINE_PROFILES,
    ENGINE_PROFILES,
    Direction,
    HashAlgorithm,
    SessionKind,
)
from .common import (
    FILE,
    NAMES_HELP,
    Invocation,
    read_root_certificates,
    read_signing_key,
    read_trust_store,
    shared_options,
    start_logging,
)
from .connections import Address, ClientSecurity, client_security, open_link, parse_address
from .escaping import escape_line
from .progress import live_line, octets, prepare_visibly
from .prove_options import COMMIT_FIELD_HELP, COMMIT_FIELDS_HELP, COMMIT_HELP, ENGINE_HELP, HELP, Options
from .request import MAXIMUM_BODY, Location, build_request, parse_location, read_headers

if TYPE_CHECKING:
    from ..channel.link import Link
    from ..foundation.signatures import VerifyingKey
    from ..prover import ProverSettings
    from .session import Plan, Result

_HASHES: Final = {each.name.lower(): each for each in HashAlgorithm}


def _render(document: Mapping[str, Any]) -> str:
    match document["event"]:
        case "connected":
            return f"{document['role']} {document['address']} ({document['link']})"
        case "attested":
            lines = [
                f"attested {escape_line(document['server_name'])}: {document['sent_length']} octets sent,"
                f" {document['received_length']} received, {document['commitments']} commitments,"
                f" closure {document['closure']}"
            ]
            lines += [
                f"{name:<13} {escape_line(document[name])}"
                for name in ("attestation", "secrets", "presentation")
                if document[name] is not None
            ]
            return "\n".join([*lines, _cost(document)])
        case "disclosed":
            return f"the Verifier accepted what was shown of {escape_line(document['server_name'])}\n{_cost(document)}"
        case _:
            return ""


def _cost(document: Mapping[str, Any]) -> str:
    sent, received = octets(document["octets_sent"]), octets(document["octets_received"])
    return f"cost          {document['seconds']} s, {sent} up, {received} down"


@click.command("prove", help=HELP, epilog=NAMES_HELP)
@click.argument("url")
@click.option("--notary", type=parse_address, metavar="HOST:PORT", help="The Notary.")
@click.option("--verifier", type=parse_address, metavar="HOST:PORT", help="A Verifier in the Notary's place.")
@click.option("--notary-key", type=FILE, required=True, help="Trust store with the partner's key.")
@click.option("--notary-name", help="Its entry, when the trust store holds several.")
@click.option("--link-certificate", type=FILE, help="Pin this certificate (PEM) on the link.")
@click.option("--link-roots", type=FILE, help="Validate the link's certificate with these roots (PEM).")
@click.option("--insecure-link", is_flag=True, help="Plain TCP to a partner on another machine.")
@click.option(
    "--connect",
    type=parse_address,
    metavar="HOST:PORT",
    help="Connect there instead of to the URL's server; the name proved stays.",
)
@click.option("--method", default="GET", show_default=True, help="Method of the request.")
@click.option("--header", "headers", multiple=True, help="'Name: value', 'Name: @env:VARIABLE' or @FILE.")
@click.option("--body-file", type=FILE, help="File with the body of the request.")
@click.option("--commit", multiple=True, metavar="whole|fields|NAME", help=COMMIT_HELP)
@click.option("--commit-field", multiple=True, metavar="NAME", help=COMMIT_FIELD_HELP)
@click.option("--commit-fields", type=click.Choice(["all"]), help=COMMIT_FIELDS_HELP)
@click.option(
    "--hash",
    "hash_name",
    type=click.Choice(list(_HASHES)),
    default="sha256",
    show_default=True,
    help="Hash function of commitments, tree and body.",
)
@click.option(
    "--holder-key", metavar="KEY.pem[:ALGORITHM]", help="Only the holder of this key can present later."
)
@click.option(
    "--roots", type=FILE, help="Certificate authorities (PEM) for the server.  [default: certifi's]"
)
@click.option(
    "--max-response",
    type=click.IntRange(1, 2**24),
    default=65536,
    show_default=True,
    help="Largest response, in octets.",
)
@click.option(
    "--without-extended-master-secret",
    is_flag=True,
    help="Do not offer the extension of RFC 7627 to the server.",
)
@click.option(
    "--engine",
    "engines",
    multiple=True,
    type=click.Choice(ENGINE_PROFILES),
    default=DEFAULT_ENGINE_PROFILES,
    show_default=True,
    help=ENGINE_HELP,
)
@click.option("--out", type=FILE, help="File for the attestation.")
@click.option("--secrets", type=FILE, help="File for what opens it; readable by you alone.")
@click.option(
    "--disclose", multiple=True, metavar="NAME", help="Show only this part; several times for several."
)
@click.option("--hide", multiple=True, metavar="NAME", help="Show everything but this part.")
@click.option("--identity/--no-identity", default=True, help="Whether to show which server it was.")
@click.option("--presentation", type=FILE, help="Also make the presentation of --disclose or --hide.")
@shared_options
@click.pass_obj
def command(invocation: Invocation, /, **given: Any) -> None:
    options = Options(**given)
    options.check()
    start_logging(invocation)
    location = parse_location(options.url)
    security = client_security(
        options.partner,
        certificate=options.link_certificate,
        roots=options.link_roots,
        insecure=options.insecure_link,
    )
    body = None if options.body_file is None else read_file(options.body_file, MAXIMUM_BODY)
    headers = read_headers(options.headers)
    request = build_request(location, method=options.method, headers=headers, body=body)
    settings, plan = _prepare(options, location, request)
    for path in (options.out, options.secrets, options.presentation):
        _check_writable(path)
    prepare_visibly(invocation.output)
    asyncio.run(_run(invocation, options, settings, plan, security))


def _partner_key(options: Options, now: int) -> VerifyingKey:
    """The one key that the partner must have; refuses with `command/unknown-notary`."""
    entries = [
        each
        for each in read_trust_store(options.notary_key).notaries
        if options.notary_name is None or each.name == options.notary_name
    ]
    if len(entries) != 1:
        detail = f"{options.notary_key} holds {len(entries)} entries that fit; choose with --notary-name"
        raise Refused("command/unknown-notary", detail)
    if not entries[0].not_before <= now <= entries[0].not_after:
        raise Refused("command/unknown-notary", f"the entry in {options.notary_key} is not valid now")
    return entries[0].verifying_key


def _prepare(options: Options, location: Location, request: bytes) -> tuple[ProverSettings, Plan]:
    from ..channel.messages import MAXIMUM_RECORD, Budget
    from ..foundation.transcript import Transcript
    from ..http.fields import find_field
    from ..prover import ProverSettings
    from ..settings import system_clock
    from .encoding import with_encodings
    from .selection import WHOLE, commit_config, select
    from .session import Plan

    named = (*options.disclose, *options.hide)
    apart = options.commit or named or (WHOLE,)
    for name in {*apart, *named, *options.commit_field}:
        if name.startswith(("request:", "sent:")):
            # What can be known before the session is refused before the session.
            find_field(Transcript(sent=request, received=b""), name)
    budget = Budget(
        sent_octets=len(request),
        sent_records=-(-len(request) // MAXIMUM_RECORD),
        received_octets=options.max_response,
        received_records=min(4096, 64 + options.max_response // 64),
    )
    connect = options.connect or Address(host=location.server_name.text, port=location.port)
    settings = ProverSettings(
        server_name=location.server_name,
        host=connect.host,
        port=connect.port,
        notary_key=_partner_key(options, system_clock()),
        roots=read_root_certificates(options.roots),
        budget=budget,
        kind=options.kind,
        extended_master_secret=not options.without_extended_master_secret,
        engine_profiles=options.engines,
    )
    plan = Plan(
        request=request,
        commit_config=with_encodings(
            options.commit_field,
            options.commit_fields is not None,
            lambda names: commit_config((*apart, *names), _HASHES[options.hash_name]),
        ),
        algorithm=_HASHES[options.hash_name],
        select=lambda transcript: select(
            transcript, shown=options.disclose, hidden=options.hide, identity=options.identity
        ),
        holder_key=None if options.holder_key is None else read_signing_key(options.holder_key).verifying_key,
    )
    return settings, plan


def _check_writable(path: Path | None) -> None:
    """Refuse before a session what could not be stored after it."""
    if path is not None and not path.parent.is_dir():
        raise Refused("command/unwritable-file", f"{path}: no such folder")


async def _run(
    invocation: Invocation, options: Options, settings: ProverSettings, plan: Plan, security: ClientSecurity
) -> None:
    from .session import play

    output = invocation.output
    loop = asyncio.get_running_loop()
    link: Link = await open_link(options.partner, security)
    role = "notary" if options.kind is SessionKind.NOTARIZE else "verifier"
    output.write(
        {"event": "connected", "role": role, "address": str(options.partner), "link": security.description},
        _render,
    )
    started = loop.time()
    current = "connecting"

    def progress(phase: str, sent: int, received: int) -> None:
        nonlocal current
        current = phase
        seconds = round(loop.time() - started, 3)
        document = {"event": "phase", "phase": phase, "seconds": seconds}
        output.write(document | {"octets_sent": sent, "octets_received": received}, _render)

    def describe() -> str:
        return f"{current}: {octets(link.octets_sent)} up, {octets(link.octets_received)} down"

    with live_line(describe, enabled=not invocation.as_json):
        result = await play(link, replace(settings, progress=progress), plan)
    document = _store(options, plan, result)
    traffic = {"octets_sent": link.octets_sent, "octets_received": link.octets_received}
    seconds = {"seconds": round(loop.time() - started, 3), "costs": result.costs}
    output.write(document | traffic | seconds, _render)


def _store(options: Options, plan: Plan, result: Result) -> dict[str, Any]:
    """Write what the session gave, each file whole, and say what it was."""
    from ..foundation.artifacts import ATTESTATION_FILE, ATTESTATION_SECRETS_FILE, PRESENTATION_FILE
    from ..foundation.transcript import Transcript
    from ..presentation.building import build_presentation

    secrets = result.secrets
    if result.attestation is None or options.out is None or options.secrets is None:
        return {"event": "disclosed", "server_name": secrets.server_name}
    # The secrets first: an attestation without them is worth nothing, they without it do no harm.
    write_file(options.secrets, ATTESTATION_SECRETS_FILE.encode(secrets), secret=True)
    write_file(options.out, ATTESTATION_FILE.encode(result.attestation), secret=False)
    if options.presentation is not None and plan.select is not None:
        transcript = Transcript(
            sent=secrets.octets(Direction.SENT), received=secrets.octets(Direction.RECEIVED)
        )
        presentation = build_presentation(result.attestation, secrets, plan.select(transcript))
        write_file(options.presentation, PRESENTATION_FILE.encode(presentation), secret=False)
    info = result.attestation.body.connection_info
    return {
        "event": "attested",
        "server_name": secrets.server_name,
        "time": info.time,
        "sent_length": info.sent_length,
        "received_length": info.received_length,
        "closure": info.closure.name.lower(),
        "commitments": len(secrets.commitments),
        "attestation": str(options.out),
        "secrets": str(options.secrets),
        "presentation": None if options.presentation is None else str(options.presentation),
    }
