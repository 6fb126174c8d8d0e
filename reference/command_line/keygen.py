"""`mpctls keygen`: a private key and the trust-store entry for it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..foundation.errors import Refused
from ..foundation.files import write_file
from ..foundation.identifiers import SignatureAlgorithm
from .common import FILE, Invocation, read_trust_store, shared_options
from .escaping import escape_line

_LABELS = {each.label: each for each in SignatureAlgorithm}
_YEAR = 365 * 86400


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Unix seconds, or a date YYYY-MM-DD (UTC)."""
    if value is None:
        return None
    if value.isascii() and value.isdigit() and len(value) <= 12:
        return int(value)
    try:
        day = datetime.datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        raise click.BadParameter("neither Unix seconds nor YYYY-MM-DD") from None
    return int(day.replace(tzinfo=datetime.UTC).timestamp())


def _render(document: Mapping[str, Any]) -> str:
    lines = [f"private key   {escape_line(document['private_key'])} (readable by you alone)"]
    if document["trust_store"] is not None:
        name = escape_line(document["name"])
        lines.append(f"trust store   {escape_line(document['trust_store'])}, entry {name}")
    lines.append(f"public key    {document['algorithm']} {document['key']}")
    return "\n".join(lines)


@click.command(
    "keygen",
    help="""Make a signing key for a Notary, a Verifier in its place, or a holder.

The private key is written as PKCS #8 PEM with mode 0600. With --trust-store, the public key is added to that file (made
if it is not there) under --name; hand the file to Provers and Verifiers.""",
)
@click.option(
    "--algorithm",
    type=click.Choice(list(_LABELS)),
    default="ed25519",
    show_default=True,
    help="What it signs with.",
)
@click.option("--out", type=FILE, required=True, help="File for the private key; never overwritten.")
@click.option("--trust-store", type=FILE, help="Trust store to add the public key to.")
@click.option("--name", default="notary", show_default=True, help="Name of the entry in the trust store.")
@click.option(
    "--not-before",
    callback=_moment,
    help="Attested times before this are not believed.  [default: now - 1 day]",
)
@click.option(
    "--not-after", callback=_moment, help="Attested times after this are not believed.  [default: in 5 years]"
)
@shared_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    algorithm: str,
    out: Path,
    trust_store: Path | None,
    name: str,
    not_before: int | None,
    not_after: int | None,
) -> None:
    from ..foundation.signatures import SigningKey
    from ..presentation.trust import TrustedNotary, TrustStore, render_trust_store
    from ..settings import system_clock

    if out.exists():
        raise Refused("command/file-exists", f"{out} is there already")
    now = system_clock()
    start = now - 86400 if not_before is None else not_before
    end = now + 5 * _YEAR if not_after is None else not_after
    if start > end:
        raise click.UsageError("--not-before is after --not-after")
    key = SigningKey.generate(_LABELS[algorithm])
    if trust_store is not None:
        entry = TrustedNotary(name=name, verifying_key=key.verifying_key, not_before=start, not_after=end)
        known = read_trust_store(trust_store) if trust_store.exists() else TrustStore(notaries=())
        store = render_trust_store(replace(known, notaries=(*known.notaries, entry)))
    write_file(out, key.to_pem(), secret=True)
    if trust_store is not None:
        write_file(trust_store, store, secret=False)
    document = {
        "private_key": str(out),
        "algorithm": algorithm,
        "key": key.verifying_key.key.hex(),
        "trust_store": None if trust_store is None else str(trust_store),
        "name": name,
        "not_before": start,
        "not_after": end,
    }
    invocation.output.write(document, _render)
