"""`mpctls present`: a presentation that shows chosen parts of an attested session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..foundation.artifacts import (
    ATTESTATION_FILE,
    ATTESTATION_SECRETS_FILE,
    PRESENTATION_FILE,
    Attestation,
    AttestationSecrets,
    Presentation,
)
from ..foundation.errors import Refused
from ..foundation.files import read_file, write_file
from ..foundation.identifiers import Direction, LexicalClass
from ..foundation.ranges import RangeSet
from ..foundation.transcript import PartialDirection, PartialTranscript, Transcript, reconstruct
from ..http.fields import header_fields
from ..http.names import HeaderName
from ..http.rules import ExchangePolicy
from ..http.structure import structured_view
from .common import FILE, NAMES_HELP, Invocation, parse_nonce, read_signing_key, shared_options
from .escaping import escape_line
from .proving import hidden_fields, parse_set, prove_visibly, read_predicates, read_trees
from .redaction import MAXIMUM_FILE, apply_redaction, parse_redaction
from .selection import check_choice, select

if TYPE_CHECKING:
    from mpctls.zkp.statement import Audience

    from ..presentation.building import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingOptions:
    """For whom a presentation is, and who vouches for that."""

    audience: str | None
    nonce: bytes | None
    expires_in: int
    holder_key: str | None

    def statement_audience(self) -> Audience | None:
        """For whom predicate proofs are made: exactly who the binding names."""
        from mpctls.zkp.statement import Audience

        if self.audience is None or self.nonce is None:
            return None
        return Audience(audience=self.audience, nonce=self.nonce)

    def check(self) -> None:
        """All three or none: a usage error otherwise."""
        given = {self.audience is not None, self.nonce is not None, self.holder_key is not None}
        if len(given) != 1:
            raise click.UsageError("--audience, --nonce and --holder-key go together")


def _render(document: Mapping[str, Any]) -> str:
    shown = (
        f"{document['sent_shown']} of {document['sent_length']} octets sent,"
        f" {document['received_shown']} of {document['received_length']} received,"
        f" {'with' if document['identity'] else 'without'} the server's identity"
    )
    if document["proofs"]:
        shown += f", and proves {document['proofs']} statement{'s'[: document['proofs'] > 1]}"
    bound = document["audience"]
    lines = [f"presentation  {escape_line(document['presentation'])}", f"shows         {shown}"]
    if bound is not None:
        lines.append(
            f"bound to      {escape_line(bound)}, nonce {document['nonce']}, until {document['expiry']}"
        )
    return "\n".join(lines)


@click.command(
    "present",
    help="""Make a presentation of ATTESTATION.

It shows only what --reveal names, everything but what --hide names, or what a file of `mpctls redact` says.""",
    epilog=NAMES_HELP,
)
@click.argument("attestation", type=FILE)
@click.option("--secrets", type=FILE, required=True, help="The secrets stored with the attestation.")
@click.option(
    "--reveal", multiple=True, metavar="NAME", help="Show only this part; several times for several."
)
@click.option("--hide", multiple=True, metavar="NAME", help="Show everything but this part.")
@click.option("--redaction", type=FILE, help="Show what this file says, which `mpctls redact` wrote.")
@click.option(
    "--prove",
    multiple=True,
    metavar="PREDICATE",
    help="""Prove this about fields that stay hidden, as in 'response $.balance: decimal(2) >= 1000'; several times for
