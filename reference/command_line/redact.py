"""`mpctls redact`: choose what a presentation will show, see it, and write it down for `mpctls present`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..foundation.artifacts import ATTESTATION_FILE, ATTESTATION_SECRETS_FILE
from ..foundation.files import read_file, write_file
from ..foundation.identifiers import Direction
from ..foundation.transcript import Transcript
from .common import FILE, NAMES_HELP, Invocation, shared_options
from .escaping import escape_line
from .output import Output
from .redaction import Outcome, Redaction, apply_redaction, choose_spans, render_redaction
from .transcript_view import direction_document, marker, render_transcript


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """The JSON of what a redaction comes to: its spans, whether there is a view, and the transcript as it is shown."""
    refusal = outcome.refusal
    return {
        "spans": [
            {
                each.span.key: each.span.part,
                "action": each.span.action.value,
                "direction": each.field.direction.name.lower(),
                "count": each.field.ranges.total,
                "leaf": outcome.proved.get(each.span.part),
            }
            for each in outcome.spans
        ],
        "view": {
            "reason": None if refusal is None else refusal.reason,
            "detail": None if refusal is None else refusal.detail,
            "redactable": sorted(outcome.redactable),
        },
        "transcript": {
            each.name.lower(): direction_document(
                outcome.transcript.direction(each), outcome.proved_ranges(each)
            )
            for each in Direction
        },
    }


def render_outcome(document: Mapping[str, Any], output: Output) -> str:
    """The text of a redaction's document."""
    view = document["view"]
    lines = [f"redaction     {escape_line(document['redaction'] or 'not written; --out says where to')}"]
    for each in document["spans"]:
        part = escape_line(each.get("name") or each["octets"])
        lines.append(f"{each['action']:<13} {part} ({each['count']} octets)")
    if view["reason"] is not None:
        lines.append(f"view          none, only octets: {view['reason']}: {escape_line(view['detail'])}")
    elif view["redactable"]:
        names = ", ".join(escape_line(each) for each in view["redactable"])
        lines.append(f"view          for Verifiers whose policy allows to redact {names}")
    else:
        lines.append("view          every part has its name; each redaction is one whole value")
    return "\n".join(lines + render_transcript(document["transcript"], marker(output)))


@click.command(
    "redact",
    help="""Choose what a presentation of ATTESTATION shows, and print how it will look.

Everything is shown but the credentials of the request (authorization, cookie) and what --redact and --prove name; of
parts within each other the inner one decides. What is to be proved something about stays hidden, and its commitment is
shown.""",
    epilog=NAMES_HELP,
)
@click.argument("attestation", type=FILE)
@click.option("--secrets", type=FILE, required=True, help="The secrets stored with the attestation.")
@click.option("--redact", multiple=True, metavar="NAME", help="Hide this part; several times for several.")
@click.option("--reveal", multiple=True, metavar="NAME", help="Show this part after all.")
@click.option("--prove", multiple=True, metavar="NAME", help="Hide this value, and show its commitment.")
@click.option("--identity/--no-identity", default=True, help="Whether the presentation will show the server.")
@click.option("--out", type=FILE, help="File for the redaction, which `mpctls present --redaction` takes.")
@shared_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    attestation: Path,
    secrets: Path,
    redact: tuple[str, ...],
    reveal: tuple[str, ...],
    prove: tuple[str, ...],
    identity: bool,
    out: Path | None,
) -> None:
    from ..presentation.building import check_secrets, select_commitments

    stored = ATTESTATION_FILE.decode(read_file(attestation))
    opened = ATTESTATION_SECRETS_FILE.decode(read_file(secrets))
    check_secrets(stored, opened)
    transcript = Transcript(sent=opened.sent, received=opened.received)
    redaction = Redaction(
        attestation=stored.header.attestation_id,
        spans=choose_spans(transcript, redact=redact, reveal=reveal, prove=prove),
    )
    outcome = apply_redaction(redaction, stored, opened, identity=identity)
    select_commitments(opened, outcome.selection)
    if out is not None:
        write_file(out, render_redaction(redaction), secret=False)
    output = invocation.output
    document = {
        "redaction": None if out is None else str(out),
        "attestation": redaction.attestation.hex(),
        **outcome_document(outcome),
    }
    output.write(document, lambda document: render_outcome(document, output))
