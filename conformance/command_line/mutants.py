"""`mutants`: whether the vectors notice a specification that lacks a check."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..mutants.declared import declared
from ..mutants.explanations import ExplanationError, explained, idle, noticeable, unexplained
from ..mutants.finding import found_in, modules
from ..mutants.matrix import Row, UnsoundCorpusError, run_matrix
from ..mutants.meant import is_of_an_implementation
from ..mutants.mutant import Mutant
from .choosing import corpus_of, vectors_option
from .codes import CONFORMS, DOES_NOT_CONFORM

LEAST_MEANT = 0.97
"""The share of mutants, of those neither equivalent nor unreachable, that vectors of a step meant for the check
must notice."""


def all_mutants(only: tuple[str, ...] = ()) -> list[Mutant]:
    """Every mutant, or those of modules whose names begin with one of `only`."""
    found = [mutant for module in modules() if is_of_an_implementation(module) for mutant in found_in(module)]
    found += declared()
    return [each for each in found if not only or each.module.removeprefix("mpctls.spec.").startswith(only)]


@click.command("mutants")
@click.argument("modules_named", nargs=-1, metavar="[MODULE]...")
@vectors_option
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write the matrix as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print the matrix as JSON.")
def command(
    modules_named: tuple[str, ...], vectors: Path | None, jobs: int, page: Path | None, as_json: bool
) -> None:
    """Run the vectors over the specification with one check removed or weakened, again and again.

    A suite that would take an implementation without a check is not worth running. Each check of `spec/` is removed
    in turn, each part of its condition, each call of it; each boundary is moved by one; and defects that
    implementations had are put in. A mutant is noticed when one of the vectors that reach its check has another
    outcome than the specified one. MODULE, say `verification` or `merkle`, restricts the run to modules of `spec/`.

    Survivors stand in conformance/mutants/explained.toml, as equivalent (no input has another outcome), unreachable (by
    any operation) or gap (a vector is missing).

    Exit codes: 0 when 97 % of those that are neither equivalent nor unreachable are noticed by vectors meant for the
    check, each survivor is explained and nothing else is; 1 otherwise.
    """
    from ..mutants.corpus import cases_of

    mutants = all_mutants(modules_named)
    if not mutants:
        raise click.UsageError(f"no module of spec/ with checks begins with {' or '.join(modules_named)}")
    try:
        reasons = explained()
    except ExplanationError as error:
        raise click.ClickException(str(error)) from None
    cases = cases_of(corpus_of(vectors).cases.values())
    interactive = sys.stderr.isatty()
    rows: list[Row] = []
    try:
        for row in run_matrix(mutants, cases, jobs=jobs):
            rows.append(row)
            if interactive:
                click.echo(f"\r\x1b[K{len(rows)} of {len(mutants)} {row.mutant.id}", nl=False, err=True)
        if interactive:
            click.echo("\r\x1b[K", nl=False, err=True)
    except UnsoundCorpusError as error:
        raise click.ClickException(str(error)) from None
    ids = {mutant.id for mutant in mutants}
    left = unexplained(rows, reasons)
    needless = idle(rows, {key: why for key, why in reasons.items() if key[0] in ids or not modules_named})
    for name in needless:
        click.echo(f"{name}: explained, and no survivor with this text", err=True)
    if page is not None:
        from ..mutants.page import render

        page.write_text(render(rows, reasons), encoding="utf-8")
    meant = sum(row.killed is not None and row.killed.meant for row in rows)
    noticed = sum(row.killed is not None for row in rows)
    possible = len(noticeable(rows, reasons))
    if as_json:
        click.echo(json.dumps([_document(row) for row in rows], indent=1))
    else:
        for row in rows:
            if row in left or (row.killed is not None and not row.killed.meant):
                _show(row)
        click.echo(
            f"{len(rows)} mutants over {len(cases)} vectors: {noticed} noticed, {_share(noticed, len(rows))} of all "
            f"and {_share(noticed, possible)} of the {possible} that are neither equivalent nor unreachable; {meant} "
            f"({_share(meant, possible)} of these) by vectors meant for the check; "
            f"{len(rows) - noticed} survive, {len(left)} of them without an explanation"
        )
    sys.exit(CONFORMS if meant >= LEAST_MEANT * possible and not left and not needless else DOES_NOT_CONFORM)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} %"


def _show(row: Row) -> None:
    mutant = row.mutant
    noticed = "survives" if row.killed is None else f"noticed only by {row.killed.by}"
    click.echo(f"{mutant.id}: {mutant.change.value}: {mutant.text}")
    click.echo(f"    {noticed}; {row.reached} vectors come to the change")


def _document(row: Row) -> dict[str, object]:
    killed = row.killed
    return {
        "id": row.mutant.id,
        "module": row.mutant.module,
        "line": row.mutant.line,
        "change": row.mutant.change.value,
        "check": row.mutant.text,
        "reason": row.mutant.reason,
        "reached": row.reached,
        "killed": None
        if killed is None
        else {"by": killed.by, "meant": killed.meant, "answer": killed.answer},
    }