several. The fields were committed to with `mpctls prove --commit-field`.""",
)
@click.option(
    "--predicates", type=FILE, help="Prove what this file says: one predicate a line, or one in JSON."
)
@click.option("--setup", type=FILE, help="The setup to prove with, which the Verifier accepts.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    callback=parse_set,
    metavar="TYPE=FILE",
    help="The values, one a line, of a large set that a predicate names by its root.",
)
@click.option("--identity/--no-identity", default=True, help="Whether to show which server it was.")
@click.option("--audience", help="The Verifier it is for.")
@click.option(
    "--nonce", callback=parse_nonce, help="What that Verifier gave, 16 to 64 octets in hexadecimal."
)
@click.option(
    "--expires-in",
    type=click.IntRange(1, 366 * 86400),
    default=600,
    show_default=True,
    help="Seconds it is valid.",
)
@click.option("--holder-key", metavar="KEY.pem[:ALGORITHM]", help="The key the attestation was made for.")
@click.option("--out", type=FILE, required=True, help="File for the presentation.")
@shared_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    attestation: Path,
    secrets: Path,
    reveal: tuple[str, ...],
    hide: tuple[str, ...],
    redaction: Path | None,
    prove: tuple[str, ...],
    predicates: Path | None,
    setup: Path | None,
    sets: list[tuple[str, Path]],
    identity: bool,
    out: Path,
    **given: Any,
) -> None:
    from ..presentation.binding import check_ready_to_send
    from ..presentation.building import build_presentation

    binding = BindingOptions(**given)
    proving = bool(prove) or predicates is not None
    if not (proving and not reveal and not hide and redaction is None):
        check_choice(reveal, hide, redacted=redaction is not None)
    binding.check()
    stored = ATTESTATION_FILE.decode(read_file(attestation))
    opened = ATTESTATION_SECRETS_FILE.decode(read_file(secrets))
    transcript = Transcript(sent=opened.sent, received=opened.received)
    statements = read_predicates(prove, predicates) if proving else ()
    if redaction is None:
        hidden = (
            (*hide, *(name for name in hidden_fields(statements) if name not in hide)) if proving else hide
        )
        selection = select(transcript, shown=reveal, hidden=hidden, identity=identity)
        selection = replace(selection, structured=has_view(transcript, selection, stored, opened))
    else:
        spans = parse_redaction(read_file(redaction, MAXIMUM_FILE))
        selection = apply_redaction(spans, stored, opened, identity=identity).selection
    selection, proofs = prove_visibly(
        stored,
        opened,
        statements,
        setup,
        selection=selection,
        audience=binding.statement_audience() if proving else None,
        trees=read_trees(sets),
        output=invocation.output,
    )
    presentation = bound(build_presentation(stored, opened, selection, predicates=proofs), binding)
    check_ready_to_send(presentation)
    write_file(out, PRESENTATION_FILE.encode(presentation), secret=False)
    sent, received = selection.sent, selection.received
    document = {
        "presentation": str(out),
        "sent_length": len(opened.sent),
        "sent_shown": 0 if sent is None else sent.total,
        "received_length": len(opened.received),
        "received_shown": 0 if received is None else received.total,
        "identity": identity,
        "proofs": len(proofs),
        "audience": None if presentation.binding is None else presentation.binding.audience,
        "nonce": None if presentation.binding is None else presentation.binding.nonce.hex(),
        "expiry": None if presentation.binding is None else presentation.binding.expiry,
    }
    invocation.output.write(document, _render)


def has_view(
    transcript: Transcript, selection: Selection, attestation: Attestation, secrets: AttestationSecrets
) -> bool:
    """Whether a Verifier has a structured view of what is selected once it is shown the leaves of what is hidden.

    Its policy may have to allow header fields of the request to be redacted. Without a view, these leaves would only
    tell where values are.
    """
    leaves = [
        (index, each.commitment)
        for index, each in enumerate(secrets.commitments)
        if each.commitment.lexical_class is not LexicalClass.ANY
    ]
    try:
        named = [each.what for each in header_fields(transcript, Direction.SENT)]
        structured_view(
            PartialTranscript(
                sent=_partial(transcript.sent, selection.sent),
                received=_partial(transcript.received, selection.received),
            ),
            leaves,
            attestation.body.connection_info.closure,
            secrets.server_name if selection.identity else None,
            ExchangePolicy(redactable=frozenset(each.name for each in named if isinstance(each, HeaderName))),
        )
    except Refused:
        return False
    return True


def _partial(octets: bytes, shown: RangeSet | None) -> PartialDirection:
    # What was selected beyond the end is refused, with a reason of its own, where the presentation is built.
    openings = [(shown, shown.select(octets))] if shown is not None and shown.end <= len(octets) else []
    return reconstruct(len(octets), openings)


def bound(presentation: Presentation, options: BindingOptions) -> Presentation:
    """The presentation with the binding that the options ask for, or as it is."""
    from ..presentation.binding import bind
    from ..settings import system_clock

    if options.audience is None or options.nonce is None or options.holder_key is None:
        return presentation
    now = system_clock()
    return bind(
        presentation,
        holder=read_signing_key(options.holder_key),
        audience=options.audience,
        nonce=options.nonce,
        issued=now,
        expiry=now + options.expires_in,
    )
