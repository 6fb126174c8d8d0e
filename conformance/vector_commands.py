"""`mpctls-conformance vectors`: makes, checks and compares the folder of test vectors."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def vectors() -> None:
    """Make, check and compare the test vectors."""


@vectors.command()
@click.option(
    "--directory", type=click.Path(file_okay=False, path_type=Path), help="Default: the shipped folder."
)
@click.option("--keep-going", is_flag=True, help="Write what can be generated, and name what cannot.")
def generate(directory: Path | None, keep_going: bool) -> None:
    """Generate every file of vectors, the index and the schemas."""
    from .generation.writing import COMMITTED, generate, write

    made = generate()
    for failure in made.failures:
        click.echo(failure, err=True)
    if made.failures and not keep_going:
        sys.exit(1)
    write(made.files, directory or COMMITTED)
    click.echo(f"{len(made.files)} files")
    sys.exit(1 if made.failures else 0)
