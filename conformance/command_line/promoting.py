"""`promote`: a failure becomes a vector."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ..running.cases import Corpus, CorpusError, read_corpus, shipped
from ..running.promotion import PromotionError, promote

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@click.command("promote")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--name", help="The last part of the new id, words joined by hyphens; else the file's name.")
@click.option(
    "--vectors",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to add to; else the one that comes with the package.",
)
def command(file: Path, name: str | None, vectors: Path | None) -> None:
    """Make a vector of FILE, a failure that `run --failures` or a property wrote, in `promoted/` of the vectors.

    It is checked first: the specification must say of it what the file says, and the same question must not stand
    among the vectors already.
    """
    name = name or re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is not words joined by hyphens")
    directory = vectors or shipped()
    try:
        corpus = read_corpus(directory)
    except CorpusError as error:
        if any(directory.rglob("*.json")):
            raise click.UsageError(str(error)) from None
        corpus = Corpus(cases={}, index="")
    try:
        target = promote(file, directory, corpus, name)
    except (PromotionError, CorpusError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"{target}\nmpctls-conformance replay {target}")
