"""`coverage`: which branches of the specification the vectors alone come to."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ..running.cases import shipped
from ..running.exclusions import ExclusionError, exclusions, excused, never_run, uncalled
from .choosing import corpus_of, vectors_option
from .codes import CONFORMS, DOES_NOT_CONFORM

COVERED = (
    "tls_session",
    "key_exchange",
    "mpc_tls",
    "data_submission",
    "attestation_generation",
    "presentation_building",
    "verification",
    "structure",
    "zero_knowledge",
    "encoding.py",
    "ranges.py",
    "merkle.py",
)
"""Folders and modules of `spec/` of which vectors reach every branch."""


OWN_GUARDS = ("NotEncodableError", "OutOfOrderError", "TypeError", "ValueError")
"""Exceptions by which the specification tells its own caller of a wrong call. No input of an operation leads there,
and another implementation need not have them; a branch that ends in one is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """How much of a module was come to. `missing` names lines, and branches as `from -> to`."""

    path: str
    branches: int
    missed: int
    lines_missed: int
    missing: tuple[str, ...]


@click.command("coverage")
@vectors_option
@click.option(
    "--all", "everything", is_flag=True, help="Every module of spec/, not only those that must be covered."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(vectors: Path | None, everything: bool, as_json: bool) -> None:
    """Run the vectors over the specification and print the branches that none of them comes to.

    What no vector comes to, an implementation may get wrong unnoticed. Branches that end in a guard against a wrong
    call by the specification's own code are not counted, nor is the way past the last case of an exhaustive match,
    nor a branch or a function that conformance/running/excluded.toml names with its reason; an entry there that is of
    none, or of one that is reached, is an error.
    Needs the package `coverage`.

    Exit codes: 0 when every branch is reached in the folders that the vectors are meant for, 1 otherwise.
    """
    if find_spec("coverage") is None:
        raise click.UsageError("this needs the package 'coverage', which is not installed")
    corpus = corpus_of(vectors)
    with TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        wrong = _measured(vectors or shipped(), data)
        try:
            found = _modules(data, everything=everything)
        except ExclusionError as error:
            raise click.ClickException(str(error)) from None
    if wrong:
        raise click.ClickException(f"the specification differs from {len(wrong)} vectors, first {wrong[0]}")
    branches, missed = sum(each.branches for each in found), sum(each.missed for each in found)
    lines = sum(each.lines_missed for each in found)
    if as_json:
        document = [
            {
                "path": each.path,
                "branches": each.branches,
                "missed": each.missed,
                "missing": list(each.missing),
            }
            for each in found
        ]
        click.echo(json.dumps(document, indent=1))
    else:
        for each in found:
            if each.missing:
                click.echo(
                    f"{each.path}: {each.missed} of {each.branches} branches missed: {', '.join(each.missing)}"
                )
        click.echo(
            f"{branches - missed} of {branches} branches reached by {len(corpus.cases)} vectors; {lines} lines missed"
        )
    sys.exit(CONFORMS if not missed and not lines else DOES_NOT_CONFORM)


def _measured(vectors: Path, data: Path) -> list[str]:
    """Run all vectors in a process that is measured from its start. Gives the ids of those that differ."""
    settings = data.with_name("settings")
    settings.write_text(f"[report]\nexclude_also = raise ({'|'.join(OWN_GUARDS)})\\b\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "coverage", "run", "--branch", "--source=mpctls.spec"),
        *(
            f"--data-file={data}",
            "--rcfile=/dev/null",
            "-m",
            "mpctls.conformance.mutants.whole",
            str(vectors),
        ),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise click.ClickException(f"the measured process failed: {done.stderr.strip()[-500:]}")
    wrong: list[str] = json.loads(done.stdout)
    return wrong


def _modules(data: Path, *, everything: bool) -> Sequence[Module]:
    """What was found of each module, from the report that the package writes."""
    from coverage import Coverage

    import mpctls.spec

    room = Path(mpctls.spec.__file__).resolve().parent
    measured = Coverage(data_file=str(data), branch=True, config_file=str(data.with_name("settings")))
    measured.load()
    report = data.with_name("report.json")
    measured.json_report(outfile=str(report))
    document = json.loads(report.read_text(encoding="utf-8"))
    listed, never = exclusions(), uncalled()
    names = {Path(name).resolve().relative_to(room).as_posix() for name in document["files"]}
    for file_named, entry in [(each.file, str(each)) for each in listed] + [
        (each.file, str(each)) for each in never
    ]:
        if file_named not in names:
            raise ExclusionError(f"{entry}: excluded, and no such file is measured")
    found = []
    for name, file in sorted(document["files"].items()):
        relative = Path(name).resolve().relative_to(room).as_posix()
        if not everything and not relative.startswith(COVERED):
            continue
        exhausted = _exhausted(room / relative)
        possible = [
            (start, end) for start, end in file["missing_branches"] if end == exhausted.get(start, end)
        ]
        source = (room / relative).read_text(encoding="utf-8")
        not_run = never_run(
            [entry for entry in never if entry.file == relative], source, executed=file["executed_lines"]
        )
        branches_excused, lines_excused = excused(
            [entry for entry in listed if entry.file == relative],
            source,
            missed=possible,
            reached=[(start, end) for start, end in file["executed_branches"]],
        )
        missed = [
            branch for branch in possible if branch not in branches_excused and branch[0] not in not_run
        ]
        lines = [line for line in file["missing_lines"] if line not in lines_excused | not_run]
        branches = [f"{start} -> {'exit' if end < 0 else end}" for start, end in missed]
        found.append(
            Module(
                path=f"spec/{relative}",
                branches=file["summary"]["num_branches"] - len(file["missing_branches"]) + len(missed),
                missed=len(missed),
                lines_missed=len(lines),
                missing=(*map(str, lines), *branches),
            )
        )
    return found


def _exhausted(path: Path) -> dict[int, int]:
    """The line of the last case of each match, and of its first statement.

    Every match of the specification is exhaustive, which the type checker holds: there is no way past its last case,
    though a measurement of lines sees one.
    """
    found: dict[int, int] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Match):
            last = node.cases[-1]
            found[last.pattern.lineno] = last.body[0].lineno
    return found
