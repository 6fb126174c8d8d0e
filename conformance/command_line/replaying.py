"""`replay`: one vector, or a file of them, with every line shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..adapter import AdapterBrokeError
from ..reports.printable import printable
from ..reports.terminal import explained
from ..running.cases import Case, Corpus, CorpusError, read_file
from ..running.examining import Examiner
from ..running.judging import BROKEN, GOOD
from ..running.results import Result
from ..transports.address import Address
from ..transports.conversation import Conversation, Deadlines
from .choosing import corpus_of, implementation_option, vectors_option
from .codes import ADAPTER_BROKE, CONFORMS, DOES_NOT_CONFORM


@click.command("replay")
@click.argument("what", metavar="FILE_OR_ID")
@implementation_option
@vectors_option
@click.option(
    "--strict-reasons/--loose-reasons",
    "strict",
    default=None,
    help="As for `run`: on for our reference, else off.",
)
@click.option("--deadline", type=click.FloatRange(min=0.01), default=Deadlines().operation, show_default=True)
def command(what: str, address: Address, vectors: Path | None, strict: bool | None, deadline: float) -> None:
    """Run the vector of an id, or every vector of a file, and show all that is said and why it ends as it does.

    A file is one of vectors, or a failure that `run --failures` or a property wrote.
    """
    path = Path(what)
    if path.is_file():
        cases = _of_file(path)
        corpus = Corpus(cases={case.id: case for case in cases}, index="")
    else:
        corpus = corpus_of(vectors)
        if what not in corpus.cases:
            raise click.UsageError(f"neither a file nor the id of a vector: {what}")
        cases = [corpus.cases[what]]
    conversation = Conversation(
        opener=address.opener(workers=1), deadlines=Deadlines(operation=deadline), traced=_show
    )
    examiner = Examiner(
        conversation=conversation, corpus=corpus.cases, strict=address.ours if strict is None else strict
    )
    try:
        results = [examiner.examine(case) for case in cases]
        conversation.stop()
    except AdapterBrokeError as error:
        click.echo(f"{address}: {error}", err=True)
        sys.exit(ADAPTER_BROKE)
    finally:
        conversation.abandon()
    for result in results:
        _tell(result)
    if any(result.verdict in BROKEN for result in results):
        sys.exit(ADAPTER_BROKE)
    sys.exit(CONFORMS if all(result.verdict in GOOD for result in results) else DOES_NOT_CONFORM)


def _of_file(path: Path) -> list[Case]:
    try:
        return read_file(path.read_bytes(), str(path))
    except (CorpusError, OSError) as error:
        raise click.UsageError(str(error)) from None


def _show(direction: str, line: bytes) -> None:
    click.echo(f"{direction} {printable(line.decode(errors='replace'))}")


def _tell(result: Result) -> None:
    click.echo(f"\n{result.verdict.value}: {result.case.id}\n  {result.case.document.get('comment', '')}")
    expected = [call.expected.to_json() for call in result.case.calls]
    click.echo(f"  specified: {json.dumps(expected if len(expected) > 1 else expected[0])}")
    if result.got:
        got = [outcome.to_json() for outcome in result.got]
        click.echo(f"  got:       {json.dumps(got if len(got) > 1 else got[0])}")
    if result.message:
        for line in explained(result):
            click.echo(f"  {line}")
