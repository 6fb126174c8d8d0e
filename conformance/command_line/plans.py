"""`plans`: roles in any order with an attacker between them, drawn and replayed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..adapter import AdapterBrokeError
from ..plans.interpreter import run_plan
from ..plans.plan import Plan, PlanError
from ..transports.address import Address
from .choosing import implementation_option
from .codes import ADAPTER_BROKE, CONFORMS, DOES_NOT_CONFORM
from .properties import adapter_of

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("plans")
@implementation_option
@click.argument("replayed", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--sessions", type=click.IntRange(min=1), default=10, show_default=True, help="Plans to draw.")
@click.option(
    "--steps", type=click.IntRange(min=1), default=30, show_default=True, help="Moves of each plan."
)
@click.option("--seed", type=click.IntRange(min=0), help="Draw what an earlier run with this seed drew.")
@click.option(
    "--failures", type=_FOLDER, help="Write what differs here: a vector, and the plan that led to it."
)
def command(
    address: Address,
    replayed: Path | None,
    sessions: int,
    steps: int,
    seed: int | None,
    failures: Path | None,
) -> None:
    """Let all roles act in any order, with an attacker who keeps, replays, splices and signs what it likes.

    Each move is one operation, run on the implementation and on the specification, and compared at once. What differs
    is shrunk and, with --failures, written as an ordinary vector, beside the plan that led to it; REPLAYED is such a
    plan. The vector alone is replayed with `mpctls-conformance replay`.

    Exit codes: 0 no difference, 1 a difference, 2 usage, 3 the implementation broke.
    """
    from ..plans.drawing import draw_plans
    from ..runner import DiffersError
    from ..running.found import write_found

    adapter = adapter_of(address)
    try:
        if replayed is not None:
            outcomes = run_plan(_plan(replayed), adapter, strict=address.ours)
            click.echo(f"{len(outcomes)} calls, no difference")
        else:
            moves = draw_plans(adapter, count=sessions, steps=steps, seed_number=seed, strict=address.ours)
            click.echo(f"{sessions} plans, {moves} calls, no difference")
    except DiffersError as difference:
        click.echo(f"differs: {difference}")
        if failures is not None:
            fields = difference.operation.name, difference.fields, difference.expected
            written = write_found(*fields, failures, "Found by a plan, and shrunk.")
            if written is not None:
                click.echo(f"again: mpctls-conformance replay {written}")
            plan = getattr(difference, "plan", None)
            if isinstance(plan, Plan):
                path = failures / "plan.json"
                path.write_text(json.dumps(plan.to_json(), indent=1) + "\n", encoding="ascii")
                click.echo(f"the whole plan: mpctls-conformance plans {path}")
        sys.exit(DOES_NOT_CONFORM)
    except AdapterBrokeError as error:
        click.echo(f"{address}: {error}", err=True)
        sys.exit(ADAPTER_BROKE)
    sys.exit(CONFORMS)


def _plan(path: Path) -> Plan:
    try:
        return Plan.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (PlanError, ValueError) as error:
        raise click.UsageError(f"{path}: {error}") from None
