"""`vectors`: makes, checks, describes and compares the folder of test vectors."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .codes import CONFORMS, DOES_NOT_CONFORM

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_directory = click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder; default: the shipped one.",
)


def _committed() -> Path:
    from ..generation.writing import COMMITTED

    return COMMITTED


@click.group("vectors")
def command() -> None:
    """Make, check, describe and compare the test vectors."""


@command.command("generate")
@_directory
@click.option("--keep-going", is_flag=True, help="Write what can be generated, and name what cannot.")
def generate_vectors(directory: Path | None, keep_going: bool) -> None:
    """Generate every file of vectors, the index and the schemas, and remove what nothing generates."""
    from ..generation.writing import generate, write

    made = generate()
    for failure in made.failures:
        click.echo(failure, err=True)
    if not made.failures or keep_going:
        write(made.files, directory or _committed())
        click.echo(f"{len(made.files)} files")
    sys.exit(DOES_NOT_CONFORM if made.failures else CONFORMS)


@command.command("check")
@_directory
def check_vectors(directory: Path | None) -> None:
    """Generate again under other hash seeds, locales, time zones and Pythons, and compare every octet."""
    from ..generation.reproducing import regenerated, surroundings

    differs = False
    for place in surroundings():
        difference = regenerated(directory or _committed(), place)
        differs = differs or difference is not None
        click.echo(f"{place}: {difference or 'the same octets'}")
    sys.exit(DOES_NOT_CONFORM if differs else CONFORMS)


@command.command("lint")
@_directory
@click.option("--counts", is_flag=True, help="Print how many vectors there are of each family and reason.")
def lint_vectors(directory: Path | None, counts: bool) -> None:
    """Hold the files against the schemas and every rule of the corpus."""
    from ..generation.linting import lint

    found = lint(directory or _committed())
    if counts:
        for title, counted in (("family", found.of_family), ("reason", found.of_reason)):
            click.echo(f"by {title}")
            for name, count in counted.items():
                click.echo(f"{count:6}  {name}")
    for finding in found.findings:
        click.echo(finding)
    click.echo(f"{sum(found.of_family.values())} vectors, validated by: {', '.join(found.validators)}")
    click.echo(f"{len(found.findings)} findings")
    sys.exit(DOES_NOT_CONFORM if found.findings else CONFORMS)


@command.command("count")
@_directory
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def count_vectors(directory: Path | None, as_json: bool) -> None:
    """Print how many vectors each operation has, accepted and refused."""
    from ..generation.writing import documents

    counts: dict[str, list[int]] = {}
    for document in documents(directory or _committed()).values():
        for vector in document["vectors"]:
            counts.setdefault(vector["operation"], [0, 0])["reject" in vector["expected"]] += 1
    if as_json:
        click.echo(
            json.dumps({name: {"accepted": a, "refused": r} for name, (a, r) in sorted(counts.items())})
        )
        return
    for name, (accepted, refused) in sorted(counts.items()):
        click.echo(f"{name:58}{accepted:6} accepted{refused:6} refused")
    click.echo(f"{sum(sum(each) for each in counts.values())} vectors")


@command.command("schema")
@click.argument("operation", required=False)
def print_schema(operation: str | None) -> None:
    """Print the JSON Schema of a file of vectors, or of a vector of OPERATION."""
    from ..generation.schemas import schema_files

    files = schema_files()
    path = "schema/vectors.json" if operation is None else f"schema/operations/{operation}.json"
    if path not in files:
        raise click.UsageError(f"no operation {operation!r}")
    click.echo(files[path], nl=False)


@command.command("diff")
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
def compare_folders(old: Path, new: Path) -> None:
    """Print what differs between two folders, OLD and NEW.

    Exit code 1 when something changed that may not within one version: a vector that went, or one that asks for
    something else.
    """
    from ..generation.differences import differences

    found = differences(old, new)
    for sign, ids in (("+", found.added), ("-", found.removed)):
        for id_ in ids:
            click.echo(f"{sign} {id_}")
    for id_, members in found.changed.items():
        click.echo(f"~ {id_}: {', '.join(members)}")
    click.echo(f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed")
    sys.exit(DOES_NOT_CONFORM if found.breaking else CONFORMS)
