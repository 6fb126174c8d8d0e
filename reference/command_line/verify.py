"""`mpctls verify`: check a presentation and print what it shows."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..foundation.files import read_file
from .common import FILE, Invocation, parse_nonce, read_root_certificates, read_trust_store, shared_options
from .escaping import escape_line
from .output import Output
from .parts_view import parts_document, parts_lines
from .progress import work_visibly
from .proving import accepted_setups, predicate_document, predicate_lines
from .transcript_view import marker, render_transcript, transcript_document

if TYPE_CHECKING:
    from ..foundation.artifacts import Extension, Presentation
    from ..presentation.verification import VerifiedPresentation


def moment(seconds: int) -> str:
    """Unix seconds as a date and time in UTC, or as the number where no date fits."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} seconds"


def _extensions(extensions: tuple[Extension, ...]) -> list[dict[str, Any]]:
    return [{"id": each.id, "critical": each.critical, "value": each.value.hex()} for each in extensions]


def verified_document(verified: VerifiedPresentation) -> dict[str, Any]:
    """The JSON of what a verified presentation says."""
    notary = verified.notary
    return {
        "verified": True,
        "notary": None if notary is None else {"name": notary.name, "key": notary.verifying_key.key.hex()},
        "time": verified.time,
        "server_name": verified.server_name,
        "closure": verified.closure.name.lower(),
        "prover_extensions": _extensions(verified.prover_extensions),
        "notary_extensions": _extensions(verified.notary_extensions),
        "predicates": [predicate_document(each) for each in verified.predicates],
        "structure": parts_document(verified),
        "transcript": transcript_document(verified.transcript),
    }


def render_verified(document: Mapping[str, Any], output: Output) -> str:
    """The same for people."""
    notary = document["notary"]
    witness = "this Verifier, in the session itself" if notary is None else escape_line(notary["name"])
    name = document["server_name"]
    closure = {
        "close_notify": "the server ended its response itself (authenticated close_notify)",
        "not_received": "no close_notify: the response may be cut short",
    }[document["closure"]]
    lines = [
        f"verified      attested by {witness}",
        f"when          {moment(document['time'])}",
        f"server        {'not shown' if name is None else escape_line(name)}",
        f"closure       {closure}",
    ]
    binding = document.get("binding")
    if binding is not None:
        lines.append(f"bound to      {escape_line(binding['audience'])}, nonce {binding['nonce']}")
    for owner in ("prover", "notary"):
        lines += [f"{owner} states  {each['id']} {each['value']}" for each in document[f"{owner}_extensions"]]
    lines += predicate_lines(document["predicates"])
    lines += parts_lines(document["structure"], marker(output))
    return "\n".join(lines + render_transcript(document["transcript"], marker(output)))


def binding_document(presentation: Presentation) -> dict[str, Any] | None:
    """The JSON of a presentation's binding."""
    binding = presentation.binding
    if binding is None:
        return None
    return {
        "audience": binding.audience,
        "nonce": binding.nonce.hex(),
        "issued": binding.issued,
        "expiry": binding.expiry,
    }


@click.command(
    "verify",
    help="""Check PRESENTATION and print who attested it, when, of which server, what is proved, its parts and octets.

Parts (header fields, JSON values) are named, shown or hidden, only if every redaction is known to be one whole part.

Redacted octets are marked; in what is shown, control characters, characters that reorder text, octets that are no
UTF-8 and the brackets of the mark are escaped, so that no content looks like a redaction.""",
)
@click.argument("presentation", type=FILE)
@click.option("--trust-store", type=FILE, required=True, help="The Notaries you believe.")
@click.option(
    "--setup",
    "setups",
    type=FILE,
    multiple=True,
    help="A setup that you accept proofs of predicates with (`mpctls setup`); several times for several.",
)
@click.option(
    "--accept-development-setup", is_flag=True, help="Accept setups whose secret everyone knows. For tests."
)
@click.option("--roots", type=FILE, help="Certificate authorities (PEM) you believe.  [default: certifi's]")
@click.option(
    "--server-name", "server_names", multiple=True, help="Accept only this server; several times for several."
)
@click.option(
    "--max-age", type=click.IntRange(0), help="Refuse what was attested more than so many seconds ago."
)
@click.option("--audience", help="Demand a binding to this audience; goes with --nonce.")
@click.option("--nonce", callback=parse_nonce, help="Demand a binding to this nonce (hexadecimal).")
@click.option(
    "--require-extension",
    "required",
    multiple=True,
    metavar="ID",
    help="Refuse an attestation without this statement.",
)
@click.option(
    "--now", type=click.IntRange(0, 2**63), help="Unix seconds to check for, instead of the clock's."
)
@shared_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    presentation: Path,
    trust_store: Path,
    setups: tuple[Path, ...],
    accept_development_setup: bool,
    roots: Path | None,
    server_names: tuple[str, ...],
    max_age: int | None,
    audience: str | None,
    nonce: bytes | None,
    required: tuple[str, ...],
    now: int | None,
) -> None:
    from ..foundation.artifacts import PRESENTATION_FILE
    from ..presentation.binding import Challenge
    from ..presentation.verification import Policy, verify_presentation
    from ..tls.server_name import parse_server_name

    invocation.refusal = {"verified": False}
    if (audience is None) != (nonce is None):
        raise click.UsageError("--audience and --nonce go together")
    names = frozenset(parse_server_name(each).text for each in server_names)
    policy = Policy(
        server_names=names or None,
        maximum_age=max_age,
        required_extensions=frozenset(required),
        challenge=Challenge(audience=audience, nonce=nonce)
        if audience is not None and nonce is not None
        else None,
    )
    believed, certificates = read_trust_store(trust_store), read_root_certificates(roots)
    stored = PRESENTATION_FILE.decode(read_file(presentation))
    output = invocation.output
    predicates = None
    if setups:
        from ..presentation.predicates import PredicatePolicy

        accepted = accepted_setups(setups, believed, accept_development=accept_development_setup)
        predicates = PredicatePolicy(setups=accepted)
    # Only predicates are worth waiting for, and what shows that loads what they compute with.
    with work_visibly(output, "verifying") if stored.predicates else contextlib.nullcontext():
        verified = verify_presentation(
            stored,
            trust_store=believed,
            roots=certificates,
            now=int(time.time()) if now is None else now,
            policy=policy,
            predicates=predicates,
        )
    document = verified_document(verified) | {"binding": binding_document(stored)}
    output.write(document, lambda document: render_verified(document, output))
