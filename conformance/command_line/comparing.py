"""`compare`: what changed between two reports of JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from ..reports.json_lines import Record, ReportError, read_report
from ..running.judging import GOOD, Verdict
from .codes import CONFORMS, DOES_NOT_CONFORM

_REPORT = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("compare")
@click.argument("old", type=_REPORT)
@click.argument("new", type=_REPORT)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(old: Path, new: Path, as_json: bool) -> None:
    """Compare two reports of `run --json-lines`: what was good and is not, and the other way round.

    Exits with 1 when a vector was good in OLD and is not in NEW, or was asked in OLD and is not in NEW.
    """
    before, after = _cases(old), _cases(new)
    changes: dict[str, list[str]] = {
        "worse": [name for name in before if name in after and _good(before[name]) > _good(after[name])],
        "better": [name for name in before if name in after and _good(before[name]) < _good(after[name])],
        "lost": [name for name in before if name not in after],
        "new": [name for name in after if name not in before],
        "no longer supported": [
            name
            for name in before
            if name in after
            and before[name]["verdict"] == Verdict.PASSED
            and after[name]["verdict"] == Verdict.UNSUPPORTED
        ],
    }
    if as_json:
        click.echo(json.dumps(changes))
    else:
        for title, names in changes.items():
            click.echo(f"{title}: {len(names)}")
            for name in names if title != "new" else ():
                told = (
                    f"{before[name]['verdict']} → {after[name]['verdict']}" if name in after else "not asked"
                )
                click.echo(f"  {name}: {told}" + (f"; {after[name]['message']}" if name in after else ""))
    regressions = changes["worse"] or changes["lost"] or changes["no longer supported"]
    sys.exit(DOES_NOT_CONFORM if regressions else CONFORMS)


def _cases(path: Path) -> Mapping[str, Record]:
    try:
        return {str(record["id"]): record for record in read_report(path) if record["type"] == "case"}
    except ReportError as error:
        raise click.UsageError(str(error)) from None


def _good(record: Record) -> bool:
    return record["verdict"] in GOOD
