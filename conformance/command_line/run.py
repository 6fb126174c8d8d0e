"""`run` and `smoke`: vectors before an implementation."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import IO

import click

from ..adapter import AdapterBrokeError
from ..reports.json_lines import Recorder
from ..reports.printable import printable
from ..reports.terminal import Terminal, remarks
from ..running.cases import Case, Corpus
from ..running.expected_failures import Entry, ListError, read_list
from ..running.results import Result, Summary
from ..running.selection import Selection
from ..running.whole_run import Plan, Run
from ..transports.address import Address
from ..transports.conversation import Deadlines
from .choosing import corpus_of, implementation_option, selected, selection_options, vectors_option
from .codes import ADAPTER_BROKE, code_of

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where a run is written to."""

    json_lines: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    badge: Path | None = None
    failures: Path | None = None
    trace: Path | None = None
    started: str | None = None


@click.command("run")
@selection_options
@implementation_option
@vectors_option
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Workers; 2, or 1 for tcp: and py:.")
@click.option(
    "--strict-reasons/--loose-reasons",
    "strict",
    default=None,
    help="Compare the reason of a rejection too, not only its stage. On for our reference, else off.",
)
@click.option(
    "--expected-failures",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A TOML list of vectors that fail and why; who passes, or is not there, fails.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=0.01),
    default=Deadlines().operation,
    show_default=True,
    help="Seconds for an answer; proofs and two-party computation have several times as many.",
)
@click.option("--budget", type=click.FloatRange(min=0), help="Seconds after which no further case begins.")
@click.option("--seed", type=click.IntRange(min=0), help="The order of the cases; else as in the files.")
@click.option("--json-lines", type=_FILE, help="Write a report of JSON lines, the source of all others.")
@click.option("--junit", type=_FILE, help="Write a JUnit report (XML).")
@click.option("--markdown", type=_FILE, help="Write a report in Markdown, as for a job summary.")
@click.option("--html", type=_FILE, help="Write a report that a browser shows, in one file.")
@click.option(
    "--badge", type=_FILE, help="Write a badge: .svg a picture, .json the form of shields endpoints."
)
@click.option(
    "--failures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each failure into this folder, as a vector with both transcripts; `replay` runs it again.",
)
@click.option("--trace", type=_FILE, help="Write every line to and from the implementation.")
@click.option("--started", help="The time that reports name; `now` for the clock's. Else none.")
@click.option("--json", "as_json", is_flag=True, help="Print the report of JSON lines instead of the table.")
def command(
    selection: Selection,
    address: Address,
    vectors: Path | None,
    jobs: int | None,
    strict: bool | None,
    expected_failures: Path | None,
    deadline: float,
    budget: float | None,
    seed: int | None,
    as_json: bool,
    **outputs: Path | str | None,
) -> None:
    """Run the vectors IDS (an id, its beginning up to a slash, or a glob; all without any) on an implementation.

    \b
    mpctls-conformance run -i "exec:node adapter.js" foundation/merkle
    mpctls-conformance run -i tcp:127.0.0.1:7000 --stage verification --importance critical
    mpctls-conformance run --html report.html --failures failures/
    """
    corpus = corpus_of(vectors)
    plan = Plan(
        corpus=corpus,
        cases=selected(selection, corpus),
        strict=address.ours if strict is None else strict,
        workers=jobs or (2 if address.kind == "exec" else 1),
        seed=seed,
        budget=budget,
        deadlines=Deadlines(operation=deadline),
        expected_failures=_entries(expected_failures),
    )
    if address.kind == "tcp" and plan.workers > 1:
        raise click.UsageError("one connection at a time stands to tcp:; -j is for exec: and py:")
    sys.exit(run(plan, address, _outputs(outputs), vectors, as_json=as_json))


