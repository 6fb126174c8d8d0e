"""`mpctls-conformance`: holds an implementation against the specification, step by step."""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .catalogue import Step
    from .runner import Result

CONFORMS, DOES_NOT_CONFORM, USAGE, ADAPTER_BROKE = 0, 1, 2, 3
DEFAULT_EXAMPLES = 25


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Hold an implementation of mpctls against its specification.

    Exit codes: 0 conforms, 1 does not, 2 usage, 3 the implementation broke.
    """


def _chosen(stage: str | None, step: str | None) -> list[Step]:
    """The steps that the options name. Refuses names that are none."""
    from .catalogue import steps

    known = list(steps())
    if stage is not None and stage not in {each.stage for each in known}:
        raise click.UsageError(
            f"no stage {stage!r}; stages: {', '.join(dict.fromkeys(s.stage for s in known))}"
        )
    chosen = [each for each in known if stage in (None, each.stage) and step in (None, each.id, each.name)]
    if not chosen:
        raise click.UsageError(f"no step {step!r}; `mpctls-conformance list` names them")
    return chosen


@main.command("list")
@click.option("--stage", help="Only the steps of this stage.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_steps(stage: str | None, as_json: bool) -> None:
    """Print every step that has a property."""
    chosen = _chosen(stage, None)
    if as_json:
        click.echo(json.dumps([{"id": each.id, "stage": each.stage, "title": each.title} for each in chosen]))
        return
    for each in chosen:
        click.echo(f"{each.id:58}{each.title}")


@main.command()
@click.argument("step")
def explain(step: str) -> None:
    """Print what the property of STEP (stage/name) says, what it compares, and its operations."""
    from importlib import import_module

    _require_hypothesis()
    for each in _chosen(None, step):
        module = import_module(each.module)
        click.echo(f"{each.id}: {each.title}\n\n{(module.__doc__ or '').strip()}\n\nOperations:")
        for operation in module.OPERATIONS:
            note = "  (both parties, real two-party computation)" if operation.two_party else ""
            click.echo(f"  {operation.name}{note}")


@main.command()
@click.option("--stage", help="Only the steps of this stage.")
@click.option("--step", help="Only this step: stage/name, or the name.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw what an earlier run with this seed drew.")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=DEFAULT_EXAMPLES,
    show_default=True,
    help="Examples of each operation; one in 25 of those that run the two-party computation, one in 10 of proofs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(stage: str | None, step: str | None, seed: int | None, examples: int, as_json: bool) -> None:
    """Run properties on the reference, in this process, and print a table by stage and step."""
    chosen = _chosen(stage, step)
    _require_hypothesis()
    from .adapters.reference_in_process import ReferenceInProcess
    from .runner import Verdict, run_steps

    seed = secrets.randbelow(2**32) if seed is None else seed
    adapter = ReferenceInProcess()
    interactive = sys.stderr.isatty()

    def started(each: Step) -> None:
        if interactive:
            click.echo(f"\r\x1b[K{each.id}", nl=False, err=True)

    results = list(run_steps(chosen, adapter, examples=examples, seed_number=seed, started=started))
    if interactive:
        click.echo("\r\x1b[K", nl=False, err=True)
    if as_json:
        click.echo(json.dumps(_document(adapter.name, seed, examples, results), indent=2))
    else:
        _print_table(adapter.name, seed, examples, results)
    verdicts = {result.verdict for result in results}
    if Verdict.BROKE in verdicts:
        sys.exit(ADAPTER_BROKE)
    sys.exit(DOES_NOT_CONFORM if Verdict.FAILED in verdicts else CONFORMS)


def _require_hypothesis() -> None:
    """Refuse to go on where inputs cannot be drawn."""
    from importlib.util import find_spec

    if find_spec("hypothesis") is None:
        raise click.UsageError(
            "properties draw their inputs with the package 'hypothesis', which is not installed"
        )


def _document(name: str, seed: int, examples: int, results: list[Result]) -> dict[str, object]:
    return {
        "implementation": name,
        "seed": seed,
        "examples": examples,
        "steps": [
            {
                "id": result.step.id,
                "stage": result.step.stage,
                "title": result.step.title,
                "verdict": result.verdict.value,
                "accepted": result.accepted,
                "rejected": result.rejected,
                "seconds": round(result.seconds, 3),
                "counter_example": result.counter_example,
            }
            for result in results
        ],
    }


def _print_table(name: str, seed: int, examples: int, results: list[Result]) -> None:
    from .runner import Verdict

    click.echo(f"{name}: seed {seed}, {examples} examples of each operation\n")
    stage = None
    for result in results:
        if result.step.stage != stage:
            stage = result.step.stage
            click.echo(stage)
        counted = f"{result.accepted} accepted, {result.rejected} rejected"
        click.echo(f"  {result.verdict.value:8}{result.step.name:46}{counted:30}{result.seconds:7.1f} s")
        if result.counter_example is not None:
            click.echo(f"          {result.counter_example}")
    passed = sum(result.verdict is Verdict.PASSED for result in results)
    click.echo(f"\n{passed} of {len(results)} steps passed")
    if passed < len(results):
        failed = " or ".join(sorted({f"--step {each.step.id}" for each in results if each.counter_example}))
        click.echo(f"again: mpctls-conformance run --seed {seed} --examples {examples} {failed}")
