"""A run for who waits for it: progress while it goes, then what failed and a table by stage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..running.cases import Case
from ..running.judging import GOOD, Verdict
from ..running.results import Result, Summary
from .printable import printable

SHOWN_FAILURES = 20
COLUMNS = tuple(Verdict)


class Terminal:
    """Shows a run. Where the stream is no terminal, nothing moves and nothing is coloured."""

    def __init__(self, cases: Sequence[Case], stream: IO[str] | None = None) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task("", total=len(cases))
        self._findings = 0
        self._stages = tuple(dict.fromkeys(case.stage for case in cases))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def case(self, result: Result, replay: str) -> None:
        """Move on; say what went wrong, of the first cases that did."""
        self._progress.update(self._task, advance=1, description=escape(result.case.step))
        if result.verdict in GOOD:
            return
        self._findings += 1
        if self._findings > SHOWN_FAILURES:
            return
        colour = "yellow" if result.verdict is Verdict.UNEXPECTED_PASS else "red"
        self._console.print(f"[{colour}]{result.verdict.value}[/] [bold]{escape(result.case.id)}[/]")
        self._console.print(f"  {escape(str(result.case.document.get('comment', '')))}", style="dim")
        for line in explained(result):
            self._console.print(f"  {escape(line)}")
        self._console.print(f"  {escape(replay)}", style="dim")

    def summary(self, results: Sequence[Result], summary: Summary) -> None:
        """The table by stage, the counts, and whether it conforms."""
        if self._findings > SHOWN_FAILURES:
            self._console.print(f"… and {self._findings - SHOWN_FAILURES} more")
        counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
        for result in results:
            counts[result.case.stage][result.verdict] += 1
        shown = [verdict for verdict in COLUMNS if verdict is Verdict.PASSED or summary.counts.get(verdict)]
        table = Table(box=None, pad_edge=False)
        table.add_column("stage")
        for verdict in shown:
            table.add_column(verdict.value, justify="right")
        for stage in self._stages:
            table.add_row(stage, *(str(counts[stage][verdict] or "·") for verdict in shown))
        table.add_row("all", *(str(summary.counts.get(verdict, 0)) for verdict in shown), style="bold")
        self._console.print(table)
        for line in remarks(summary):
            self._console.print(escape(line))


def explained(result: Result) -> list[str]:
    """What went wrong with a case, in lines."""
    lines = [result.message or "it passes"]
    if result.reason:
        lines.append(f"expected to fail: {result.reason}")
    mutation = result.case.document.get("mutation")
    if isinstance(mutation, dict):
        detail = f" ({mutation['detail']})" if mutation.get("detail") else ""
        lines.append(
            f"the fault: {mutation.get('kind')} of {mutation.get('field')}{detail}, in {result.case.base}"
        )
    lines += [f"stderr: {line}" for line in result.errors.splitlines()[-5:]]
    return [printable(line) for line in lines]


def remarks(summary: Summary) -> list[str]:
    """The lines below a table."""
    hello = summary.hello
    lines = list(summary.notes)
    lines += [f"fault: {fault}" for fault in summary.faults]
    lines += [f"expected failure that matches no vector: {entry}" for entry in summary.unused]
    if summary.not_run:
        lines.append(f"not run: {summary.not_run}")
    verdict = "conforms" if summary.conforms else "broke" if summary.broke else "does not conform"
    lines.append(f"{hello.name} {hello.version} ({hello.language}): {verdict}, in {summary.seconds:.1f} s")
    return [printable(line) for line in lines]
