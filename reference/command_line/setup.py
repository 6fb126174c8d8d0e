"""`mpctls setup`: the numbers that predicate proofs are made and checked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..foundation.errors import Refused
from ..foundation.files import write_file
from .common import FILE, Invocation, read_trust_store, shared_options
from .escaping import escape_line
from .progress import work_visibly

if TYPE_CHECKING:
    from mpctls.zkp.setup.powers import Setup

_ORIGINS = {
    "ceremony": "a published ceremony: sound as long as one of its many contributors was honest",
    "own": "its maker's own: sound for whoever made it or trusts who did",
    "development": "development: everyone knows the secret and can prove anything; for tests only",
}


def setup_document(path: Path, setup: Setup) -> dict[str, Any]:
    """The JSON of a setup."""
    return {
        "setup": str(path),
        "origin": setup.origin.name.lower(),
        "label": setup.label,
        "rows": 1 << setup.size_log2,
        "digest": setup.digest.hex(),
    }


def _render(document: Mapping[str, Any]) -> str:
    label = f" ({escape_line(document['label'])})" if document["label"] else ""
    lines = [
        f"setup         {escape_line(document['setup'])}",
        f"origin        {_ORIGINS[document['origin']]}{label}",
        f"circuits      up to {document['rows']} rows",
        f"digest        {document['digest']}",
    ]
    if document.get("structure_checked"):
        lines.append("structure     powers of one secret (checked by pairings)")
    return "\n".join(lines)


@click.group(
    "setup",
    help="""Make, import and examine setups: what predicates are proved and verified with.

A setup holds powers of a secret number that nobody may know: whoever knew it could prove false statements. A Verifier
therefore makes its own (`new`), or takes one of a published ceremony (`import`), and hands it to Provers, who check
its structure and need not trust who made it.""",
)
@shared_options
def command() -> None:
    """Subcommands do the work."""


@command.command("new", help="Make a setup of your own: its secret is drawn, used and forgotten.")
@click.option(
    "--power",
    type=click.IntRange(3, 20),
    default=13,
    show_default=True,
    help="Circuits of up to 2^POWER rows: 11 for a comparison, 13 for patterns and large sets.",
)
@click.option("--out", type=FILE, required=True, help="File for the setup; never overwritten.")
@click.option("--trust-store", type=FILE, help="Trust store to list the setup in.")
@click.option("--name", default="own setup", show_default=True, help="Name of the entry in the trust store.")
@shared_options
@click.pass_obj
def new(invocation: Invocation, /, power: int, out: Path, trust_store: Path | None, name: str) -> None:
    from mpctls.zkp.setup.files import write_setup
    from mpctls.zkp.setup.making import make_own_setup

    from ..presentation.trust import TrustedSetup, render_trust_store

    if out.exists():
        raise Refused("command/file-exists", f"{out} is there already")
    with work_visibly(invocation.output, "making a setup"):
        setup = make_own_setup(power)
    store = None if trust_store is None else read_trust_store(trust_store)
    write_setup(out, setup)
    if trust_store is not None and store is not None:
        entry = TrustedSetup(name=name, digest=setup.digest, origin="own")
        listed = replace(store, setups=(*store.setups, entry))
        write_file(trust_store, render_trust_store(listed), secret=False)
    invocation.output.write(setup_document(out, setup), _render)


@command.command(
    "import",
    help="""Take the setup of a published ceremony from its `.ptau` file.

The file is recognised by its digest; an unknown one is refused.""",
)
@click.argument("ceremony", type=FILE)
@click.option("--power", type=click.IntRange(3, 26), help="Only as much as circuits of 2^POWER rows need.")
@click.option("--out", type=FILE, required=True, help="File for the setup; never overwritten.")
@shared_options
@click.pass_obj
def import_ceremony(invocation: Invocation, /, ceremony: Path, power: int | None, out: Path) -> None:
    from mpctls.zkp.setup.files import write_setup
    from mpctls.zkp.setup.powers import check_structure
    from mpctls.zkp.setup.powers_of_tau import read_powers_of_tau

    if out.exists():
        raise Refused("command/file-exists", f"{out} is there already")
    with work_visibly(invocation.output, "reading and checking"):
        setup = read_powers_of_tau(ceremony, size_log2=power)
        check_structure(setup.powers, setup.tau)
    write_setup(out, setup)
    invocation.output.write(setup_document(out, setup) | {"structure_checked": True}, _render)


@command.command("info", help="Print origin, size and digest of a setup, and check that it is one.")
@click.argument("setup", type=FILE)
@shared_options
@click.pass_obj
def info(invocation: Invocation, /, setup: Path) -> None:
    from mpctls.zkp.setup.files import read_setup
    from mpctls.zkp.setup.powers import check_structure

    with work_visibly(invocation.output, "checking"):
        stored = read_setup(setup, accept_development=True)
        check_structure(stored.powers, stored.tau)
    invocation.output.write(setup_document(setup, stored) | {"structure_checked": True}, _render)
