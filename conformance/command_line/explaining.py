"""`explain`: everything about a vector, an operation or a step."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill

import click

from ..catalogue import steps
from ..operations.form import Form
from ..operations.registry import forms
from ..operations.shapes import Json
from ..running.cases import Call, Case, CorpusError, read_corpus, shipped
from ..specified import step_text
from .choosing import vectors_option

WIDTH = 400
"""Characters of a value that are shown without --whole."""


@click.command("explain")
@click.argument("name")
@vectors_option
@click.option("--whole", is_flag=True, help="Show long values to their end.")
def command(name: str, vectors: Path | None, whole: bool) -> None:
    """Print what there is to know of NAME: the id of a vector, an operation, or a step (stage/name).

    Of a vector: what it teaches, its input and outcome, values on the way to it, the accepted vector that it comes
    from and the one fault that was made, the text of the specification, and how to run it alone.
    """
    limit = None if whole else WIDTH
    try:
        cases = read_corpus(vectors or shipped()).cases
    except CorpusError as error:
        if vectors is not None:
            raise click.UsageError(str(error)) from None
        cases = {}
    if name in cases:
        _case(cases[name], limit)
        return
    found = [form for form in forms().values() if name in (form.name, form.step)]
    if found or any(step.id == name for step in steps()):
        _operations(name, found, sum(case.step == name for case in cases.values()))
        return
    near = [other for other in cases if name in other][:8]
    raise click.UsageError(
        f"no vector, operation or step {name!r}" + "".join(f"\n  {other}" for other in near)
    )


def _case(case: Case, limit: int | None) -> None:
    document = case.document
    click.echo(f"{case.id}\n\n{document.get('comment', '')}\n")
    needs = f"; needs {', '.join(case.features)}" if case.features else ""
    click.echo(f"importance: {case.importance}{needs}")
    if document.get("source"):
        click.echo(f"source: {document['source']}")
    for call in case.calls:
        _call(case, call, limit)
    mutation = document.get("mutation")
    if case.base is not None and isinstance(mutation, dict):
        detail = f" ({mutation['detail']})" if mutation.get("detail") else ""
        click.echo(
            f"\nthe fault: {mutation['kind']} of {mutation['field']}{detail}\nof the accepted vector {case.base}"
        )
    _values("values on the way", document.get("intermediate", {}), limit)
    click.echo("")
    for name in sorted(case.operations):
        form = forms()[name]
        click.echo(f"{form.name}: {form.summary}\n  {form.role.value}; {form.source}")
    text = _specified(case.step)
    if text:
        click.echo(f"\nspecification of {case.step}:\n{_indented(text)}")
    click.echo(f"\nalone: mpctls-conformance replay {case.id}")


def _call(case: Case, call: Call, limit: int | None) -> None:
    named = "" if len(case.calls) == 1 else f" {call.kind} {call.handle}"
    click.echo(f"\n{call.operation or call.kind}{named}")
    _values("input", dict(call.input), limit)
    if call.randomness:
        _values("randomness", dict(call.randomness), limit)
    _values("specified", call.expected.to_json(), limit)


def _values(title: str, values: Json, limit: int | None) -> None:
    if not values:
        return
    click.echo(f"  {title}:")
    for name, value in _flat(values):
        text = json.dumps(value)
        if limit is not None and len(text) > limit:
            text = f"{text[:limit]}… ({len(text)} characters; --whole shows all)"
        click.echo(f"    {name}: {text}")


def _flat(values: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(values, dict) and values:
        for name, value in values.items():
            yield from _flat(value, f"{where}.{name}" if where else name)
    else:
        yield where, values


def _operations(name: str, found: list[Form], vectors: int) -> None:
    step = found[0].step if found else name
    titles = [each.title for each in steps() if each.id == step]
    click.echo(f"{step}: {titles[0] if titles else ''}")
    if text := _specified(step):
        click.echo(f"\n{_indented(text)}")
    if text := _docstring(f"mpctls.conformance.properties.{step.replace('/', '.')}"):
        click.echo(f"\nwhat is compared on drawn inputs:\n{_indented(text)}")
    for form in found:
        features = f"; needs {', '.join(form.features)}" if form.features else ""
        click.echo(f"\n{form.name}: {form.summary}\n  {form.role.value}; {form.source}{features}")
        for title, fields in (("takes", form.takes), ("gives", form.gives)):
            for field_name, field in fields.items():
                drawn = " (randomness)" if field.drawn else ""
                written = field_name.replace(" ", "_")
                click.echo(f"  {title} {written}: {field.shape.words()}{drawn}. {field.meaning}")
    if vectors:
        click.echo(f"\n{vectors} vectors: mpctls-conformance list {step}")


def _specified(step: str) -> str:
    """What the specification says of a step; of a whole session, nothing."""
    known = any(each.id == step for each in steps())
    return step_text(step) if known else ""


def _docstring(module: str) -> str:
    """The docstring of a module, which is not run for it."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        return ""
    if found is None or found.origin is None:
        return ""
    return ast.get_docstring(ast.parse(Path(found.origin).read_text(encoding="utf-8"))) or ""


def _indented(text: str) -> str:
    return "\n".join(
        fill(line, 108, initial_indent="  ", subsequent_indent="  ", break_long_words=False) if line else ""
        for line in text.splitlines()
    )
