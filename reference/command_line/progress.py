"""Progress on a terminal: the phase, and the octets that have gone each way; nothing where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .output import Output
from .preparation import Prepared, Step, prepare


def octets(count: int) -> str:
    """A count of octets for people: 512 B, 14.2 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.1f} kB"
    return f"{count / 1_000_000:.1f} MB"


@contextmanager
def live_line(describe: Callable[[], str], *, enabled: bool = True) -> Iterator[None]:
    """Show what `describe` returns, several times a second, on standard error while the block runs.

    Silent unless that is a terminal; leaves nothing behind on it.
    """
    if not enabled or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    spinner = Spinner("dots")

    def picture() -> Spinner:
        spinner.update(text=Text(describe()))
        return spinner

    with Live(
        console=Console(stderr=True),
        get_renderable=picture,
        transient=True,
        refresh_per_second=8,
        redirect_stdout=False,
    ):
        yield


def prepare_visibly(output: Output) -> Prepared:
    """Prepare the computation; `--json` prints what is not in the cache yet, a terminal shows every step."""
    current = "loading"

    def report(step: Step) -> None:
        nonlocal current
        current = step.description
        if output.as_json and not step.cached:
            document = {"event": "preparing", "name": step.name, "number": step.number, "total": step.total}
            output.write(document, lambda _: "")

    with live_line(lambda: current, enabled=not output.as_json):
        return prepare(report)


@contextmanager
def work_visibly(output: Output, what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being done, and that kernels are compiled for it where they are not in the cache.

    Yields a function that says what is done now.
    """
    from ..foundation import compiled

    current = what

    def say(text: str) -> None:
        nonlocal current
        current = text

    def kernel(progress: compiled.Progress) -> None:
        if not progress.cached:
            say(f"{what}: compiling {progress.kernel.strip('_')}, this first time")

    unsubscribe = compiled.subscribe(kernel)
    try:
        with live_line(lambda: current, enabled=not output.as_json):
            yield say
    finally:
        unsubscribe()
