"""`explore`: every state of two sessions with an attacker, and the flaws that show that the search works."""

from __future__ import annotations

import json
import sys

import click

from ..exploration.exploring import Explored, explore
from ..exploration.flaws import FLAWS, Flaw
from .codes import CONFORMS, DOES_NOT_CONFORM


@click.command("explore")
@click.option(
    "--flaws", is_flag=True, help="Put each known flaw into the specification and look for its attack."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(flaws: bool, as_json: bool) -> None:
    """Search all states of two sessions for an attack by someone who can mix them.

    Both sessions run the specification's own steps on symbolic cryptography. The attacker is the network between
    Provers and Notaries, owns one of the sessions, has what the other's holder showed once, and can replay, splice,
    reorder and sign with keys of its own. In every state it must hold that attestations are of the session that keeps
    them, that Notaries sign true commitments, last, and that nothing hidden is said; and a Verifier may believe
    nothing but the attacker's own session.

    Exit codes: 0 when there is no attack (with --flaws: when each flaw has one of its kind), 1 otherwise.
    """
    interactive = sys.stderr.isatty()

    def progress(text: str) -> None:
        if interactive:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    found = [(None, explore(progress=progress))]
    wanted: list[tuple[Flaw | None, Explored]] = [*found]
    if flaws:
        wanted += [(flaw, explore(flaw, progress)) for flaw in FLAWS]
    if interactive:
        click.echo("\r\x1b[K", nl=False, err=True)
    if as_json:
        click.echo(json.dumps([_document(flaw, explored) for flaw, explored in wanted], indent=1))
    else:
        for flaw, explored in wanted:
            _show(flaw, explored)
    good = all(explored.rule == (None if flaw is None else flaw.rule) for flaw, explored in wanted)
    sys.exit(CONFORMS if good else DOES_NOT_CONFORM)


def _document(flaw: Flaw | None, explored: Explored) -> dict[str, object]:
    return {
        "flaw": None if flaw is None else flaw.name,
        "states": explored.states,
        "transitions": explored.transitions,
        "steps": explored.steps,
        "presentations": explored.presentations,
        "believed": explored.believed,
        "broken": explored.rule,
        "trace": list(explored.trace()),
    }


def _show(flaw: Flaw | None, explored: Explored) -> None:
    what = "the specification" if flaw is None else f"with the flaw {flaw.name} ({flaw.what})"
    counts = f"{explored.states} states, {explored.transitions} transitions, {explored.presentations} presentations"
    click.echo(f"{what}: {counts}, {explored.believed} of them believed")
    if explored.rule is None:
        click.echo("    no attack")
        return
    click.echo(f"    attack: {explored.rule}")
    for line in explored.trace():
        click.echo(f"        {line}")
