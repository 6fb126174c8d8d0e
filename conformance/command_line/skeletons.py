"""`new-adapter`: a small adapter that works, to begin with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

LANGUAGES = {
    "python": ("adapter.py", "python3"),
    "shell": ("adapter.sh", "bash"),
    "typescript": ("adapter.ts", "node"),
}
"""The file of each language, and what runs it."""


@click.command("new-adapter")
@click.argument("language", type=click.Choice(list(LANGUAGES)))
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def command(language: str, directory: Path) -> None:
    """Write a small adapter in LANGUAGE into DIRECTORY: the Merkle tree, and the loop around it.

    It passes what it supports as it is. Other languages need the same seventy lines: read a line of JSON, run an
    operation, write a line (docs/conformance/adapter-protocol.md).
    """
    name, program = LANGUAGES[language]
    target = directory / name
    if target.exists():
        raise click.UsageError(f"{target} exists already")
    directory.mkdir(parents=True, exist_ok=True)
    target.write_text(skeleton(language), encoding="utf-8")
    click.echo(f'{target}\n\nmpctls-conformance run -i "exec:{program} {target}" foundation/merkle')


def skeleton(language: str) -> str:
    """The text of an adapter in a language."""
    name, _ = LANGUAGES[language]
    return (files("mpctls.conformance") / "skeletons" / language / name).read_text(encoding="utf-8")
