"""`properties`: draws inputs and compares an implementation with the specification, step by step."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from ..adapter import AdapterBrokeError
from ..transports.address import Address
from .choosing import implementation_option
from .codes import ADAPTER_BROKE, CONFORMS, DOES_NOT_CONFORM

if TYPE_CHECKING:
    from ..adapter import Adapter
    from ..catalogue import Step
    from ..runner import DiffersError, Result

DEFAULT_EXAMPLES = 25


def _chosen(stage: str | None, step: str | None) -> list[Step]:
    """The steps that the options name. Refuses names that are none."""
    from ..catalogue import steps

    known = list(steps())
    if stage is not None and stage not in {each.stage for each in known}:
        raise click.UsageError(
            f"no stage {stage!r}; stages: {', '.join(dict.fromkeys(s.stage for s in known))}"
        )
    chosen = [each for each in known if stage in (None, each.stage) and step in (None, each.id, each.name)]
    if not chosen:
        raise click.UsageError(f"no step {step!r}; `mpctls-conformance list --steps` names them")
    return chosen


@click.command("properties")
@implementation_option
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
@click.option(
    "--failures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each counter-example into this folder, as a vector; `replay` runs it, `promote` keeps it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    address: Address,
    stage: str | None,
    step: str | None,
    seed: int | None,
    examples: int,
    failures: Path | None,
    as_json: bool,
) -> None:
    """Draw inputs, good and bad, and compare an implementation with the specification on each.

    Unlike `run` this needs no vectors: inputs are drawn with Hypothesis, and what differs is shrunk to its smallest
    example. The table is by stage and step.
    """
    chosen = _chosen(stage, step)
    _require_hypothesis()
    from ..runner import Verdict, run_steps

    seed = secrets.randbelow(2**32) if seed is None else seed
    adapter = adapter_of(address)
    try:
        name = adapter.name
    except AdapterBrokeError as error:
        click.echo(f"{address}: {error}", err=True)
        sys.exit(ADAPTER_BROKE)
    interactive = sys.stderr.isatty()

    def started(each: Step) -> None:
        if interactive:
            click.echo(f"\r\x1b[K{each.id}", nl=False, err=True)

    results = list(
        run_steps(chosen, adapter, examples=examples, seed_number=seed, started=started, strict=address.ours)
    )
    if interactive:
        click.echo("\r\x1b[K", nl=False, err=True)
    if as_json:
        click.echo(json.dumps(_document(name, seed, examples, results), indent=2))
    else:
        _print_table(address, name, seed, examples, results)
    for result in results:
        if failures is not None and result.difference is not None:
            _write_failure(result.difference, failures)
    verdicts = {result.verdict for result in results}
    if Verdict.BROKE in verdicts:
        sys.exit(ADAPTER_BROKE)
    sys.exit(DOES_NOT_CONFORM if Verdict.FAILED in verdicts else CONFORMS)


def adapter_of(address: Address) -> Adapter:
    if address.is_default:
        from ..adapters.reference_in_process import ReferenceInProcess

        return ReferenceInProcess()
    from ..adapters.connected import Connected
    from ..transports.conversation import Conversation

    return Connected(conversation=Conversation(opener=address.opener(workers=1)))


def _write_failure(difference: DiffersError, directory: Path) -> None:
    """Write what was found as a vector, where its operation has a form; say how to run it again."""
    from ..running.found import write_found

    path = write_found(difference.operation.name, difference.fields, difference.expected, directory)
    if path is None:
        click.echo(f"{difference.operation.name} is asked in this process only", err=True)
    else:
        click.echo(f"mpctls-conformance replay {path}", err=True)


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


def _print_table(address: Address, name: str, seed: int, examples: int, results: list[Result]) -> None:
    from ..runner import Verdict

    click.echo(f"{name}: seed {seed}, {examples} examples of each operation\n")
    stage = None
    for result in results:
        if result.step.stage != stage:
            stage = result.step.stage
            click.echo(stage)
        counted = f"{result.accepted} accepted, {result.rejected} rejected"
        click.echo(f"  {result.verdict.value:12}{result.step.name:46}{counted:30}{result.seconds:7.1f} s")
        if result.counter_example is not None:
            click.echo(f"          {result.counter_example}")
    bad = [each for each in results if each.verdict in (Verdict.FAILED, Verdict.BROKE)]
    lacking = sum(each.verdict is Verdict.UNSUPPORTED for each in results)
    click.echo(f"\n{len(results) - len(bad) - lacking} of {len(results)} steps passed, {lacking} unsupported")
    chosen = "" if address.is_default else f"-i {quote(str(address))} "
    for each in bad:
        options = f"--seed {seed} --examples {examples} --step {each.step.id}"
        click.echo(f"again: mpctls-conformance properties {chosen}{options}")
