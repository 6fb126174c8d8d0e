"""`mpctls tree`: the root by which a predicate names a large set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from .common import FILE, Invocation, shared_options
from .progress import work_visibly
from .proving import read_trees


def _render(document: Mapping[str, Any]) -> str:
    return (
        f"set           {document['members']} values of type {document['type']}\n"
        f"in tree       tree({document['depth']}, {document['root']})"
    )


@click.command(
    "tree",
    help="""Print the root of the set of values in a file, one a line, and the depth of its tree.

A predicate names a large set by both: 'response $.country: text(2) in tree(DEPTH, ROOT)'. Whoever proves such a
predicate needs the file too (`mpctls present --set TYPE=FILE`); whoever verifies it needs the root alone, and should
have made it from the values, since `not in tree` is worth something only for a tree of this form.""",
)
@click.argument("file", type=FILE)
@click.option(
    "--type", "written", required=True, help="What the values are: text(20), integer, date(YYYY-MM-DD), …"
)
@shared_options
@click.pass_obj
def command(invocation: Invocation, /, file: Path, written: str) -> None:
    with work_visibly(invocation.output, "hashing"):
        (tree,) = read_trees([(written, file)]).values()
    document = {
        "type": written,
        "members": len(tree.leaves) - 1,
        "depth": tree.depth,
        "root": tree.root.hex(),
    }
    invocation.output.write(document, _render)
