"""`list`: vectors, or steps with what stands in them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from ..running.cases import CorpusError, read_corpus, shipped
from ..running.selection import Selection
from .choosing import corpus_of, selected, selection_options, vectors_option


@click.command("list")
@selection_options
@vectors_option
@click.option("--steps", "by_step", is_flag=True, help="The steps, with their numbers of vectors.")
@click.option("--operations", "by_operation", is_flag=True, help="The operations, with what they do.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_cases(
    selection: Selection, vectors: Path | None, by_step: bool, by_operation: bool, as_json: bool
) -> None:
    """Print the vectors IDS (an id, its beginning up to a slash, or a glob; all without any)."""
    if by_step:
        _print_steps(selection, vectors, as_json=as_json)
        return
    if by_operation:
        _print_operations(selection, as_json=as_json)
        return
    cases = selected(selection, corpus_of(vectors))
    if as_json:
        members = ("id", "operation", "comment", "importance", "features", "base")
        click.echo(json.dumps([{name: case.document.get(name) for name in members} for case in cases]))
        return
    for case in cases:
        sign = "-" if case.refused else "+"
        click.echo(f"{sign} {case.id:90} {case.importance}")
    refused = sum(case.refused for case in cases)
    click.echo(f"{len(cases)} vectors: {len(cases) - refused} accepted (+), {refused} refused (-)")


def _print_steps(selection: Selection, vectors: Path | None, *, as_json: bool) -> None:
    from ..catalogue import Step, steps

    try:
        cases = read_corpus(vectors or shipped()).cases.values()
    except CorpusError:
        # Steps are there also where no vectors are.
        counts = Counter[str]()
    else:
        counts = Counter(case.step for case in cases)
    known = list(steps())
    others = sorted(set(counts) - {step.id for step in known})
    known += [
        Step(stage=stage, name=name, title="") for stage, _, name in (each.partition("/") for each in others)
    ]
    chosen = [
        step
        for step in known
        if (not selection.stages or step.stage in selection.stages)
        and (not selection.steps or step.id in selection.steps or step.name in selection.steps)
    ]
    if as_json:
        listed = [
            {"id": step.id, "stage": step.stage, "title": step.title, "vectors": counts[step.id]}
            for step in chosen
        ]
        click.echo(json.dumps(listed))
        return
    for step in chosen:
        click.echo(f"{counts[step.id]:5}  {step.id:58}{step.title}")


def _print_operations(selection: Selection, *, as_json: bool) -> None:
    from ..operations.registry import forms

    chosen = [
        form
        for form in forms().values()
        if (not selection.stages or form.step.partition("/")[0] in selection.stages)
        and (not selection.steps or form.step in selection.steps)
    ]
    if as_json:
        click.echo(
            json.dumps([{"name": form.name, "step": form.step, "summary": form.summary} for form in chosen])
        )
        return
    for form in chosen:
        click.echo(f"{form.name:50}{form.summary}")