@click.command()
@implementation_option
@vectors_option
def smoke(address: Address, vectors: Path | None) -> None:
    """Say hello to an implementation, and run one vector of each operation."""
    corpus = corpus_of(vectors)
    cases: dict[str, Case] = {}
    for case in corpus.cases.values():
        if not case.refused:
            cases.setdefault(case.operation or case.family, case)
    plan = Plan(corpus=corpus, cases=list(cases.values()), strict=False)
    sys.exit(run(plan, address, Outputs(), vectors, as_json=False))


def run(plan: Plan, address: Address, outputs: Outputs, vectors: Path | None, *, as_json: bool) -> int:
    """Run a plan, show it and write what is asked for; gives the exit code."""
    with ExitStack() as stack:
        traced = None if outputs.trace is None else _tracer(stack.enter_context(_opened(outputs.trace)))
        stream = None if outputs.json_lines is None else stack.enter_context(_opened(outputs.json_lines))
        recorder = Recorder(str(address), sys.stdout if as_json else stream)
        whole = Run(plan, address.opener(workers=plan.workers), traced)
        try:
            hello = whole.hello()
        except AdapterBrokeError as error:
            click.echo(printable(f"{address}: {error}"), err=True)
            for line in whole.errors().splitlines()[-20:]:
                click.echo(printable(f"stderr: {line}"), err=True)
            return ADAPTER_BROKE
        recorder.begin(hello, _suite(plan.corpus), plan.seed, outputs.started)
        terminal = Terminal(plan.cases, sys.stderr if as_json else None)
        results: list[Result] = []
        with terminal:
            for result in whole.results():
                replay = replay_command(result.case.id, address, vectors)
                recorder.case(result, replay)
                terminal.case(result, replay)
                results.append(result)
        summary = whole.summary()
        recorder.end(summary)
        if as_json:
            for line in remarks(summary):
                click.echo(line, err=True)
        else:
            terminal.summary(results, summary)
    _write(outputs, recorder, results, summary, address, plan.corpus.cases)
    return code_of(summary)


def replay_command(name: str, address: Address, vectors: Path | None = None) -> str:
    """The line that runs one vector again."""
    parts = ["mpctls-conformance", "replay"]
    if not address.is_default:
        parts += ["-i", str(address)]
    if vectors is not None:
        parts += ["--vectors", str(vectors)]
    return " ".join(map(quote, [*parts, name]))


def _write(
    outputs: Outputs,
    recorder: Recorder,
    results: Sequence[Result],
    summary: Summary,
    address: Address,
    corpus: Mapping[str, Case],
) -> None:
    if outputs.junit is not None:
        from ..reports.junit import write_junit

        write_junit(recorder.records, outputs.junit)
    if outputs.markdown is not None:
        from ..reports.markdown import write_markdown

        write_markdown(recorder.records, outputs.markdown)
    if outputs.badge is not None:
        from ..reports.badge import write_badge

        write_badge(summary, outputs.badge)
    if outputs.failures is not None:
        from ..running.failures import write_failures

        write_failures(results, outputs.failures, address, corpus)
    if outputs.html is not None:
        from ..reports.html import write_html

        write_html([recorder.records], outputs.html)


def _suite(corpus: Corpus) -> dict[str, object]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("mpctls")
    except PackageNotFoundError:
        installed = ""
    return {"version": installed, "index": corpus.index, "vectors": len(corpus.cases)}


def _entries(path: Path | None) -> tuple[Entry, ...]:
    if path is None:
        return ()
    try:
        return read_list(path)
    except ListError as error:
        raise click.UsageError(str(error)) from None


def _outputs(given: dict[str, Path | str | None]) -> Outputs:
    started = given.pop("started")
    if started == "now":
        started = datetime.now(UTC).isoformat(timespec="seconds")
    paths = {name: path for name, path in given.items() if isinstance(path, Path)}
    return Outputs(started=str(started) if started else None, **paths)


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path}: {os.strerror(error.errno or 0)}") from None


def _tracer(stream: IO[str]) -> Callable[[int, str, bytes], None]:
    def write(worker: int, direction: str, line: bytes) -> None:
        stream.write(f"{worker} {direction} {line.decode(errors='replace')}\n")
        stream.flush()

    return write
