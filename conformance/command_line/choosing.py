"""Options that several commands share: which implementation, which vectors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from ..running.cases import Case, Corpus, CorpusError, read_corpus, shipped
from ..running.selection import Selection, Shard, read_shard
from ..transports.address import KINDS, REFERENCE, Address, AddressError, read_address

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


def implementation_option(
    function: Callable[_Parameters, _Result],
) -> Callable[_Parameters, _Result]:
    """`--implementation`, read."""

    def read(context: click.Context, parameter: click.Parameter, value: str) -> Address:
        try:
            return read_address(value)
        except AddressError as error:
            raise click.BadParameter(str(error)) from None

    option = click.option(
        "-i",
        "--implementation",
        "address",
        default=REFERENCE,
        callback=read,
        metavar="ADDRESS",
        help=f"{KINDS}. The default is our reference, in this process.",
    )
    return option(function)


def vectors_option(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """`--vectors`."""
    return click.option(
        "--vectors", type=_FOLDER, help="A folder of vectors instead of those that come with the package."
    )(function)


def selection_options(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """Options and arguments that choose vectors, handed on as one `selection`."""

    def shard(context: click.Context, parameter: click.Parameter, value: str | None) -> Shard:
        try:
            return Shard() if value is None else read_shard(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    @click.argument("ids", nargs=-1)
    @click.option("--stage", "stages", multiple=True, help="Only this stage; may be given again.")
    @click.option("--step", "steps", multiple=True, help="Only this step: stage/name, or the name.")
    @click.option("--feature", "features", multiple=True, help="Only vectors that need this feature.")
    @click.option(
        "--importance",
        "importances",
        multiple=True,
        type=click.Choice(["critical", "high", "medium"]),
        help="Only vectors of this importance.",
    )
    @click.option(
        "--shard", callback=shard, metavar="I/N", help="Only the I-th of N parts, for several machines."
    )
    @functools.wraps(function)
    def chosen(
        ids: tuple[str, ...],
        stages: tuple[str, ...],
        steps: tuple[str, ...],
        features: tuple[str, ...],
        importances: tuple[str, ...],
        shard: Shard,
        **others: object,
    ) -> _Result:
        selection = Selection(
            ids=ids, stages=stages, steps=steps, features=features, importances=importances, shard=shard
        )
        return function(selection=selection, **others)

    return chosen


def corpus_of(directory: Path | None) -> Corpus:
    """The vectors of a folder, or the shipped ones. Ends the command when there are none."""
    try:
        return read_corpus(directory or shipped())
    except CorpusError as error:
        raise click.UsageError(str(error)) from None


def selected(selection: Selection, corpus: Corpus) -> list[Case]:
    """The chosen cases. Ends the command when there are none, and names what is near."""
    cases = selection.of(corpus.cases.values())
    if cases:
        return cases
    whole = Selection(stages=selection.stages, steps=selection.steps).of(corpus.cases.values())
    if not whole:
        known = sorted({case.step for case in corpus.cases.values()})
        raise click.UsageError(f"no vectors of this stage or step; steps with vectors: {', '.join(known)}")
    raise click.UsageError(
        "no vector matches; `mpctls-conformance list` names them (an id, its beginning, or a glob)"
    )
